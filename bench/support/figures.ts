/** Arithmetic of the benchmarks. */

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** To three decimals. */
export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** Standard output is for the one JSON line. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Which steps a crash test still has to hold, and what came of those it held. */
import { tellingCalls } from './calls.ts';
import type { Moment } from './held-writes.ts';

/** Calls that only wait are not as many each time, and a busy machine may be too slow for the holds. */
const TRIES = 3;

export interface Boundary {
  readonly of: string;
  /** A call to the cloud, to the DNS provider, or a write. */
  readonly kind: 'compute' | 'dns' | 'write';
  /** From 1, among those of its kind in one operation. */
  readonly n: number;
  readonly moment: Moment;
  /** What the dry run saw there. */
  readonly what: string;
}

interface Counts {
  /** Calls with which the request itself looks before it is answered: no operation yet that could be held there. */
  readonly asked: { readonly compute: number; readonly dns: number };
  readonly compute: readonly string[];
  readonly dns: readonly string[];
  readonly writes: number;
}

interface Row extends Counts {
  waiting: Boundary[];
  held: number;
  failed: number;
  missed: number;
  beyond: number;
}

export function describeBoundary({ of, kind, n, moment, what }: Boundary): string {
  return `${of}: ${moment} ${kind === 'write' ? 'write' : `${kind} call`} ${n}${what && ` (${what})`}`;
}

function changesSomething({ kind, moment, what }: Boundary): boolean {
  return moment === 'after' && (kind === 'write' || !what.startsWith('GET'));
}

export class CrashPlan {
  readonly failures: string[] = [];
  readonly missed: Boundary[] = [];
  /** Behind the end of the operation in every try: it waited less often than in the dry run, so it had fewer steps. */
  readonly beyond: Boundary[] = [];
  total = 0;
  readonly #rows = new Map<string, Row>();
  readonly #tries = new Map<Boundary, boolean[]>();
  readonly #random: () => number;

  constructor(seed: number) {
    let state = seed;
    this.#random = () => (state = (state * 48_271 + 11) % 2_147_483_647) / 2_147_483_647;
  }

  /** What one operation of a cloud did in the dry run. */
  add(cloud: string, operation: string, counts: Counts): void {
    this.#rows.set(`${cloud} ${operation}`, { ...counts, waiting: [], held: 0, failed: 0, missed: 0, beyond: 0 });
  }

  /** Up to `most` steps of each operation, at random. */
  choose(most: number): void {
    for (const [of, row] of [...this.#rows].toSorted(([a], [b]) => a.localeCompare(b))) {
      const steps = [
        ...(['compute', 'dns'] as const).flatMap((kind) =>
          tellingCalls(row[kind]).map((index) => ({ of, kind, n: row.asked[kind] + index + 1, what: row[kind][index]! })),
        ),
        ...Array.from({ length: row.writes }, (_, index) => ({ of, kind: 'write' as const, n: index + 1, what: '' })),
      ];
      const all = steps.flatMap((step) => [
        { ...step, moment: 'before' as const },
        { ...step, moment: 'after' as const },
      ]);
      const shuffled = all.map((each) => [this.#random(), each] as const).toSorted(([a], [b]) => a - b);
      const chosen = shuffled.slice(0, most).map(([, each]) => each);
      // What has just become another state of the world comes first; before it all is as it was after the step before.
      row.waiting = [...chosen.filter(changesSomething), ...chosen.filter((each) => !changesSomething(each))];
      this.total += row.waiting.length;
    }
  }

  next(cloud: string, operation: string): Boundary | null {
    return this.#rows.get(`${cloud} ${operation}`)?.waiting.shift() ?? null;
  }

  /** `hit`: what was held, null when the operation did not come by: then it is tried again. `over`: it had ended before the kill. */
  done(cloud: string, operation: string, boundary: Boundary, hit: string | null, over: boolean, failure: string | null): void {
    const row = this.#rows.get(`${cloud} ${operation}`)!;
    const named = hit === null || hit === 'call' ? boundary : { ...boundary, what: hit };
    if (failure !== null) {
      row.failed += 1;
      this.failures.push(`${describeBoundary(named)}: ${failure}`);
    }
    if (hit !== null) row.held += 1;
    else {
      const tries = [...(this.#tries.get(boundary) ?? []), over];
      this.#tries.set(boundary, tries);
      if (tries.length < TRIES) return void row.waiting.push(boundary);
      const kind = tries.every(Boolean) ? 'beyond' : 'missed';
      row[kind] += 1;
      this[kind].push(boundary);
    }
  }

  isEmpty(): boolean {
    return this.left() === 0;
  }
  left(): number {
    return Math.max(...[...this.#rows.values()].map(({ waiting }) => waiting.length));
  }

  table(): string {
    const head = ['', 'calls', 'DNS calls', 'writes', 'killed at', 'beyond', 'missed', 'not whole'];
    const rows = [...this.#rows].map(([of, row]) => [
      of,
      row.compute.length,
      row.dns.length,
      row.writes,
      row.held,
      row.beyond,
      row.missed,
      row.failed,
    ]);
    return [head, ...rows]
      .map((cells) => cells.map((cell, index) => (index === 0 ? String(cell).padEnd(26) : String(cell).padStart(11))).join(''))
      .join('\n');
  }
}

/** Amounts are decimal strings at the edges and whole cents in between, so that sums are exact. */

export interface Price {
  readonly monthly: string;
  /** ISO 4217. */
  readonly currency: string;
}

export function centsOf(amount: string): number {
  return Math.round(Number(amount) * 100);
}

/** `12.50` */
export function moneyOf(cents: number): string {
  return (cents / 100).toFixed(2);
}

/** A difference: `+1.00`, `-0.50`, `+0.00`. */
export function signed(cents: number): string {
  return `${cents < 0 ? '-' : '+'}${moneyOf(Math.abs(cents))}`;
}

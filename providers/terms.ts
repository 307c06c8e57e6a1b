/** Words that every part of a provider's contract uses. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

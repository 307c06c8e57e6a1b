/** Words that every part of a provider's contract uses. */
export interface Money {
  readonly amount: string;
  readonly currency: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** `cannot` carries the sentence a person reads next to a disabled action. */
export type Capability = { readonly can: true } | { readonly can: false; readonly reason: string };

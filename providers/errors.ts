/**
 * What can go wrong at a provider, by meaning. Each client translates its provider's answers into
 * these in one place; everything above decides by `kind` only.
 */
export const PROVIDER_ERROR_KINDS = [
  'credentials', // key wrong, revoked or expired
  'forbidden', // key lacks a right
  'quota', // the account's limit of servers or spending
  'out_of_stock', // plan not available in that region now
  'invalid', // the provider refused a value
  'conflict', // a name or record is taken, or the resource is locked or busy
  'not_found', // definitely not there
  'rate_limited', // 429 after the budget's own patience
  'provider_down', // 5xx, refused or reset connection, DNS failure, on a call that changes nothing
  'unknown_outcome', // a changing call whose answer was lost: look before repeating
  'malformed', // an answer that is not what the API promises
  'timeout', // our deadline for a wait or call
  'cancelled',
  'needs_person', // somebody must look or decide; the message is the evidence, and nothing is tried again without them
  'unexpected',
] as const;
export type ProviderErrorKind = (typeof PROVIDER_ERROR_KINDS)[number];

export interface ProviderErrorDetail {
  readonly provider: string;
  readonly kind: ProviderErrorKind;
  /** A sentence for a person: what happened, and what to do. Never a credential. */
  readonly message: string;
  readonly httpStatus?: number;
  readonly providerCode?: string;
  /** The offending field in the provider's words. */
  readonly field?: string;
  readonly retryAfterMs?: number;
}

/**
 * Travels through the engine as text, so its message starts with `[<provider>/<kind>] `;
 * `automation/faults.ts` reads that prefix back.
 */
export class ProviderError extends Error {
  readonly detail: ProviderErrorDetail;
  constructor(detail: ProviderErrorDetail, options?: { cause?: unknown }) {
    super(`[${detail.provider}/${detail.kind}] ${detail.message}`, options);
    this.name = 'ProviderError';
    this.detail = detail;
  }
  get kind(): ProviderErrorKind {
    return this.detail.kind;
  }
}

export function isProviderError(error: unknown, ...kinds: ProviderErrorKind[]): error is ProviderError {
  return error instanceof ProviderError && (kinds.length === 0 || kinds.includes(error.kind));
}

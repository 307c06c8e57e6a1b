/** Every failure of a request as one error: what happened, at which field, and what to do. */
import type { FieldError, Problem } from '../../../contract/ids.ts';

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly errors: readonly FieldError[];

  constructor(status: number, code: string, detail: string, requestId: string | null = null, errors: readonly FieldError[] = []) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.errors = errors;
  }

  /** What a person can do, where the code alone tells. */
  get remedy(): string | null {
    if (this.errors[0]) return this.errors[0].remedy;
    if (this.code === 'offline') return 'Check that Plinth runs and that this device is connected; this page tries again by itself.';
    if (this.status === 401) return 'Sign in again with a valid token.';
    if (this.status === 403) return 'Ask somebody whose token has that role.';
    if (this.status === 503 || this.status === 504) return 'The provider is slow or busy. Try again in a minute.';
    if (this.status >= 500) return 'Try again; if it stays, give the request id to whoever runs this Plinth.';
    return null;
  }
}

/** @returns the error that a failed answer describes; never throws. */
export async function errorOf(response: Response): Promise<ApiError> {
  const id = response.headers.get('x-request-id');
  try {
    const problem = (await response.json()) as Partial<Problem>;
    const detail = problem.detail ?? `The server answered ${response.status}.`;
    return new ApiError(response.status, problem.code ?? 'unknown', detail, problem.request_id ?? id, problem.errors ?? []);
  } catch {
    return new ApiError(response.status, 'unknown', `The server answered ${response.status} without a reason.`, id);
  }
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof TypeError) return new ApiError(0, 'offline', 'Plinth could not be reached.');
  return new ApiError(0, 'unexpected', error instanceof Error ? error.message : String(error));
}

/** The refusal of one field, or null. A field inside it counts too: `ssh_keys` finds `ssh_keys.0`. */
export function fieldError(error: unknown, field: string): FieldError | null {
  if (!(error instanceof ApiError)) return null;
  return error.errors.find((each) => each.field === field || each.field.startsWith(`${field}.`)) ?? null;
}

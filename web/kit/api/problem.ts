/** Every failure of a request as one error: what happened, at which field, and what to do. */
import { kitWords } from '../words/kit.ts';
import { wordsOfProblem } from '../words/problems.ts';
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
    if (this.code === 'not_sent') return kitWords.say('notSentRemedy');
    if (this.code === 'no_answer') return kitWords.say('noAnswerRemedy');
    if (this.code === 'offline') return kitWords.say('offlineRemedy');
    if (this.code === 'unauthenticated') return kitWords.say('unauthenticatedRemedy');
    if (this.status === 403) return kitWords.say('forbiddenRemedy');
    if (this.status === 503 || this.status === 504) return kitWords.say('busyRemedy');
    if (this.status >= 500) return kitWords.say('serverRemedy');
    return null;
  }
}

/** @returns the error that a failed answer describes; never throws. */
export async function errorOf(response: Response): Promise<ApiError> {
  const id = response.headers.get('x-request-id');
  try {
    const problem = (await response.json()) as Partial<Problem>;
    const code = problem.code ?? 'unknown';
    const detail = wordsOfProblem(code, problem.detail ?? `The server answered ${response.status}.`);
    return new ApiError(response.status, code, detail, problem.request_id ?? id, problem.errors ?? []);
  } catch {
    return new ApiError(response.status, 'unknown', `The server answered ${response.status} without a reason.`, id);
  }
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof TypeError) return new ApiError(0, 'offline', kitWords.say('couldNotReach'));
  return new ApiError(0, 'unexpected', error instanceof Error ? error.message : String(error));
}

/** The refusal of one field, or null. A field inside it counts too: `ssh_keys` finds `ssh_keys.0`. */
export function fieldError(error: unknown, field: string): FieldError | null {
  if (!(error instanceof ApiError)) return null;
  return error.errors.find((each) => each.field === field || each.field.startsWith(`${field}.`)) ?? null;
}

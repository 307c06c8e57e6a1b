/** An expected refusal: becomes an RFC 9457 answer with a stable code. Anything else thrown is a 500 without detail. */
import type { FieldError } from '../../contract/ids.ts';

export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: string,
    detail: string,
    errors: readonly FieldError[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }
}

export function notFound(what: string, id: string): Refusal {
  return new Refusal(404, 'not_found', `There is no ${what} ${id}, or this token may not see it.`);
}

/** One refused field: 422 unless told otherwise. */
export function refuseField(field: string, rule: string, remedy: string, status = 422, code = 'invalid_request'): Refusal {
  return new Refusal(status, code, `${field}: ${rule}`, [{ field, rule, remedy }]);
}

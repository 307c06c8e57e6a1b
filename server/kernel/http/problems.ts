/** Turns whatever was thrown into an RFC 9457 answer. Expected refusals keep their words; the rest becomes one plain 500. */
import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { FieldError } from '../../../contract/ids.ts';
import { isProviderError, type ProviderErrorKind } from '../../../providers/errors.ts';
import { databaseRefusal } from '../postgres/refusal.ts';
import { Refusal } from '../problem.ts';
import type { Route } from './route.ts';

export function sendProblem(response: Response, refusal: Refusal): void {
  const requestId = String(response.getHeader('x-request-id') ?? '');
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  // RFC 9110, 15.5.2: every 401 says how one would be let in.
  if (refusal.status === 401 && !response.hasHeader('www-authenticate')) response.setHeader('www-authenticate', 'Bearer realm="plinth"');
  const inOtherForm = response.locals.refusal as Route['refusal'];
  if (inOtherForm) return void response.status(refusal.status).json(inOtherForm.of(refusal));
  response.status(refusal.status).type('application/problem+json');
  response.send(
    JSON.stringify({
      type: `urn:plinth:problem:${refusal.code}`,
      title: refusal.code.replaceAll('_', ' '),
      status: refusal.status,
      code: refusal.code,
      detail: refusal.message,
      request_id: requestId,
      errors: refusal.errors,
    }),
  );
}

export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error, request, response, _next) => {
    const refusal = toRefusal(error);
    const told = { err: error, requestId: response.getHeader('x-request-id'), method: request.method };
    if (!refusal) log.error(told, 'request failed');
    else if (refusal.code.startsWith('database_')) log.warn(told, 'request failed for want of the database');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    sendProblem(
      response,
      refusal ??
        new Refusal(500, 'internal', `Something went wrong here. Tell the operator the request id ${response.getHeader('x-request-id')}.`),
    );
  };
}

const PROVIDER_STATUS: Partial<Record<ProviderErrorKind, number>> = {
  credentials: 422,
  forbidden: 422,
  quota: 409,
  out_of_stock: 409,
  invalid: 422,
  conflict: 409,
  not_found: 404,
  rate_limited: 503,
  timeout: 504,
  needs_person: 409,
};

function toRefusal(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (isProviderError(error)) {
    const seconds = Math.ceil((error.detail.retryAfterMs ?? 10_000) / 1000);
    return new Refusal(
      PROVIDER_STATUS[error.kind] ?? 502,
      `provider_${error.kind}`,
      error.detail.message,
      [],
      error.kind === 'rate_limited' ? { 'retry-after': String(seconds) } : {},
    );
  }
  const trouble = databaseRefusal(error);
  if (trouble) return trouble;
  // Express refuses a path it cannot decode with a bare status.
  if (error instanceof URIError) return new Refusal(400, 'malformed_path', 'The path has a broken %-sequence. Encode it as UTF-8.');
  return null;
}

/** Nobody reads more, and a caller must not make an answer longer than its question. */
const MAX_ERRORS = 50;
const MAX_NAME = 200;

/** Parses one part of a request; each wrong field is named with rule and remedy, the first fifty of many. */
export function parsePart<T>(schema: z.ZodType<T>, value: unknown, part: 'params' | 'query' | 'body', status = 422): T {
  const unstorable = unstorableField(value, '');
  if (unstorable !== null) {
    const wrong = {
      field: unstorable.slice(0, MAX_NAME) || part,
      rule: 'has a NUL character or half a character',
      remedy: 'Send well-formed Unicode text.',
    };
    throw new Refusal(status, 'invalid_request', `${wrong.field}: ${wrong.rule}.`, [wrong]);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { errors, count } = wrongFields(parsed.error.issues, part);
  throw new Refusal(
    status,
    'invalid_request',
    `The ${part} has ${count} wrong field${count === 1 ? '' : 's'}: ${errors[0]!.field}: ${errors[0]!.rule}.`,
    errors,
  );
}

function wrongFields(issues: readonly z.core.$ZodIssue[], part: string): { errors: FieldError[]; count: number } {
  const errors: FieldError[] = [];
  let count = 0;
  const add = (path: readonly PropertyKey[], rule: string, remedy: string): void => {
    if (++count <= MAX_ERRORS) errors.push({ field: path.map(String).join('.').slice(0, MAX_NAME) || part, rule, remedy });
  };
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') add(issue.path, issue.message, remedyOf(issue.code, part));
    else for (const key of issue.keys) add([...issue.path, key], 'is not a field of this request', 'Remove it, or correct its name.');
  }
  return { errors, count };
}

/** The path of a text that PostgreSQL cannot keep, or null. */
function unstorableField(value: unknown, path: string): string | null {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const below = path === '' ? key : `${path}.${key}`;
    const found = unstorableField(key, path) ?? unstorableField(item, below);
    if (found !== null) return found;
  }
  return null;
}

function remedyOf(code: string | undefined, part: string): string {
  if (code === 'too_big') return 'Send a shorter or smaller value.';
  if (code === 'too_small') return 'Send a longer or larger value.';
  if (code === 'invalid_value') return 'Send one of the values named in /api/docs.';
  return `Correct the value; /api/docs shows the ${part}.`;
}

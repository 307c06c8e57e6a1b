/** Turns whatever was thrown into an RFC 9457 answer. Expected refusals keep their words; the rest becomes one plain 500. */
import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { isProviderError, type ProviderErrorKind } from '../../providers/errors.ts';
import { Refusal } from '../problem.ts';

export function sendProblem(response: Response, refusal: Refusal): void {
  const requestId = String(response.getHeader('x-request-id') ?? '');
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
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
    if (!refusal) log.error({ err: error, requestId: response.getHeader('x-request-id'), method: request.method }, 'request failed');
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
  return bodyParserRefusal(error);
}

function bodyParserRefusal(error: unknown): Refusal | null {
  if (typeof error !== 'object' || error === null || !('type' in error) || typeof error.type !== 'string') {
    // Express refuses a path it cannot decode with a bare status.
    if (error instanceof URIError) return new Refusal(400, 'malformed_path', 'The path has a broken %-sequence. Encode it as UTF-8.');
    return null;
  }
  if (error.type === 'entity.too.large')
    return new Refusal(413, 'body_too_large', 'The body is larger than 1 MiB. Send less.', [
      { field: 'body', rule: 'is larger than 1 MiB', remedy: 'Send less.' },
    ]);
  if (error.type === 'entity.parse.failed')
    return new Refusal(400, 'malformed_json', 'The body is not valid JSON. Check its quotes and commas.', [
      { field: 'body', rule: 'is not valid JSON', remedy: 'Check its quotes and commas.' },
    ]);
  if (error.type === 'charset.unsupported' || error.type === 'encoding.unsupported')
    return new Refusal(415, 'unsupported_encoding', 'Send the body as plain UTF-8 JSON.', [
      { field: 'Content-Encoding', rule: 'is not supported', remedy: 'Send the body as plain UTF-8 JSON.' },
    ]);
  if (error.type.startsWith('request.') || error.type.startsWith('entity.'))
    return new Refusal(400, 'malformed_request', 'The body could not be read. Send it again.');
  return null;
}

/** Parses one part of a request; each wrong field is named with rule and remedy. */
export function parsePart<T>(schema: z.ZodType<T>, value: unknown, part: 'params' | 'query' | 'body', status = 422): T {
  const unstorable = unstorableField(value, '');
  if (unstorable !== null) {
    const wrong = { field: unstorable || part, rule: 'has a NUL character or half a character', remedy: 'Send well-formed Unicode text.' };
    throw new Refusal(status, 'invalid_request', `${wrong.field}: ${wrong.rule}.`, [wrong]);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        field: [path, key].filter(Boolean).join('.').slice(0, 200),
        rule: 'is not a field of this request',
        remedy: 'Remove it, or correct its name.',
      }));
    return [{ field: path || part, rule: issue.message, remedy: remedyOf(issue.code, part) }];
  });
  throw new Refusal(
    status,
    'invalid_request',
    `The ${part} has ${errors.length} wrong field${errors.length === 1 ? '' : 's'}: ${errors[0]!.field}: ${errors[0]!.rule}.`,
    errors,
  );
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

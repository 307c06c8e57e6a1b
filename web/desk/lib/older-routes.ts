/** Routes of older systems have no function in the client: their answers are written down where they are used. */
import { ApiError } from '../../kit/api/problem.ts';

/** A refusal has the older form, one sentence and a code. @throws ApiError */
export async function askOlder<T>(
  method: string,
  path: string,
  { body, signal }: { body?: object; signal?: AbortSignal } = {},
): Promise<T> {
  const headers = {
    accept: 'application/json',
    'x-plinth-dashboard': '1',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const sent = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }), ...(signal && { signal }) };
  const response = await fetch(path, sent);
  if (response.ok) return (await response.json()) as T;
  const told = (await response.json().catch(() => ({}))) as { error?: string; detail?: string; code?: string };
  const sentence = told.error ?? told.detail ?? `The server answered ${response.status} without a reason.`;
  throw new ApiError(response.status, told.code ?? 'unknown', sentence, response.headers.get('x-request-id'));
}

/** One request to Plinth's API as the signed-in token, and a function for each route of the generated table. */
import { readStored, writeStored } from '../lib/storage.ts';
import { asApiError, errorOf } from './problem.ts';

const TOKEN_KEY = 'plinth.token';

export const getToken = (): string | null => readStored(TOKEN_KEY);
export const setToken = (token: string | null, keep = false): void => writeStored(TOKEN_KEY, token, keep);

let onUnauthenticated: () => void = () => undefined;
/** Called when a token that worked before is refused: expired or revoked. */
export function whenUnauthenticated(listener: () => void): void {
  onUnauthenticated = listener;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Sent instead of the stored token, for signing in. */
  readonly token?: string | undefined;
  /** The same key sent twice does the thing once: what a second click or a lost answer needs. */
  readonly idempotencyKey?: string | undefined;
  /** Of a stream: goes on after this event. */
  readonly lastEventId?: string | undefined;
}

interface RouteTypes {
  readonly request: object;
  readonly answer: unknown;
}
type Call<R extends RouteTypes> = {} extends R['request']
  ? (request?: R['request'] & CallOptions) => Promise<R['answer']>
  : (request: R['request'] & CallOptions) => Promise<R['answer']>;
type Client<Routes> = { readonly [Name in keyof Routes]: Routes[Name] extends RouteTypes ? Call<Routes[Name]> : never };

type Parts = CallOptions & { readonly query?: Record<string, unknown>; readonly body?: unknown } & Record<string, unknown>;

/**
 * A function per route, from `METHOD /path/{parameter}`. It takes path parameters, `query`, `body` and the options in one
 * object, and throws ApiError.
 */
export function clientOf<Routes>(paths: { readonly [Name in keyof Routes]: string }): Client<Routes> {
  const made: Record<string, unknown> = {};
  for (const [name, route] of Object.entries<string>(paths)) {
    const [method = '', path = ''] = route.split(' ');
    made[name] = (request: Parts = {}) => call(method, addressOf(path, request), request);
  }
  return made as Client<Routes>;
}

function addressOf(path: string, request: Parts): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) if (value !== undefined && value !== '') search.set(name, String(value));
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(request[name])));
  return search.size === 0 ? address : `${address}?${search.toString()}`;
}

async function call(method: string, address: string, request: Parts): Promise<unknown> {
  const { body, signal } = request;
  const streamed = method === 'STREAM';
  let response: Response;
  try {
    response = await fetch(address, {
      method: streamed ? 'GET' : method,
      headers: headersOf(request, streamed),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw asApiError(error);
  }
  if (response.ok && streamed) {
    if (!response.body) throw new TypeError('The answer has no body.');
    return response.body;
  }
  if (response.status === 204) return undefined;
  if (response.ok) return (await response.json()) as unknown;
  const error = await errorOf(response);
  if (error.status === 401 && request.token === undefined) onUnauthenticated();
  throw error;
}

function headersOf(
  { body, token = getToken() ?? undefined, idempotencyKey, lastEventId }: Parts,
  streamed: boolean,
): Record<string, string> {
  return {
    accept: streamed ? 'text/event-stream' : 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
}

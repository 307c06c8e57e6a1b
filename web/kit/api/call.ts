/** One request to Plinth's API as who is signed in, and a function for each route of the generated table. */
import { actingHeader, noteActingEnded } from './acting.ts';
import { noteAnswer } from '../lib/connection.ts';
import { kitWords } from '../words/kit.ts';
import { ApiError, asApiError, errorOf } from './problem.ts';

/** Says that there is a session; the session itself is a cookie that no script can read (server/identity/sessions/sessions.ts). */
const HINT = 'plinth_signed_in';
export const isSignedIn = (): boolean => document.cookie.split('; ').includes(`${HINT}=1`);
export const forgetSession = (): void => void (document.cookie = `${HINT}=; Path=/; Max-Age=0; SameSite=Strict`);

/** Longer than a provider may take to answer what is asked of it in a request. */
const PATIENCE_MS = 120_000;

let onUnauthenticated: () => void = () => undefined;
/** Called when a session that worked before is refused: it or its token has expired or was ended. */
export function whenUnauthenticated(listener: () => void): void {
  onUnauthenticated = listener;
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** For signing in; other requests go by the browser's session. */
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
  const { body } = request;
  const streamed = method === 'STREAM';
  const changes = method !== 'GET' && !streamed;
  // A change that nobody answers must end in a sentence, while the person still looks.
  const signal = changes
    ? AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), ...(request.signal ? [request.signal] : [])])
    : request.signal;
  let response: Response;
  try {
    response = await fetch(address, {
      method: streamed ? 'GET' : method,
      headers: headersOf(request, streamed),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    noteAnswer(false);
    throw changes ? new ApiError(0, 'no_answer', kitWords.say('noAnswer')) : asApiError(error);
  }
  noteAnswer(true);
  if (response.ok && streamed) {
    if (!response.body) throw new TypeError('The answer has no body.');
    return response.body;
  }
  if (response.status === 204) return undefined;
  if (response.ok) return (await response.json()) as unknown;
  const error = await errorOf(response);
  if (error.code === 'unauthenticated' && request.token === undefined) onUnauthenticated();
  if (error.code === 'acting_ended') noteActingEnded();
  throw error;
}

function headersOf({ body, token, idempotencyKey, lastEventId }: Parts, streamed: boolean): Record<string, string> {
  return {
    accept: streamed ? 'text/event-stream' : 'application/json',
    // A foreign page cannot send this one, so the cookie alone does nothing for it.
    ...(token === undefined ? { 'x-plinth-dashboard': '1', ...actingHeader() } : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  };
}

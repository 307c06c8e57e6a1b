/** Requests for every operation of an OpenAPI document: allowed ones, and ones broken in one respect. */
import { GRANTS, type Permission, TOKEN_ROLES, type TokenRole } from '../../contract/permissions.ts';
import fc from 'fast-check';
import { broken, type Hints, type Schema, valid } from './schema-arbitrary.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];

export interface Operation {
  /** Upper case. */
  readonly method: string;
  /** As in the document, with `{names}`. */
  readonly path: string;
  readonly described: Schema;
}

/** `what`: in which respect it is broken, or `allowed`. */
export interface Sent {
  readonly what: string;
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What makes some of the requests go all the way. */
export interface World {
  readonly document: Schema;
  readonly tokens: Readonly<Record<'viewer' | 'operator' | 'admin', string>>;
  readonly hints: Hints;
  /** Ids that exist, by the path segment before them. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
}

export function operationsOf(document: Schema): Operation[] {
  return Object.entries<Record<string, Schema>>(document['paths']).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ method: method.toUpperCase(), path, described })),
  );
}

/** The least role of a token of the platform that gets in. */
export function leastRole(described: Schema): TokenRole {
  const asked = (described['x-plinth-permissions'] ?? []) as Permission[];
  return TOKEN_ROLES.find((role) => asked.some((permission) => GRANTS.platformToken[role].has(permission))) ?? 'admin';
}

function tokenFor({ tokens }: World, { described }: Operation): string {
  return tokens[leastRole(described)];
}

/** Path and query: mostly ids that exist; `wild` puts anything there. */
function addressOf({ document, hints, ids }: World, { path, described }: Operation, wild: 'path' | 'query' | 'none'): fc.Arbitrary<string> {
  const parameters: Schema[] = described['parameters'] ?? [];
  const hard = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('\0', '..', '%', 'a'.repeat(3_000), '❄', "'", '[object]'),
  );
  const segments = path.split('/').map((segment, index, all): fc.Arbitrary<string> => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) return fc.constant(segment);
    const own = valid(parameters.find((parameter) => parameter['in'] === 'path' && parameter['name'] === name)!['schema'], document);
    const known = ids[all[index - 1]!] ?? [];
    const good = known.length > 0 ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, own) : own;
    return (wild === 'path' ? hard.filter((text) => text !== '' && !/^\.+$/.test(text)) : good).map((text) => escaped(String(text)));
  });
  const good = fc.record(
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter['in'] === 'query')
        .map((parameter) => {
          const own = valid(parameter['schema'], document);
          const known = hints[parameter['name']];
          return [parameter['name'], known ? fc.oneof(fc.constantFrom(...known), own) : own];
        }),
    ),
    { requiredKeys: [] },
  );
  const names = parameters.filter((parameter) => parameter['in'] === 'query').map((parameter) => parameter['name'] as string);
  const bad = fc.array(fc.tuple(fc.constantFrom(...names, 'unexpected', '__proto__', 'limit[]'), hard), { minLength: 1, maxLength: 3 });
  const query = wild === 'query' ? bad : good.map((fields) => Object.entries<any>(fields));
  return fc.tuple(fc.tuple(...segments), query).map(([parts, pairs]) => {
    const search = pairs.map(([name, value]) => `${escaped(String(name))}=${escaped(String(value))}`).join('&');
    return parts.join('/') + (search === '' ? '' : `?${search}`);
  });
}

function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function goodBody({ document, hints }: World, { described }: Operation): fc.Arbitrary<unknown> | null {
  const schema = described['requestBody']?.content['application/json'].schema;
  return schema ? valid(schema, document, hints) : null;
}

/** One request of any kind for this operation. */
export function requestOf(world: World, operation: Operation): fc.Arbitrary<Sent> {
  const { method } = operation;
  const headers = { authorization: `Bearer ${tokenFor(world, operation)}`, 'content-type': 'application/json' };
  const address = addressOf(world, operation, 'none');
  const good = goodBody(world, operation);
  const none = good === null || method === 'GET';
  const body: fc.Arbitrary<string | undefined> = none ? fc.constant(undefined) : good.map((value) => JSON.stringify(value));
  const make = (what: string, change: Partial<Record<'path' | 'body' | 'method', fc.Arbitrary<any>>> & { headers?: fc.Arbitrary<any> }) =>
    fc
      .record({
        path: change.path ?? address,
        body: change.body ?? body,
        method: change.method ?? fc.constant(method),
        headers: change.headers ?? fc.constant(headers),
      })
      .map((parts): Sent => {
        const { body: content, ...rest } = parts;
        const bodyless = content === undefined || rest.method === 'GET';
        const sent = { what, operation, ...rest, ...(bodyless ? {} : { body: content as string }) };
        // Without the operation's whole description.
        return {
          ...sent,
          [fc.toStringMethod]: () => `${what} ${sent.method} ${sent.path} ${sent.body ?? ''} ${JSON.stringify(sent.headers)}`,
        } as Sent;
      });
  const kinds = [
    make('allowed', {}),
    make('allowed', {}),
    make('path', { path: addressOf(world, operation, 'path') }),
    make('query', { path: addressOf(world, operation, 'query') }),
    make('headers', { headers: badHeaders(headers) }),
    make('token', { headers: badToken(world, operation) }),
    make('method', { method: fc.constantFrom(...METHODS) }),
  ];
  if (method === 'GET') return fc.oneof(...kinds);
  const value = good ?? fc.constant<unknown>({ a: 1 });
  const wrong = make('broken', { body: broken(value).map((any) => JSON.stringify(any)) });
  const halves = fc.tuple(value, fc.nat(50)).map(([any, at]) => cut(JSON.stringify(any), at));
  const type = fc.constantFrom('text/plain', 'application/xml', 'nonsense', 'multipart/form-data; boundary=x');
  const foreign = type.map((name) => ({ ...headers, 'content-type': name }));
  return fc.oneof(
    ...kinds,
    wrong,
    wrong,
    wrong,
    make('cut', { body: halves }),
    make('type', { body: fc.constant('a=1'), headers: foreign }),
  );
}

/** Never valid JSON: an object without its end. */
function cut(text: string, at: number): string {
  return text.slice(0, Math.max(1, Math.min(text.length - 1, at)));
}

function badHeaders(headers: Record<string, string>): fc.Arbitrary<Record<string, string>> {
  return fc
    .constantFrom<Record<string, string>>(
      { 'idempotency-key': '' },
      { 'idempotency-key': 'ü' },
      { 'idempotency-key': 'k'.repeat(300) },
      { 'idempotency-key': 'same-for-all' },
      { accept: 'image/png' },
      { accept: 'text/event-stream' },
      { 'x-request-id': 'a b<script>' },
      { 'last-event-id': '-1' },
      { 'content-encoding': 'br' },
      { 'content-encoding': 'nonsense' },
      { 'if-none-match': '*' },
      { range: 'bytes=0-1' },
      { 'x-forwarded-for': "'; DROP TABLE vps" },
      { cookie: 'a=b; '.repeat(500) },
    )
    .map((more) => ({ ...headers, ...more }));
}

function badToken({ tokens }: World, operation: Operation): fc.Arbitrary<Record<string, string>> {
  const low = leastRole(operation.described) === 'viewer' ? 'Bearer plinth_none' : `Bearer ${tokens.viewer}`;
  return fc
    .constantFrom('', 'Bearer', 'Bearer x', 'Basic YTpi', `Bearer ${tokens.admin}x`, `Bearer ${tokens.admin.slice(0, -1)}`, low)
    .map((authorization) => ({ 'content-type': 'application/json', ...(authorization === '' ? {} : { authorization }) }));
}

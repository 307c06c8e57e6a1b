/**
 * Whatever an organization owns (orders, invoices, tickets, tokens, webhooks …), asked for by everybody of another organization at
 * every door that takes its id in the path, the query or the body: the answer is the one for an id that nobody has, byte for byte but
 * for the id, and no row of it changes. The doors are those of the document that the routes make, so a new one is tried too.
 */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONFIRMED, MEMBER_ROLES, PLATFORM_ONLY, TOKEN_ROLES } from '../../contract/permissions.ts';
import { createToken } from '../../server/identity/tokens/authenticate.ts';
import { tablesOf, policiesOf } from '../../server/kernel/wall/install.ts';
import { operationsOf } from '../support/api-requests.ts';
import { withDatabase } from '../support/database.ts';
import { ownRows } from '../support/owned-rows.ts';
import { type Plinth, startPlinth } from '../support/plinth.ts';
import { type Schema, valid } from '../support/schema-arbitrary.ts';

/** The table whose key follows this word of a path. */
const OF_PATH: Readonly<Record<string, string>> = {
  vps: 'vps',
  operations: 'operation',
  bulk: 'bulk_run',
  tokens: 'api_token',
  members: 'user',
  sessions: 'auth_entry',
  passkeys: 'passkey',
  'service-accounts': 'service_account',
  invitations: 'invitation',
  subscriptions: 'subscription',
  invoices: 'invoice',
  'credit-notes': 'credit_note',
  orders: 'order',
  quotes: 'quote',
  payments: 'payment',
  'payment-attempts': 'payment_attempt',
  'payment-methods': 'payment_method',
  tickets: 'ticket',
  webhooks: 'webhook_endpoint',
  'ssh-keys': 'ssh_key',
  messages: 'webhook_message',
};
/** The same for fields of bodies and queries. */
const OF_FIELD: Readonly<Record<string, string>> = {
  vps_id: 'vps',
  instance_id: 'vps',
  organization_id: 'organization',
  service_account_id: 'service_account',
  user_id: 'user',
  quote_id: 'quote',
  invoice_id: 'invoice',
  payment_id: 'payment',
  subscription_id: 'subscription',
  snapshot_id: 'snapshot',
  ssh_key_ids: 'ssh_key',
};
/** What belongs to no organization; views are a person’s own. */
const NOBODYS = new Set(['kind', 'products', 'stack', 'setup-profiles', 'versions', 'views', '{list}']);
const NOBODYS_FIELDS = /^(product|provider|os|template|data_center|mt5_account|tax)_id$/;
const SAMPLES = 4;
/** People with a browser alone get there, or a body made by chance hardly does: test/hard/door-matrix.test.ts reaches these. */
const UNREACHED = new Set([
  'DELETE /api/me/passkeys/{id}',
  'PATCH /api/vps/{id}',
  'POST /api/vps/provision',
  'POST /api/invoices/{id}/pay',
]);

type Ids = ReadonlyMap<string, string>;
interface Ask {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}
interface Door {
  readonly name: string;
  /** With these ids where it names something; `outer` for all but the last of a path with two. */
  readonly asks: (ids: Ids, outer: Ids) => Ask[];
  /** Takes an id of something that organizations own, besides their own. */
  readonly ofOwned: boolean;
}

const database = withDatabase();
let plinth: Plinth;
let doors: Door[];
const people: { name: string; secret: string }[] = [];
const rows: Record<string, Ids> = {};
const organizations: Record<string, string> = {};
const unknown: string[] = [];

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_ROLE: 'http' });
  const { db } = plinth.runtime.services;
  for (const name of ['mine', 'theirs']) {
    const organizationId = (await plinth.json('organization', 'create', name)).organization.id;
    organizations[name] = organizationId;
    const id = randomUUID();
    await db.user.create({ data: { id, email: `${name}@example.com`, name, handle: name } });
    const owned = await ownRows(db, organizationId, id, `of-${name}`);
    // Ended, so that no list shows it: it runs nowhere.
    await db.vps.update({ where: { id: owned.get('vps')! }, data: { deletedAt: new Date() } });
    rows[name] = new Map([
      ...owned,
      ['organization', organizationId],
      ['user', id],
      ['auth_entry', randomUUID()],
      ['passkey', randomUUID()],
    ]);
  }
  const organizationId = organizations['mine']!;
  for (const role of TOKEN_ROLES) {
    const { secret } = await createToken(db, { name: role, role, organizationId, expiresAt: null });
    people.push({ name: `token ${role}`, secret });
  }
  for (const role of MEMBER_ROLES) {
    const id = randomUUID();
    await db.user.create({ data: { id, email: `${id}@example.com`, name: role, handle: id } });
    await db.member.create({ data: { organizationId, userId: id, role } });
    const scopes = ['*', ...CONFIRMED];
    const { secret } = await createToken(db, { name: role, role: null, userId: id, organizationId, expiresAt: null, scopes });
    people.push({ name: `member ${role}`, secret });
  }
  const document = (await (await fetch(`${plinth.origin}/api/openapi.json`)).json()) as Schema;
  doors = doorsOf(document);
}, 180_000);
afterAll(() => plinth?.stop());

function doorsOf(document: Schema): Door[] {
  return operationsOf(document).flatMap(({ method, path, described }): Door[] => {
    const asked: string[] = described['x-plinth-permissions'] ?? [];
    // Who is of an organization is at none of the others’ doors; test/hard/door-matrix.test.ts tries that.
    if (asked.every((permission) => PLATFORM_ONLY.has(permission as never))) return [];
    const queries: string[] = (described['parameters'] ?? [])
      .filter(({ in: where, name }: Schema) => where === 'query' && /(^|_)ids?$/.test(name))
      .map(({ name }: Schema) => String(name));
    const schema: Schema | undefined = described['requestBody']?.content['application/json'].schema;
    const fields = schema ? fieldsOf(schema, document) : [];
    for (const field of [...queries, ...fields])
      if (!(field in OF_FIELD) && !NOBODYS_FIELDS.test(field) && !/^ids?$/.test(field)) unknown.push(`${method} ${path} ${field}`);
    const asks = (ids: Ids, outer: Ids): Ask[] => {
      const bodies = schema ? bodiesOf(schema, document, path, ids) : [undefined];
      const address = addressOf(path, ids, outer, (word) => unknown.push(`${method} ${path} ${word}`));
      const addresses = queries.length === 0 ? [address] : queries.map((name: string) => `${address}?${name}=${idFor(name, path, ids)}`);
      return addresses.flatMap((at: string) => bodies.map((body) => ({ method, path: at, ...(body === undefined ? {} : { body }) })));
    };
    const names = /\{/.test(path) || queries.length > 0 || fields.some((field) => field in OF_FIELD || /^ids?$/.test(field));
    const ofOwned =
      path.split('/').some((part, index, all) => part.startsWith('{') && (all[index - 1] ?? '') in OF_PATH) ||
      fields.some((field) => field !== 'organization_id' && field in OF_FIELD);
    return names ? [{ name: `${method} ${path}`, asks, ofOwned }] : [];
  });
}

/** Names of fields that hold ids, at any depth. */
function fieldsOf(schema: Schema, document: Schema, depth = 0): string[] {
  const name = /\/(\w+)$/.exec(schema['$ref'] ?? '')?.[1];
  const plain: Schema = name === undefined ? schema : document['components'].schemas[name];
  if (depth > 6) return [];
  const inner = [
    ...(plain['anyOf'] ?? []),
    ...(plain['oneOf'] ?? []),
    ...(plain['allOf'] ?? []),
    ...(plain['items'] ? [plain['items']] : []),
  ];
  return [
    ...Object.entries<Schema>(plain['properties'] ?? {}).flatMap(([field, below]) => [
      ...(/(^|_)ids?$/.test(field) ? [field] : []),
      ...fieldsOf(below, document, depth + 1),
    ]),
    ...inner.flatMap((each) => fieldsOf(each, document, depth + 1)),
  ];
}

const idFor = (field: string, path: string, ids: Ids): string => {
  const [, first = ''] = /^\/api\/(?:admin\/)?([\w-]+)/.exec(path) ?? [];
  const table =
    OF_FIELD[field] ?? (/^ids?$/.test(field) ? ({ notifications: 'notification', bulk: 'vps' }[first] ?? OF_PATH[first]) : undefined);
  return (table && ids.get(table)) ?? '00000000-0000-4000-8000-00000000dead';
};

function bodiesOf(schema: Schema, document: Schema, path: string, ids: Ids): unknown[] {
  const hints = Object.fromEntries(
    [...new Set(fieldsOf(schema, document))].map((field) => {
      const id = idFor(field, path, ids);
      return [field, [field.endsWith('ids') ? [id] : id]];
    }),
  );
  // The same seed: bodies for two things differ by the ids alone.
  return fc.sample(valid(schema, document, { ...hints, return_url: ['http://localhost/'] }), { numRuns: SAMPLES, seed: 7 });
}

function addressOf(path: string, ids: Ids, outer: Ids, tell: (word: string) => void): string {
  const parts = path.split('/');
  const last = parts.findLastIndex((part) => part.startsWith('{'));
  return parts
    .map((part, index) => {
      if (!part.startsWith('{')) return part;
      const noun = parts[index - 1]!;
      const table = OF_PATH[noun];
      if (table === undefined && !NOBODYS.has(noun) && !NOBODYS.has(part.slice(1, -1))) tell(noun);
      if (part === '{kind}') return 'plans';
      if (part === '{version}') return '1';
      return (table && (index === last ? ids : outer).get(table)) ?? '00000000-0000-4000-8000-00000000dead';
    })
    .join('/');
}

async function knock({ method, path, body }: Ask, secret: string): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body!.cancel();
    return { status: response.status, text: '' };
  }
  return { status: response.status, text: await response.text() };
}

/** The refusal names a field that holds an id, so that was looked for. */
function aboutAnId(text: string): boolean {
  return /"field":"(\w+\.)*(\w+_)?ids?(\.\d+)?"/.test(text);
}

/** Without what names the thing or the request. */
function plain(text: string, ids: Ids): string {
  let left = text.replace(/"request_id":"[^"]*"/, '').replaceAll(/"\w*at":"[^"]*"/g, '');
  for (const id of ids.values()) left = left.replaceAll(id, 'ID');
  return left;
}

/** Every row of every table that tells of the organization, but what is written about who knocked. */
async function everything(organization: string): Promise<string> {
  const { db } = plinth.runtime.services;
  const marks = [...rows[organization]!.values()].map((id) => `%${id}%`);
  const told: string[] = [];
  for (const { name } of await db.$transaction((tx) => tablesOf(tx))) {
    if (['audit_event', 'idempotency_key', 'event'].includes(name)) continue;
    const found = await db.$queryRawUnsafe<{ row: string }[]>(
      `SELECT t::text AS row FROM "${name}" t WHERE t::text LIKE ANY ($1) ORDER BY 1`,
      marks,
    );
    told.push(...found.map(({ row }) => `${name}: ${row}`));
  }
  return told.join('\n');
}

test('every table of organizations has a row, and every id that a door takes is known', async () => {
  const { db } = plinth.runtime.services;
  const owned = policiesOf(await db.$transaction((tx) => tablesOf(tx)));
  expect([...owned.keys()].filter((name) => !rows['theirs']!.has(name))).toEqual([]);
  doors.flatMap((door) => door.asks(rows['theirs']!, rows['theirs']!));
  expect([...new Set(unknown)]).toEqual([]);
  expect(doors.length).toBeGreaterThan(80);
});

test('what another organization owns answers as what nobody has, and does not change', { timeout: 600_000 }, async () => {
  const before = await everything('theirs');
  expect(before.split('\n').length).toBeGreaterThan(40);
  const theirs = rows['theirs']!;
  const missing: Ids = new Map([...theirs].map(([table]) => [table, table === 'vps' ? 'missing0missing0' : randomUUID()]));
  const reached = new Set<string>();
  const wrong = new Map<string, string>();
  let checks = 0;
  for (const door of doors)
    for (const who of people)
      // Its own around a foreign one: a message of theirs in an endpoint of mine.
      for (const own of door.asks(theirs, rows['mine']!)[0]!.path === door.asks(theirs, theirs)[0]!.path ? [false] : [false, true]) {
        const there = door.asks(theirs, own ? rows['mine']! : theirs);
        const nowhere = door.asks(missing, own ? rows['mine']! : missing);
        for (const [index, ask] of there.entries()) {
          // Without an id, as where the field may be left out, it is a request like any other.
          if (JSON.stringify(ask) === JSON.stringify(nowhere[index])) continue;
          const foreign = await knock(ask, who.secret);
          const none = await knock(nowhere[index]!, who.secret);
          checks += 1;
          const [a, b] = [`${foreign.status} ${plain(foreign.text, theirs)}`, `${none.status} ${plain(none.text, missing)}`];
          if (a !== b || foreign.status >= 500) wrong.set(door.name, `by ${who.name} ${JSON.stringify(ask)}\n  ${a}\n  ${b}`);
          if (![400, 403, 422].includes(foreign.status) || aboutAnId(foreign.text)) reached.add(door.name);
        }
      }
  console.log(`${checks} checks: ${doors.length} doors that take an id, ${people.length} principals, foreign and missing`);
  expect(wrong).toEqual(new Map());
  const unreached = doors.filter(({ name, ofOwned }) => ofOwned && !reached.has(name)).map(({ name }) => name);
  expect(unreached.filter((name) => !UNREACHED.has(name))).toEqual([]);
  expect(await everything('theirs')).toBe(before);
});

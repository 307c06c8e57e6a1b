/** What is kept of a person: exported whole, erased with the trail and the trade under a pseudonym, forgotten in time. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ELSEWHERE, SHEET } from '../server/identity/privacy/sheet.ts';
import { forgetOld } from '../server/identity/privacy/store.ts';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { newestIntact } from '../server/kernel/audit-chain.ts';
import { appendAudit } from '../server/kernel/audit.ts';
import type { Database } from '../server/kernel/database.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';

const ADA = { id: '6f0f1c1e-2f64-4b39-9c58-3a4c1f6f0a01', email: 'ada@example.test', name: 'Ada Lovelace', handle: 'ada-l' };
const ORGANIZATION = '6f0f1c1e-2f64-4b39-9c58-3a4c1f6f0a02';
const database = withDatabase();
let plinth: Plinth;
let db: Database;
let token: string;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_ROLE: 'http' });
  ({ db } = plinth.runtime.services);
  await db.user.create({ data: ADA });
  await db.user.create({ data: { id: 'co-owner', email: 'co@example.test', name: 'Co', handle: 'co-owner' } });
  await db.organization.create({ data: { id: ORGANIZATION, name: 'engines' } });
  await db.member.create({ data: { organizationId: ORGANIZATION, userId: ADA.id, role: 'owner' } });
  await db.identity.create({
    data: { id: 'of-ada', userId: ADA.id, providerId: 'credential', accountId: ADA.id, password: 'hash-of-password' },
  });
  await db.signInPlace.create({ data: { userId: ADA.id, placeHash: Buffer.from('place') } });
  await db.termsAcceptance.create({
    data: { organizationId: ORGANIZATION, version: '1', userId: ADA.id, acceptedBy: ADA.name, address: '192.0.2.7' },
  });
  await db.mailDelivery.create({
    data: {
      id: 'mail-1',
      kind: 'invitation',
      address: ADA.email,
      addressName: ADA.name,
      messageId: 'm1',
      status: 'sent',
      sentAt: new Date(),
    },
  });
  const quote = { organizationId: ORGANIZATION, currency: 'EUR', total: 100n };
  await db.order.create({
    data: { ...quote, id: 'order-1', quoteId: 'quote-1', status: 'expired', placedBy: ADA.name, placedAt: new Date() },
  });
  const actor = { kind: 'user', id: ADA.id, name: ADA.name } as const;
  await db.$transaction((tx) =>
    appendAudit(tx, { actor, action: 'vps.created', target: 'some-vps', organizationId: ORGANIZATION, data: {} }),
  );
  const made = { name: 'laptop', role: null, userId: ADA.id, organizationId: ORGANIZATION, expiresAt: null } as const;
  token = (await createToken(db, made)).secret;
}, 120_000);
afterAll(() => plinth?.stop());

async function call(method: string, path: string, body?: unknown, bearer = plinth.adminToken) {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, text, body: text === '' ? null : JSON.parse(text) };
}

it('has a line for every table with a column for a person, and only for tables and columns that there are', async () => {
  const columns = await db.$queryRaw<{ table: string; column: string }[]>`
    SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns WHERE table_schema = 'public'`;
  const about = columns.filter(({ column }) =>
    /^(userId|staffUserId|email|inviterId|actorId|placedBy|acceptedBy|approvedBy|addressName|authorId|openedBy)$/.test(column),
  );
  const sheet = new Set(SHEET.map(({ table }) => table));
  const missing = about.filter(({ table }) => !sheet.has(table) && !Object.hasOwn(ELSEWHERE, table));
  expect(missing).toEqual([]);
  const known = new Set(columns.map(({ table, column }) => `${table}.${column}`));
  for (const { table, hidden = [], erased, retention } of SHEET) {
    const changed = typeof erased === 'object' ? [...(erased.named ?? []), ...(erased.emptied ?? [])] : [];
    for (const column of [...hidden, ...changed, ...(retention ? [retention.after] : [])]) expect(known).toContain(`${table}.${column}`);
  }
});

it('exports everything that is kept of a person, and no secret', async () => {
  const { status, body, text } = await call('POST', `/api/users/${ADA.id}/export`, { reason: 'asked by mail' });
  expect(status).toBe(200);
  for (const table of [
    'user',
    'member',
    'identity',
    'sign_in_place',
    'api_token',
    'terms_acceptance',
    'mail_delivery',
    'order',
    'audit_event',
  ])
    expect([table, body.tables[table].rows.length, body.tables[table].complete]).toEqual([table, 1, true]);
  expect(text).not.toContain('hash-of-password');
  expect(text).not.toContain(token.split('_')[1]);
  const ran = await plinth.cli(['user', 'export', ADA.email, '--reason', 'asked again', '--json']);
  expect([ran.code, JSON.parse(ran.out).user_id]).toEqual([0, ADA.id]);
  // Nobody gets another's.
  expect((await call('POST', `/api/users/${ADA.id}/export`, { reason: 'curious' }, token)).status).toBe(403);
  expect((await call('GET', '/api/me/export', undefined, token)).status).toBe(403);
});

it('erases nobody who alone owns an organization', async () => {
  const { status, body } = await call('POST', `/api/users/${ADA.id}/erase`, { reason: 'asked' });
  expect([status, body.code, body.detail]).toEqual([409, 'last_owner', expect.stringContaining('"engines"')]);
  expect((await call('GET', '/api/vps', undefined, token)).status).toBe(200);
});

it('erases a person: nothing names them, the trail verifies, and nobody gets in', async () => {
  await db.member.create({ data: { organizationId: ORGANIZATION, userId: 'co-owner', role: 'owner' } });
  const { status, body } = await call('POST', `/api/users/${ADA.id}/erase`, { reason: 'asked' });
  expect([status, body?.rows.member, body?.rows.api_token, body?.rows.audit_event]).toEqual([200, 1, 1, 1]);
  expect((await call('GET', '/api/vps', undefined, token)).status).toBe(401);
  expect(await newestIntact(db)).toBe(true);
  const order = await db.order.findUniqueOrThrow({ where: { id: 'order-1' } });
  expect(order.placedBy).toBe(body.pseudonym);
  // Whole tables, whatever the column.
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`;
  for (const { name } of tables) {
    const found = await db.$queryRawUnsafe<unknown[]>(
      `SELECT 1 FROM "${name}" t WHERE to_jsonb(t)::text ILIKE ANY(ARRAY['%ada@example%', '%Lovelace%', '%ada-l%', '%192.0.2.7%'])`,
    );
    expect([name, found.length]).toEqual([name, 0]);
  }
  expect((await call('POST', `/api/users/${ADA.id}/erase`, { reason: 'twice' })).body.code).toBe('erased');
});

it('forgets what is older than it is kept, and nothing else', async () => {
  const old = new Date(Date.now() - 400 * 86_400_000);
  const notification = { userId: 'co-owner', kind: 'vps-ready', subjects: {} };
  await db.notification.create({ data: { ...notification, id: 'old', causeKey: 'old', createdAt: old } });
  await db.notification.create({ data: { ...notification, id: 'new', causeKey: 'new' } });
  expect(await forgetOld(db)).toMatchObject({ notification: 1 });
  expect((await db.notification.findMany()).map(({ id }) => id)).toEqual(['new']);
});

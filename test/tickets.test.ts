/** Tickets and planned work: each side is told by mail, nobody sees another's, and notes among staff stay among staff. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { ensureOrganization } from '../server/kernel/settings.ts';
import { withDatabase } from './support/database.ts';
import { inMail, mailsTo } from './support/people.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { seedVpses } from './support/seed-vpses.ts';

const database = withDatabase();
const HOUR_MS = 3_600_000;
let plinth: Plinth;
let own: string;
let ownToken: string;
let viewerToken: string;
let otherToken: string;
let vps: string;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0' });
  const { db } = plinth.runtime.services;
  await seedVpses(plinth.runtime, 3);
  const found = await db.vps.findFirstOrThrow({ orderBy: { id: 'asc' } });
  [vps, own] = [found.id, found.organizationId];
  const other = await ensureOrganization(db, 'other');
  const token = async (organizationId: string, role: 'operator' | 'viewer') =>
    (await createToken(db, { name: `${role} of ${organizationId}`, role, organizationId, expiresAt: null })).secret;
  [ownToken, viewerToken, otherToken] = [await token(own, 'operator'), await token(own, 'viewer'), await token(other.id, 'operator')];
  const person = async (email: string, staffRole: string | null) => {
    const id = randomUUID();
    await db.user.create({ data: { id, email, name: email.split('@')[0]!, handle: email.split('@')[0]!, emailVerified: true, staffRole } });
    return id;
  };
  const owner = await person('owner@tickets.test', null);
  await db.member.create({ data: { organizationId: own, userId: owner, role: 'owner' } });
  await person('stranger@tickets.test', null);
  await person('support@tickets.test', 'support');
}, 180_000);
afterAll(() => plinth?.stop());

async function call(method: string, path: string, body?: unknown, token = plinth.adminToken): Promise<any> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, ...((await response.json()) as object) };
}
const read = (address: string, pattern: RegExp) => inMail(plinth.origin, plinth.adminToken, address, pattern);

describe('a ticket', { timeout: 120_000 }, () => {
  let id: string;

  it('is opened by a customer about a server, and staff are told', async () => {
    const opened = await call('POST', '/api/tickets', { subject: 'No route', text: 'Since this morning.', vps_id: vps }, ownToken);
    expect(opened).toMatchObject({
      status: 201,
      ticket: { status: 'waiting', vps_id: vps, organization_id: own },
      messages: [{ side: 'customer' }],
    });
    id = opened.ticket.id;
    expect(await read('support@tickets.test', /(Since this morning\.)/)).toBeTruthy();
  });

  it('is answered by staff, who may also write among themselves', async () => {
    await call('POST', `/api/tickets/${id}/messages`, { text: 'The switch is broken, do not say it yet.', internal: true });
    const answered = await call('POST', `/api/tickets/${id}/messages`, { text: 'We are at it.' });
    expect(answered).toMatchObject({ status: 201, ticket: { status: 'answered' } });
    expect(answered.messages.map(({ internal }: any) => internal)).toEqual([false, true, false]);
    expect(await read('owner@tickets.test', /(We are at it\.)/)).toBeTruthy();
    const seen = await call('GET', `/api/tickets/${id}`, undefined, ownToken);
    expect(seen.messages.map(({ text }: any) => text)).toEqual(['Since this morning.', 'We are at it.']);
    const mails = await mailsTo(plinth.origin, plinth.adminToken, 'owner@tickets.test');
    expect(mails.map(({ text }) => text).join()).not.toContain('do not say it yet');
    expect(await mailsTo(plinth.origin, plinth.adminToken, 'stranger@tickets.test')).toEqual([]);
  });

  it('is closed, and open again when its customer writes', async () => {
    expect((await call('POST', `/api/tickets/${id}/close`, undefined, ownToken)).ticket.status).toBe('closed');
    expect((await call('POST', `/api/tickets/${id}/messages`, { text: 'Not yet.' }, ownToken)).ticket.status).toBe('waiting');
    const { out, code } = await plinth.cli(['ticket', 'list', '--status', 'waiting']);
    expect([code, out]).toEqual([0, expect.stringContaining('No route')]);
  });

  it('is nothing that another organization finds, and a viewer only reads it', async () => {
    const missing = await call('GET', `/api/tickets/${randomUUID()}`, undefined, otherToken);
    for (const [method, path, body] of [
      ['GET', `/api/tickets/${id}`],
      ['POST', `/api/tickets/${id}/messages`, { text: 'mine?' }],
      ['POST', `/api/tickets/${id}/close`],
    ] as const)
      expect(await call(method, path, body, otherToken), path).toMatchObject({ status: 404, code: missing.code });
    expect((await call('GET', '/api/tickets', undefined, otherToken)).tickets).toEqual([]);
    expect(await call('POST', '/api/tickets', { subject: 'Foreign', text: 'x', vps_id: vps }, otherToken)).toMatchObject({ status: 404 });
    expect(await call('POST', '/api/tickets', { subject: 'Foreign', text: 'x', organization_id: own }, otherToken)).toMatchObject({
      status: 422,
    });
    expect(await call('GET', `/api/tickets/${id}`, undefined, viewerToken)).toMatchObject({ status: 200 });
    expect(await call('POST', `/api/tickets/${id}/close`, undefined, viewerToken)).toMatchObject({ status: 403 });
    expect(await call('POST', `/api/tickets/${id}/messages`, { text: 'x', internal: true }, ownToken)).toMatchObject({ status: 422 });
  });

  it('is opened no more often than the limit allows, however many ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => call('POST', '/api/tickets', { subject: `Number ${n}`, text: 'x' }, otherToken)),
    );
    expect(answers.filter(({ status }) => status === 201).length).toBe(50);
    expect(answers.filter(({ code }) => code === 'too_many_tickets').length).toBe(10);
  });
});

it('is found by its number, as anything is by its id, by whose it is and by who may list it', async () => {
  const { db } = plinth.runtime.services;
  const { number, id } = await db.ticket.findFirstOrThrow({ orderBy: { number: 'asc' } });
  const find = async (q: string, token?: string) => {
    const { found } = await call('GET', `/api/find?q=${encodeURIComponent(q)}`, undefined, token);
    return found.map((each: any) => [each.kind, each.id]);
  };
  const label = (await db.vps.findUniqueOrThrow({ where: { id: vps } })).label;
  await db.vps.update({ where: { id: vps }, data: { instanceId: 'instance-4711' } });
  const person = await db.user.findFirstOrThrow({ where: { email: 'owner@tickets.test' } });
  expect(await find(id, ownToken)).toEqual([['ticket', id]]);
  expect((await call('GET', `/api/find?q=${id}`)).found[0].title).toBe(`${number}: No route`);
  expect([await find(label.toUpperCase()), await find(vps, ownToken)]).toEqual([[['vps', vps]], [['vps', vps]]]);
  expect([await find('OWNER@tick'), await find(own)]).toEqual([[['user', person.id]], [['organization', own]]]);
  // What is of others, and of the seller, nobody finds by the id either.
  for (const q of [id, vps, label]) expect([q, await find(q, otherToken)]).toEqual([q, []]);
  for (const q of [person.id, 'owner@tickets.test', 'instance-4711', own]) expect([q, await find(q, ownToken)]).toEqual([q, []]);
  expect(await find('instance-4711')).toEqual([['vps', vps]]);
  expect((await plinth.cli(['find', id])).out).toContain('No route');
});

describe('planned work', { timeout: 120_000 }, () => {
  const at = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString();
  let id: string;

  it('is told to whose servers it is about', async () => {
    const plan = { title: 'New switches', text: 'Some minutes away.', starts_at: at(24), ends_at: at(26), vps_ids: [vps] };
    const planned = await call('POST', '/api/admin/maintenance', plan);
    expect(planned).toMatchObject({ status: 201, maintenance: { status: 'planned', servers: 1, organizations: 1 } });
    id = planned.maintenance.id;
    expect(await read('owner@tickets.test', /(Some minutes away\.)/)).toBeTruthy();
    expect((await call('GET', '/api/maintenance', undefined, ownToken)).planned).toMatchObject([{ id, servers: [{ vps_id: vps }] }]);
    expect((await call('GET', '/api/maintenance', undefined, otherToken)).planned).toEqual([]);
  });

  it('is moved and called off, each time with a word, and then stands as it is', async () => {
    expect(await call('PATCH', `/api/admin/maintenance/${id}`, { ends_at: at(27) })).toMatchObject({ status: 200 });
    expect(await read('owner@tickets.test', /(is now from)/)).toBeTruthy();
    expect(await call('POST', `/api/admin/maintenance/${id}/cancel`)).toMatchObject({ status: 200, maintenance: { status: 'cancelled' } });
    expect(await read('owner@tickets.test', /(will not take place)/)).toBeTruthy();
    expect(await call('POST', `/api/admin/maintenance/${id}/cancel`)).toMatchObject({ status: 409, code: 'maintenance_settled' });
    expect((await call('GET', '/api/admin/maintenance')).maintenance).toEqual([]);
    expect((await call('GET', '/api/admin/maintenance?past=true')).maintenance).toMatchObject([{ id }]);
  });

  it('is of an account and its regions, and of nothing that makes no sense', async () => {
    const { accountId, region } = await plinth.runtime.services.db.vps.findUniqueOrThrow({ where: { id: vps } });
    const plan = { title: 'A region', text: 'x', starts_at: at(1), ends_at: at(2), account_id: accountId };
    const all = await call('POST', '/api/admin/maintenance', { ...plan, regions: [region] });
    expect(all.maintenance.servers).toBeGreaterThan(0);
    expect((await call('POST', '/api/admin/maintenance', { ...plan, regions: ['nowhere'] })).maintenance.servers).toBe(0);
    for (const wrong of [{ ends_at: at(0.5) }, { starts_at: at(-3), ends_at: at(-2) }, { vps_ids: [vps] }, { account_id: undefined }])
      expect((await call('POST', '/api/admin/maintenance', { ...plan, ...wrong })).status, JSON.stringify(wrong)).toBe(422);
    expect((await call('POST', '/api/admin/maintenance', plan, ownToken)).status).toBe(403);
  });
});

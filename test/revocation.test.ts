/** A token that is revoked, has run out or was given less: what was opened with it ends within five seconds, whatever it was. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { insertOperation } from '../server/vps/operations/store.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { seedRow } from './support/seed-row.ts';
import { until } from './support/until.ts';

const WITHIN_MS = 5_000;
const STACK = '/api/stacks/default/plinth/vps-revoked';

const database = withDatabase();
let plinth: Plinth;
let operation: string;

beforeAll(async () => {
  // Without a worker, so that the operation stays as it begins.
  plinth = await startPlinth(database.url, { PLINTH_ROLE: 'http' });
  const { services } = plinth.runtime;
  const vps = await seedRow(services.db, 'revoked');
  await services.stacks.prepare('vps-revoked', []);
  operation = (
    await insertOperation(services.db, {
      id: crypto.randomUUID(),
      kind: 'refresh',
      organizationId: vps.organizationId,
      vpsId: (await seedRow(services.db, 'streamed')).id,
      actor: 'nobody',
      request: {},
    })
  ).id;
}, 120_000);
afterAll(() => plinth?.stop());

async function call(method: string, path: string, authorization: string, body?: unknown): Promise<{ status: number; body: any }> {
  const headers = { authorization, 'content-type': 'application/json', 'user-agent': 'pulumi-cli/1 (v3.259.0; linux)' };
  const response = await fetch(plinth.origin + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

async function someone(): Promise<{ id: string; secret: string }> {
  const token = { name: 'otto', role: 'operator', organizationId: null, expiresAt: null } as const;
  const { row, secret } = await createToken(plinth.runtime.services.db, token);
  return { id: row.id, secret };
}

/** Every way in which a token can lose what it could do. */
const ENDS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  revoked: (id) => call('DELETE', `/api/tokens/${id}`, `Bearer ${plinth.adminToken}`),
  expired: (id) => plinth.runtime.services.db.apiToken.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1) } }),
  'given a lower role': (id) => plinth.runtime.services.db.apiToken.update({ where: { id }, data: { role: 'viewer' } }),
  'given to another organization': async (id) => {
    const { db } = plinth.runtime.services;
    const { id: organizationId } = await db.organization.upsert({
      where: { name: 'elsewhere' },
      create: { id: crypto.randomUUID(), name: 'elsewhere' },
      update: {},
    });
    await db.apiToken.update({ where: { id }, data: { organizationId } });
  },
};

test.each(Object.keys(ENDS))('a lease neither renews nor writes once its token is %s', async (how) => {
  const { id, secret } = await someone();
  const made = await call('POST', `${STACK}/update`, `token ${secret}`, { options: {}, config: {}, metadata: {} });
  const path = `${STACK}/update/${made.body.updateID}`;
  const started = await call('POST', path, `token ${secret}`, { journalVersion: 1 });
  expect(started, JSON.stringify(started.body)).toMatchObject({ status: 200 });
  const lease = `update-token ${started.body.token}`;
  const renew = () => call('POST', `${path}/renew_lease`, lease, { token: '', duration: 300 });
  expect((await renew()).status).toBe(200);
  await ENDS[how]!(id);
  const entry = { version: 1, kind: 0, sequenceID: 1, operationID: 1, operation: null };
  const refused = { status: 403, body: { message: expect.stringContaining('no longer holds the stack') } };
  expect(await renew()).toMatchObject(refused);
  expect(await call('PATCH', `${path}/journalentries`, lease, { entries: [entry] })).toMatchObject(refused);
  expect(await call('POST', `${path}/events/batch`, lease, { events: [{ sequence: 1 }] })).toMatchObject(refused);
  expect(await call('POST', `${path}/complete`, lease, { status: 'succeeded' })).toMatchObject(refused);
  // It has ended, so that nobody waits for the lease to run out.
  expect((await call('GET', STACK, `token ${plinth.adminToken}`)).body.activeUpdate).toBe('');
});

test('an update is started by the token that made it, not by another of the same name', async () => {
  const [maker, namesake] = [await someone(), await someone()];
  const made = await call('POST', `${STACK}/update`, `token ${maker.secret}`, { options: {}, config: {}, metadata: {} });
  const path = `${STACK}/update/${made.body.updateID}`;
  expect((await call('POST', path, `token ${namesake.secret}`, { journalVersion: 1 })).status).toBe(403);
  await ENDS['given a lower role']!(maker.id);
  expect((await call('POST', path, `token ${maker.secret}`, { journalVersion: 1 })).status).toBe(403);
});

const STREAMS: Readonly<Record<string, () => string>> = {
  'stream of changes': () => '/api/events',
  'stream of an operation': () => `/api/operations/${operation}/stream`,
};
const cases = Object.keys(STREAMS).flatMap((what) => Object.keys(ENDS).map((how) => [what, how] as const));

test.concurrent.each(cases)('a %s ends once its token is %s', async (what, how) => {
  const { id, secret } = await someone();
  const headers = { authorization: `Bearer ${secret}`, accept: 'text/event-stream' };
  const response = await fetch(plinth.origin + STREAMS[what]!(), { headers });
  expect(response.status).toBe(200);
  let over = false;
  const read = (async () => {
    for await (const _chunk of response.body!);
    over = true;
  })();
  await ENDS[how]!(id);
  await until(() => over, { timeoutMs: WITHIN_MS, what: `the ${what} to end` });
  await read;
});

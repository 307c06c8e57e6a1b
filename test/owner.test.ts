/** A VPS changes hands: who sees it, who does not any more, and what the server's stack goes on to do. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';

const database = withDatabase();
let plinth: Plinth;
const ids: Record<string, string> = {};
const tokens: Record<string, string> = {};

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  for (const name of ['seller-a', 'buyer.b']) {
    ids[name] = (await plinth.json('organization', 'create', name)).organization.id;
    tokens[name] = (await plinth.json('token', 'create', name, '--role', 'operator', '--organization', ids[name]!)).secret;
  }
});
afterAll(() => plinth?.stop());

async function call(token: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}

const own = (id: string, to: string, token = plinth.adminToken) =>
  call(token, 'PUT', `/api/vps/${id}/owner`, { organization_id: to, reason: 'sold with the shop' });

it('moves with its stack, is no longer seen by the former owner, and lives on under the new one', { timeout: 120_000 }, async () => {
  const server = await someServer(plinth);
  const { instance } = await plinth.json('vps', 'create', 'shop', ...server, '--organization', 'seller-a', '--wait');
  const id: string = instance.id;
  expect(await plinth.cli(['vps', 'create', 'shop-2', ...server, '--organization', 'nobody'])).toMatchObject({
    code: 4,
    err: expect.stringContaining('organization list'),
  });
  expect((await call(tokens['seller-a']!, 'GET', `/api/vps/${id}`)).status).toBe(200);
  expect((await call(tokens['buyer.b']!, 'GET', `/api/vps/${id}`)).status).toBe(404);
  await call(tokens['seller-a']!, 'POST', `/api/vps/${id}/reveal-password`, { reason: 'first look' });
  expect((await own(id, ids['buyer.b']!, tokens['seller-a'])).status).toBe(403);

  const [provisioned] = (await call(tokens['seller-a']!, 'GET', `/api/operations?vps_id=${id}`)).body.operations;
  const given = await plinth.json('vps', 'give', 'shop', 'buyer.b', '--reason', 'sold with the shop', '--yes');
  expect(given.instance).toMatchObject({ id, organization_id: ids['buyer.b'], status: 'active', password_revealed: false });
  expect((await call(tokens['seller-a']!, 'GET', `/api/vps/${id}`)).status).toBe(404);
  expect((await call(tokens['seller-a']!, 'GET', '/api/vps')).body.instances).toEqual([]);
  expect((await call(tokens['seller-a']!, 'GET', `/api/operations?vps_id=${id}`)).body.operations).toEqual([]);
  for (const path of ['', '/events', '/stream'])
    expect((await call(tokens['seller-a']!, 'GET', `/api/operations/${provisioned.id}${path}`)).status, path).toBe(404);
  expect((await call(tokens['buyer.b']!, 'GET', '/api/vps')).body.instances).toHaveLength(1);
  expect((await call(tokens['buyer.b']!, 'GET', `/api/operations?vps_id=${id}`)).body.operations).toEqual([]);
  expect((await call(tokens['buyer.b']!, 'POST', `/api/vps/${id}/reveal-password`, { reason: 'mine now' })).status).toBe(200);
  expect((await call(tokens['buyer.b']!, 'GET', `/api/vps/${id}/stack`)).body).toMatchObject({
    organization: 'buyer.b',
    stack: `vps-${id}`,
  });

  const refreshed = await plinth.json('vps', 'refresh', 'shop', '--wait');
  expect(refreshed.operation).toMatchObject({ status: 'succeeded', fault: null });
  expect((await own(id, ids['buyer.b']!)).body.code).toBe('nothing_to_change');
  const actions = (await plinth.json('audit', '--limit', '50')).events.filter((event: any) => event.target === id);
  expect(actions.find(({ action }: any) => action === 'vps.given-away').organization_id).toBe(ids['seller-a']);
  expect(actions.find(({ action }: any) => action === 'vps.taken-over').organization_id).toBe(ids['buyer.b']);

  await plinth.json('vps', 'destroy', 'shop', '--yes', '--wait');
  expect((await own(id, ids['seller-a']!)).body.code).toBe('vps_gone');
  const left = await fetch(`${plinth.runtime.simulatorOrigin}/_simulator/instances`).then((answer) => answer.json());
  expect(left).toEqual([]);
});

it('stays where it is when the new owner cannot take it', { timeout: 60_000 }, async () => {
  const server = await someServer(plinth);
  const mine = await plinth.json('vps', 'create', 'twin', ...server, '--organization', ids['seller-a']!, '--wait');
  expect((await own(mine.instance.id, '00000000-0000-4000-8000-000000000000')).body.errors[0].field).toBe('organization_id');
  const theirs = await plinth.json('vps', 'create', 'twin', ...server, '--organization', ids['buyer.b']!);
  expect((await own(mine.instance.id, ids['buyer.b']!)).body.code).toBe('label_taken');
  expect((await own(theirs.instance.id, ids['seller-a']!)).body.code).toMatch(/operation_in_progress|label_taken/);
});

it('refuses names that cannot be part of a stack’s, and the same name twice', async () => {
  const create = (name: string) => call(plinth.adminToken, 'POST', '/api/admin/organizations', { name });
  for (const name of ['', 'a b', '-a', 'a/b', 'ä']) expect((await create(name)).status).toBe(422);
  expect((await create('buyer.b')).body.code).toBe('name_taken');
  expect((await call(tokens['buyer.b']!, 'GET', '/api/admin/organizations')).status).toBe(403);
  const { organizations } = (await call(plinth.adminToken, 'GET', '/api/admin/organizations')).body;
  expect(organizations.map(({ name }: any) => name)).toEqual(expect.arrayContaining(['buyer.b', 'default', 'seller-a']));
});

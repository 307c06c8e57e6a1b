/** A hand-run update as the service sees it: an operation with live events, and no step that would delete the customer's server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let plinth: Plinth;
let vps: { id: string };
let stack: string;

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  const { instance, operation } = await plinth.json('vps', 'create', 'guarded', ...(await someServer(plinth)));
  await ended(operation.id);
  vps = instance;
  stack = `/api/stacks/default/plinth/vps-${instance.id}`;
}, 600_000);
afterAll(() => plinth?.stop());

async function call(method: string, path: string, authorization: string, body?: unknown): Promise<{ status: number; body: any }> {
  const response = await fetch(plinth.origin + path, {
    method,
    headers: { authorization, 'content-type': 'application/json', 'user-agent': 'pulumi-cli/1 (v3.259.0; linux)' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

const person = (): string => `token ${plinth.adminToken}`;
const ended = (id: string) =>
  until(
    async () => {
      const { operation } = await plinth.json('operation', 'show', id);
      return ['queued', 'running'].includes(operation.status) ? undefined : operation;
    },
    { timeoutMs: 60_000, what: `operation ${id} to end` },
  );

async function begin(): Promise<{ id: string; path: string; lease: string }> {
  const created = await call('POST', `${stack}/update`, person(), {
    options: {},
    config: {},
    metadata: { message: 'by hand', environment: {} },
  });
  const path = `${stack}/update/${created.body.updateID}`;
  const started = await call('POST', path, person(), { journalVersion: 1 });
  expect(started.status).toBe(200);
  return { id: created.body.updateID, path, lease: `update-token ${started.body.token}` };
}

test('steps appear live, a worker waits its turn, and the end is told', async () => {
  const { id, path, lease } = await begin();
  const waiting = await plinth.json('vps', 'refresh', vps.id);
  const metadata = {
    op: 'update',
    urn: `urn:pulumi:vps-${vps.id}::plinth::a:b:C::vps-dns-a`,
    type: 'a:b:C',
    custom: true,
    old: null,
    new: { custom: true, inputs: {}, outputs: {} },
    detailedDiff: {},
  };
  const events = [{ sequence: 1, timestamp: 1, resourcePreEvent: { metadata } }];
  expect((await call('POST', `${path}/events/batch`, lease, { events })).status).toBe(204);
  const running = (await plinth.json('operation', 'show', id)).operation;
  expect(running).toMatchObject({ kind: 'hand-update', status: 'running', actor: 'first admin', vps_id: vps.id });
  const seen = await call('GET', `/api/operations/${id}/events`, `Bearer ${plinth.adminToken}`);
  expect(seen.body.events.map((event: any) => event.type)).toEqual(['attempt-started', 'step-started']);
  expect((await plinth.json('operation', 'show', waiting.operation.id)).operation.status).toBe('queued');
  expect((await call('POST', `${path}/complete`, lease, { status: 'succeeded' })).status).toBe(204);
  expect(await ended(id)).toMatchObject({ status: 'succeeded' });
  expect(await ended(waiting.operation.id)).toMatchObject({ status: 'succeeded' });
}, 90_000);

test('a step that would delete the server is refused before the provider is called, in journals and in checkpoints', async () => {
  const before = JSON.stringify((await call('GET', `${stack}/export`, person())).body.deployment.resources);
  const { path, lease } = await begin();
  const { deployment } = (await call('GET', `${stack}/export`, person())).body;
  const server = deployment.resources.find((resource: any) => resource.urn.endsWith('::vps-instance'));
  const operation = { type: 'deleting', resource: server };
  const entry = { version: 1, kind: 0, sequenceID: 1, operationID: 1, removeOld: null, removeNew: null, operation };
  const refused = { status: 403, body: { code: 403, message: expect.stringContaining('delete or replace the server') } };
  expect(await call('PATCH', `${path}/journalentries`, lease, { entries: [entry] })).toMatchObject(refused);
  const checkpoint = { version: 3, deployment: { ...deployment, pending_operations: [operation] } };
  expect(await call('PATCH', `${path}/checkpoint`, lease, checkpoint)).toMatchObject(refused);
  expect((await call('POST', `${path}/complete`, lease, { status: 'failed' })).status).toBe(204);
  expect(JSON.stringify((await call('GET', `${stack}/export`, person())).body.deployment.resources)).toBe(before);
}, 60_000);

test('a hand-run update that falls silent is ended, and the next operation goes on', async () => {
  const { id } = await begin();
  await plinth.runtime.services.db.operation.update({ where: { id }, data: { heartbeatAt: new Date(0) } });
  expect(await ended(id)).toMatchObject({ status: 'stalled', fault: { kind: 'engine_crashed' } });
  const { operation } = await plinth.json('vps', 'refresh', vps.id);
  expect(await ended(operation.id)).toMatchObject({ status: 'succeeded' });
}, 90_000);

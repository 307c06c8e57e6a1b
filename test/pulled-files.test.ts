/** A pulled file is of one moment: an update from an older one is refused, with what changed since, and undoes nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { type Answer, type Config, send, stateClient, type StateClient } from './support/state-client.ts';
import { until } from './support/until.ts';

const SPEC = 'plinth:spec';
const database = withDatabase();
let plinth: Plinth;
let id: string;
let stack: StateClient;

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  const { instance } = await plinth.json('vps', 'create', 'pulled', ...(await someServer(plinth)), '--tag', 'first', '--wait');
  id = instance.id;
  stack = stateClient(plinth, 'default', `vps-${id}`);
}, 600_000);
afterAll(() => plinth?.stop());

const api = (method: string, path: string, body?: unknown) =>
  send(plinth.origin, method, `/api/vps/${id}${path}`, `Bearer ${plinth.adminToken}`, body);
const pull = async (): Promise<Config> => (await api('GET', '/stack')).body.config;
const withSpec = (config: Config, change: object): Config => ({ ...config, [SPEC]: { ...(config[SPEC] as object), ...change } });
const tagsNow = async (): Promise<string[]> => (await api('GET', '')).body.instance.tags;

/** An `up` whose program changed nothing: the spec counts. */
async function up(config: Config): Promise<Answer> {
  const begun = await stack.begin(plinth.adminToken, 'update', config);
  if (begun.started.status === 200) expect((await stack.end(begun, 'succeeded')).status).toBe(204);
  return begun.started;
}

async function order(action: object): Promise<void> {
  const { status, body } = await api('POST', '/actions', action);
  expect(status, JSON.stringify(body)).toBe(202);
  await until(
    async () => {
      const { operation } = await plinth.json('operation', 'show', body.operation.id);
      return operation.finished_at !== null && operation;
    },
    { timeoutMs: 60_000, what: 'the operation' },
  );
}

it('is refused with the fields that Plinth changed since, and taken once it is pulled again', async () => {
  const old = await pull();
  await order({ action: 'configure', tags: ['second'], firewall: [{ protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0'] }] });
  const refused = await up(old);
  expect(refused).toMatchObject({
    status: 409,
    body: { message: expect.stringMatching(/since this file was pulled at .*: tags, firewall\./) },
  });
  // An edit of another field does not make it younger.
  expect((await up(withSpec(old, { cloudInit: { ...(old[SPEC] as any).cloudInit, packages: ['htop'] } }))).body.message).toContain(
    'tags, firewall',
  );
  expect(await tagsNow()).toEqual(['second']);
  expect((await up(await pull())).status).toBe(200);
  // A preview may show what it would undo.
  expect((await stack.begin(plinth.adminToken, 'update', old, { dryRun: true })).started.status).toBe(200);
});

it('stays good for its own changes, one after the other, until Plinth makes one', async () => {
  const file = await pull();
  for (const tags of [['by-hand'], ['by-hand', 'again'], ['second']]) {
    const answer = await up(withSpec(file, { tags }));
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(await tagsNow()).toEqual(tags);
  }
  await order({ action: 'configure', tags: ['by-the-api'] });
  expect((await up(withSpec(file, { tags: ['second'] }))).body.message).toContain('tags');
  // What is as it is now puts nothing back.
  expect((await up(withSpec(file, { tags: ['by-the-api'] }))).status).toBe(200);
});

it('without its mark is taken as long as it says what is there', async () => {
  const { 'plinth:pulled': _mark, ...unmarked } = await pull();
  expect((await up(unmarked)).status).toBe(200);
  const refused = await up(withSpec(unmarked, { tags: ['older'] }));
  expect(refused).toMatchObject({
    status: 409,
    body: { message: expect.stringMatching(/nothing of when it was pulled.*: it differs in tags\./) },
  });
  expect((await up({ ...unmarked, 'plinth:pulled': 'forged' })).status).toBe(200);
  expect((await up({ ...withSpec(unmarked, { tags: ['older'] }), 'plinth:pulled': { at: 0, fields: {} } })).status).toBe(409);
});

it('from before a new password does not bring the former one back', async () => {
  const old = await pull();
  const { services } = plinth.runtime;
  const seal = (password: string): string => services.secrets.seal({ table: 'vps', column: 'requestedPassword', id }, password);
  const set = (requestedPassword: string | null) => services.db.vps.update({ where: { id }, data: { requestedPassword } });
  await set(seal('Set-By-A-Reset-1'));
  const words = { status: 409, body: { message: expect.stringContaining('plinth:rootPassword is not the password') } };
  expect(await up(old)).toMatchObject(words);
  const file = await pull();
  expect((await up(file)).status).toBe(200);
  await set(seal('Set-By-A-Reset-2'));
  expect(await up(file)).toMatchObject(words);
  const told = JSON.stringify(await up({ ...file, 'plinth:rootPassword': 'My-Own-Idea-3' }));
  expect(told).toContain('is not the password');
  expect(told).not.toMatch(/Set-By-A-Reset|My-Own-Idea/);
  await set(null);
  expect(await up(file)).toMatchObject(words);
});

it('leads to no other account and to no new server, and changes nothing that the VPS does not take', async () => {
  const file = await pull();
  const account = Object.keys(file).find((key) => key.endsWith(':plinthAccount'))!;
  for (const kind of ['update', 'refresh', 'destroy']) {
    const other = await stack.begin(plinth.adminToken, kind, { ...file, [account]: 'another' });
    expect(other.started).toMatchObject({ status: 409, body: { message: expect.stringContaining('names another account') } });
  }
  expect((await up({ ...file, 'plinth:replaceInstance': 'true' })).body.message).toContain('plinth vps reinstall');
  const impossible = await up(withSpec(file, { tags: ['plinth-x'] }));
  expect(impossible.status, JSON.stringify(impossible.body)).toBe(409);
  await plinth.runtime.services.db.vps.update({ where: { id }, data: { status: 'error' } });
  expect((await up(withSpec(file, { tags: ['more'] }))).body.message).toContain('changes tags');
  // One whose last operation failed may be mended.
  expect((await up(file)).status).toBe(200);
});

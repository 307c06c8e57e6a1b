/** The state protocol by HTTP: rights, leases, fences, secrets and bad input, against a real database. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifestMagic } from '../server/kernel/deployment.ts';
import { withDatabase } from './support/database.ts';
import { startStateService, type StateService } from './support/state-service.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let service: StateService;
beforeAll(async () => {
  service = await startStateService(database.url, { leaseMs: 1_500 });
});
afterAll(() => service?.close());

interface Answer {
  status: number;
  body: any;
}

async function call(method: string, path: string, authorization: string, body?: unknown, gzip = false): Promise<Answer> {
  const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(service.origin + path, {
    method,
    headers: {
      authorization,
      'content-type': 'application/json',
      'user-agent': 'pulumi-cli/1 (v3.259.0; linux)',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    },
    body: text === null ? null : gzip ? gzipSync(text) : text,
  });
  const answer = await response.text();
  return { status: response.status, body: answer.startsWith('{') ? JSON.parse(answer) : answer };
}

const as = (who: string): string => `token token-${who}`;

async function newStack(): Promise<{ name: string; path: string }> {
  const name = `vps-${randomBytes(6).toString('hex')}`;
  expect((await call('POST', '/api/stacks/acme/plinth', as('admin'), { stackName: name })).status).toBe(200);
  return { name, path: `/api/stacks/acme/plinth/${name}` };
}

async function create(path: string, kind: string, who: string, options = {}): Promise<Answer> {
  return call('POST', `${path}/${kind}`, as(who), { name: 'plinth', options, config: {}, metadata: { message: '', environment: {} } });
}

async function begin(path: string, who = 'admin', kind = 'update'): Promise<{ update: string; lease: string }> {
  const { updateID } = (await create(path, kind, who)).body;
  const started = await call('POST', `${path}/update/${updateID}`, as(who), { journalVersion: 1 });
  expect(started).toMatchObject({ status: 200, body: { journalVersion: 1 } });
  return { update: `${path}/update/${updateID}`, lease: `update-token ${started.body.token}` };
}

const resource = (stack: string, name: string) => ({
  urn: `urn:pulumi:${stack}::plinth::t:i:R::${name}`,
  type: 't:i:R',
  custom: true,
  id: name,
});
const entry = (kind: number, sequenceID: number, fields = {}) => ({
  version: 1,
  kind,
  sequenceID,
  operationID: 1,
  removeOld: null,
  removeNew: null,
  ...fields,
});

describe('rights', () => {
  test.each([
    ['viewer', 'preview', 200],
    ['viewer', 'update', 403],
    ['viewer', 'refresh', 403],
    ['viewer', 'destroy', 403],
    ['operator', 'update', 200],
    ['operator', 'refresh', 200],
    ['operator', 'destroy', 403],
    ['admin', 'destroy', 200],
    ['stranger', 'preview', 404],
  ])('%s may %s: %i', async (who, kind, status) => {
    const { path } = await newStack();
    expect((await create(path, kind, who)).status).toBe(status);
  });

  test('a preview posted to /update needs the right to preview only', async () => {
    const { path } = await newStack();
    expect((await create(path, 'update', 'viewer', { dryRun: true })).status).toBe(200);
  });

  test('an unknown token is asked to log in, in the shape the command line prints', async () => {
    expect(await call('GET', '/api/user', 'token nobody')).toMatchObject({
      status: 401,
      body: { code: 401, message: expect.stringContaining('pulumi login') },
    });
    expect((await call('GET', '/api/user', '')).status).toBe(401);
  });

  test('a worker’s token opens a stack only while an operation has it open', async () => {
    const mine = `vps-${randomBytes(6).toString('hex')}`;
    const { path: foreign } = await newStack();
    const { env, release } = await service.backend.open(mine);
    const authorization = `token ${env['PULUMI_ACCESS_TOKEN']}`;
    expect((await call('GET', `/api/stacks/acme/plinth/${mine}`, authorization)).status).toBe(200);
    expect((await call('GET', foreign, authorization)).status).toBe(403);
    expect(
      (await call('GET', '/api/user/stacks?organization=acme', authorization)).body.stacks.map((stack: any) => stack.stackName),
    ).toEqual([mine]);
    await release();
    expect((await call('GET', `/api/stacks/acme/plinth/${mine}`, authorization)).status).toBe(401);
  });

  test('refusals are audited', async () => {
    const { path } = await newStack();
    await create(path, 'destroy', 'operator');
    expect(service.audits).toContainEqual({ action: 'state.destroy.refused', by: 'otto' });
  });
});

describe('leases', () => {
  test('one update at a time; the other is told who and since when', async () => {
    const { path } = await newStack();
    await begin(path, 'operator');
    const { updateID } = (await create(path, 'update', 'admin')).body;
    const second = await call('POST', `${path}/update/${updateID}`, as('admin'), { journalVersion: 1 });
    expect(second).toMatchObject({ status: 409, body: { code: 409, message: expect.stringMatching(/update by otto since \d{4}-/) } });
    expect((await call('GET', path, as('viewer'))).body.currentOperation).toMatchObject({ kind: 'update', author: 'otto' });
  });

  test('of twenty that start at once exactly one gets the stack', async () => {
    const { path } = await newStack();
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await create(path, 'update', 'admin')).body.updateID));
    const answers = await Promise.all(ids.map((id) => call('POST', `${path}/update/${id}`, as('admin'), { journalVersion: 1 })));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
  });

  test('previews run beside an update and write nothing', async () => {
    const { path } = await newStack();
    await begin(path);
    const { updateID } = (await create(path, 'preview', 'viewer')).body;
    const started = await call('POST', `${path}/update/${updateID}`, as('viewer'), {});
    expect(started.status).toBe(200);
    expect(started.body.token).not.toBe('');
    const journal = await call('PATCH', `${path}/update/${updateID}/journalentries`, `update-token ${started.body.token}`, {
      entries: [entry(0, 1)],
    });
    expect(journal.status).toBe(403);
  });

  test('a writer whose lease ran out is fenced out, its entry kept aside, and the state is the other one’s', async () => {
    const { name, path } = await newStack();
    const stopped = await begin(path);
    const next = await until(async () => begin(path, 'operator').catch(() => undefined), { timeoutMs: 10_000 });
    const late = await call('PATCH', `${stopped.update}/journalentries`, stopped.lease, {
      entries: [entry(1, 1, { state: resource(name, 'late') })],
    });
    expect(late).toMatchObject({ status: 403, body: { message: expect.stringContaining('no longer holds') } });
    expect((await call('POST', `${stopped.update}/renew_lease`, stopped.lease, { token: '', duration: 300 })).status).toBe(403);
    expect((await call('POST', `${stopped.update}/complete`, stopped.lease, { status: 'succeeded' })).status).toBe(403);
    await call('PATCH', `${next.update}/journalentries`, next.lease, { entries: [entry(1, 1, { state: resource(name, 'mine') })] });
    expect((await call('POST', `${next.update}/complete`, next.lease, { status: 'succeeded' })).status).toBe(204);
    const { resources } = (await call('GET', `${path}/export`, as('viewer'))).body.deployment;
    expect(resources.map((item: any) => item.id)).toEqual(['mine']);
    const kept = await service.pool.query('SELECT entry FROM state_rejected_entry WHERE entry LIKE $1', [`%${name}%late%`]);
    expect(kept.rowCount).toBe(1);
  });

  test('renewing keeps the lease; completing twice is one completion', async () => {
    const { path } = await newStack();
    const { update, lease } = await begin(path);
    for (let round = 0; round < 4; round++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect((await call('POST', `${update}/renew_lease`, lease, { token: '', duration: 300 })).status).toBe(200);
    }
    expect((await call('POST', `${update}/complete`, lease, { status: 'succeeded' })).status).toBe(204);
    expect((await call('POST', `${update}/complete`, lease, { status: 'succeeded' })).status).toBe(204);
    expect((await call('GET', path, as('viewer'))).body).toMatchObject({ version: 1, activeUpdate: '' });
  });

  test('cancel takes the lease away', async () => {
    const { path } = await newStack();
    const { update, lease } = await begin(path);
    expect((await call('POST', `${update}/cancel`, as('viewer'))).status).toBe(403);
    expect((await call('POST', `${update}/cancel`, as('operator'))).status).toBe(204);
    expect((await call('PATCH', `${update}/journalentries`, lease, { entries: [entry(0, 1)] })).status).toBe(403);
    await begin(path, 'operator');
  });

  test('a lease token opens nothing at another stack', async () => {
    const [a, b] = [await newStack(), await newStack()];
    const { lease } = await begin(a.path);
    const other = await begin(b.path);
    expect((await call('PATCH', `${other.update}/journalentries`, lease, { entries: [entry(0, 1)] })).status).toBe(403);
  });

  test('nobody starts while a create is unresolved; recovery clears it', async () => {
    const { name, path } = await newStack();
    const dead = await begin(path);
    await call('PATCH', `${dead.update}/journalentries`, dead.lease, {
      entries: [entry(0, 1, { operation: { type: 'creating', resource: resource(name, 'server') } })],
    });
    expect((await call('GET', `${path}/export`, as('viewer'))).body.deployment.pending_operations).toHaveLength(1);
    const { updateID } = (await create(path, 'update', 'admin')).body;
    await until(
      async () =>
        ((await call('POST', `${path}/update/${updateID}`, as('admin'), { journalVersion: 1 })).body.message ?? '').includes(
          'in the middle of creating',
        ),
      { timeoutMs: 10_000 },
    );
    // Also where the lease runs out between a look at it and the start: the start itself refuses, under the lock.
    const { rows } = await service.pool.query('SELECT id FROM state_stack WHERE name = $1', [name]);
    await expect(service.store.startUpdate(rows[0].id, updateID, 60_000, true)).rejects.toThrow('in the middle of creating');
    expect(await service.backend.recover(name)).toEqual({ clearedLock: true, clearedPending: 1 });
    expect((await call('POST', `${path}/update/${updateID}`, as('admin'), { journalVersion: 1 })).status).toBe(200);
  });
});

describe('journal', () => {
  test('repeats are harmless, different repeats and unknown kinds are refused, order does not matter', async () => {
    const { name, path } = await newStack();
    const { update, lease } = await begin(path);
    const send = (entries: unknown[], gzip = false) => call('PATCH', `${update}/journalentries`, lease, { entries }, gzip);
    const success = entry(1, 2, { state: resource(name, 'a') });
    expect((await send([success], true)).status).toBe(204);
    expect((await send([success])).status).toBe(204);
    expect((await send([entry(0, 1)])).status).toBe(204);
    expect(await send([entry(1, 2, { state: resource(name, 'b') })])).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('entry 2') },
    });
    expect(await send([entry(42, 3)])).toMatchObject({ status: 400, body: { message: expect.stringContaining('kind 42') } });
    expect((await send([{ ...success, sequenceID: -1 }])).status).toBe(400);
    await call('POST', `${update}/complete`, lease, { status: 'failed' });
    const { deployment } = (await call('GET', `${path}/export`, as('viewer'))).body;
    expect(deployment.resources.map((item: any) => item.id)).toEqual(['a']);
    expect(deployment.manifest.magic).toBe(manifestMagic(deployment.manifest.version));
  });
});

describe('secrets', () => {
  const secret = Buffer.from(JSON.stringify('correct horse')).toString('base64');

  test('round trip; a viewer gets equal stand-ins; another stack cannot open them', async () => {
    const [a, b] = [await newStack(), await newStack()];
    const { ciphertexts } = (await call('POST', `${a.path}/batch-encrypt`, as('operator'), { plaintexts: [secret, secret] })).body;
    expect(new Set(ciphertexts).size).toBe(2);
    const open = (path: string, who: string) => call('POST', `${path}/batch-decrypt`, as(who), { ciphertexts });
    expect((await open(a.path, 'operator')).body.plaintexts[ciphertexts[0]]).toBe(secret);
    const seen = Object.values((await open(a.path, 'viewer')).body.plaintexts) as string[];
    expect(seen[0]).toBe(seen[1]);
    expect(JSON.parse(Buffer.from(seen[0]!, 'base64').toString())).toMatch(/^\[secret /);
    expect(await open(b.path, 'admin')).toMatchObject({ status: 400, body: { message: expect.stringContaining('another stack') } });
  });

  test('every flipped byte is noticed', async () => {
    const { path } = await newStack();
    const { ciphertext } = (await call('POST', `${path}/encrypt`, as('operator'), { plaintext: secret })).body;
    const bytes = Buffer.from(ciphertext, 'base64');
    const ciphertexts = Array.from(bytes, (_byte, index) => {
      const damaged = Buffer.from(bytes);
      damaged[index]! ^= 1;
      return damaged.toString('base64');
    });
    const answers = await Promise.all(ciphertexts.map((text) => call('POST', `${path}/decrypt`, as('operator'), { ciphertext: text })));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([400]));
  });

  test('showing secrets is audited and refused to viewers', async () => {
    const { path } = await newStack();
    expect((await call('POST', `${path}/decrypt/log-batch-decryption`, as('viewer'), { commandName: 'pulumi stack output' })).status).toBe(
      403,
    );
    expect(
      (await call('POST', `${path}/decrypt/log-batch-decryption`, as('operator'), { commandName: 'pulumi stack output' })).status,
    ).toBe(204);
    expect(service.audits).toContainEqual({ action: 'state.secrets.shown', by: 'otto' });
  });
});

describe('bad input', () => {
  test.each([
    ['a name with a wildcard', 'POST', '/api/stacks/acme/plinth', { stackName: 'vps-%' }, 400],
    ['a name with a control character', 'POST', '/api/stacks/acme/plinth', { stackName: 'vps-\u0000' }, 400],
    ['truncated JSON', 'POST', '/api/stacks/acme/plinth', '{"stackName":', 400],
    ['a foreign organization', 'POST', '/api/stacks/other/plinth', { stackName: 'vps-a' }, 404],
    ['an unknown stack', 'GET', '/api/stacks/acme/plinth/none', undefined, 404],
    ['an update id that is none', 'POST', '/api/stacks/acme/plinth/none/update/1', {}, 400],
    ['an unknown route', 'GET', '/api/stacks/acme/plinth/none/nothing/here', undefined, 404],
  ])('%s', async (_what, method, path, body, status) => {
    expect(await call(method, path, as('admin'), body)).toMatchObject({ status, body: { code: status, message: expect.any(String) } });
  });

  test('invalid snapshots are refused and nothing changes', async () => {
    const { name, path } = await newStack();
    const manifest = { time: '2026-01-01T00:00:00Z', magic: manifestMagic('v3.259.0'), version: 'v3.259.0' };
    const send = (deployment: unknown, version = 3) => call('POST', `${path}/import`, as('admin'), { version, deployment });
    expect((await send({ manifest, resources: [{ ...resource(name, 'a'), parent: 'urn:none' }] })).body.message).toContain('parent');
    expect((await send({ manifest: { ...manifest, magic: 'no' }, resources: [resource(name, 'a')] })).body.message).toContain('magic');
    expect((await send({ manifest, resources: [resource('vps-other', 'a')] })).body.message).toContain('another stack');
    expect((await send({ manifest }, 9)).status).toBe(400);
    expect((await call('POST', `${path}/import`, as('operator'), { version: 3, deployment: { manifest } })).status).toBe(403);
    expect((await call('GET', path, as('viewer'))).body.version).toBe(0);
    expect((await send({ manifest, resources: [resource(name, 'a')] })).status).toBe(200);
    expect(await call('DELETE', path, as('admin'))).toMatchObject({
      status: 400,
      body: { message: 'Bad Request: Stack still contains resources.' },
    });
    expect((await call('DELETE', `${path}?force=true`, as('admin'))).status).toBe(204);
  });

  test('renaming is refused with its reason', async () => {
    const { path } = await newStack();
    expect(await call('POST', `${path}/rename`, as('admin'), { newName: 'x', newProject: '' })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('cannot be renamed') },
    });
  });

  test('a stack made twice already exists', async () => {
    const { name } = await newStack();
    expect(await call('POST', '/api/stacks/acme/plinth', as('admin'), { stackName: name })).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('already exists') },
    });
  });
});

test('pages of stacks are complete and filtered by tag', async () => {
  const tag = randomBytes(4).toString('hex');
  const names = await Promise.all(Array.from({ length: 3 }, async () => (await newStack()).name));
  await Promise.all(names.map((name) => call('PATCH', `/api/stacks/acme/plinth/${name}/tags`, as('admin'), { run: tag })));
  const { body } = await call('GET', `/api/user/stacks?organization=acme&tagName=run&tagValue=${tag}`, as('viewer'));
  expect(body.stacks.map((stack: any) => stack.stackName)).toEqual(names.toSorted());
});

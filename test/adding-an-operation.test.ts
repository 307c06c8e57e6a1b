/**
 * docs/adding-an-operation.md and docs/adding-an-endpoint.md do what they say: their files, put into a copy of the repository, are
 * a kind that runs and a route that answers.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kindsAreWhole } from './architecture/kinds.ts';
import { ROOT, scanRepository } from './architecture/repository.ts';
import { withDatabase } from './support/database.ts';
import { testEngine } from './support/engine.ts';
import { LONG } from './support/long.ts';
import { type Cluster, openCluster } from './support/service.ts';
import { Shop } from './support/shop.ts';

const run = promisify(execFile);
const database = withDatabase();
let copy: string;
let cluster: Cluster;
let shop: Shop;
let origin: string;

const pageOf = (name: string): Promise<string> => readFile(join(ROOT, 'docs', name), 'utf8');

/** Code of a page, by the path that its first line names. */
async function example(name: string): Promise<Map<string, string>> {
  return new Map([...(await pageOf(name)).matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```/gm)].map(([, path, code]) => [path!, code!]));
}

/** Puts the endpoint's files there, and its two lines into the index that the page names. */
async function addEndpoint(): Promise<string[]> {
  const files = await example('adding-an-endpoint.md');
  for (const [path, code] of files) await writeFile(join(copy, path), code);
  const [, index = '', imported = '', line = ''] = /^```ts\n\/\/ (\S+), .*\n(.*)\n(.*)\n```/m.exec(await pageOf('adding-an-endpoint.md'))!;
  const lines = (await readFile(join(copy, index), 'utf8')).split('\n');
  lines.splice(
    lines.findIndex((each) => each.startsWith('import ')),
    0,
    imported,
  );
  lines.splice(lines.findIndex((each) => each.includes('...vpsRoutes(')) + 1, 0, line);
  await writeFile(join(copy, index), lines.join('\n'));
  return [...files.keys(), index];
}

beforeAll(async () => {
  await testEngine();
  copy = await mkdtemp(join(tmpdir(), 'plinth-copy-'));
  const { stdout } = await run('git', ['ls-files', '-coz', '--exclude-standard'], { cwd: ROOT, maxBuffer: 1 << 26 });
  for (const path of stdout.split('\0').filter((each) => each !== '' && each !== 'node_modules' && !each.startsWith('docs/'))) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    // One that is listed and gone (deleted, not yet committed) is no file.
    await cp(join(ROOT, path), join(copy, path)).catch(() => undefined);
  }
  await cp(join(ROOT, 'prisma', 'generated'), join(copy, 'prisma', 'generated'), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
}, 120_000);
afterAll(async () => {
  await cluster?.close();
  if (copy) await rm(copy, { recursive: true, force: true });
});

it.runIf(LONG)('two files make a kind', { timeout: 600_000 }, async () => {
  const files = await example('adding-an-operation.md');
  expect([...files.keys()]).toEqual(['contract/operations/inspect.ts', 'server/vps/operations/inspect.ts']);
  for (const [path, code] of files) await writeFile(join(copy, path), code);
  const half = await scanRepository();
  expect(kindsAreWhole(new Map([...half, ...files]))).not.toEqual([]);
  await run(process.execPath, ['scripts/kinds.ts'], { cwd: copy });
  const endpoint = await addEndpoint();
  expect(endpoint).toEqual(['contract/note-line.ts', 'server/vps/note-line-routes.ts', 'server/vps/index.ts']);
  const include = ['contract/operations', 'server/vps/operations', ...endpoint];
  const narrow = { extends: './tsconfig.json', include, exclude: ['**/*.test.ts'] };
  await writeFile(join(copy, 'tsconfig.kinds.json'), JSON.stringify(narrow));
  const types = await run(process.execPath, ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.kinds.json'], {
    cwd: copy,
  }).catch((error: { stdout: string }) => error);
  expect(types.stdout).toBe('');

  cluster = await openCluster(database.url, 500, copy);
  ({ origin } = await cluster.service('one'));
  shop = new Shop(() => origin, cluster.token, cluster.simulator.origin);
  const [cloud = ''] = await shop.clouds();
  const { instance, operation } = await shop.order(cloud, 'inspected');
  expect((await shop.ended(operation.id)).status).toBe('succeeded');
  const before = await shop.vps(instance.id);
  expect(before.capabilities.inspect).toEqual({ allowed: true });

  const asked = await shop.call('POST', `/api/vps/${instance.id}/actions`, { action: 'inspect' });
  expect(asked).toMatchObject({ httpStatus: 202, operation: { kind: 'inspect' } });
  expect((await shop.ended(asked.operation.id)).status).toBe('succeeded');
  const said = (await shop.events(asked.operation.id)).map(({ data }) => data.message);
  expect(said).toContain(`server ${before.instance_id} is running`);
  expect((await shop.vps(instance.id)).power_state).toBe('running');

  const bulk = { action: { action: 'inspect' }, selection: { ids: [instance.id] } };
  expect(await shop.call('POST', '/api/bulk/preview', bulk)).toMatchObject({ matched: 1, ready: 1, data_loss: false });
  expect(JSON.stringify(await shop.call('GET', '/api/openapi.json'))).toContain('"inspect"');
});

it.runIf(LONG)('a contract and a route make an endpoint', { timeout: 120_000 }, async () => {
  const [{ id }] = (await shop.call('GET', '/api/vps?q=inspected')).instances;
  const headers = { authorization: `Bearer ${await cluster.token()}`, 'content-type': 'application/json', 'idempotency-key': 'one-line' };
  const add = async (line: unknown) => {
    const response = await fetch(`${origin}/api/vps/${id}/note-lines`, { method: 'POST', headers, body: JSON.stringify({ line }) });
    return { status: response.status, body: (await response.json()) as any };
  };
  expect(await add('its first')).toMatchObject({ status: 201, body: { instance: { id, notes: 'its first' } } });
  // Sent again, it is the same answer and no second line.
  expect(await add('its first')).toMatchObject({ status: 201, body: { instance: { notes: 'its first' } } });
  expect(await shop.call('POST', `/api/vps/${id}/note-lines`, { line: 'its second' })).toMatchObject({ httpStatus: 201 });
  expect((await shop.vps(id)).notes).toBe('its first\nits second');
  expect(await shop.call('POST', `/api/vps/${id}/note-lines`, { line: ' ' })).toMatchObject({
    httpStatus: 422,
    errors: [{ field: 'line' }],
  });
  expect(JSON.stringify(await shop.call('GET', '/api/openapi.json'))).toContain('"addNoteLine"');
});

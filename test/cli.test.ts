/** The `plinth` command against a running service with simulated clouds, also over a line that breaks. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedCredential } from '../providers/rfc2136/credential.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { seedVpses } from './support/seed-vpses.ts';

const database = withDatabase();
let plinth: Plinth;
let server: string[];

beforeAll(async () => {
  plinth = await startPlinth(database.url);
  server = await someServer(plinth);
});
afterAll(() => plinth?.stop());

const lines = (text: string): string[] => text.trim().split('\n');

describe('a server’s life', () => {
  it('from create to destroy, for people and for scripts', async () => {
    const created = await plinth.cli(['vps', 'create', 'life', ...server, '--tag', 'a', '--firewall', 'tcp:22:203.0.113.0/24', '--wait']);
    expect(created, created.err).toMatchObject({ code: 0 });
    expect(created.out).toMatch(/\d\.\d s {2}created vps-instance/);
    expect(created.out).toContain('life is active: ');
    expect(created.out).toContain('simulated');
    // oxlint-disable-next-line no-control-regex
    expect(created.out).not.toMatch(/\u001b/);

    const list = await plinth.cli(['vps', 'list']);
    expect(lines(list.out)[0]).toMatch(/^ID +LABEL +STATUS/);
    expect(list.out).toMatch(/life +active/);
    const { instance } = await plinth.json('vps', 'show', 'life');
    expect(await plinth.json('vps', 'list', '--search', 'life')).toEqual({ instances: [instance], next: null, matching: null });
    const facts = (await plinth.cli(['vps', 'show', instance.id])).out;
    expect(facts).toMatch(/last operation +provision succeeded/);
    const names = lines(facts).map((line) => line.split(/ {2,}/)[0]);
    expect(names).toEqual([...new Set(names)]);

    const watched = await plinth.cli(['vps', 'watch', 'life', '--json']);
    expect(watched.code).toBe(0);
    const events = lines(watched.out).map((line) => JSON.parse(line));
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1).type).toBe('succeeded');

    const shown = await plinth.cli(['vps', 'reveal-password', 'life', '--reason', 'a test']);
    expect(shown).toMatchObject({ code: 0, err: expect.stringContaining('shown once') });
    expect(shown.out).toMatch(/^\S{12,}\n$/);
    expect(await plinth.cli(['vps', 'reveal-password', 'life', '--reason', 'a test'])).toMatchObject({ code: 6, out: '' });
    expect((await plinth.cli(['vps', 'reveal-password', 'life'])).code).toBe(2);
    expect((await plinth.cli(['audit'])).out).toContain('vps.password-revealed');

    expect(await plinth.cli(['vps', 'preview', 'life'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('There is nothing to change.'),
    });
    expect(await plinth.cli(['vps', 'refresh', 'life', '--wait'])).toMatchObject({ code: 0 });
    expect((await plinth.cli(['vps', 'retry', 'life'])).code).toBe(6);

    expect(await plinth.cli(['vps', 'destroy', 'life'])).toMatchObject({ code: 2, err: expect.stringContaining('Add --yes') });
    const gone = await plinth.cli(['vps', 'destroy', 'life', '--yes', '--wait', '--json']);
    expect(JSON.parse(gone.out)).toMatchObject({ instance: { status: 'terminated' }, operation: { kind: 'destroy', status: 'succeeded' } });
    expect((await plinth.cli(['vps', 'show', 'life'])).code).toBe(4);
    const operations = await plinth.cli(['operation', 'list', '--kind', 'destroy']);
    const id = /[0-9a-f-]{36}/.exec(operations.out)![0];
    expect((await plinth.cli(['operation', 'show', id])).out).toContain('deleted vps-instance');
    expect((await plinth.cli(['operation', 'watch', id])).code).toBe(0);
    expect((await plinth.cli(['operation', 'cancel', id])).code).toBe(6);
  });

  it('a refused request names field, rule and remedy', async () => {
    const bad = await plinth.cli(['vps', 'create', 'Not Valid', ...server, '--tag', 'ALSO BAD']);
    expect(bad).toMatchObject({ code: 6, out: '' });
    expect(bad.err).toContain('label: ');
    expect(bad.err).toContain('tags.0: ');
    const json = await plinth.cli(['vps', 'create', 'Not Valid', ...server, '--json']);
    expect(JSON.parse(json.err)).toMatchObject({ status: 422, code: 'invalid_request', errors: [{ field: 'label' }] });
    expect((await plinth.cli(['vps', 'create', 'x'])).err).toContain('--plan is missing');
  });

  it('a request from a file, a password from standard input, and the same key twice', async () => {
    const option = (name: string): string => server[server.indexOf(`--${name}`) + 1]!;
    const file = join(plinth.dataDir, 'request.yaml');
    await writeFile(
      file,
      `label: from-file\ntype: ${option('plan')}\nregion: ${option('region')}\nimage: ${option('image')}\ntags: [a, b]\n`,
    );
    const words = [
      'vps',
      'create',
      '--file',
      file,
      '--account',
      option('account'),
      '--tag',
      'c',
      '--root-password-stdin',
      '--idempotency-key',
      'k-1',
      '--json',
    ];
    const [first, second] = [
      await plinth.cli(words, { input: 'Correct-Horse-7-Battery\n' }),
      await plinth.cli(words, { input: 'Correct-Horse-7-Battery\n' }),
    ];
    expect(first.code, first.err).toBe(0);
    expect(second.out).toBe(first.out);
    const { instance, operation } = JSON.parse(first.out);
    expect(instance).toMatchObject({ label: 'from-file', tags: ['c'] });
    expect((await plinth.cli(['operation', 'watch', operation.id])).code).toBe(0);
    expect((await plinth.cli(['vps', 'reveal-password', 'from-file', '--reason', 'is it mine'])).out).toBe('Correct-Horse-7-Battery\n');
    const other = await plinth.cli(words.with(words.indexOf('c'), 'd'), { input: 'Correct-Horse-7-Battery\n' });
    expect(other).toMatchObject({ code: 6, err: expect.stringContaining('idempotency_key_reused') });
  });
});

it('snapshots, rescue, backups, transfer and graphs', async () => {
  const ok = async (...words: string[]): Promise<string> => {
    const { code, out, err } = await plinth.cli(words);
    expect(code, `plinth ${words.join(' ')}: ${err}`).toBe(0);
    return out;
  };
  const created = await plinth.json('vps', 'create', 'snapped', ...server, '--wait');
  const { id } = created.instance;
  expect(await ok('snapshot', 'list', 'snapped')).toBe('No snapshots.\n');
  await ok('snapshot', 'create', 'snapped', 'first one', '--note', 'for the test', '--wait');
  expect(await ok('snapshot', 'list', 'snapped')).toMatch(/^ID .*\n\S+ +\S+ +snapshot +first one +available +[\d.]+ GB +[\d.]+ USD/);
  expect((await plinth.json('snapshot', 'list')).snapshots).toMatchObject([{ vps_id: id, name: 'first one', note: 'for the test' }]);
  expect(await plinth.cli(['snapshot', 'restore', 'snapped', 'second'])).toMatchObject({
    code: 4,
    err: expect.stringMatching(/no snapshot "second"/),
  });
  expect(await ok('snapshot', 'restore', 'snapped', 'first one', '--preview')).toMatch(/instance: restore[^]*disk is lost[^]*approval/);
  expect((await plinth.cli(['snapshot', 'restore', 'snapped', 'first one'], { input: 'no\n' })).code).not.toBe(0);
  await ok('snapshot', 'restore', 'snapped', 'first one', '--yes', '--wait');

  await ok('vps', 'backups', 'snapped', 'on', '--wait');
  expect(await ok('vps', 'show', 'snapped')).toMatch(/backups +on/);
  expect((await plinth.cli(['vps', 'backups', 'snapped', 'perhaps'])).code).toBe(2);
  expect(await ok('vps', 'bandwidth', 'snapped')).toMatch(/out +\S+ [kMGT]?B\n[^]*of the plan +\S+ [GT]B, [\d.]+ % used/);
  const { features } = await plinth.json('vps', 'show', id).then(({ instance }) => instance);
  const graphs = await plinth.cli(['vps', 'metrics', 'snapped']);
  if (features.metrics.allowed) expect(graphs).toMatchObject({ code: 0, out: expect.stringMatching(/cpu /) });
  else expect(graphs).toMatchObject({ code: 6, err: expect.stringContaining(features.metrics.reason) });
  const rescue = await plinth.cli(['vps', 'rescue', 'snapped', '--wait']);
  if (features.rescue.allowed) await ok('vps', 'unrescue', 'snapped', '--wait');
  else expect(rescue).toMatchObject({ code: 6, err: expect.stringContaining(features.rescue.reason) });

  await ok('vps', 'destroy', 'snapped', '--yes', '--grace', '0', '--final-snapshot', '--wait');
  const { snapshots } = await plinth.json('snapshot', 'list', '--final');
  expect(snapshots).toMatchObject([{ vps_id: id, kind: 'final', status: 'available' }]);
  expect(await ok('snapshot', 'list', '--kept')).toMatch(
    /snapped +\S+ +terminated +final [^]*1 kept at the providers: [\d.]+ USD a month\.\n$/,
  );
  const tombstone = await ok('vps', 'show', id);
  expect(tombstone).toMatch(/ended +\S+[^]*asked by +first admin[^]*kept: snapshot [^]*kept +1 kept at the providers: [\d.]+ USD a month/);
  expect(tombstone).not.toMatch(/^(password|backups|power|protected|ipv4) /m);
  // What a termination kept serves a new server; without its image.
  await ok('vps', 'create', 'copied', ...server.slice(0, -2), '--from-snapshot', snapshots[0].id, '--wait');
  await ok('vps', 'destroy', 'copied', '--yes', '--grace', '0', '--wait');
  await ok('snapshot', 'delete', id, snapshots[0].id, '--yes', '--wait');
  expect(await ok('snapshot', 'list', '--final')).toBe('No snapshots.\n');
}, 120_000);

describe('accounts and tokens', () => {
  it('keys come from standard input and never come out', async () => {
    const { available } = await plinth.json('account', 'list');
    const provider = available.find((each: any) => each.credential_fields.length === 1);
    const add = ['account', 'add', '--provider', provider.type, '--name', 'mine', '--simulator'];
    expect(await plinth.cli(add)).toMatchObject({ code: 2, err: expect.stringContaining('No key came in') });
    expect((await plinth.cli(add, { input: 'wrong' })).code).toBe(6);
    const added = await plinth.cli([...add, '--json'], { input: `${await validKey(provider.type, 'sim-from-the-command-line')}\n` });
    expect(added.code, added.err).toBe(0);
    expect(added.out).not.toContain('sim-from-the-command-line');
    expect((await plinth.cli(['account', 'show', 'mine'])).out).toContain('simulator');
    expect((await plinth.cli(['account', 'check', 'mine'])).code).toBe(0);
    const rotated = await plinth.cli(['account', 'rotate', 'mine', '--json'], {
      input: await validKey(provider.type, 'sim-another'),
    });
    expect(JSON.parse(rotated.out).provider.key_version).toBe(2);
    expect((await plinth.cli(['account', 'remove', 'mine', '--yes'])).code).toBe(0);
    expect((await plinth.cli(['account', 'show', 'mine'])).code).toBe(4);
  });

  it('a key of several parts is asked for part by part, and what may be left out is', async () => {
    const { available } = await plinth.json('account', 'list');
    const { credential_fields: fields } = available.find((each: any) => each.type === 'rfc2136');
    const key = simulatedCredential('sim-typed');
    const add = ['account', 'add', '--provider', 'rfc2136', '--name', 'typed', '--simulator'];
    const typed = fields.map(({ name, optional }: any) => (optional ? '' : key[name]));
    const added = await plinth.cli(add, { typed });
    expect(added.code, added.err).toBe(0);
    expect(added.err).toContain('Port (optional): ');
    expect(await plinth.cli(add, { typed: ['127.0.0.1', '', ''] })).toMatchObject({
      code: 2,
      err: expect.stringContaining('Zones is empty'),
    });
    expect((await plinth.cli(['account', 'remove', 'typed', '--yes'])).code).toBe(0);
  });

  it('a viewer sees, may not change, and is out at once when revoked', async () => {
    const made = await plinth.cli(['token', 'create', 'vera', '--role', 'viewer', '--expires-in-days', '1']);
    const token = made.out.trim();
    expect(token).toMatch(/^plinth_/);
    const asVera = { env: { PLINTH_TOKEN: token } };
    expect((await plinth.cli(['vps', 'list'], asVera)).code).toBe(0);
    expect(await plinth.cli(['vps', 'create', 'x', '--account', crypto.randomUUID(), ...server.slice(2)], asVera)).toMatchObject({
      code: 3,
      err: expect.stringContaining('role operator'),
    });
    expect((await plinth.cli(['token', 'list'])).out).toMatch(/vera .*viewer +ok/);
    expect((await plinth.cli(['token', 'revoke', 'vera', '--yes'])).code).toBe(0);
    expect(await plinth.cli(['vps', 'list'], asVera)).toMatchObject({ code: 3, err: expect.stringContaining('not valid') });
  });

  it('login tries the token before it keeps it; logout forgets it', async () => {
    const env = { PLINTH_TOKEN: undefined };
    const login = (input: string) => plinth.cli(['login', plinth.origin], { env, input });
    expect((await plinth.cli(['vps', 'list'], { env })).err).toContain('Not logged in');
    expect((await login('plinth_nonsense')).code).toBe(3);
    expect(await login(plinth.adminToken)).toMatchObject({ code: 0, out: '' });
    expect((await plinth.cli(['vps', 'list'], { env: { ...env, PLINTH_URL: undefined } })).code).toBe(0);
    expect((await plinth.cli(['logout'], { env })).err).toContain('Logged out');
    expect((await plinth.cli(['vps', 'list'], { env })).code).toBe(3);
  });
});

describe('a line that breaks', () => {
  it('a change whose answer was lost is done once', async () => {
    const proxy = await openProxy();
    proxy.loseAnswers = 1;
    const created = await plinth.cli(['vps', 'create', 'lost-answer', ...server, '--json'], { env: { PLINTH_URL: proxy.origin } });
    expect(created.code, created.err).toBe(0);
    expect(proxy.posts).toHaveLength(2);
    expect(proxy.posts[0]).toBe(proxy.posts[1]);
    expect((await plinth.json('vps', 'list', '--search', 'lost-answer')).instances).toHaveLength(1);
    await proxy.close();
  });

  it('watching goes on after the stream was cut, without a gap or a repeat', async () => {
    const proxy = await openProxy();
    proxy.cutStreamsAfter = 400;
    await plinth.cli(['vps', 'create', 'cut-stream', ...server]);
    const watched = await plinth.cli(['vps', 'watch', 'cut-stream', '--json'], { env: { PLINTH_URL: proxy.origin } });
    expect(watched.code, watched.err).toBe(0);
    const seqs = lines(watched.out).map((line) => JSON.parse(line).seq);
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    expect(proxy.streams).toBeGreaterThan(1);
    await proxy.close();
  });

  it('nothing there, or something else there, is said plainly', async () => {
    const proxy = await openProxy();
    await proxy.close();
    expect(await plinth.cli(['vps', 'list'], { env: { PLINTH_URL: proxy.origin } })).toMatchObject({
      code: 5,
      err: expect.stringContaining('nothing listens there'),
    });
    expect(await plinth.cli(['vps', 'list'], { env: { PLINTH_URL: plinth.runtime.simulatorOrigin! } })).toMatchObject({
      err: expect.stringContaining('Is this the address of Plinth?'),
    });
  });
});

it('doctor finds a running service well, and a missing one not', async () => {
  const env = { DATABASE_URL: database.url, PLINTH_DATA_DIR: plinth.dataDir, SIMULATOR: 'off' };
  const { code, out } = await plinth.cli(['doctor', '--json'], { env });
  const { checks, ok } = JSON.parse(out);
  expect({ code, ok, bad: checks.filter((check: any) => check.status === 'fail') }).toEqual({ code: 0, ok: true, bad: [] });
  expect(checks.map((check: any) => check.name)).toEqual(
    expect.arrayContaining([
      'node',
      'engine',
      'settings',
      'disk',
      'data directory',
      'database',
      'migrations',
      'workers',
      'api',
      'clock',
      'token',
    ]),
  );
  const missing = await plinth.cli(['doctor'], {
    env: { ...env, PLINTH_URL: 'http://127.0.0.1:9', DATABASE_URL: 'postgres://plinth:secret-word@127.0.0.1:9/x' },
  });
  expect(missing.code).toBe(1);
  expect(missing.out).toMatch(/fail +api/);
  expect(missing.out).toMatch(/fail +database/);
  expect(missing.out).not.toContain('secret-word');
});

it('finds the one of a name among many whose names begin with it', async () => {
  await seedVpses(plinth.runtime, 250);
  const [oldest] = await plinth.runtime.services.db.vps.findMany({ where: { label: 'many-00000' } });
  await plinth.runtime.services.db.vps.update({ where: { id: oldest!.id }, data: { label: 'many-0' } });
  expect((await plinth.json('vps', 'show', 'many-0')).instance.id).toBe(oldest!.id);
});

it('bin/plinth runs as a program', async () => {
  const { stdout } = await promisify(execFile)('bin/plinth', ['vps', 'list', '--json'], {
    env: { ...process.env, PLINTH_URL: plinth.origin, PLINTH_TOKEN: plinth.adminToken },
  });
  expect(JSON.parse(stdout)).toHaveProperty('instances');
  await expect(promisify(execFile)('bin/plinth', ['vps', 'lits'])).rejects.toMatchObject({ code: 2 });
});

/** The simulator takes any key that begins with sim-; the provider's own rules say how long it is. */
async function validKey(type: string, key: string): Promise<string> {
  const provider = plinth.runtime.services.providers.find((each) => each.descriptor.id === type)!;
  for (const length of [64, 40, 36, 32]) {
    const candidate = key.padEnd(length, '0').slice(0, length);
    const [field] = provider.descriptor.credentialFields;
    if (provider.descriptor.credential.safeParse({ [field!.name]: candidate }).success) return candidate;
  }
  throw new Error(`No key fits ${type}.`);
}

interface Proxy {
  readonly origin: string;
  /** Idempotency keys of the POSTs that came by. */
  readonly posts: string[];
  streams: number;
  /** So many answers to POSTs are thrown away after the service made them. */
  loseAnswers: number;
  /** Bytes after which an event stream's connection is cut. */
  cutStreamsAfter: number;
  close(): Promise<void>;
}

async function openProxy(): Promise<Proxy> {
  const relay = (from: IncomingMessage, to: ServerResponse): void => {
    if (from.method === 'POST') proxy.posts.push(String(from.headers['idempotency-key']));
    const onward = request(plinth.origin + from.url, { method: from.method!, headers: from.headers }, (answer) => {
      if (from.method === 'POST' && proxy.loseAnswers > 0) {
        proxy.loseAnswers -= 1;
        answer.resume().on('end', () => to.destroy());
        return;
      }
      to.writeHead(answer.statusCode!, answer.headers);
      const stream = answer.headers['content-type']?.startsWith('text/event-stream') === true;
      if (stream) proxy.streams += 1;
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        to.write(chunk, () => {
          if (stream && bytes > proxy.cutStreamsAfter) to.destroy();
        });
      });
      answer.on('end', () => to.end());
      to.on('close', () => answer.destroy());
    });
    onward.on('error', () => to.destroy());
    from.pipe(onward);
  };
  const listener = createServer(relay).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const proxy: Proxy = {
    origin: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    posts: [],
    streams: 0,
    loseAnswers: 0,
    cutStreamsAfter: Number.POSITIVE_INFINITY,
    async close() {
      listener.closeAllConnections();
      listener.close();
      await once(listener, 'close');
    },
  };
  return proxy;
}

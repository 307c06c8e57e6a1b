/**
 * Conformance: the real command line against the state service, through every command people use, and
 * through deaths at bad moments. PLINTH_PULUMI_BIN names another binary to try the same with.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Door } from '../../server/backend/context.ts';
import { integrityError } from '../../server/kernel/deployment.ts';
import { withDatabase } from '../support/database.ts';
import { openCloud, openTerminal, type Cloud, type Terminal } from '../support/hand-run.ts';
import { LONG } from '../support/long.ts';
import { startStateService, type StateService } from '../support/state-service.ts';

/** Longer than a starved machine keeps a command line waiting, which renews at half of five minutes. */
const LEASE_MS = 120_000;
const database = withDatabase();
let service: StateService;
let cloud: Cloud;
let terminal: Terminal;
/** Called before each batch of journal entries is stored. */
let onJournal: () => void = () => undefined;

beforeAll(async () => {
  const guard = async ({ at }: Door): Promise<null> => {
    if (at === 'journal') onJournal();
    return null;
  };
  service = await startStateService(database.url, { leaseMs: LEASE_MS, hooks: { guard } });
  cloud = await openCloud();
  terminal = await openTerminal(service.origin, cloud);
}, 600_000);
afterEach(() => {
  cloud.release();
  onJournal = () => undefined;
});
afterAll(async () => {
  await terminal?.close();
  await cloud?.host.close(0);
  await service?.close();
});

async function newStack(): Promise<string> {
  const name = `vps-${randomBytes(6).toString('hex')}`;
  const made = await terminal.run(['stack', 'init', `acme/plinth/${name}`]);
  expect(made, made.out).toMatchObject({ code: 0 });
  return name;
}

async function pulumi(command: string, ...more: string[]): Promise<string> {
  const finished = await terminal.run([...command.split(' '), ...more]);
  expect(finished, finished.out).toMatchObject({ code: 0 });
  return finished.out;
}

/** Its time passes at once. */
const runOut = async (stack: string): Promise<void> => {
  const { rowCount } = await service.pool.query(
    "UPDATE state_update u SET lease_expires_at = now() - interval '1 second' FROM state_stack s WHERE s.active_update = u.id AND s.name = $1",
    [stack],
  );
  expect(rowCount).toBe(1);
};

const serversOf = (stack: string): number => [...cloud.servers.values()].filter((server) => server['name'] === stack).length;
const state = async (stack: string): Promise<any> => ((await service.backend.export(stack)) as any).deployment;
const kill = (pid: number | undefined, signal: NodeJS.Signals): boolean => process.kill(-pid!, signal);

test('every command of a stack’s life', async () => {
  const stack = await newStack();
  const select = ['-s', `acme/plinth/${stack}`];
  expect(await pulumi('whoami')).toContain('anna');
  await pulumi('config set --secret plinth:password', 'correct-horse', ...select);
  expect(await pulumi('config', ...select)).not.toContain('correct-horse');
  expect(await pulumi('preview', ...select)).toContain('create');
  expect(cloud.creates).toBe(0);
  await pulumi('up --yes', ...select);
  expect(serversOf(stack)).toBe(1);
  expect(await pulumi('stack output password', ...select)).toContain('[secret]');
  expect(await pulumi('stack output password --show-secrets', ...select)).toContain('correct-horse');
  expect(service.audits).toContainEqual({ action: 'state.secrets.shown', by: 'anna' });
  const exported = await pulumi('stack export', ...select);
  expect(exported).not.toContain('correct-horse');
  expect(await pulumi('stack ls -a --json')).toContain(stack);
  await pulumi('stack tag set', 'customer', 'acme', ...select);
  expect(await pulumi('stack tag get', 'customer', ...select)).toContain('acme');
  const id = [...cloud.servers].find(([, server]) => server['name'] === stack)![0];
  cloud.servers.set(id, { ...cloud.servers.get(id)!, size: 'large' });
  expect(await pulumi('refresh --preview-only', ...select)).toContain('size');
  await pulumi('refresh --yes', ...select);
  expect((await state(stack)).resources.find((item: any) => item.type === 'test:index/server:Server').outputs.size).toBe('large');
  await pulumi('up --yes', ...select);
  expect(cloud.servers.get(id)!['size']).toBe('small');
  const history = JSON.parse(await pulumi('stack history --json', ...select)) as { kind: string; result: string }[];
  expect(history.map((update) => [update.kind, update.result])).toEqual([
    ['update', 'succeeded'],
    ['refresh', 'succeeded'],
    ['update', 'succeeded'],
  ]);
  const imported = await terminal.run(['stack', 'import', ...select], { input: exported });
  expect(imported, imported.out).toMatchObject({ code: 0 });
  expect(await pulumi('up --yes', ...select)).toContain('unchanged');
  expect((await terminal.run(['stack', 'rename', 'vps-other', ...select])).out).toContain('cannot be renamed');
  expect((await terminal.run(['stack', 'rm', '--yes', ...select])).out).toContain('still has resources');
  await pulumi('destroy --yes', ...select);
  expect(serversOf(stack)).toBe(0);
  await pulumi('stack rm --yes', ...select);
  const gone = await terminal.run(['stack', 'export', ...select]);
  expect(gone.code).not.toBe(0);
  expect(gone.out).toContain('no stack named');
}, 120_000);

test('log in, select a stack, and import what is there already', async () => {
  const stack = await newStack();
  const env = { PULUMI_HOME: join(terminal.dir, 'own-home') };
  const signed = { env };
  // From here on the credentials file alone says where and who, as after a person's login.
  expect((await terminal.run(['login', service.origin], signed)).out).toContain(`Logged in to`);
  const stored = { env: { ...env, PULUMI_BACKEND_URL: '', PULUMI_ACCESS_TOKEN: '' } };
  expect((await terminal.run(['whoami'], stored)).out).toContain('anna');
  expect((await terminal.run(['stack', 'select', `acme/plinth/${stack}`], stored)).code).toBe(0);
  expect((await terminal.run(['up', '--yes', '--skip-preview'], stored)).code).toBe(0);
  cloud.servers.set('99', { name: 'found', size: 'small', address: '192.0.2.99' });
  const imported = await terminal.run(
    ['import', 'test:index/server:Server', 'found', '99', '--yes', '--skip-preview', '--generate-code=false'],
    stored,
  );
  expect(imported, imported.out).toMatchObject({ code: 0 });
  const found = (await state(stack)).resources.find((item: any) => item.urn.endsWith('::found'));
  expect(found).toMatchObject({ id: '99', protect: true, outputs: { address: '192.0.2.99' } });
  expect((await service.backend.history(stack, 1))[0]).toMatchObject({ result: 'succeeded', changes: { import: 1 } });
  expect((await terminal.run(['logout'], stored)).code).toBe(0);
  expect((await terminal.run(['whoami'], { env: { ...stored.env, PULUMI_BACKEND_URL: service.origin } })).code).not.toBe(0);
  cloud.servers.delete('99');
}, 60_000);

test('journals and whole checkpoints leave the same state', async () => {
  const stacks = [await newStack(), await newStack()];
  // After a refresh the journal drops empty dependency lists and whole checkpoints keep them; ids and times differ by nature.
  const plain = (key: string, value: unknown): unknown => {
    if (['created', 'modified', 'ciphertext', 'id', 'address'].includes(key)) return '*';
    if (key === 'provider') return String(value).replace(/::[^:]+$/, '::*');
    return Array.isArray(value) && value.length === 0 ? undefined : value;
  };
  const shape = async (stack: string): Promise<unknown> =>
    JSON.parse(JSON.stringify((await state(stack)).resources ?? null, plain).replaceAll(stack, 'stack'));
  for (const [size, command] of [
    ['small', 'up'],
    ['large', 'up'],
    ['large', 'refresh'],
    ['large', 'destroy'],
  ]) {
    for (const [index, stack] of stacks.entries()) {
      await pulumi('config set plinth:size', size!, '-s', `acme/plinth/${stack}`);
      const env = { PULUMI_DISABLE_JOURNALING: index === 0 ? 'false' : 'true' };
      const finished = await terminal.run([command!, '--yes', '--skip-preview', '-s', `acme/plinth/${stack}`], { env });
      expect(finished, finished.out).toMatchObject({ code: 0 });
    }
    expect(await shape(stacks[0]!)).toEqual(await shape(stacks[1]!));
  }
}, 120_000);

test('a stack of a file backend moves in with its secrets', async () => {
  const stack = await newStack();
  const select = ['-s', `acme/plinth/${stack}`];
  const old = { PULUMI_BACKEND_URL: `file://${terminal.dir}`, PULUMI_CONFIG_PASSPHRASE: 'former passphrase' };
  for (const command of [
    ['stack', 'init', stack],
    ['config', 'set', '--secret', 'plinth:password', 'correct-horse', '-s', stack],
    ['up', '--yes', '--skip-preview', '-s', stack],
  ]) {
    const finished = await terminal.run(command, { env: old });
    expect(finished, finished.out).toMatchObject({ code: 0 });
  }
  await terminal.run(['stack', 'export', '--show-secrets', '--file', 'moving.json', '-s', stack], { env: old });
  // The old passphrase opens the secrets one last time; then they are encrypted by the service, the config's too.
  for (const command of [
    ['stack', 'import', '--file', 'moving.json', ...select],
    ['stack', 'change-secrets-provider', 'default', ...select],
  ]) {
    const finished = await terminal.run(command, { env: { PULUMI_CONFIG_PASSPHRASE: 'former passphrase' } });
    expect(finished, finished.out).toMatchObject({ code: 0 });
  }
  expect((await state(stack)).secrets_providers.type).toBe('service');
  expect(JSON.stringify(await state(stack))).not.toContain('correct-horse');
  expect(await pulumi('stack output password --show-secrets', ...select)).toContain('correct-horse');
  expect(await pulumi('preview', ...select)).toMatch(/3 unchanged/);
  await pulumi('destroy --yes --skip-preview', ...select);
  expect(serversOf(stack)).toBe(0);
}, 90_000);

test('rights come out in the engine’s own words', async () => {
  const stack = await newStack();
  const select = ['-s', `acme/plinth/${stack}`];
  const run = (token: string, ...args: string[]) => terminal.run([...args, ...select], { token });
  expect((await run('token-viewer', 'preview')).code).toBe(0);
  expect((await run('token-viewer', 'up', '--yes', '--skip-preview')).out).toContain('[403] This needs the permission stack:update');
  expect((await run('token-operator', 'up', '--yes', '--skip-preview')).code).toBe(0);
  expect((await run('token-operator', 'destroy', '--yes', '--skip-preview')).out).toContain(
    '[403] This needs the permission stack:destroy',
  );
  expect((await run('token-nobody', 'preview')).out).toContain('No credentials provided or are invalid');
  expect((await run('token-stranger', 'preview')).code).not.toBe(0);
  expect((await run('token-admin', 'destroy', '--yes', '--skip-preview')).code).toBe(0);
}, 60_000);

test('a failing program leaves the stack free and as it was', async () => {
  const stack = await newStack();
  await pulumi('up --yes --skip-preview', '-s', `acme/plinth/${stack}`);
  await pulumi('config set plinth:fail true', '-s', `acme/plinth/${stack}`);
  const failed = await terminal.run(['up', '--yes', '--skip-preview', '-s', `acme/plinth/${stack}`]);
  expect(failed.code).not.toBe(0);
  expect(failed.out).toContain('fails on purpose');
  await pulumi('destroy --yes --skip-preview', '-s', `acme/plinth/${stack}`);
}, 60_000);

describe('deaths', () => {
  test('kill -9 at journal writes: the next update goes on, with a valid state and exactly one server', async () => {
    const outcomes: string[] = [];
    for (let moment = 1; moment <= 40; moment += LONG ? 1 : 3) {
      const stack = await newStack();
      const up = ['up', '--yes', '--skip-preview', '-s', `acme/plinth/${stack}`];
      let writes = 0;
      const run = terminal.start(up);
      onJournal = () => {
        writes += 1;
        if (writes === moment) kill(run.child.pid, 'SIGKILL');
      };
      const first = await run.done;
      onJournal = () => undefined;
      // Past the last write there is nothing left to cut off.
      if (first.code === 0) break;
      expect(integrityError(await state(stack))).toBeNull();
      await service.backend.recover(stack);
      const second = await terminal.run(up);
      expect(second, `killed at write ${moment}: ${second.out}`).toMatchObject({ code: 0 });
      expect(serversOf(stack)).toBe(1);
      outcomes.push(stack);
    }
    expect(outcomes.length).toBeGreaterThan(LONG ? 5 : 1);
  }, 240_000);

  test('kill -9 in mid-create: valid state, nobody starts before it is cleared, then exactly one server', async () => {
    const stack = await newStack();
    const up = ['up', '--yes', '--skip-preview', '-s', `acme/plinth/${stack}`];
    cloud.hang();
    const first = terminal.start(up);
    await cloud.hanging();
    kill(first.child.pid, 'SIGKILL');
    await first.done;
    expect((await state(stack)).pending_operations).toMatchObject([{ type: 'creating' }]);
    expect((await terminal.run(up)).out).toContain('Another update is in progress: update by anna since');
    await runOut(stack);
    const refused = await terminal.run(up);
    expect(refused.out).toContain('in the middle of creating');
    expect(refused.code).not.toBe(0);
    expect(serversOf(stack)).toBe(1);
    cloud.release();
    expect(await service.backend.recover(stack)).toMatchObject({ clearedPending: 1 });
    await pulumi('up --yes --skip-preview', '-s', `acme/plinth/${stack}`);
    expect(serversOf(stack)).toBe(1);
    expect((await state(stack)).pending_operations).toBeUndefined();
  }, 150_000);

  test('SIGSTOP past the lease and SIGCONT: the stopped one writes nothing, the server is the other’s', async () => {
    const stack = await newStack();
    const select = ['-s', `acme/plinth/${stack}`];
    cloud.hang();
    const stopped = terminal.start(['up', '--yes', '--skip-preview', ...select]);
    await cloud.hanging();
    kill(stopped.child.pid, 'SIGSTOP');
    await runOut(stack);
    cloud.release();
    await service.backend.recover(stack);
    await pulumi('up --yes --skip-preview', ...select);
    const before = JSON.stringify(await state(stack));
    kill(stopped.child.pid, 'SIGCONT');
    const finished = await stopped.done;
    expect(finished.code).not.toBe(0);
    expect(finished.out).toContain('no longer holds the stack');
    expect(JSON.stringify(await state(stack))).toBe(before);
    expect(serversOf(stack)).toBe(1);
  }, 150_000);

  test('pulumi cancel takes the stack away from a running update', async () => {
    const stack = await newStack();
    cloud.hang();
    const running = terminal.start(['up', '--yes', '--skip-preview', '-s', `acme/plinth/${stack}`]);
    await cloud.hanging();
    await pulumi('cancel --yes', `acme/plinth/${stack}`);
    cloud.release();
    const finished = await running.done;
    expect(finished.code).not.toBe(0);
    expect(serversOf(stack)).toBe(1);
    await service.backend.recover(stack);
    await pulumi('up --yes --skip-preview', '-s', `acme/plinth/${stack}`);
    expect(serversOf(stack)).toBe(1);
  }, 60_000);
});

test('two people and a worker at once: one runs, the others are told who holds it', async () => {
  const stack = await newStack();
  const up = ['up', '--yes', '--skip-preview', '-s', `acme/plinth/${stack}`];
  cloud.hang();
  const { env, release } = await service.backend.open(stack);
  const worker = terminal.start(up, { env, token: env['PULUMI_ACCESS_TOKEN']! });
  await cloud.hanging();
  const [operator, admin] = await Promise.all([terminal.run(up, { token: 'token-operator' }), terminal.run(up)]);
  for (const refused of [operator, admin]) {
    expect(refused.code).not.toBe(0);
    expect(refused.out).toMatch(/Another update is in progress: update by worker .+ since \d{4}-/);
  }
  cloud.release();
  expect(await worker.done).toMatchObject({ code: 0 });
  await release();
  expect(serversOf(stack)).toBe(1);
}, 60_000);

/**
 * Plain `pulumi refresh`, as someone without Plinth runs it over many stacks: one process of the command line per stack,
 * state in files, secrets under a passphrase. To its favour it needs no plugin processes (it attaches to provider hosts that
 * run already, without their rate limits) and makes no preview first (`--skip-preview`).
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { attachProviders } from '../../automation/attachment.ts';
import { ensureToolchain } from '../../automation/toolchain.ts';
import { openAccount } from '../../server/accounts/accounts.ts';
import type { Services } from '../../server/kernel/services.ts';
import type { Checkpoint } from '../../server/kernel/deployment.ts';
import { decryptSecret, type KeyWrapper } from '../../server/backend/keys.ts';
import { PROJECT } from '../../stacks/spec.ts';
import { progress } from './figures.ts';
import { unlimitedHosts } from './stack.ts';

/** Pulumi's marks of a secret in a deployment. */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

export interface PlainRefresh {
  /** Seconds to refresh these stacks, so many at once. */
  run(vpsIds: readonly string[], atOnce: number): Promise<number>;
  close(): Promise<void>;
}

/** Copies the state of these stacks out of Plinth; the copies are refreshed. */
export async function openPlainRefresh(services: Services, keys: KeyWrapper, vpsIds: readonly string[]): Promise<PlainRefresh> {
  const { pulumi, languageHostDir } = await ensureToolchain({ need: 'engine+language', onProgress: progress });
  const dir = await mkdtemp(join(tmpdir(), 'plinth-bench-plain-'));
  const hosts = unlimitedHosts();
  const releases: (() => void)[] = [];
  const attached = new Map<string, string>();
  await mkdir(join(dir, 'state'));
  await writeFile(join(dir, 'Pulumi.yaml'), `name: ${PROJECT}\nruntime: nodejs\nmain: index.cjs\n`);
  await writeFile(join(dir, 'index.cjs'), '');
  const command = async (vpsId: string, ...args: string[]): Promise<void> => {
    const env = {
      PATH: [languageHostDir, dirname(pulumi), resolve('node_modules/.bin'), '/usr/bin', '/bin'].filter(Boolean).join(delimiter),
      HOME: dir,
      PULUMI_HOME: join(dir, 'home'),
      PULUMI_BACKEND_URL: `file://${join(dir, 'state')}`,
      PULUMI_CONFIG_PASSPHRASE: 'bench',
      PULUMI_DEBUG_PROVIDERS: attached.get(vpsId)!,
      // It shall not wait for the network.
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    };
    await promisify(execFile)(pulumi, [...args, '--stack', `vps-${vpsId}`, '--non-interactive'], { cwd: dir, env, maxBuffer: 1e8 });
  };
  const prepare = async (vpsId: string): Promise<void> => {
    const vps = await services.db.vps.findUniqueOrThrow({ where: { id: vpsId } });
    const ids = [vps.accountId, ...(vps.dnsAccountId === null ? [] : [vps.dnsAccountId])];
    const accounts = await services.db.account.findMany({ where: { id: { in: ids } } });
    const { debugProviders, release } = await attachProviders(
      hosts,
      accounts.map((account) => openAccount(services, account)),
    );
    releases.push(release);
    attached.set(vpsId, debugProviders);
    await command(vpsId, 'stack', 'init', '--no-select');
    // The import seals the secrets by what the deployment names: the passphrase with the new stack's salt.
    const [, salt] = /^encryptionsalt: (\S+)$/m.exec(await readFile(join(dir, `Pulumi.vps-${vpsId}.yaml`), 'utf8')) ?? [];
    const file = join(dir, `${vpsId}.json`);
    const secrets = { type: 'passphrase', state: { salt } };
    await writeFile(file, JSON.stringify(await plaintextCheckpoint(services, keys, vpsId, secrets)), { mode: 0o600 });
    await command(vpsId, 'stack', 'import', '--file', file);
    await rm(file);
  };
  const close = async (): Promise<void> => {
    releases.forEach((release) => release());
    await hosts.close(1_000);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await inLanes(vpsIds, 2, prepare);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    run: async (some, atOnce) => {
      const started = performance.now();
      await inLanes(some, atOnce, (vpsId) => command(vpsId, 'refresh', '--yes', '--skip-preview'));
      return (performance.now() - started) / 1_000;
    },
    close,
  };
}

async function plaintextCheckpoint(services: Services, keys: KeyWrapper, vpsId: string, secrets: object): Promise<unknown> {
  const [stack] = await services.db.$queryRaw<{ id: string; data_key: string; checkpoint: string }[]>`
    SELECT "id", "data_key", "checkpoint" FROM "state_stack" WHERE "name" = ${`vps-${vpsId}`}`;
  const key = keys.unwrap(stack!.data_key, stack!.id);
  const { deployment, ...rest } = JSON.parse(stack!.checkpoint) as Checkpoint;
  const copy = { ...deployment, secrets_providers: secrets };
  return { ...rest, deployment: opened(copy, (text) => decryptSecret(key, stack!.id, Buffer.from(text, 'base64')).toString()) };
}

function opened(value: unknown, open: (ciphertext: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => opened(item, open));
  if (value === null || typeof value !== 'object') return value;
  const { ciphertext } = value as { ciphertext?: unknown };
  if (typeof ciphertext === 'string') return { [SIGNATURE]: SECRET, plaintext: open(ciphertext) };
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, opened(item, open)]));
}

async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  // What the others still run must end before anybody tidies up.
  const ended = await Promise.allSettled(Array.from({ length: Math.min(lanes, items.length) }, lane));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}

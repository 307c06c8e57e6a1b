/** A whole stack under the real engine: what is changed in place, and that a plan which asks for nothing does nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngine } from '../../automation/engine.ts';
import { ProviderHostPool } from '../../automation/provider-host/pool.ts';
import type { Engine, EngineRequest, EngineResult } from '../../automation/types.ts';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { VpsSpec } from '../../stacks/spec.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { testEngine } from '../../test/support/engine.ts';
import { startStateService, type StateService } from '../../test/support/state-service.ts';
import { findProvider } from '../list.ts';
import type { AccountConnection } from '../provider.ts';

const VPS = 'stack1';
let simulator: Simulator;
let database: TestDatabase;
let state: StateService;
let hosts: ProviderHostPool;
let engine: Engine;
let directory: string;
let zoneId: string;

function connection(provider: string, credential: Record<string, string>): AccountConnection {
  const { descriptor } = findProvider(provider)!;
  const whose = { accountId: provider, endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl(provider) } } as const;
  return { ...whose, credential, budget: hosts.budgetFor(whose, descriptor) };
}
const vultr = (): AccountConnection => connection('vultr', { apiKey: 'sim-vultr-stack' });
const cloudflare = (): AccountConnection => connection('cloudflare', { token: 'sim-dns-stack' });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'plinth-vultr-'));
  simulator = await startSimulator({ speed: 500 });
  database = await createTestDatabase();
  state = await startStateService(database.url);
  hosts = new ProviderHostPool({ find: findProvider, log: () => undefined });
  zoneId = (await findProvider('cloudflare')!.dns!(cloudflare()).findZone('plinth.test'))!.id;
  const { pulumi } = await testEngine();
  const log = { warn: () => undefined };
  engine = await createEngine({ pulumi, workDir: join(directory, 'work'), backend: state.backend, hosts, log, closeGraceMs: 5_000 });
}, 120_000);

afterAll(async () => {
  await engine?.close();
  await hosts?.close(1_000);
  await state?.close();
  await database?.drop();
  await simulator?.close();
  await rm(directory, { recursive: true, force: true });
});

interface Change {
  readonly label?: string;
  readonly backups?: boolean;
  readonly ipv6?: boolean;
  readonly name?: string;
}

function specOf({ label = 'web', backups = false, ipv6 = true, name = 'web.plinth.test' }: Change): VpsSpec {
  return VpsSpec.parse({
    version: 1,
    vpsId: VPS,
    generation: 1,
    label,
    hostname: 'web.plinth.test',
    compute: {
      provider: 'vultr',
      accountId: 'vultr',
      region: 'ewr',
      plan: 'vc2-1c-2gb',
      image: '2284',
      windows: false,
      ipv6,
      backups,
      options: {},
    },
    dns: { provider: 'cloudflare', accountId: 'cloudflare', zone: 'plinth.test', zoneId, name, ttl: 300, proxied: false, reverse: true },
    tags: [],
    sshPublicKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me'],
    firewall: [{ protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0'] }],
    cloudInit: {},
  });
}

async function run(operation: EngineRequest['operation'], change: Change = {}): Promise<EngineResult> {
  const result = await engine.run({
    operation,
    stack: `vps-${VPS}`,
    spec: specOf(change),
    accounts: [vultr(), cloudflare()].map(({ budget: _own, ...rest }) => ({ providerId: rest.accountId, ...rest })),
    message: 'test',
    allowInstanceReplacement: operation === 'destroy',
    onEvent: () => undefined,
  });
  expect(result.fault).toBeUndefined();
  return result;
}

/** `<op> <logical name>`, sorted. */
const steps = (result: EngineResult): string[] => result.steps.map((step) => `${step.op} ${step.name}`).toSorted();

async function ask(instanceId: string, what: string): Promise<any> {
  const url = `${simulator.baseUrl('vultr')}/v2/instances/${instanceId}/${what}`;
  const answer = await fetch(url, { headers: { authorization: 'Bearer sim-vultr-stack' } });
  return answer.json();
}

async function backupsOn(instanceId: string): Promise<boolean> {
  return (await ask(instanceId, 'backup-schedule')).backup_schedule.enabled;
}

async function reverseNames(instanceId: string): Promise<string[]> {
  const [four, six] = [await ask(instanceId, 'ipv4'), await ask(instanceId, 'ipv6/reverse')];
  return [...four.ipv4s, ...six.reverse_ipv6s].map((entry: { reverse: string }) => entry.reverse);
}

test('backups go on and off in place, reverse names follow, an unchanged plan does nothing, and all is gone in the end', async () => {
  const made = await run('up');
  const { instanceId, ipv6 } = made.outputs!;
  expect(await reverseNames(instanceId)).toEqual(['web.plinth.test', 'web.plinth.test']);
  expect(steps(await run('preview'))).toEqual([]);
  expect(steps(await run('refresh-preview'))).toEqual([]);

  const compute = findProvider('vultr')!.compute!(vultr());
  for (const backups of [true, false]) {
    const planned = await run('preview', { backups });
    expect(planned.steps.flatMap((step) => step.changed).filter((property) => property.replaces)).toEqual([]);
    const changed = await run('up', { backups });
    expect(steps(changed)).toEqual([expect.stringMatching(/^update .*-instance$/)]);
    expect(changed.outputs).toEqual(made.outputs);
    expect(await backupsOn(instanceId)).toBe(backups);
  }

  const taken = await compute.snapshots!.create(instanceId, `plinth-vps-${VPS}-a`);
  await compute.snapshots!.restore(instanceId, taken, {});
  await compute.rescue!(instanceId, 'enter');
  expect(steps(await run('refresh'))).toEqual([]);
  expect(steps(await run('preview'))).toEqual([]);
  await compute.rescue!(instanceId, 'leave');

  const renamed = await run('up', { name: 'shop.plinth.test' });
  expect(renamed.outputs).toMatchObject({ instanceId, ipv6 });
  expect(await reverseNames(instanceId)).toEqual(['shop.plinth.test', 'shop.plinth.test']);
  const owned = await compute.listOwned();
  expect(owned.map(({ kind, vpsId }) => `${kind} ${vpsId}`).toSorted()).toEqual([`firewall ${VPS}`, `snapshot ${VPS}`, `ssh-key ${VPS}`]);

  await run('destroy', { name: 'shop.plinth.test' });
  expect(await compute.listOwned()).toMatchObject([{ kind: 'snapshot', id: taken.id }]);
  await compute.snapshots!.delete(taken.id);
  const world = simulator.world.worlds.get('vultr')!;
  expect(world.simulation.leftovers!(world)).toEqual([]);
}, 120_000);

/** The instance module under the real engine: stacks made before a change of names, and reverse names. */
import { SshKey } from '@pulumi/linode/sshKey.js';
import * as pulumi from '@pulumi/pulumi';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Workbench } from '../../automation/provider-host/engine.fixture.ts';
import { openProviderHost, type ProviderHost } from '../../automation/provider-host/host.ts';
import { ensureToolchain } from '../../automation/toolchain.ts';
import type { Simulator } from '../../simulator/server.ts';
import type { InstanceRequest } from '../provider.ts';
import { provider } from './index.ts';
import { instanceModule } from './instance.ts';
import type { Linode } from './simulator/linodes.ts';
import { connection, startLinode } from './testing.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOqeLYVbIoKUiG4G8qSTIW1zVxLqrrSO7fkEAlkKQLi me';
const TOKEN = 'sim-stacks';
let simulator: Simulator;
let bench: Workbench;
let host: ProviderHost;

beforeAll(async () => {
  const { pulumi: binary } = await ensureToolchain({ need: 'engine', onProgress: () => undefined });
  bench = await Workbench.open(binary);
  simulator = await startLinode(2_000);
  host = await openProviderHost({ provider, connection: connection(simulator, TOKEN), log: () => undefined });
}, 300_000);
afterAll(async () => {
  await host?.close(1_000);
  await simulator?.close();
  await bench?.remove();
});

const world = () => simulator.world.worlds.get('linode')!;
const request = (id: string): InstanceRequest => ({
  label: `shop-${id}`,
  hostname: 'shop.example.com',
  region: 'eu-central',
  plan: 'g6-standard-1',
  image: 'linode/debian12',
  windows: false,
  ipv6: true,
  backups: false,
  tags: [`plinth-vps-${id}-g1`, 'plinth'],
  sshPublicKeys: [KEY],
  userData: null,
  rootPassword: pulumi.secret('Correct-Horse-9-Battery'),
  firewall: null,
  options: {},
});

it('a key that is named after an older label keeps its name, and its stack shows no change', async () => {
  let former = true;
  const wanted = request('older0123456789a');
  const stack = await bench.stack(
    'older',
    host.port,
    async () => {
      if (former) return { key: new SshKey('server-key-1', { label: `${wanted.label}-key-1`, sshKey: KEY }).id };
      return { server: instanceModule.declare('server', wanted, { ignoreChanges: [...instanceModule.ignoreChanges] }).instanceId };
    },
    'linode',
  );
  await stack.up();
  former = false;
  const { changeSummary } = await stack.preview();
  expect(changeSummary).toEqual({ same: 2, create: 1 });
  await stack.up();
  const labels = () => world().simulation.leftovers!(world()).map(({ name }) => name);
  expect(labels()).toEqual([`${wanted.label}-key-1`]);
  await stack.destroy();
  expect(labels()).toEqual([]);
}, 120_000);

it('reverse names wait until Linode sees the name, stay as they are, and go with the server', async () => {
  const wanted = request('named0123456789a');
  const stack = await bench.stack(
    'named',
    host.port,
    async () => {
      const instance = instanceModule.declare('server', wanted, { ignoreChanges: [...instanceModule.ignoreChanges] });
      for (const ipVersion of [4, 6] as const)
        instanceModule.declareReverseName!(`server-reverse-${ipVersion}`, { instance, name: 'shop.example.com', ipVersion }, {});
      return { ipv4: instance.ipv4, ipv6: instance.ipv6 };
    },
    'linode',
  );
  simulator.world.faults.add({ provider: 'linode', kind: 'flag', flag: 'rdns-unresolved', times: 3 });
  const { outputs } = await stack.up();
  const [linode] = world().collection<Linode>('instances').all();
  expect(linode!.reverse).toEqual({
    [String(outputs['ipv4']!.value)]: 'shop.example.com',
    [String(outputs['ipv6']!.value)]: 'shop.example.com',
  });
  expect((await stack.preview()).changeSummary).toEqual({ same: 5 });
  expect((await stack.refresh()).summary.resourceChanges).toEqual({ same: 5 });
  await stack.destroy();
  expect(world().simulation.instances!(world())).toEqual([]);
  expect(world().simulation.leftovers!(world())).toEqual([]);
}, 120_000);

/** Every provider's instance module under the real engine: what changes in place, and that nothing changes by itself. */
import * as pulumi from '@pulumi/pulumi';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { simulatedCredentialOf } from '../../providers/credential.ts';
import { identityTag, SHARED_KEY_PREFIX } from '../../providers/identity.ts';
import { providers } from '../../providers/list.ts';
import { endingOf } from '../../providers/manners.ts';
import type { AccountConnection, InstanceRequest, Provider } from '../../providers/provider.ts';
import { RateBudget } from '../../providers/rate-budget.ts';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { ensureToolchain } from '../toolchain.ts';
import { Workbench } from './engine.fixture.ts';
import { openProviderHost } from './host.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJl3dIeudNqd0DPMRD6OIh65tjkxFNOtwGcWB2gCgPhk somebody@example';
const computes = providers.filter(
  ({ compute, instance, descriptor }) => compute && instance && descriptor.capabilities.backups.can && endingOf(descriptor).when === 'now',
);
let simulator: Simulator;
let bench: Workbench;

beforeAll(async () => {
  const { pulumi: binary } = await ensureToolchain({ need: 'engine', onProgress: () => undefined });
  bench = await Workbench.open(binary);
  simulator = await startSimulator({ speed: 1_000 });
}, 300_000);
afterAll(async () => {
  await simulator?.close();
  await bench?.remove();
});

function connect({ descriptor }: Provider): AccountConnection {
  const token = `sim-inplace${'0'.repeat(53)}`;
  return {
    accountId: token,
    credential: simulatedCredentialOf(descriptor, token),
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl(descriptor.id) },
    budget: new RateBudget(10_000, 1_000),
  };
}

/** A server with a key and a firewall on the cheapest plan that has 2 GB of memory. */
async function requestOf(provider: Provider, connection: AccountConnection): Promise<InstanceRequest> {
  const compute = provider.compute!(connection);
  const [plans, images] = await Promise.all([compute.plans(), compute.images()]);
  const plan = plans
    .filter(({ available, regions, memoryMb }) => available && regions.length > 0 && memoryMb >= 2048)
    .sort((a, b) => Number(a.priceMonthly) - Number(b.priceMonthly))[0]!;
  const region = plan.regions[0]!;
  const image = images.find(
    ({ family, deprecated, minDiskGb, regions }) =>
      family === 'linux' && !deprecated && minDiskGb <= plan.diskGb && (regions?.includes(region) ?? true),
  )!;
  return {
    label: 'inplace',
    hostname: 'inplace.example.com',
    region,
    plan: plan.id,
    image: image.id,
    windows: false,
    ipv6: true,
    backups: false,
    tags: [identityTag('abcdefghij012345', 1), 'plinth'],
    sshPublicKeys: [KEY],
    userData: '#cloud-config\n',
    rootPassword: pulumi.secret('Long-enough-9-Password'),
    firewall: [{ protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0', '::/0'] }],
    options: provider.descriptor.options.parse({}),
  };
}

describe.concurrent.each(computes.map((provider) => [provider.descriptor.id, provider] as const))('%s', (id, provider) => {
  it('changes nothing by itself, and switches backups on and off in place', async ({ expect }) => {
    const connection = connect(provider);
    const host = await openProviderHost({ provider, connection, log: () => undefined });
    try {
      const module = await provider.instance!();
      const request = await requestOf(provider, connection);
      let backups = false;
      const program = async (): Promise<object> => {
        const handle = module.declare('server', { ...request, backups }, { ignoreChanges: [...module.ignoreChanges] });
        return { instanceId: handle.instanceId };
      };
      const stack = await bench.stack(`instance-${id}`, host.port, program, provider.descriptor.pulumiPackage);
      const { outputs, summary } = await stack.up();
      const resources = summary.resourceChanges!.create!;
      expect((await stack.preview()).changeSummary).toEqual({ same: resources });
      for (const wanted of [true, false]) {
        backups = wanted;
        const changed = await stack.up();
        expect(changed.summary.resourceChanges).toEqual({ same: resources - 1, update: 1 });
        expect(changed.outputs['instanceId']).toEqual(outputs['instanceId']);
      }
      await stack.destroy();
      const world = simulator.world.worlds.get(id)!;
      expect(world.simulation.instances!(world)).toEqual([]);
      // Keys that servers share are left to the others; the service takes the last one's along.
      const left = (world.simulation.leftovers?.(world) ?? []).filter(({ name }) => !name.startsWith(SHARED_KEY_PREFIX));
      expect(left).toEqual([]);
    } finally {
      await host.close(1_000);
    }
  }, 180_000);
});

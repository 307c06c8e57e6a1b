/** The five-resource stack that benchmarks build: component, password, instance (with its firewall), two DNS records. */
import { ProviderHostPool } from '../../automation/provider-host/pool.ts';
import type { AttachedAccount } from '../../automation/types.ts';
import { simulatedCredentialOf } from '../../providers/credential.ts';
import { findProvider, providers } from '../../providers/list.ts';
import type { Descriptor, Provider } from '../../providers/provider.ts';
import { RateBudget } from '../../providers/rate-budget.ts';
import type { Simulator } from '../../simulator/server.ts';
import { VpsSpec } from '../../stacks/spec.ts';

const ENDLESS = { requests: 10_000_000, perMs: 1_000 };

export interface BenchStack {
  readonly accounts: readonly AttachedAccount[];
  specOf(vpsId: string): VpsSpec;
}

/** Hosts without rate budgets: the provider's limits would be measured instead of the program. */
export function unlimitedHosts(): ProviderHostPool {
  const find = (id: string): Provider | undefined => {
    const provider = findProvider(id);
    return provider && { ...provider, descriptor: { ...provider.descriptor, rate: ENDLESS } };
  };
  return new ProviderHostPool({ find, log: () => undefined });
}

function accountAt(simulator: Simulator, descriptor: Descriptor): AttachedAccount {
  const { id } = descriptor;
  const token = 'sim-'.padEnd(64, '0');
  const world = simulator.world.worlds.get(id);
  if (!world) throw new Error(`the simulator has no ${id}`);
  world.accounts().put({ ...world.ensureAccount(token), rateLimit: ENDLESS, createLimit: null, instanceLimit: 1_000_000 });
  return {
    providerId: id,
    accountId: `bench-${id}`,
    credential: simulatedCredentialOf(descriptor, token),
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl(id) },
  };
}

/** What the provider's catalog offers first, with two records at the first pure DNS provider. */
export async function benchStack(simulator: Simulator, provider: Provider): Promise<BenchStack> {
  const dns = providers.find(({ descriptor }) => descriptor.roles.includes('dns') && !descriptor.roles.includes('compute'));
  if (!provider.compute || !dns?.dns) throw new Error('the benchmark needs a compute and a DNS provider');
  const account = accountAt(simulator, provider.descriptor);
  const dnsAccount = accountAt(simulator, dns.descriptor);
  const budget = new RateBudget(ENDLESS.requests, ENDLESS.perMs);
  const compute = provider.compute({ ...account, budget });
  const plan = (await compute.plans()).find((candidate) => candidate.available && candidate.regions.length > 0);
  const image = (await compute.images()).find((candidate) => candidate.family === 'linux' && !candidate.deprecated);
  const zone = (await dns.dns({ ...dnsAccount, budget }).zones()).find((candidate) => candidate.status === 'active');
  if (!plan || !image || !zone)
    throw new Error(`the simulator of ${provider.descriptor.name} offers no plan or image, or there is no zone`);
  return {
    accounts: [account, dnsAccount],
    specOf: (vpsId) =>
      VpsSpec.parse({
        version: 1,
        vpsId,
        generation: 1,
        label: `bench-${vpsId}`,
        hostname: `${vpsId}.${zone.name}`,
        compute: {
          provider: provider.descriptor.id,
          accountId: account.accountId,
          region: plan.regions[0],
          plan: plan.id,
          image: image.id,
          windows: false,
          ipv6: true,
          backups: false,
          options: {},
        },
        dns: {
          provider: dns.descriptor.id,
          accountId: dnsAccount.accountId,
          zone: zone.name,
          zoneId: zone.id,
          name: `${vpsId}.${zone.name}`,
          ttl: 300,
          proxied: false,
        },
        tags: ['bench'],
        sshPublicKeys: [],
        firewall: [{ protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0'] }],
        cloudInit: {},
      }),
  };
}

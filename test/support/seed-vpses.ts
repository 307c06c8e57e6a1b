/** Many VPSes at once, straight into the store: what a page does with ten thousand rows needs no ten thousand servers. */
import type { Runtime } from '../../server/runtime.ts';
import { allAccounts } from '../../server/services/accounts.ts';
import { ensureOrganization } from '../../server/store/settings.ts';

const STATUSES = ['active', 'active', 'active', 'active', 'provisioning', 'error'];
const REGIONS = ['nyc1', 'fra1', 'ams3', 'sgp1', 'lon1'];

/** Adds `count` VPSes named `many-00000` and on. */
export async function seedVpses({ services }: Runtime, count: number): Promise<void> {
  const organization = await ensureOrganization(services.db, 'default');
  const accounts = await allAccounts(services);
  const compute = accounts.filter(({ provider }) => services.providers.find(({ descriptor }) => descriptor.id === provider)?.compute);
  const start = Date.now() - count * 1000;
  const row = (n: number) => {
    const account = compute[n % compute.length]!;
    const label = `many-${String(n).padStart(5, '0')}`;
    return {
      id: n.toString(36).padStart(16, '0'),
      organizationId: organization.id,
      label,
      hostname: `${label}.plinth.test`,
      status: STATUSES[n % STATUSES.length]!,
      spec: { tags: [] },
      provider: account.provider,
      accountId: account.id,
      region: REGIONS[n % REGIONS.length]!,
      plan: 's-1vcpu-1gb',
      image: 'ubuntu-24-04-x64',
      ipv4: `203.0.${113 + Math.floor(n / 65_025)}.${n % 255}`,
      createdAt: new Date(start + n * 1000),
    };
  };
  for (let from = 0; from < count; from += 1000)
    await services.db.vps.createMany({ data: Array.from({ length: Math.min(1000, count - from) }, (_, n) => row(from + n)) });
}

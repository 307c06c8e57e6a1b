/** Many VPSes at once, straight into the store: what a page does with ten thousand rows needs no ten thousand servers. */
import { principalOfToken } from '../../server/identity/tokens/authenticate.ts';
import type { Runtime } from '../../server/runtime.ts';
import { BulkCreate } from '../../contract/bulk.ts';
import { allAccounts } from '../../server/accounts/accounts.ts';
import { prepareBulkRun } from '../../server/bulk/runs.ts';
import { inTransaction } from '../../server/kernel/database.ts';
import { ensureOrganization } from '../../server/kernel/settings.ts';
import { plainSpec } from './plain-spec.ts';

const STATUSES = ['active', 'active', 'active', 'active', 'provisioning', 'error'];
const MACHINE = { plan: 's-1vcpu-1gb', image: 'ubuntu-24-04-x64' };
const REGIONS = ['nyc1', 'fra1', 'ams3', 'sgp1', 'lon1'];

/** Adds `count` VPSes, named `many-00000` and on unless `first` says otherwise. */
export async function seedVpses({ services }: Runtime, count: number, first = 0): Promise<void> {
  const organization = await ensureOrganization(services.db, 'default');
  const accounts = await allAccounts(services);
  const compute = accounts.filter(({ provider }) => services.providers.find(({ descriptor }) => descriptor.id === provider)?.compute);
  const start = Date.now() - count * 1000;
  const row = (n: number) => {
    const account = compute[n % compute.length]!;
    const label = `many-${String(n).padStart(5, '0')}`;
    const id = n.toString(36).padStart(16, '0');
    const region = REGIONS[n % REGIONS.length]!;
    const spec = plainSpec(
      { vpsId: id, label, hostname: `${label}.plinth.test` },
      { provider: account.provider, accountId: account.id, region, ...MACHINE },
    );
    return {
      id,
      organizationId: organization.id,
      label,
      hostname: `${label}.plinth.test`,
      status: STATUSES[n % STATUSES.length]!,
      spec,
      provider: account.provider,
      accountId: account.id,
      region,
      ...MACHINE,
      ipv4: `203.0.${113 + Math.floor(n / 65_025)}.${n % 255}`,
      createdAt: new Date(start + n * 1000),
    };
  };
  for (let done = 0; done < count; done += 1000)
    await services.db.vps.createMany({ data: Array.from({ length: Math.min(1000, count - done) }, (_, n) => row(first + done + n)) });
}

/** A bulk run over the first of them; without a worker it stays as it begins. */
export async function seedBulkRun({ services }: Runtime): Promise<void> {
  const token = await services.db.apiToken.findFirstOrThrow({ orderBy: { createdAt: 'asc' } });
  const body = BulkCreate.parse({ action: { action: 'refresh' }, selection: { filter: { q: 'many-0000' } }, note: 'a look at them' });
  await inTransaction(services.db, await prepareBulkRun(services, (await principalOfToken(services.db, token.id))!, body));
}

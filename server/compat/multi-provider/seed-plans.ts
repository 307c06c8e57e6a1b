/** Example plans of a new installation at the simulator, with the figures that the providers tell that day. */
import { allAccounts } from '../../accounts/accounts.ts';
import { readSetting, settingOnce } from '../../kernel/settings.ts';
import type { Services } from '../../kernel/services.ts';
import { createVpsPlan } from './plans.ts';
import { anyProduct } from './store.ts';

const EXAMPLES: Readonly<Record<string, string>> = { linode: 'g6-standard-1', digitalocean: 's-1vcpu-1gb' };
const SEEDED = 'seeded.plans';

/** Once, and never on an installation without the simulator. One that cannot be made is left out. */
export async function seedPlans(services: Services): Promise<void> {
  const { db, config, log } = services;
  if (!config.simulator.enabled || (await readSetting(db, SEEDED)) !== null) return;
  const isNew = !(await anyProduct(db));
  await settingOnce(db, SEEDED, true);
  if (!isNew) return;
  for (const { id, name, provider, endpointKind } of await allAccounts(services)) {
    const plan = EXAMPLES[provider];
    if (plan === undefined || endpointKind !== 'simulator') continue;
    const body = { name: `Standard 1GB - ${name}`, provider_id: id as never, provider_plan_id: plan, specifications: {}, active: true };
    try {
      await createVpsPlan(services, { name: 'plinth' }, { ...body, base_price: 10, markup_price: 2 });
    } catch (error) {
      log.warn({ err: error, account: id }, 'an example plan could not be made');
    }
  }
}

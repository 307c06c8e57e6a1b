/** The seller's rules for orders. */
import { OrderPolicy } from '../../contract/order-policy.ts';
import { appendAudit } from '../kernel/audit.ts';
import { type Db, inTransaction, type Json } from '../kernel/database.ts';
import { writeSetting } from '../kernel/kill-switches/store.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { readSetting } from '../kernel/settings.ts';

const KEY = 'orders.policy';

export async function orderPolicy(db: Db): Promise<OrderPolicy> {
  return OrderPolicy.parse((await readSetting(db, KEY)) ?? {});
}

export async function changeOrderPolicy(services: Services, by: Pick<Principal, 'name'>, policy: OrderPolicy): Promise<OrderPolicy> {
  return await inTransaction(services.db, async (tx) => {
    await writeSetting(tx, KEY, policy as unknown as Json);
    const data = { when_failed: policy.when_failed, rules: policy.review.map(({ name }) => name) };
    await appendAudit(tx, { actor: by.name, action: 'order-policy.changed', target: 'orders', organizationId: null, data });
    return policy;
  });
}

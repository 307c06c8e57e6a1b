/** The set-up profile of an ordered server: chosen with its quote, written when it is made. */
import type { OrderItemRequest } from '../../contract/order.ts';
import type { Db } from '../kernel/database.ts';
import { refuseField } from '../kernel/problem.ts';
import { findProvider, type Principal, type Services } from '../kernel/services.ts';
import { profilesFor } from '../products/choices.ts';
import type { ProductRow } from '../products/store.ts';
import { mustProfile } from '../profiles/profiles.ts';
import { withSetup } from '../vps/create/plan.ts';
import { requireOffered } from '../vps/setup/again.ts';
import type { PreparedVps } from '../vps/vps.ts';

type Asked = Pick<OrderItemRequest, 'setup'>;

/**
 * What was asked for, at the version that is the newest now: what is published while somebody pays is not what they chose.
 * @throws Refusal 403 for a profile that the product does not offer, 422 for one that there is not
 */
export async function chosenSetup(db: Db, principal: Principal, product: ProductRow, { setup }: Asked): Promise<Asked> {
  if (setup === undefined) return {};
  if (product.module === 'manual')
    throw refuseField('setup', 'is for servers that are made by Plinth', 'Leave it out.', 422, 'not_supported');
  requireOffered(profilesFor(principal, product), setup);
  const { version } = await mustProfile(db, setup.profile, setup.version);
  return { setup: { ...setup, version } };
}

/** With the profile's script, and secrets of its own. @throws Refusal */
export async function setUp(services: Services, prepared: PreparedVps, { setup }: Asked): Promise<PreparedVps> {
  if (setup === undefined) return prepared;
  const { descriptor } = findProvider(services, prepared.account.provider)!;
  return { ...prepared, ...(await withSetup(services, prepared.spec, descriptor, setup)) };
}

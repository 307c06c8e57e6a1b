/**
 * The guard of what is sold. Where an organization buys its servers, one comes by an order and nothing else, and plan, options
 * and end of a VPS with a subscription change by that subscription. The seller may do otherwise, and says why.
 */
import { onPlatform } from '../kernel/can.ts';
import type { Db } from '../kernel/database.ts';
import { organizationById } from '../kernel/settings.ts';
import { Refusal, refuseField } from '../kernel/problem.ts';
import type { Principal } from '../kernel/services.ts';

/** @throws Refusal 409 `use_order` where that organization buys its servers. */
export async function requireMayCreate(
  db: Db,
  principal: Pick<Principal, 'organizationId'>,
  organizationId: string,
  reason: string | undefined,
): Promise<void> {
  const seller = onPlatform(principal);
  if (reason !== undefined && !seller)
    throw refuseField('override_reason', 'is the seller’s to give', 'Leave it out, and place an order.', 403, 'forbidden');
  if ((await organizationById(db, organizationId))?.internal !== false) return;
  if (seller && reason !== undefined) return;
  const own = 'Servers are bought here: ask for a quote with POST /api/quotes and place an order with POST /api/orders.';
  const sellers = 'This organization buys its servers: place an order for it with POST /api/orders, or send override_reason.';
  throw new Refusal(409, 'use_order', seller ? sellers : own, [], { link: '</api/orders>; rel="alternate"' });
}

/** How an organization gets its servers. */
import { z } from 'zod';
import { OrganizationId } from './ids.ts';

export const BuyerPut = z.strictObject({
  /** True: it creates its servers itself. False: it gets them by orders, and they change by their subscriptions. */
  internal: z.boolean(),
});
export const Buyer = z.strictObject({ organization_id: OrganizationId, internal: z.boolean(), test_clock_id: z.uuid().nullable() });
export const BuyerAnswer = z.strictObject({ buyer: Buyer });

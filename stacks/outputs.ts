/** What comes out of a stack. Names are the stack's output names; `rootPassword` is secret in state. */
import { z } from 'zod';

export const VpsOutputs = z.object({
  instanceId: z.string(),
  ipv4: z.string(),
  /** '' when the instance has none. */
  ipv6: z.string(),
  hostname: z.string(),
  /** FQDN of the record, or null without DNS. */
  dnsName: z.string().nullable(),
  rootUser: z.string(),
  rootPassword: z.string(),
  /** Of the purchase, where the provider tells one; '' where it did not. */
  purchaseId: z.string().optional(),
});
export type VpsOutputs = z.infer<typeof VpsOutputs>;

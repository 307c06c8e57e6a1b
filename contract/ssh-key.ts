/** Public keys that an organization keeps, on the wire. */
import { z } from 'zod';
import { SshKeyId } from './fields.ts';
import { OrganizationId, Timestamp } from './ids.ts';

const Name = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@+-]*$/u, 'letters, digits, spaces, ".", "_", "@", "+" and "-", beginning with a letter or digit')
  .meta({ examples: ['laptop'] });

export const SshKey = z.strictObject({
  id: SshKeyId,
  organization_id: OrganizationId,
  name: z.string(),
  /** Algorithm and key; a comment is not kept. */
  public_key: z.string(),
  type: z.string(),
  /** As `ssh-keygen -l` shows it. */
  fingerprint: z.string(),
  added_by: z.string(),
  created_at: Timestamp,
  /** When it was last given to a server; null: never. */
  last_used_at: Timestamp.nullable(),
});
export type SshKey = z.infer<typeof SshKey>;
export const SshKeyCreate = z.strictObject({
  name: Name,
  /** One line as in ~/.ssh/id_ed25519.pub. */
  public_key: z.string().min(1).max(8192),
  /** For callers that act on the platform: whose it is; left out: the default organization's. */
  organization_id: OrganizationId.optional(),
});
export const SshKeyPatch = z.strictObject({ name: Name });
/** `organization_id`: only for callers that act for several organizations. */
export const SshKeyQuery = z.strictObject({ organization_id: OrganizationId.optional() });
export const SshKeyList = z.strictObject({ ssh_keys: z.array(SshKey) });
export const SshKeyAnswer = z.strictObject({ ssh_key: SshKey });
export const SshKeyParams = z.strictObject({ id: SshKeyId });

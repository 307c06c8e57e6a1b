/** Fields that several requests take, each with its one rule. */
import { z } from 'zod';

/** RFC 1123 label: what every provider and DNS accept. */
export const LabelText = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'lower-case letters a-z, digits and inner hyphens only');
export const HostnameText = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/, 'a lower-case DNS name');
/** What a provider calls a plan, region, image or snapshot. */
export const IdText = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'printable characters without spaces');
export const Password = z.string().min(1).max(256);
/** Said by a person; kept, and shown to whom it concerns. */
export const Reason = z.string().trim().min(3).max(500);
/** The id of a preview that was looked at; what it showed is done, or nothing when the world has moved since. */
export const Approval = z.string().regex(/^[0-9a-f]{64}$/, 'use the `approval` of a preview, unchanged');

export const Tags = z.array(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/)).max(15);
export const SshKeys = z.array(z.string().max(8192)).max(50);
export const FirewallRules = z
  .array(
    z.strictObject({
      protocol: z.enum(['tcp', 'udp', 'icmp']),
      ports: z
        .string()
        .regex(/^\d{1,5}(-\d{1,5})?$/)
        .nullable()
        .default(null),
      sources: z.array(z.string().max(50)).min(1).max(50),
    }),
  )
  .max(100);

/** What `configure` sets; what is left out stays. */
export const Settings = {
  tags: Tags.optional(),
  /** Take effect on the server with its next reinstall. */
  ssh_keys: SshKeys.optional(),
  /** null takes the firewall away. */
  firewall: FirewallRules.nullable().optional(),
  /** The addresses lead back to the DNS name; needs one. */
  reverse_dns: z.boolean().optional(),
  /** The provider's own scheduled backups. */
  backups: z.boolean().optional(),
};
/** What a snapshot is told when it is ordered. */
export const SnapshotFields = { name: z.string().trim().min(1).max(64), note: z.string().trim().max(500).optional() };

/** The longest a termination can wait, in hours. */
export const MAX_GRACE_HOURS = 24 * 90;

/** Fields that several requests take, each with its one rule. */
import { z } from 'zod';

/** RFC 1123 label: what every provider and DNS accept. */
export const LabelText = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'lower-case letters a-z, digits and inner hyphens only');
/** A host name, DNS name or zone. Other letters than a-z become punycode; the service has one rule for all of them. */
export const HostnameText = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[^\s\p{Cc}\p{Cf}\p{Cs}]*$/u, 'a DNS name without blanks')
  .meta({ examples: ['web-1.example.com'] });
/** What a provider calls a plan, region, image or snapshot. */
export const IdText = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'printable characters without spaces');
/** Years that the database, the calendars of banks and JavaScript all know. */
const inReach = (text: string): boolean => text >= '1900' && text < '3000';
/** A day a person names. */
export const DayText = z.iso
  .date('a day as 2027-01-31')
  .refine(inReach, 'a day between 1900-01-01 and 2999-12-31')
  .meta({ examples: ['2027-01-31'] });
/** A moment a person names. */
export const InstantText = z.iso
  .datetime({ offset: true, error: 'a time as 2026-01-31T12:00:00Z' })
  .refine(inReach, 'a time between the years 1900 and 2999');
export const Password = z.string().min(1).max(256);
/** Said by a person; kept, and shown to whom it concerns. */
export const Reason = z.string().trim().min(3).max(500);
/** The id of a preview that was looked at; what it showed is done, or nothing when the world has moved since. */
export const Approval = z.string().regex(/^[0-9a-f]{64}$/, 'use the `approval` of a preview, unchanged');

const Tag = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/);
const MOST_TAGS = 15;
export const Tags = z.array(Tag).max(MOST_TAGS);
/** As a query has them: separated by commas. */
export const TagList = z.string().refine((text) => Tags.safeParse(text.split(',')).success, `up to ${MOST_TAGS} tags, separated by commas`);
/** On one server, pasted and picked together. */
export const MOST_SSH_KEYS = 50;
export const SshKeys = z.array(z.string().max(8192)).max(MOST_SSH_KEYS);
/** Keys of the organization's library; what a server gets are their copies of this moment. */
export const SshKeyId = z.uuid('an SSH key id is a UUID');
export const SshKeyIds = z.array(SshKeyId).max(MOST_SSH_KEYS);
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

/** A snapshot's id, or a backup's, as the list of snapshots shows it. */
export const SnapshotRef = IdText.meta({ examples: ['0f7c2f0e-3f55-4f3e-9d0b-0a6b9a3f1c11'] });

/** The longest a termination can wait, in hours. */
export const MAX_GRACE_HOURS = 24 * 90;

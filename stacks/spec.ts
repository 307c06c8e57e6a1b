/**
 * What goes into a stack. One JSON document, versioned; the service stores it on the VPS row, the
 * CLI writes it to `Pulumi.vps-<id>.yaml` under `plinth:spec`. It never holds a credential or a password.
 */
import { z } from 'zod';

/** As apt and dnf take it: RPM names have capitals and underscores, both take versions and architectures. */
const PACKAGE = /^[A-Za-z0-9][A-Za-z0-9+._:~^=-]{0,200}$/;

export const CloudInitFile = z.strictObject({
  path: z.string().startsWith('/').max(255),
  content: z.string().max(16_384),
  /** base64: `content` is that of the file's bytes, for what is not text. */
  encoding: z.literal('base64').optional(),
  owner: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*(:[a-z_][a-z0-9_-]*)?$/)
    .default('root:root'),
  permissions: z
    .string()
    .regex(/^0[0-7]{3}$/)
    .default('0644'),
});
export const CloudInitUser = z.strictObject({
  name: z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/),
  sudo: z.boolean().default(false),
  shell: z.string().startsWith('/').default('/bin/bash'),
  sshPublicKeys: z.array(z.string()).max(50).default([]),
});
export const CloudInitSpec = z.strictObject({
  packages: z.array(z.string().regex(PACKAGE)).max(100).default([]),
  packageUpdate: z.boolean().default(false),
  packageUpgrade: z.boolean().default(false),
  users: z.array(CloudInitUser).max(20).default([]),
  files: z.array(CloudInitFile).max(50).default([]),
  /** systemd unit names to enable and start. */
  services: z
    .array(z.string().regex(/^[a-zA-Z0-9@._-]{1,120}$/))
    .max(50)
    .default([]),
  timezone: z
    .string()
    .regex(/^[A-Za-z0-9_+/-]{1,64}$/)
    .optional(),
});
export type CloudInitSpec = z.infer<typeof CloudInitSpec>;

export const FirewallRuleSpec = z.strictObject({
  protocol: z.enum(['tcp', 'udp', 'icmp']),
  ports: z
    .string()
    .regex(/^\d{1,5}(-\d{1,5})?$/)
    .nullable(),
  sources: z
    .array(z.union([z.cidrv4(), z.cidrv6()]))
    .min(1)
    .max(50),
});

export const VpsSpec = z.strictObject({
  version: z.literal(1),
  /** 16 characters `[a-z0-9]`; the stack is `vps-<vpsId>`. */
  vpsId: z.string().regex(/^[a-z0-9]{4,32}$/),
  /** Raised only by an ordered replacement of the instance. Starts at 1. */
  generation: z.number().int().min(1),
  label: z.string().min(1).max(63),
  /** FQDN when DNS is on, else a single label or FQDN. */
  hostname: z.string().min(1).max(253),
  compute: z.strictObject({
    provider: z.string(),
    accountId: z.string(),
    region: z.string(),
    plan: z.string(),
    image: z.string(),
    windows: z.boolean(),
    ipv6: z.boolean(),
    backups: z.boolean(),
    options: z.record(z.string(), z.json()),
    /** The provider's id of a snapshot that the disk begins with, in place of the image; only until the server is made. */
    snapshotId: z.string().min(1).max(200).optional(),
    /**
     * Of a server that Plinth did not make, until its next reinstall: such a stack never creates a server, and leaves alone
     * what was chosen elsewhere.
     */
    imported: z
      .strictObject({
        /** At the provider. */
        id: z.string().min(1).max(200),
        /** Its name at the provider, kept until a rename. */
        label: z.string().max(255).optional(),
        /** It carried the general tag of Plinth's servers already. */
        marked: z.boolean(),
        /** Rules were set for it here once; until then what shields it at the provider stays as it is. */
        shielded: z.literal(true).optional(),
      })
      .optional(),
  }),
  dns: z
    .strictObject({
      provider: z.string(),
      accountId: z.string(),
      zone: z.string(),
      zoneId: z.string(),
      /** FQDN. */
      name: z.string(),
      ttl: z.number().int().min(1),
      proxied: z.boolean(),
      /** The addresses lead back to `name`. Absent in specs from before it could be chosen. */
      reverse: z.boolean().optional(),
    })
    .nullable(),
  tags: z.array(z.string()).max(100),
  sshPublicKeys: z.array(z.string()).max(50),
  firewall: z.array(FirewallRuleSpec).max(100).nullable(),
  cloudInit: CloudInitSpec,
});
export type VpsSpec = z.infer<typeof VpsSpec>;

/**
 * A spec as a config file has it: its user data may be a secret of the stack, which is a JSON text once it is opened. Whoever may
 * not see secrets gets another text in its place, which stands for none.
 */
export function openedSpec(given: unknown): unknown {
  const { cloudInit } = (given ?? {}) as { cloudInit?: unknown };
  if (typeof cloudInit !== 'string') return given;
  return { ...(given as object), cloudInit: objectIn(cloudInit) };
}

function objectIn(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The same for a server that the stack makes itself, from its image: what an ordered reinstall leads to. */
export function asOwn(spec: VpsSpec): VpsSpec {
  const { imported: _imported, ...compute } = spec.compute;
  return asMade({ ...spec, compute });
}

/** The same once its server is there: what its first disk was a copy of is of no account any more, and may be deleted. */
export function asMade(spec: VpsSpec): VpsSpec {
  const { snapshotId: _snapshotId, ...compute } = spec.compute;
  return { ...spec, compute };
}

/** The Pulumi project of every stack. */
export const PROJECT = 'plinth';

export function stackName(vpsId: string): string {
  return `vps-${vpsId}`;
}

/** Vultr: what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import { can, cannot, cloudOptions, strongPassword } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

const credential = z.strictObject({
  apiKey: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{8,256}$/, 'A Vultr API key has letters and digits only.'),
});

export const options = z.strictObject({
  ...cloudOptions,
  /** Paid DDoS protection, where the region has it. */
  ddosProtection: z.boolean().default(false),
  /** VPC networks to attach new servers to. */
  vpcIds: z.array(z.string()).default([]),
  /** Hour of the daily backup in UTC, when an order asks for backups. */
  backupHour: z.number().int().min(0).max(23).default(3),
});

export const descriptor: Descriptor = {
  id: 'vultr',
  name: 'Vultr',
  roles: ['compute'],
  pulumiPackage: 'vultr',
  pulumiPackageVersion: '2.21.0',
  apiBaseUrl: 'https://api.vultr.com',
  simulatorPath: '/vultr',
  credential,
  credentialFields: [
    {
      name: 'apiKey',
      label: 'API key',
      help: "Account → API. Allow this machine's address under Access Control; the key needs the rights to manage servers and view billing.",
    },
  ],
  options,
  capabilities: {
    resizeUp: can,
    resizeDown: cannot('Vultr only upgrades plans: a disk never shrinks. Order a smaller server and move.'),
    rebuild: can,
    resetPassword: cannot('Vultr makes a new password only with a reinstall.'),
    rename: can,
    snapshots: can,
    serverFromSnapshot: can,
    backups: can,
    rescue: can,
    firewall: can,
    reverseDns: can,
    bandwidth: can,
    metrics: {
      can: false,
      reason: 'Vultr draws its graphs in its console only; its API tells daily traffic and nothing of the processor.',
    },
    startupScript: can,
    windows: can,
    ipv6: can,
    balance: can,
    consumption: cannot('Vultr tells the balance and pending charges, not what each server used.'),
    console: can,
  },
  limits: { userDataBytes: 65_535, labelMaxLength: 63, labelPattern: /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/ },
  rate: { requests: 30, perMs: 1_000 },
  password: { ...strongPassword, length: 20, minLength: 12, maxLength: 128 },
  docsUrl: 'https://www.vultr.com/api/',
};

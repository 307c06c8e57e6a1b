/** DigitalOcean: what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import type { Capability, Descriptor } from '../provider.ts';

const can: Capability = { can: true };

export const PROVIDER_ID = 'digitalocean';

/** Personal access tokens are `dop_v1_` and 64 hexadecimal digits; the simulator's begin with `sim-`. */
const credential = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{5,256}$/, 'A DigitalOcean personal access token has letters, digits, "_" and "-" only.'),
});

const options = z.strictObject({
  /** Taken when several accounts offer the plan of an order. */
  default: z.boolean().default(false),
  /** Region slugs that may be sold; empty = all. */
  allowedRegions: z.array(z.string()).default([]),
  /** For orders that do not say. */
  backupEnabled: z.boolean().default(false),
  ipv6Enabled: z.boolean().default(true),
  /** Installs DigitalOcean's metrics agent; the bandwidth graphs need it on old images. */
  monitoring: z.boolean().default(true),
  /** The VPC network of new droplets; absent = the region's default one. */
  vpcUuid: z.string().optional(),
  /** Every droplet is in a VPC network, its region's default one when this is off: https://docs.digitalocean.com/products/networking/vpc/ */
  vpcEnabled: z.boolean().default(true),
});

export const descriptor: Descriptor = {
  id: PROVIDER_ID,
  name: 'DigitalOcean',
  roles: ['compute'],
  pulumiPackage: 'digitalocean',
  pulumiPackageVersion: '4.80.1',
  apiBaseUrl: 'https://api.digitalocean.com',
  simulatorPath: '/digitalocean',
  credential,
  credentialFields: [
    {
      name: 'token',
      label: 'Personal access token',
      help: 'Control panel → API → Tokens. Full access, or custom scopes: droplet, firewall, snapshot, ssh_key, tag (all), image (create, read), actions, regions, sizes, account, billing, monitoring (read).',
    },
  ],
  options,
  capabilities: {
    resizeUp: can,
    resizeDown: { can: false, reason: 'DigitalOcean never shrinks a disk; a smaller size works only where its disk is not smaller.' },
    rebuild: can,
    resetPassword: { can: false, reason: 'DigitalOcean e-mails a new root password to the account holder; it cannot set one.' },
    rename: can,
    snapshots: can,
    backups: can,
    rescue: { can: false, reason: 'DigitalOcean’s recovery ISO is started in its control panel only.' },
    firewall: can,
    reverseDns: {
      can: false,
      reason: 'DigitalOcean takes the reverse name from the droplet’s name; rename the server to a full host name.',
    },
    bandwidth: can,
    metrics: can,
    startupScript: can,
    windows: { can: false, reason: 'DigitalOcean offers no Windows images.' },
    ipv6: can,
    balance: can,
    consumption: { can: false, reason: 'DigitalOcean tells the month’s sum (as the balance), not what each server used.' },
    console: { can: false, reason: 'DigitalOcean opens its recovery console in its control panel only.' },
  },
  limits: { userDataBytes: 65_536, labelMaxLength: 255, labelPattern: /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/ },
  rate: { requests: 250, perMs: 60_000 },
  password: {
    length: 24,
    minLower: 3,
    minUpper: 3,
    minNumeric: 3,
    minSpecial: 2,
    overrideSpecial: '-_.+=',
    minLength: 10,
    maxLength: 128,
  },
  rebuildKeepsPassword: true,
  docsUrl: 'https://docs.digitalocean.com/reference/api/',
};

/** DigitalOcean: what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import { can, cannot, cloudOptions, strongPassword } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

export const PROVIDER_ID = 'digitalocean';

/** Personal access tokens are `dop_v1_` and 64 hexadecimal digits; the simulator's begin with `sim-`. */
export const credential = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{5,256}$/, 'A DigitalOcean personal access token has letters, digits, "_" and "-" only.'),
});

const options = z.strictObject({
  ...cloudOptions,
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
    resizeDown: cannot('DigitalOcean never shrinks a disk; a smaller size works only where its disk is not smaller.'),
    rebuild: can,
    resetPassword: cannot('DigitalOcean e-mails a new root password to the account holder; it cannot set one.'),
    rename: can,
    snapshots: can,
    serverFromSnapshot: can,
    backups: can,
    rescue: cannot('DigitalOcean’s recovery ISO is started in its control panel only.'),
    firewall: can,
    reverseDns: {
      can: false,
      reason: 'DigitalOcean takes the reverse name from the droplet’s name; rename the server to a full host name.',
    },
    bandwidth: can,
    metrics: can,
    startupScript: can,
    windows: cannot('DigitalOcean offers no Windows images.'),
    ipv6: can,
    balance: can,
    consumption: cannot('DigitalOcean tells the month’s sum (as the balance), not what each server used.'),
    console: cannot('DigitalOcean opens its recovery console in its control panel only.'),
  },
  limits: { userDataBytes: 65_536, labelMaxLength: 255, labelPattern: /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/ },
  rate: { requests: 250, perMs: 60_000 },
  password: { ...strongPassword, minLength: 10, maxLength: 128 },
  rebuildKeepsPassword: true,
  docsUrl: 'https://docs.digitalocean.com/reference/api/',
};

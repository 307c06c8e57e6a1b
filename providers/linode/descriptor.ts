/** Linode (Akamai Cloud): what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import { can, cannot, cloudOptions, strongPassword } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

export const PROVIDER_ID = 'linode';

/** Personal access tokens are 64 hexadecimal characters; the simulator's begin with `sim-`. */
export const credential = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9_-]{8,256}$/, 'A Linode personal access token has letters and digits only.'),
});

const options = z.strictObject({
  ...cloudOptions,
  /** Adds an address in the region's private 192.168.128.0/17 network. */
  privateIpEnabled: z.boolean().default(false),
  /** Lassie, the watchdog that boots a server again after an unexpected power-off. */
  watchdog: z.boolean().default(true),
});

export const descriptor: Descriptor = {
  id: PROVIDER_ID,
  name: 'Linode',
  roles: ['compute'],
  pulumiPackage: 'linode',
  pulumiPackageVersion: '5.1.1',
  apiBaseUrl: 'https://api.linode.com',
  simulatorPath: '/linode',
  credential,
  credentialFields: [
    {
      name: 'token',
      label: 'Personal access token',
      help: 'Cloud Manager → Profile → API Tokens. Read/write for Linodes, Firewalls, IPs, Account SSH keys and Images; read for Account and Events.',
    },
  ],
  options,
  capabilities: {
    resizeUp: can,
    resizeDown: can,
    rebuild: can,
    resetPassword: can,
    rename: can,
    snapshots: can,
    serverFromSnapshot: can,
    backups: can,
    rescue: can,
    firewall: can,
    reverseDns: can,
    bandwidth: can,
    metrics: can,
    startupScript: can,
    windows: cannot('Linode offers no Windows images.'),
    ipv6: can,
    balance: can,
    consumption: cannot('Linode tells the balance and what is uninvoiced, not what each server used.'),
    console: cannot('Linode’s consoles (Lish, Glish) take a session of its Cloud Manager; a token opens none.'),
  },
  limits: { userDataBytes: 16_384, labelMaxLength: 64, labelPattern: /^(?!.*(?:--|__|\.\.))[a-zA-Z0-9][a-zA-Z0-9_.-]{1,62}[a-zA-Z0-9]$/ },
  rate: { requests: 400, perMs: 60_000, createsPerMs: { requests: 20, perMs: 15_000 } },
  password: { ...strongPassword, minLength: 11, maxLength: 128 },
  resizeLeavesDisk: true,
  restoreNeedsPassword: true,
  docsUrl: 'https://techdocs.akamai.com/linode-api/reference/api',
};

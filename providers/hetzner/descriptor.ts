/** Hetzner Cloud: what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import { can, cannot, cloudOptions, strongPassword } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

/** A token has 64 letters and digits and belongs to one project; the simulator's begin with `sim-`. */
const credential = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^(?:[A-Za-z0-9]{64}|sim-[A-Za-z0-9_-]{1,120})$/, 'A Hetzner API token has 64 letters and digits.'),
});

const options = z.strictObject(cloudOptions);

export const descriptor: Descriptor = {
  id: 'hetzner',
  name: 'Hetzner',
  roles: ['compute'],
  pulumiPackage: 'hcloud',
  pulumiPackageVersion: '1.41.0',
  apiBaseUrl: 'https://api.hetzner.cloud',
  simulatorPath: '/hetzner',
  credential,
  credentialFields: [
    {
      name: 'token',
      label: 'API token',
      help: 'Hetzner Console → the project → Security → API tokens → Generate, with Read & Write.',
    },
  ],
  options,
  mark: { carrier: 'label', keepsTags: true },
  newPassword: 'made',
  capabilities: {
    resizeUp: can,
    resizeDown: cannot('Hetzner never shrinks a disk; a smaller type works only where its disk is not smaller.'),
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
    windows: cannot('Hetzner Cloud offers no Windows images.'),
    ipv6: can,
    balance: cannot('Hetzner tells no balance to an API token.'),
    consumption: cannot('Hetzner tells what was used on its invoices only.'),
    console: can,
  },
  limits: {
    userDataBytes: 32_768,
    labelMaxLength: 63,
    labelPattern: /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/,
    tagPattern: /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?(?::[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/,
  },
  rate: { requests: 3_600, perMs: 3_600_000 },
  password: { ...strongPassword, minLength: 10, maxLength: 128 },
  docsUrl: 'https://docs.hetzner.cloud/reference/cloud',
};

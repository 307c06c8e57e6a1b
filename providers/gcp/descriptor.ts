/** Google Compute Engine: what it is. Facts and their sources stand in README.md. */
import { generateKeyPairSync } from 'node:crypto';
import { z } from 'zod';
import { can, cannot, salesOptions, strongPassword } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

/** What of a service account's key file is used. */
export const KeyFile = z.looseObject({
  type: z.literal('service_account'),
  project_id: z.string().regex(/^[a-z][a-z0-9-]{4,61}[a-z0-9]$/),
  private_key_id: z.string().min(1),
  private_key: z.string().regex(/^-----BEGIN PRIVATE KEY-----\s/),
  client_email: z.string().min(3),
});
export type KeyFile = z.infer<typeof KeyFile>;

export function keyFileOf(text: string): KeyFile | null {
  try {
    return KeyFile.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const credential = z.strictObject({
  key: z
    .string()
    .trim()
    .refine((text) => keyFileOf(text) !== null, 'A JSON key file of a service account is needed, as Google lets it be downloaded once.'),
});

let simulated: string | undefined;
/** One key for everything simulated in this process; it opens nothing. */
function simulatedKey(): string {
  simulated ??= generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return simulated;
}

export const descriptor: Descriptor = {
  id: 'gcp',
  name: 'Google Cloud',
  roles: ['compute'],
  pulumiPackage: 'gcp',
  pulumiPackageVersion: '9.37.0',
  apiBaseUrl: 'https://compute.googleapis.com',
  simulatorPath: '/gcp',
  credential,
  credentialFields: [
    {
      name: 'key',
      label: 'Service account key',
      help: 'Google Cloud console → IAM → Service accounts → the account → Keys → Add key → JSON.',
      type: 'document',
    },
  ],
  simulatedCredential: (token) => ({
    key: JSON.stringify({
      type: 'service_account',
      // A project of its own for each account.
      project_id: token.toLowerCase().replaceAll('_', '-').slice(0, 60).replace(/-+$/, ''),
      private_key_id: 'sim',
      private_key: simulatedKey(),
      client_email: token,
    }),
  }),
  options: z.strictObject({
    ...salesOptions,
    network: z.string().default('default'),
  }),
  mark: { carrier: 'label', keepsTags: true },
  capabilities: {
    resizeUp: can,
    resizeDown: cannot('Compute Engine never shrinks a disk; a smaller type keeps the disk of the larger one.'),
    rebuild: cannot('Compute Engine makes a boot disk anew only with its server; the address stays.'),
    resetPassword: cannot('Compute Engine has no call that sets a password; a reinstall does.'),
    rename: cannot('A server at Compute Engine keeps its name for life.'),
    snapshots: can,
    serverFromSnapshot: can,
    backups: cannot('Compute Engine backs disks up by schedules of a region, not by server. Take snapshots.'),
    rescue: cannot('Compute Engine has no rescue system.'),
    firewall: can,
    reverseDns: cannot('Google takes reverse names only in domains that the key’s own holder has verified.'),
    bandwidth: can,
    metrics: can,
    startupScript: can,
    windows: cannot('Compute Engine gives Windows passwords through a serial line only.'),
    ipv6: cannot('The default networks of Compute Engine have no IPv6.'),
    balance: cannot('Google tells a service account no balance.'),
    consumption: cannot('Google tells what was used in its billing reports only.'),
    console: cannot('The serial line of Compute Engine is typed on by SSH, with a key of a person at Google.'),
  },
  limits: {
    userDataBytes: 262_144,
    labelMaxLength: 63,
    labelPattern: /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
    tagPattern: /^[a-z][a-z0-9_-]{0,62}(?::[a-z0-9_-]{0,63})?$/,
  },
  rate: { requests: 300, perMs: 20_000 },
  password: { ...strongPassword, minLength: 10, maxLength: 128 },
  docsUrl: 'https://cloud.google.com/compute/docs/reference/rest/v1',
};

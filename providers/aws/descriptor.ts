/** Amazon EC2: what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import { keyFields, keys, simulatedKeys, temporaryField } from '../kit/amazon/credential.ts';
import { can, cannot, strongPassword } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

const credential = keys.extend({
  region: z
    .string()
    .trim()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'A region is worded like eu-central-1.'),
});

export const descriptor: Descriptor = {
  id: 'aws',
  name: 'AWS EC2',
  roles: ['compute'],
  pulumiPackage: 'aws',
  pulumiPackageVersion: '7.48.0',
  apiBaseUrl: 'https://ec2.amazonaws.com',
  simulatorPath: '/aws',
  credential,
  credentialFields: [
    ...keyFields,
    { name: 'region', label: 'Region', help: 'Such as eu-central-1. Regions are worlds apart: one account here for each.' },
    temporaryField,
  ],
  simulatedCredential: (token) => ({ ...simulatedKeys(token), region: 'eu-central-1' }),
  options: z.strictObject({
    /** Taken when several accounts offer the plan of an order. */
    default: z.boolean().default(false),
    /** Where servers are put; both empty = the region's default network. */
    vpcId: z.string().default(''),
    subnetId: z.string().default(''),
  }),
  mark: { carrier: 'label', keepsTags: true },
  capabilities: {
    resizeUp: can,
    resizeDown: cannot('EC2 never shrinks a volume; a smaller type keeps the disk of the larger one.'),
    rebuild: can,
    resetPassword: cannot('EC2 has no call that sets a password; a reinstall does.'),
    rename: can,
    snapshots: can,
    serverFromSnapshot: can,
    backups: cannot('EC2 backs up by policies of other services, which need roles of their own. Take snapshots.'),
    rescue: cannot('EC2 has no rescue system.'),
    firewall: can,
    reverseDns: can,
    bandwidth: can,
    metrics: can,
    startupScript: can,
    windows: cannot('EC2 tells a Windows password only to the holder of a private key, and Plinth keeps none.'),
    ipv6: cannot('The default networks of EC2 have no IPv6.'),
    balance: cannot('AWS tells an access key no balance.'),
    consumption: cannot('AWS tells what was used in its billing console only.'),
    console: cannot('The serial console of EC2 lets in who has a key that is pushed for each session.'),
  },
  limits: {
    userDataBytes: 16_384,
    labelMaxLength: 63,
    labelPattern: /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/,
    // Keys that begin with aws: are Amazon's, and Name is the label.
    tagPattern: /^(?!aws:|[Nn]ame(?::|$))[A-Za-z0-9+\-=._:/@]{1,127}$/,
  },
  rate: { requests: 100, perMs: 5_000 },
  password: { ...strongPassword, minLength: 10, maxLength: 128 },
  docsUrl: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Welcome.html',
};

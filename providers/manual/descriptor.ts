/** Servers that a person provides: no API, no simulator; what is sold stands in the account's settings. */
import { z } from 'zod';
import { can, cannot, salesOptions } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

const NO_API = 'A server that a person provides has no API for it.';

const amount = z.string().regex(/^\d+(\.\d{1,2})?$/, 'An amount with two places at most.');
const name = z.string().min(1).max(100);

export const options = z.strictObject({
  ...salesOptions,
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'A currency such as EUR.')
    .default('USD'),
  places: z
    .array(
      z.strictObject({
        id: name,
        name,
        country: z.string().length(2).optional(),
        /** In degrees; absent: of the city, where the name is one that Plinth knows in that country. */
        location: z.strictObject({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) }).optional(),
      }),
    )
    .default([{ id: 'main', name: 'Our rack' }]),
  plans: z
    .array(
      z.strictObject({
        id: name,
        name,
        vcpus: z.number().int().positive(),
        memoryMb: z.number().int().positive(),
        diskGb: z.number().int().positive(),
        price: amount,
      }),
    )
    .default([
      { id: 'small', name: 'Small', vcpus: 2, memoryMb: 4_096, diskGb: 80, price: '10.00' },
      { id: 'medium', name: 'Medium', vcpus: 4, memoryMb: 8_192, diskGb: 160, price: '20.00' },
      { id: 'large', name: 'Large', vcpus: 8, memoryMb: 16_384, diskGb: 320, price: '40.00' },
    ]),
  systems: z.array(z.strictObject({ id: name, name, family: z.enum(['linux', 'windows', 'other']).default('linux') })).default([
    { id: 'debian-13', name: 'Debian 13', family: 'linux' },
    { id: 'ubuntu-24.04', name: 'Ubuntu 24.04 LTS', family: 'linux' },
    { id: 'windows-2022', name: 'Windows Server 2022', family: 'windows' },
  ]),
});

export const descriptor: Descriptor = {
  id: 'manual',
  name: 'Manual',
  roles: ['compute'],
  pulumiPackage: 'plinth',
  pulumiPackageVersion: '1.0.0',
  apiBaseUrl: null,
  simulatorPath: null,
  credential: z.strictObject({}),
  credentialFields: [],
  options,
  mark: { carrier: 'order', keepsTags: false },
  ending: { when: 'person', undo: cannot('What a person has ended, a person starts anew: order another.') },
  byHand: cannot(
    'A server that a person provides is made, changed and ended by an operation, whose task somebody answers; a hand-run update cannot wait for that.',
  ),
  newPassword: 'made',
  capabilities: {
    resizeUp: can,
    resizeDown: can,
    rebuild: cannot('Order another server and end this one: a reinstallation by hand makes new credentials.'),
    resetPassword: cannot('Whoever provides the server sets its password; answer with a new one at its next task.'),
    rename: can,
    snapshots: cannot(NO_API),
    serverFromSnapshot: cannot(NO_API),
    backups: cannot(NO_API),
    rescue: cannot(NO_API),
    firewall: cannot(NO_API),
    reverseDns: cannot(NO_API),
    bandwidth: cannot(NO_API),
    metrics: cannot(NO_API),
    startupScript: cannot('Whoever provides the server sets it up; say in the notes what it needs.'),
    windows: can,
    ipv6: can,
    balance: cannot(NO_API),
    consumption: cannot(NO_API),
    console: cannot(NO_API),
  },
  limits: { userDataBytes: 0, labelMaxLength: 63, labelPattern: /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/ },
  rate: { requests: 1_000, perMs: 1_000 },
  // Whoever provides the server tells its password; this one is never set.
  password: { length: 20, minLower: 3, minUpper: 3, minNumeric: 3, minSpecial: 0, overrideSpecial: '', minLength: 8, maxLength: 128 },
  docsUrl: 'https://en.wikipedia.org/wiki/Dedicated_hosting_service',
};

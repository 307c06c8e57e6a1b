/** SmartVPS: what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import { can, cannot, salesOptions } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

const credential = z.strictObject({
  username: z.string().trim().min(1, 'The user name of the SmartVPS account.').max(200),
  password: z.string().min(1, 'Its password.').max(200),
});

/** What a machine of so much memory is and costs a month: the API tells neither. */
const size = z.strictObject({
  vcpus: z.number().int().positive(),
  diskGb: z.number().int().positive(),
  price: z.string().regex(/^\d+(\.\d{1,2})?$/, 'An amount with two places at most.'),
});

export const options = z.strictObject({
  /** A place is a package, as `<id>::<name>`. */
  ...salesOptions,
  /** By memory, as `8GB`. */
  memory: z.record(z.string().regex(/^\d+GB$/, 'Memory as 8GB.'), size).default({
    '4GB': { vcpus: 2, diskGb: 60, price: '9.00' },
    '8GB': { vcpus: 4, diskGb: 100, price: '14.00' },
    '16GB': { vcpus: 4, diskGb: 160, price: '24.00' },
  }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('USD'),
});

const PERSON = 'SmartVPS has no call for it.';

export const descriptor: Descriptor = {
  id: 'smartvps',
  name: 'SmartVPS',
  roles: ['compute'],
  pulumiPackage: 'smartvps',
  pulumiPackageVersion: '1.0.0',
  apiBaseUrl: 'https://smartvps.online',
  simulatorPath: '/smartvps',
  credential,
  credentialFields: [
    { name: 'username', label: 'User name', help: 'Of the reseller account at SmartVPS.' },
    { name: 'password', label: 'Password', help: 'Of the same account; the API has no token of its own.' },
  ],
  options,
  mark: { carrier: 'order', keepsTags: false },
  ending: {
    when: 'period-end',
    undo: cannot('SmartVPS ends a machine when its month is over and nobody renews it; a renewal is a new purchase.'),
  },
  byHand: cannot(
    'SmartVPS sells a machine with one call that cannot be looked for afterwards: it is bought and ended by an operation only, never by a hand-run update.',
  ),
  newPassword: 'made',
  capabilities: {
    resizeUp: cannot(PERSON),
    resizeDown: cannot(PERSON),
    rebuild: can,
    resetPassword: cannot('SmartVPS makes a new password only with a reinstall.'),
    rename: cannot('A machine at SmartVPS is known by its address and has no name.'),
    snapshots: cannot(PERSON),
    serverFromSnapshot: cannot(PERSON),
    backups: cannot(PERSON),
    rescue: cannot(PERSON),
    firewall: cannot(PERSON),
    reverseDns: cannot(PERSON),
    bandwidth: cannot('SmartVPS tells no transfer.'),
    metrics: cannot('SmartVPS tells no measurements.'),
    startupScript: cannot('Machines at SmartVPS take no user data.'),
    windows: can,
    ipv6: cannot('Machines at SmartVPS have IPv4 addresses only.'),
    balance: cannot('SmartVPS tells no balance.'),
    consumption: cannot('SmartVPS is paid in advance; there is no use to count.'),
    console: cannot(PERSON),
  },
  limits: { userDataBytes: 0, labelMaxLength: 63, labelPattern: /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/ },
  rate: { requests: 30, perMs: 60_000 },
  // It makes its own; this one is never set.
  password: { length: 20, minLower: 3, minUpper: 3, minNumeric: 3, minSpecial: 0, overrideSpecial: '', minLength: 8, maxLength: 128 },
  docsUrl: 'https://smartvps.online',
};

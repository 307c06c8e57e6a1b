/** OVH VPS: what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import { can, cannot, salesOptions, strongPassword } from '../kit/descriptor.ts';
import { applicationFields, credentialFields, simulatedApplication } from '../kit/ovhcloud/credential.ts';
import type { Descriptor } from '../provider.ts';

const options = z.strictObject(salesOptions);

export const descriptor: Descriptor = {
  id: 'ovhvps',
  name: 'OVH VPS',
  roles: ['compute'],
  pulumiPackage: 'ovhvps',
  pulumiPackageVersion: '1.0.0',
  apiBaseUrl: 'https://eu.api.ovh.com',
  simulatorPath: '/ovhvps',
  credential: z.strictObject(applicationFields),
  credentialFields,
  simulatedCredential: simulatedApplication,
  options,
  mark: { carrier: 'name', keepsTags: false },
  ending: { when: 'period-end', undo: can },
  byHand: cannot(
    'OVH sells a VPS by the month and gives no money back: it is bought and ended by an operation only, never by a hand-run update.',
  ),
  newPassword: 'mailed',
  capabilities: {
    resizeUp: cannot('A larger VPS is another order at OVH, which is paid for again.'),
    resizeDown: cannot('OVH never makes a VPS smaller. Order a smaller one and move.'),
    rebuild: can,
    resetPassword: can,
    rename: can,
    snapshots: cannot('OVH keeps one snapshot of a VPS, as a paid option, and overwrites it: a retry could not tell its own.'),
    serverFromSnapshot: cannot('OVH reverts a VPS to its one snapshot, and makes no other VPS of it.'),
    backups: cannot('The backup that belongs to a plan at OVH is neither switched nor listed by Plinth.'),
    rescue: cannot('OVH mails the password of its rescue system, which is of no use to a customer.'),
    firewall: cannot('OVH filters addresses, not servers: what it has is no list of allowed ports.'),
    reverseDns: can,
    bandwidth: cannot('OVH does not meter the transfer of a VPS.'),
    metrics: cannot('OVH has marked the graphs of a VPS as withdrawn.'),
    startupScript: cannot('A VPS at OVH takes no user data.'),
    windows: cannot('Windows is a paid option with a password that OVH mails.'),
    ipv6: can,
    balance: cannot('OVH tells no balance of an account.'),
    consumption: cannot('A VPS at OVH is paid in advance; there is no use to count.'),
    console: can,
  },
  limits: { userDataBytes: 0, labelMaxLength: 63, labelPattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/ },
  rate: { requests: 600, perMs: 60_000 },
  // OVH makes its own; this one is never set.
  password: { ...strongPassword, minLength: 10, maxLength: 128 },
  docsUrl: 'https://eu.api.ovh.com/console/',
};

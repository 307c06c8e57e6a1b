/** Hostinger VPS: what it is. Facts and their sources stand in README.md. */
import { z } from 'zod';
import { can, cannot, salesOptions, strongPassword } from '../kit/descriptor.ts';
import type { Descriptor } from '../provider.ts';

const credential = z.strictObject({
  token: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9|_-]{16,256}$/, 'A Hostinger API token has letters, digits, "|", "_" and "-" only.'),
});

const options = z.strictObject({
  ...salesOptions,
  /** For orders that do not say. */
  backupEnabled: z.boolean().default(true),
  ipv6Enabled: z.boolean().default(true),
  /** What pays; absent = the account's default method. */
  paymentMethodId: z.number().int().positive().optional(),
  /** For orders that do not say: plan, template, data centre. */
  defaultPlan: z.string().default('hostingercom-vps-kvm1-usd-1m'),
  defaultTemplate: z.string().default('1007'),
  defaultRegion: z.string().default('9'),
});

/** Of a first boot's script, by which the VPS that it is for is known. */
export const scriptName = (vpsId: string): string => `plinth-script-${vpsId}`;

export const descriptor: Descriptor = {
  id: 'hostinger',
  name: 'Hostinger',
  roles: ['compute'],
  pulumiPackage: 'hostinger',
  pulumiPackageVersion: '1.0.0',
  apiBaseUrl: 'https://developers.hostinger.com',
  simulatorPath: '/hostinger',
  credential,
  credentialFields: [{ name: 'token', label: 'API token', help: 'hPanel → Account information → API → Generate token.' }],
  options,
  mark: { carrier: 'hostname', keepsTags: false },
  ending: { when: 'period-end', undo: can },
  byHand: cannot(
    'Hostinger sells by the month and gives no money back: a machine there is bought and ended by an operation only, never by a hand-run update.',
  ),
  capabilities: {
    resizeUp: cannot('Hostinger upgrades a machine in its panel only; its API has no call for it.'),
    resizeDown: cannot('Hostinger never makes a machine smaller. Order a smaller one and move.'),
    rebuild: can,
    resetPassword: can,
    rename: cannot('At Hostinger the host name carries the mark by which a machine is found again, so it stays.'),
    snapshots: cannot('Hostinger keeps one nameless snapshot of a machine and overwrites it: a retry could not tell its own.'),
    serverFromSnapshot: cannot('Hostinger restores its one snapshot onto the machine that it was made of, and nowhere else.'),
    backups: can,
    rescue: cannot('Hostinger starts its recovery system only with a new password, which is not asked for here.'),
    firewall: can,
    reverseDns: can,
    bandwidth: can,
    metrics: can,
    startupScript: cannot('Hostinger’s machines read no cloud-init documents; what runs at the first start is a post-install script.'),
    windows: cannot('Hostinger offers no Windows images for its machines.'),
    ipv6: can,
    balance: cannot('Hostinger tells no balance: it charges a payment method.'),
    consumption: cannot('Hostinger is paid in advance; there is no use to count.'),
    console: cannot('Hostinger shows the screen of a machine in its panel only.'),
  },
  limits: { userDataBytes: 0, setupScriptBytes: 48 * 1024, labelMaxLength: 63, labelPattern: /^[a-zA-Z0-9]([a-zA-Z0-9.-]*[a-zA-Z0-9])?$/ },
  // Not published: what those who use it report, and half of that.
  rate: { requests: 45, perMs: 60_000 },
  // At least twelve with upper case, lower case and a digit, and none that a leak has told.
  password: { ...strongPassword, minLength: 12, maxLength: 128 },
  docsUrl: 'https://developers.hostinger.com',
};

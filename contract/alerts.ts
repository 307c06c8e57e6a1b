/**
 * What staff must look at, one kind a line: whom it is told by their permission, and what is done about it in one sentence.
 * The whole runbook of each kind stands in docs/runbooks.md under its name.
 */
import { z } from 'zod';
import type { Permission } from './permissions.ts';

interface AlertSheet {
  /** Who has it on the platform is told. */
  readonly tells: Permission;
  readonly remedy: string;
}
const operating = (remedy: string): AlertSheet => ({ tells: 'alert:read', remedy });
const money = (remedy: string): AlertSheet => ({ tells: 'payment:read', remedy });

export const ALERTS = {
  'audit-broken': operating('Keep the database and its backups as they are, and compare the trail with its anchors.'),
  'bulk-paused': operating('Read why the first of its servers failed, then resume, retry or cancel the run.'),
  'database-restored': operating('Compare the servers with the providers by a drift sweep, then lift the hold on destructive work.'),
  'event-given-up': operating('Read the event and its error, mend the cause, then let it be handled again.'),
  'webhook-paused': operating('Mend the receiver, then resume the endpoint: what waited is sent.'),
  'package-sync-failing': operating('Check the account and whether its provider answers, then look again: POST /api/smartvps/sync.'),
  'packages-unavailable': operating('Ask the provider for addresses, or stop selling what it has no more.'),
  'package-set-ups-failing': operating('Read why the last of them failed; nothing was bought for those that were refused.'),
  'servers-missing': operating('Check that the account has the key of the right account at the provider, then run the sweep again.'),
  'server-vanished': operating('Ask at the provider what became of it, then repair it as a new, empty server or accept its loss.'),
  'document-changed': money('Keep the document that was made first; it is what the customer has.'),
  'payment-lost': money('Look at the invoice that asks for it again, and at what the customer says.'),
  'payment-disputed': money('Answer with evidence at the payment provider before its date.'),
  'payment-unmatched': money('Look it up at the payment provider, then record it or give it back.'),
  'payment-unallocated': money('Record what it was for, or give it back.'),
  'payment-not-needed': money('Leave it as credit, or give it back when the customer wants it.'),
  'payment-event-foreign': money('Correct the webhook endpoint at the payment provider.'),
  'refund-failed': money('Leave it as credit, or pay it back another way.'),
  'refund-elsewhere': money('Decide whether the service that was paid back goes on.'),
  'order-review': { tells: 'order:act', remedy: 'Look at the order, then accept it, or refuse it with the money back.' },
  'card-testing': money('Look whether somebody tries stolen cards there; block the organization if so.'),
  'business-drift': {
    tells: 'report:read',
    remedy: 'Look at what differs and what it costs: GET /api/admin/business-drift says what to do.',
  },
  'billing-restored': money('Look through what was booked since the backup, then lift the hold on billing.'),
} as const satisfies Record<string, AlertSheet>;

export type AlertKind = keyof typeof ALERTS;
export const ALERT_KINDS = Object.keys(ALERTS) as [AlertKind, ...AlertKind[]];
export const AlertKind = z.enum(ALERT_KINDS);

/** Of what is stored: an alert of a former release may have a kind that is raised no more. */
export const remedyOf = (kind: string): string => (ALERTS as Readonly<Record<string, AlertSheet>>)[kind]?.remedy ?? 'Read its message.';

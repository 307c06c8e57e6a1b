/**
 * What somebody is to be told by mail. Domains hand it over inside the transaction of what happened; server/notifications/
 * keeps it in its outbox and sends it once.
 */
import { NOTIFICATION_KINDS } from '../../contract/notification.ts';

export const MAIL_KINDS = [
  'verify-address',
  'address-taken',
  'password-reset',
  'password-changed',
  'new-place',
  'invitation',
  'audit-anchor',
  ...NOTIFICATION_KINDS,
] as const;
export type MailKind = (typeof MAIL_KINDS)[number];

export interface MailOrder {
  readonly kind: MailKind;
  readonly to: { readonly address: string; readonly name: string | null };
  /** `de` or `en`; others are told in English. */
  readonly locale: string;
  readonly userId: string | null;
  readonly organizationId: string | null;
  /** The same cause makes no second mail. */
  readonly causeKey?: string;
  /** What the texts name. May hold a link that signs in: it is kept sealed. */
  readonly data: Readonly<Record<string, string>>;
}

/**
 * Mails go once: a row is written in the transaction of what they tell of, and a sweep hands it to the mail server. Its
 * Message-ID is made of the row's id, so that one which is handed over again, after a crash right behind it, is known as the same.
 * While the database counts as restored, mails about money wait, and those that the backup had waiting never go.
 */
import { randomUUID } from 'node:crypto';
import { MONEY_KINDS } from '../../../contract/notification.ts';
import type { Config } from '../../kernel/config.ts';
import type { Db } from '../../kernel/database.ts';
import { BY_ITSELF, globalSwitches } from '../../kernel/kill-switches/kill-switches.ts';
import type { MailKind, MailOrder } from '../../kernel/mail.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { SweepDefinition } from '../../kernel/schedule/runner.ts';
import type { Services } from '../../kernel/services.ts';
import { brandOf, PRODUCT } from '../../operating/brand/store.ts';
import { headerText, MailAddress } from './address.ts';
import { dueMails, insertMail, type MailDelivery, markFailed, markSent, withhold } from './outbox-store.ts';
import { renderMail } from './render.ts';
import { type MailServer, openMailServer } from './server.ts';

const EVERY_MS = 2_000;
const AT_ONCE = 50;
const MINUTE_MS = 60_000;
/** After the first attempt; with the last one it has failed. */
const AGAIN_MS = [0.5, 2, 10, 60, 180, 360, 720].map((minutes) => minutes * MINUTE_MS);

const placeOf = (id: string) => ({ table: 'mail_delivery', column: 'data', id });

/** Inside the transaction of what is told. @throws Refusal when the address is none */
export async function putIntoOutbox({ secrets, config }: Pick<Services, 'secrets' | 'config'>, tx: Db, order: MailOrder): Promise<void> {
  const address = MailAddress.safeParse(order.to.address);
  if (!address.success) throw refuseField('email', address.error.issues[0]!.message, 'Send one plain address, as in ada@example.com.');
  const id = randomUUID();
  await insertMail(tx, {
    id,
    kind: order.kind,
    causeKey: order.causeKey ?? null,
    userId: order.userId,
    organizationId: order.organizationId,
    address: address.data,
    addressName: order.to.name === null ? null : headerText(order.to.name, 80),
    locale: order.locale.slice(0, 10),
    data: secrets.seal(placeOf(id), JSON.stringify(order.data)),
    messageId: `<${id}@${senderOf(config).address.split('@')[1]}>`,
  });
}

/** `Plinth <noreply@example.com>` in its two parts. */
export function senderOf({ mail }: Pick<Config, 'mail'>): { name: string; address: string } {
  const [, name, address] = /^(.*?) ?<([^<>]+)>$/.exec(mail.from) ?? [null, 'Plinth', mail.from];
  return { name: headerText(name ?? 'Plinth', 80), address: address! };
}

/** The connection is opened at the first mail. */
export function mailSweep(services: Services): SweepDefinition {
  let server: Promise<MailServer | null> | undefined;
  return {
    name: 'mail',
    everyMs: EVERY_MS,
    always: true,
    run: async (signal) => {
      const { hold } = await globalSwitches(services.db);
      // What waited in a backup may have gone out before the database was restored. A hold that a person set says nothing of that.
      const restoredAt = hold?.by === BY_ITSELF ? new Date(hold.at) : null;
      if (restoredAt) await withhold(services.db, MONEY_KINDS, restoredAt);
      const mails = await dueMails(services.db, AT_ONCE, restoredAt ? MONEY_KINDS : []);
      if (mails.length === 0) return { outcome: 'ok', message: 'No mail waits.', result: { sent: 0 } };
      const open = await (server ??= openMailServer(services));
      if (!open) return { outcome: 'partial', message: 'Mails wait: PLINTH_SMTP_URL is not set.', result: { waiting: mails.length } };
      let sent = 0;
      for (const mail of mails) {
        if (signal.aborted) break;
        if (await attempt(services, open, mail)) sent += 1;
      }
      const failed = mails.length - sent;
      return { outcome: failed === 0 ? 'ok' : 'partial', message: `${sent} sent, ${failed} not.`, result: { sent, failed } };
    },
    close: async () => void (await (await server?.catch(() => null))?.close()),
  };
}

async function attempt(services: Services, server: MailServer, mail: MailDelivery): Promise<boolean> {
  const { db, secrets, log } = services;
  try {
    const data = JSON.parse(secrets.open(placeOf(mail.id), mail.data ?? '')) as Record<string, string>;
    const { name: from } = await brandOf(db);
    const sender = senderOf(services.config);
    const content = await renderMail({ kind: mail.kind as MailKind, locale: mail.locale, name: mail.addressName, data, from });
    await server.send({
      from: from === PRODUCT ? sender : { ...sender, name: headerText(from, 80) },
      to: { address: mail.address, name: mail.addressName ?? '' },
      messageId: mail.messageId,
      ...content,
    });
    await markSent(db, mail.id);
    return true;
  } catch (error) {
    // A server's words may repeat what was sent.
    const { responseCode = null, code = null } = error as { responseCode?: number; code?: string };
    const told = [code, responseCode].filter((each) => each !== null).join(' ') || 'could not be sent';
    const isFinal = (responseCode !== null && responseCode >= 500) || mail.attempts >= AGAIN_MS.length;
    log.warn({ mail: mail.id, kind: mail.kind, told, isFinal }, 'a mail was not taken');
    await markFailed(db, mail.id, told, isFinal ? null : AGAIN_MS[mail.attempts]!);
    return false;
  }
}

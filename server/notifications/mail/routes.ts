/** /api/mailbox: mails that were caught instead of sent, in development. */
import { Mailbox, MailboxAnswer, MailboxParams } from '../../../contract/people.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { type CaughtMail, readCaught } from './catcher.ts';
import { caughtById, deleteCaught, listCaught } from './outbox-store.ts';

const SHOWN = 100;

const present = (mail: CaughtMail) => ({
  id: mail.id,
  received_at: mail.receivedAt.toISOString(),
  message_id: mail.messageId,
  from: mail.from,
  to: mail.to,
  subject: mail.subject,
  text: mail.text,
});

export function mailboxRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/mailbox',
      id: 'listMailbox',
      summary: 'The newest mails that were caught in development',
      permission: 'mailbox:read',
      responses: { 200: { description: 'Newest first.', schema: Mailbox } },
      handler: async () => {
        const rows = await listCaught(services.db, SHOWN);
        const mails = await Promise.all(rows.map((row) => readCaught(services, row)));
        return { status: 200, body: { mails: mails.map(present) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/mailbox/:id',
      id: 'getMailboxMail',
      summary: 'A caught mail with its HTML and its headers',
      permission: 'mailbox:read',
      params: MailboxParams,
      responses: { 200: { description: 'The mail.', schema: MailboxAnswer } },
      handler: async ({ params }) => {
        const row = await caughtById(services.db, params.id);
        if (!row) throw notFound('mail', params.id);
        const mail = await readCaught(services, row);
        return { status: 200, body: { mail: { ...present(mail), html: mail.html, headers: mail.headers } } };
      },
    }),
    route({
      method: 'delete',
      path: '/api/mailbox',
      id: 'emptyMailbox',
      summary: 'Forget all caught mails',
      permission: 'mailbox:act',
      responses: { 204: { description: 'Empty.' } },
      transaction: true,
      handler: async ({ tx }) => {
        await deleteCaught(tx);
        return { status: 204 };
      },
    }),
  ];
}

/**
 * The door for providers' events. The body is verified as the bytes that came; what is known already or of no interest is
 * thanked for; all work is the worker's, so the answer is quick.
 */
import express, { type RequestHandler, Router } from 'express';
import { timeNow } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/database.ts';
import { raiseAlert } from '../kernel/kill-switches/store.ts';
import { notFound, Refusal } from '../kernel/problem.ts';
import type { Services } from '../kernel/services.ts';
import { accountOf, changeAccount, type PaymentAccount } from './accounts-store.ts';
import { paymentProvider, webhookSecrets } from './accounts.ts';
import { insertEvent } from './events-store.ts';
import type { Notice } from './provider.ts';

const LARGEST = 256 * 1024;
const TOLERANCE_MS = 5 * 60_000;
/** The time of the newest event is kept to this. */
const NEWS_MS = 60_000;

const raw = express.raw({ type: () => true, limit: LARGEST });
const rawBody: RequestHandler = (request, response, next) =>
  raw(request, response, (error?: unknown) => {
    const { status } = (error ?? {}) as { status?: number };
    if (status === 413) next(new Refusal(413, 'body_too_large', `An event has at most ${LARGEST / 1024} KiB.`));
    else if (status !== undefined && status < 500) next(new Refusal(400, 'unreadable_body', 'The body could not be read as it was sent.'));
    else next(error);
  });

export const webhookPath = (provider: string): string => `/api/payments/${provider}/webhook`;
export const payloadPlace = (provider: string, eventId: string) => ({
  table: 'payment_event',
  column: 'payload',
  id: `${provider}/${eventId}`,
});

export function webhookRouter(services: Services): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.post(webhookPath(':provider'), rawBody, async (request, response) => {
    const id = String(request.params['provider']);
    const [provider, account] = [paymentProvider(id), paymentProvider(id) ? await accountOf(services.db, id) : null];
    if (!provider || !account) throw notFound('payment account', id.slice(0, 50));
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const notice = provider.verify(raw, request.get('stripe-signature') ?? '', webhookSecrets(services, account), timeNow(), TOLERANCE_MS);
    if (!notice)
      throw new Refusal(400, 'invalid_signature', 'This event is not signed by a secret of this account, or too long ago or ahead.');
    await refuseForeign(services, account, notice);
    await inTransaction(
      services.db,
      async (tx) => await insertEvent(tx, id, notice, services.secrets.seal(payloadPlace(id, notice.eventId), raw.toString('utf8'))),
    );
    await keepNews(services.db, account);
    response.status(200).json({ received: true });
  });
  return router;
}

/** Of the other mode, or of another account: whoever set it up that way is told, and nothing is done. */
async function refuseForeign(services: Services, account: PaymentAccount, notice: Notice): Promise<void> {
  const wrong =
    notice.live !== (account.mode === 'live')
      ? `it is of ${notice.live ? 'live' : 'test'} mode`
      : notice.account !== null && account.externalId !== null && notice.account !== account.externalId
        ? 'it is of another account'
        : null;
  if (wrong === null) return;
  await inTransaction(services.db, (tx) =>
    raiseAlert(tx, {
      kind: 'payment-event-foreign',
      target: `payment-account:${account.provider}`,
      message: `An event came that this payment account is not meant for: ${wrong}. Correct the webhook endpoint at the provider.`,
      data: { event_id: notice.eventId },
    }),
  );
  throw new Refusal(400, 'foreign_event', `This event is not for this payment account: ${wrong}.`);
}

async function keepNews(db: Database, { provider, lastEventAt }: PaymentAccount): Promise<void> {
  const now = timeNow();
  if (lastEventAt === null || now.getTime() - lastEventAt.getTime() > NEWS_MS) await changeAccount(db, provider, { lastEventAt: now });
}

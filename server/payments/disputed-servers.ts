/**
 * The servers of a payment that its payer disputes. They go on for three days, so that a mistake can be cleared up; then they are
 * switched off, where the organization's policy suspends at all. Won, they run again; lost, they do when the debt is paid.
 */
import { policyOf } from '../billing/dunning/policies.ts';
import { plinthItself } from '../identity/policy/grants.ts';
import { timeNow } from '../kernel/clock.ts';
import { type Db, inTransaction } from '../kernel/database.ts';
import { globalSwitches } from '../kernel/kill-switches/kill-switches.ts';
import type { SweepReport } from '../kernel/schedule/runner.ts';
import type { Services } from '../kernel/services.ts';
import { liftFor, suspendFor } from '../vps/suspension/suspension.ts';
import { disputeByDebt, dueDisputes, lookAgain, serversOf, takeDueDispute } from './disputed-store.ts';
import { changeDispute, type Dispute } from './refunds-store.ts';

const BY = plinthItself('payments');
const AT_ONCE = 50;
export const SUSPENDS_AFTER_MS = 72 * 3_600_000;

/** What has stood open for three days. A database that looks restored harms nobody. */
export async function suspendDisputed(services: Services, signal: AbortSignal): Promise<SweepReport> {
  const { hold } = await globalSwitches(services.db);
  const due = hold ? [] : await dueDisputes(services.db, AT_ONCE);
  let failed = 0;
  for (const id of due) {
    if (signal.aborted) break;
    await inTransaction(services.db, (tx) => suspendOf(services, tx, id)).catch((error: unknown) => {
      failed += 1;
      services.log.error({ err: error, dispute: id }, 'the servers of a dispute could not be suspended; it is tried again');
    });
  }
  const message = `${due.length - failed} disputes were acted on, ${failed} not.`;
  return { outcome: failed > 0 ? 'partial' : 'ok', message, result: { disputes: due.length, failed } };
}

async function suspendOf(services: Services, tx: Db, id: string): Promise<void> {
  const dispute = await takeDueDispute(tx, id);
  if (!dispute) return;
  await changeDispute(tx, id, { suspendsAt: null });
  const { stages } = await policyOf(tx, dispute.organizationId);
  if (!stages.some(({ act }) => act === 'suspend')) return;
  const cause = { reason: 'dispute', cause: id, words: 'A payment for it is disputed.', at: timeNow() } as const;
  for (const vpsId of await serversOf(tx, dispute.paymentId)) await suspendFor(services, tx, BY, vpsId, cause);
}

/** They run again, unless another dispute keeps them off. */
export async function releaseDisputed(
  services: Services,
  tx: Db,
  { organizationId, paymentId }: Pick<Dispute, 'organizationId' | 'paymentId'>,
): Promise<void> {
  const at = timeNow();
  for (const vpsId of await serversOf(tx, paymentId)) await liftFor(services, tx, BY, vpsId, 'dispute', at);
  await lookAgain(tx, organizationId, at);
}

/** The debt of a lost dispute is paid, or nobody asks for it any more. */
export async function debtSettled(services: Services, tx: Db, invoiceId: string): Promise<void> {
  const dispute = await disputeByDebt(tx, invoiceId);
  if (dispute) await releaseDisputed(services, tx, dispute);
}

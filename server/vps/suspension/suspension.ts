/**
 * Suspending and lifting by a cause, in the caller's transaction. A VPS is blocked from the moment it has a reason, and runs
 * again when the last one is lifted: who pays does not undo what the staff decided.
 */
import type { Db } from '../../kernel/database.ts';
import { timeNow } from '../../kernel/clock.ts';
import { BY_ITSELF } from '../../kernel/kill-switches/kill-switches.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { updateVps, type VpsWithAccount } from '../store.ts';
import { mustLock, requestOperation } from '../vps.ts';
import { addReason, liftReason, livingReasons, type SuspensionReason } from './store.ts';

/** Nothing runs that could be switched off, or it is ended anyway. */
const PAST = new Set(['terminating', 'destroying', 'terminated', 'leaked']);

export interface Cause {
  readonly reason: SuspensionReason;
  /** What it is of, such as an invoice. */
  readonly cause: string;
  /** For people. */
  readonly words: string;
  readonly at: Date;
}

/** Blocks it and orders its power off. Does nothing when it is suspended for that already. */
export async function suspendFor(services: Services, tx: Db, by: Principal, vpsId: string, cause: Cause): Promise<void> {
  const vps = await mustLock(tx, by, vpsId);
  if (!(await addReason(tx, { vpsId, ...cause })) || PAST.has(vps.status) || vps.status === 'suspended') return;
  await switchOff(services, tx, by, vpsId, cause.words);
}

async function switchOff(
  services: Pick<Services, 'enqueue'>,
  tx: Db,
  by: Pick<Principal, 'name'>,
  vpsId: string,
  words: string,
): Promise<void> {
  const columns = { status: 'suspended', suspendReason: words, suspendedAt: timeNow() };
  await requestOperation(services, tx, by, await updateVps(tx, vpsId, columns), 'suspend', { request: { reason: words } });
}

/** Takes that reason away; when it was the last one, the power comes back as it was. */
export async function liftFor(services: Services, tx: Db, by: Principal, vpsId: string, reason: SuspensionReason, at: Date): Promise<void> {
  const vps = await mustLock(tx, by, vpsId);
  if (!(await liftReason(tx, vpsId, reason, at)) || vps.status !== 'suspended') return;
  const [other] = await livingReasons(tx, vpsId);
  if (other) await updateVps(tx, vpsId, { suspendReason: other.words });
  else await requestOperation(services, tx, by, vps, 'unsuspend');
}

/** A cause that came while the power was coming back: once it is there, it goes again. */
export async function suspendAgain(services: Pick<Services, 'enqueue'>, tx: Db, vpsId: string): Promise<void> {
  const [came] = await livingReasons(tx, vpsId);
  if (came) await switchOff(services, tx, { name: BY_ITSELF }, vpsId, came.words);
}

/** A person lifts what a person decided. @throws Refusal 409 while another cause holds it. */
export async function liftByHand(tx: Db, vps: VpsWithAccount, at: Date): Promise<void> {
  for (const reason of ['staff', 'abuse', 'customer', 'dispute'] as const) await liftReason(tx, vps.id, reason, at);
  const [other] = await livingReasons(tx, vps.id);
  if (other)
    throw new Refusal(409, 'suspended', `"${vps.label}" stays suspended: ${other.words} Only its own cause lifts that (${other.reason}).`);
}

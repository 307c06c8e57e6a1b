/** Running a VPS's last failed operation again. */
import type { VpsRetry } from '../../../contract/vps.ts';
import { Refusal } from '../../kernel/problem.ts';
import { type Commit, type Json, type Operation } from '../../kernel/database.ts';
import { lastOperation } from '../operations/store.ts';
import { updateVps, type VpsWithAccount } from '../store.ts';
import { claimDnsName } from '../dns-names/dns-names.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import type { Sheet } from '../operations/sheet.ts';
import { kindsThat, sheetOf } from '../operations/sheets.ts';
import { type Accepted, mustLock, mustVps, requestOperation, type RequestOptions } from '../vps.ts';
import { requireCapability } from '../changes/guard.ts';
import { planRetriedName } from './name.ts';

/** Failures that what the stack recorded may be gone explains. */
const GONE: readonly unknown[] = ['not_found', 'invalid'];

/** Runs the last failed operation again, under another name if told: it finds and adopts what the first left behind. */
export async function prepareRetry(services: Services, principal: Principal, id: string, body: VpsRetry = {}): Promise<Commit<Accepted>> {
  const seen = await mustVps(services, principal, id);
  const failed = mustFailed(seen, await lastOperation(services.db, id, kindsThat('unasked')));
  // The zone is asked before the row is held.
  const named = await planRetriedName(services, principal, seen, failed, body);
  return async (tx) => {
    const vps = await mustLock(tx, principal, id);
    const last = mustFailed(vps, await lastOperation(tx, id, kindsThat('unasked')));
    if (last.id !== failed.id || JSON.stringify(vps.spec) !== JSON.stringify(seen.spec))
      throw new Refusal(409, 'changed_meanwhile', 'The VPS was changed by another request just now. Look at it and try again.');
    if (vps.status === 'terminating')
      throw new Refusal(
        409,
        'vps_terminating',
        'The VPS will be terminated when its grace ends. Restore it before its last operation is run again.',
      );
    const sheet = sheetOf(last.kind);
    const request = sheet.contract.request.parse(last.request);
    if (sheet.again?.asksAgain) await requireCapability(services, tx, principal, vps, sheet.kind);
    if (vps.status === 'suspended' && !sheet.again?.whileSuspended)
      throw new Refusal(409, 'suspended', 'The VPS is suspended; unsuspend it before its last operation is run again.');
    const taken = (await sheet.again?.take?.(tx, vps, request)) ?? {};
    if (named?.spec.dns) await claimDnsName(tx, vps, named.spec.dns, named.field);
    const changed = await updateVps(tx, id, { status: sheet.again?.status ?? vps.status, ...taken, ...named?.columns });
    const renewed = { ...sheet.again?.request?.(vps), ...(named && !sheet.traits.setsUp ? { spec: named.spec } : {}) };
    return {
      vps: changed,
      operation: await requestOperation(services, tx, principal, changed, sheet.kind, again(last, sheet, renewed)),
    };
  };
}

function mustFailed(vps: VpsWithAccount, last: Operation | null): Operation {
  if (last && ['failed', 'stalled', 'cancelled'].includes(last.status) && vps.status !== 'terminated') return last;
  throw new Refusal(
    409,
    'nothing_to_retry',
    `The last operation of this VPS is ${last?.status ?? 'none'}; only a failed, stalled or cancelled one can be run again.`,
  );
}

/**
 * What a repetition takes over: the wish, and what the provider has done of it already. A set-up that failed over something
 * gone looks for what is left: what was deleted meanwhile is made anew. Later in life that is a person's decision, because
 * the customer's disk is gone with it. After any other failure it must not look: a server that is not ready yet would be
 * taken for a finished one.
 */
function again({ request, progress, fault }: Operation, { traits }: Sheet, renewed: Readonly<Record<string, Json>>): RequestOptions {
  const looksFirst = traits.setsUp === true && traits.makesServer === true && GONE.includes((fault as { kind?: unknown } | null)?.kind);
  return {
    request: { ...(request as Record<string, Json>), ...renewed, looksFirst },
    ...(progress === null ? {} : { progress: progress as Json }),
  };
}

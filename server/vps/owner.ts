/** A VPS's change of owner: record and stack go to another organization, the server itself stays as it is. */
import { refuseField, Refusal } from '../kernel/problem.ts';
import { appendAudit } from '../kernel/audit.ts';
import { brokenUnique, inTransaction } from '../kernel/database.ts';
import { unfinishedOperations } from './operations/store.ts';
import { moveStack } from '../identity/organizations/store.ts';
import { organizationById } from '../kernel/settings.ts';
import { livingLabelExists, updateVps, type VpsWithAccount } from './store.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { labelTaken, mustLock } from './vps.ts';

/**
 * The former owner sees the VPS and its operations no longer, and may still know the password; the new
 * one may reveal it once.
 * @throws Refusal 409 while something is under way.
 */
export async function changeOwner(
  services: Services,
  principal: Principal,
  id: string,
  to: { organization_id: string; reason: string },
): Promise<VpsWithAccount> {
  try {
    return await inTransaction(services.db, async (tx) => {
      const vps = await mustLock(tx, principal, id);
      const former = await organizationById(tx, vps.organizationId);
      const next = await organizationById(tx, to.organization_id);
      if (!next) throw refuseField('organization_id', 'no such organization', 'Take one from GET /api/admin/organizations.');
      if (next.id === vps.organizationId)
        throw new Refusal(409, 'nothing_to_change', `The VPS "${vps.label}" belongs to "${next.name}" already.`);
      if (vps.subscriptionId !== null)
        throw new Refusal(
          409,
          'use_subscription',
          `The VPS "${vps.label}" is sold: it belongs to whose subscription it is, /api/subscriptions/${vps.subscriptionId}`,
        );
      if (vps.status === 'terminated') throw new Refusal(409, 'vps_gone', `The VPS "${vps.label}" is terminated.`);
      const [busy] = await unfinishedOperations(tx, id);
      if (busy)
        throw new Refusal(409, 'operation_in_progress', `A ${busy.kind} is under way. Wait for operation ${busy.id}, or cancel it.`);
      if (await livingLabelExists(tx, next.id, vps.label)) throw labelTaken(vps.label);
      if (!(await moveStack(tx, id, former!.name, next.name)))
        throw new Refusal(409, 'operation_in_progress', 'Someone has its stack open at the command line. Wait for that to end.');
      const changed = await updateVps(tx, id, { organizationId: next.id, revealCount: 0 });
      const told = { actor: principal.name, target: id, data: { from: former!.name, to: next.name, reason: to.reason } };
      await appendAudit(tx, { ...told, action: 'vps.given-away', organizationId: vps.organizationId });
      await appendAudit(tx, { ...told, action: 'vps.taken-over', organizationId: next.id });
      return changed;
    });
  } catch (error) {
    const rule = brokenUnique(error);
    if (rule === null) throw error;
    if (rule.includes('xternal'))
      throw refuseField(
        'organization_id',
        'another VPS there has the same external reference',
        'Change one of them.',
        409,
        'reference_taken',
      );
    throw error;
  }
}

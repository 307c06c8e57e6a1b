/** Showing a VPS's password: once, with a reason, and an audit event each time. */
import { appendAudit } from '../../kernel/audit.ts';
import { can } from '../../kernel/can.ts';
import { timeNow } from '../../kernel/clock.ts';
import { type Db, inTransaction } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { updateVps, type VpsWithAccount } from '../store.ts';
import { mustLock } from '../vps.ts';
import { openPassword } from './life.ts';

export interface Reveal {
  readonly username: string;
  readonly password: string;
  readonly count: number;
  readonly vps: VpsWithAccount;
}

/** Shows the password once; again only for an admin who says so. Each time leaves an audit event. */
export async function revealPassword(
  services: Services,
  principal: Principal,
  id: string,
  reason: string,
  again: boolean,
): Promise<Reveal> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    const password = openPassword(services.secrets, 'rootPassword', vps);
    if (password === null) throw new Refusal(409, 'no_password_yet', unknownPassword(vps));
    if (vps.revealCount > 0 && !(again && can(principal, 'vps:reveal-again')))
      throw new Refusal(409, 'already_revealed', 'The password was shown already. An admin may see it again with "again": true.');
    const changed = await countReveal(tx, principal, vps, { reason, again });
    const username = (vps.outputs as { rootUser?: string } | null)?.rootUser ?? 'root';
    return { username, password, count: changed.revealCount, vps: changed };
  });
}

/** Marks the password as shown, with its audit event. */
export async function countReveal(
  tx: Db,
  principal: Pick<Principal, 'name'>,
  vps: VpsWithAccount,
  { reason, again }: { readonly reason: string; readonly again: boolean },
): Promise<VpsWithAccount> {
  const changed = await updateVps(tx, vps.id, { revealCount: { increment: 1 }, lastRevealedAt: timeNow() });
  await appendAudit(tx, {
    actor: principal.name,
    action: 'vps.password-revealed',
    target: vps.id,
    organizationId: vps.organizationId,
    data: { reason, count: changed.revealCount, again },
  });
  return changed;
}

function unknownPassword({ status, spec }: VpsWithAccount): string {
  const imported = (spec as { compute?: { imported?: unknown } }).compute?.imported !== undefined;
  if (imported && status === 'active') return 'The server was imported without its password. Reset the password, or reinstall the VPS.';
  return `The VPS is ${status}; its password is not known. Wait until it is active.`;
}

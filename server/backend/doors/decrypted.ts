/** A person reads a stack's secrets in clear: in the trail always, and shown as a reveal where the password may be among them. */
import type { StatePrincipal } from '../access.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { inTransaction } from '../../kernel/database.ts';
import type { StackRow } from '../rows.ts';
import { lockVps, type VpsWithAccount } from '../../vps/store.ts';
import type { Services } from '../../kernel/services.ts';
import { openPassword } from '../../vps/password/life.ts';
import { countReveal } from '../../vps/password/reveal.ts';
import { behind } from './behind.ts';

const PASSWORDS = ['rootPassword', 'requestedPassword', 'nextPassword'] as const;

export async function noteDecrypted(
  services: Services,
  principal: StatePrincipal,
  stack: StackRow,
  plaintexts: readonly Buffer[],
): Promise<void> {
  if (plaintexts.length === 0) return;
  const owner = await behind(services.db, stack);
  await inTransaction(services.db, async (tx) => {
    const vps = owner.kind === 'vps' ? await lockVps(tx, null, owner.vps.id) : null;
    const data = { stack: stack.name, count: plaintexts.length };
    const told = {
      actor: principal.person?.actor ?? principal.name,
      target: vps?.id ?? stack.name,
      organizationId: vps?.organizationId ?? null,
    };
    await appendAudit(tx, { ...told, action: 'state.secrets.decrypted', data });
    if (vps && mayHoldPassword(services, vps, plaintexts))
      await countReveal(tx, principal, vps, {
        reason: 'Secrets of its stack were decrypted for the command line.',
        again: vps.revealCount > 0,
      });
  });
}

/** Where no password is on record there is nothing to compare with, so it may be any of them. */
function mayHoldPassword({ secrets }: Services, vps: VpsWithAccount, plaintexts: readonly Buffer[]): boolean {
  const known = PASSWORDS.flatMap((column) => {
    const password = openPassword(secrets, column, vps);
    return password === null ? [] : [password];
  });
  if (known.length === 0) return vps.status !== 'terminated';
  return plaintexts.some((plaintext) =>
    textsIn(plaintext.toString('utf8')).some((text) => known.some((password) => text.includes(password))),
  );
}

/** All strings of a JSON text, at any depth; the text itself where it is none. */
function textsIn(text: string): string[] {
  try {
    const found: string[] = [];
    JSON.parse(text, (key, value) => {
      found.push(key);
      if (typeof value === 'string' || typeof value === 'number') found.push(String(value));
      return value;
    });
    return [text, ...found];
  } catch {
    return [text];
  }
}

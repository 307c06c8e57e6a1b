/** A person asks what is kept of them, or to be forgotten. */
import { randomBytes } from 'node:crypto';
import { appendAudit, pseudonymiseAudit } from '../../kernel/audit.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Principal } from '../../kernel/services.ts';
import { countSuperadmins, userById } from '../users/store.ts';
import { SHEET } from './sheet.ts';
import { blankUser, eraseRows, ownedAlone, rowsAbout } from './store.ts';

/** Of one table; who did more than that is told that there is more. */
const MOST_ROWS = 10_000;

/** @throws Refusal 404 */
export async function exportOf(db: Db, userId: string) {
  const person = await userById(db, userId);
  if (!person) throw notFound('user', userId);
  const tables = await rowsAbout(db, person, MOST_ROWS);
  return { made_at: timeNow().toISOString(), user_id: userId, tables };
}

/**
 * Sessions, tokens, memberships and all that is about the person alone is deleted; where the trail and the trade must stay, a
 * pseudonym takes the place of the name.
 * @throws Refusal 404; 409 for the last superadmin and for who alone owns an organization that is not closed
 */
export async function erasePerson(tx: Db, principal: Principal, userId: string, reason: string) {
  const person = await userById(tx, userId);
  if (!person) throw notFound('user', userId);
  if (person.disabledReason === 'erased') throw new Refusal(409, 'erased', 'This person was erased before.');
  const alone = await ownedAlone(tx, userId);
  if (alone.length > 0)
    throw new Refusal(
      409,
      'last_owner',
      `They are the only owner of ${alone.map((name) => `"${name}"`).join(', ')}. Transfer or close each organization first.`,
    );
  // By chance, not made from who it was.
  const pseudonym = `erased-${randomBytes(6).toString('hex')}`;
  // Before the erasure: its own line is about the id alone.
  const self = principal.actor.id === userId;
  const deleted = await eraseRows(tx, person, pseudonym);
  await blankUser(tx, userId, pseudonym);
  if ((await countSuperadmins(tx)) === 0 && person.staffRole === 'superadmin')
    throw new Refusal(409, 'last_superadmin', 'This is the last superadmin. Make another one first.');
  await appendAudit(tx, { actor: principal.actor, action: 'user.erased', target: userId, organizationId: null, data: { reason, self } });
  const trail = await pseudonymiseAudit(tx, userId, pseudonym);
  const stays = SHEET.flatMap(({ table, why }) => (why === undefined ? [] : [{ table, why }]));
  return { user_id: userId, pseudonym, rows: { ...deleted, audit_event: trail }, stays };
}

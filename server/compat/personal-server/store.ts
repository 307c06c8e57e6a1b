/** Where somebody was when they signed up. */
import type { Db } from '../../kernel/database.ts';

/** As the audit trail kept it; null: of nobody, or taken out of it since. */
export async function signUpAddress(db: Db, userId: string): Promise<string | null> {
  return (await db.auditEvent.findFirst({ where: { action: 'user.created', target: userId }, select: { address: true } }))?.address ?? null;
}

/** The audit trail: append-only (the database refuses changes), each row hashed over the one before. */
import { fingerprint } from '../fingerprint.ts';
import type { Db, Json } from './database.ts';
import { type Scope, scoped } from './listing.ts';

export interface AuditEntry {
  readonly actor: string;
  /** Noun and verb, for example `vps.password-revealed`. */
  readonly action: string;
  readonly target: string;
  readonly organizationId: string | null;
  readonly data: Record<string, Json>;
}

const GENESIS = '0'.repeat(64);
/** One writer at a time, or two rows would name the same predecessor. */
const AUDIT_LOCK = 7_152_001;

/** Call inside the transaction of the change it tells of. */
export async function appendAudit(tx: Db, entry: AuditEntry, at: Date = new Date()): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(${AUDIT_LOCK})) AS l`;
  const last = await tx.auditEvent.findFirst({ orderBy: { seq: 'desc' }, select: { hash: true } });
  const previousHash = last?.hash ?? GENESIS;
  await tx.auditEvent.create({ data: { ...entry, at, previousHash, hash: auditHash(previousHash, entry, at) } });
}

export async function listAudit(db: Db, scope: Scope, before: bigint | null, limit: number, target?: string) {
  return await db.auditEvent.findMany({
    where: {
      ...scoped(scope),
      ...(before === null ? {} : { seq: { lt: before } }),
      ...(target === undefined ? {} : { target }),
    },
    orderBy: { seq: 'desc' },
    take: limit,
  });
}

/** Recomputes the newest `limit` rows of the chain; false when a row or a link does not match. */
export async function auditIntact(db: Db, limit = 1000): Promise<boolean> {
  const rows = await db.auditEvent.findMany({ orderBy: { seq: 'desc' }, take: limit });
  return rows.every((row, index) => {
    const entry = {
      actor: row.actor,
      action: row.action,
      target: row.target,
      organizationId: row.organizationId,
      data: row.data as Record<string, Json>,
    };
    const next = rows[index + 1];
    return row.hash === auditHash(row.previousHash, entry, row.at) && (next === undefined || next.hash === row.previousHash);
  });
}

function auditHash(previous: string, entry: AuditEntry, at: Date): string {
  return fingerprint([previous, at.toISOString(), entry.actor, entry.action, entry.target, entry.organizationId, entry.data]);
}

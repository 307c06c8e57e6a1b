/**
 * The audit trail: append-only (the database refuses changes), each row hashed over the one before. Rows of form 1 are those of
 * the first release; form 2 also says what kind of actor it was, for whom, from where, and what was before and after.
 *
 * A person's name, address and browser stand in a row's personal part. The chain covers its salted digest, so that it can be
 * erased and the chain still be verified.
 */
import { randomBytes } from 'node:crypto';
import type { Actor } from './actor.ts';
import { timeNow } from './clock.ts';
import { type AuditEvent, type Db, DbNull, type Json } from './database.ts';
import { fingerprint } from './fingerprint.ts';
import { requestContext } from './request-context.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface AuditEntry {
  /** A name alone is that of who is being served, or of a part of Plinth. */
  readonly actor: Actor | string;
  /** Noun and verb, for example `vps.password-revealed`. */
  readonly action: string;
  readonly target: string;
  /** Whose trail it is in, beside the platform's. */
  readonly organizationId: string | null;
  readonly data: Record<string, Json>;
  /** What changed, as it was and as it is. */
  readonly before?: Json;
  readonly after?: Json;
}

export const GENESIS = '0'.repeat(64);
/** One writer at a time, or two rows would name the same predecessor. */
const AUDIT_LOCK = 7_152_001;

/** Call inside the transaction of the change it tells of. */
export async function appendAudit(tx: Db, entry: AuditEntry, at: Date = timeNow()): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(${AUDIT_LOCK})) AS l`;
  const last = await tx.auditEvent.findFirst({ orderBy: { seq: 'desc' }, select: { hash: true } });
  const row = rowOf(entry, at, last?.hash ?? GENESIS);
  const { onBehalfOf, before, after, ...plain } = row;
  await tx.auditEvent.create({
    data: { ...plain, onBehalfOf: orNull(onBehalfOf), before: orNull(before), after: orNull(after), hash: auditHash(row) },
  });
}

const orNull = (value: Json | null) => (value === null ? DbNull : value);

type Row = Omit<AuditEvent, 'seq' | 'hash' | 'data' | 'onBehalfOf' | 'before' | 'after'> & {
  readonly data: Json & object;
  readonly onBehalfOf: (Json & object) | null;
  readonly before: Json | null;
  readonly after: Json | null;
};

function rowOf(entry: AuditEntry, at: Date, previousHash: string): Row {
  const context = requestContext();
  const actor = actorOf(entry.actor, context?.actor ?? null);
  const personal = {
    actor: actor.name,
    address: context?.address ?? null,
    // As long as browsers send; a caller could send more.
    userAgent: context?.userAgent?.slice(0, 300) ?? null,
    personalSalt: randomBytes(16).toString('hex'),
  };
  return {
    form: 2,
    at,
    ...personal,
    personalHash: personalHash(personal),
    actorKind: actor.kind,
    actorId: actor.id,
    onBehalfOf: actor.onBehalfOf ? { ...actor.onBehalfOf } : null,
    scope: context?.scope ?? null,
    requestId: context?.requestId ?? null,
    action: entry.action,
    target: entry.target,
    organizationId: entry.organizationId,
    data: withoutSecrets(entry.data) as Json & object,
    before: entry.before === undefined ? null : withoutSecrets(entry.before),
    after: entry.after === undefined ? null : withoutSecrets(entry.after),
    previousHash,
  };
}

function actorOf(given: Actor | string, serving: Actor | null): Actor {
  if (typeof given !== 'string') return given;
  return serving?.name === given ? serving : { kind: 'system', id: given, name: given };
}

/** Of the part of a row that can be erased. */
export function personalHash({
  actor,
  address,
  userAgent,
  personalSalt,
}: Pick<AuditEvent, 'actor' | 'address' | 'userAgent' | 'personalSalt'>): string {
  return fingerprint([personalSalt, actor, address, userAgent]);
}

/** What the row's own hash must be. */
export function auditHash(
  row: Omit<Row, 'data' | 'before' | 'after' | 'onBehalfOf'> & Record<'data' | 'before' | 'after' | 'onBehalfOf', unknown>,
): string {
  const { previousHash, at, action, target, organizationId, data } = row;
  if (row.form === 1) return fingerprint([previousHash, at.toISOString(), row.actor, action, target, organizationId, data]);
  const { form, personalHash: personal, actorKind, actorId, onBehalfOf, scope, requestId, before, after } = row;
  const who = [personal, actorKind, actorId, onBehalfOf, scope, requestId];
  return fingerprint([previousHash, form, at.toISOString(), who, action, target, organizationId, data, before, after]);
}

/**
 * A person asks to be forgotten: rows keep who it was by id and a pseudonym instead of the name; where from is gone.
 * Answers how many rows that were.
 */
export async function pseudonymiseAudit(tx: Db, actorId: string, pseudonym: string): Promise<number> {
  const { count } = await tx.auditEvent.updateMany({
    where: { actorId, form: 2, personalSalt: { not: null } },
    data: { actor: pseudonym, address: null, userAgent: null, personalSalt: null },
  });
  return count;
}

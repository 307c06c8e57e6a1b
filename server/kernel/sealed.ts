/** Every column in which a sealed value is kept: handles for sealing and opening, and moving all values to another master key. */
import { type Db, inTransaction, type Database } from './database.ts';
import type { SecretBox } from './secrets.ts';

interface Place {
  readonly table: string;
  readonly column: string;
  /** SQL for the id that the value is bound to. */
  readonly id: string;
  /** The column is JSON and holds the text as a JSON string. */
  readonly json?: true;
}

/** All of them. Columns of the schema that say `/// Sealed` are here, and only those; a test compares the two. */
const PLACES = [
  { table: 'account', column: 'credential', id: '"id"' },
  { table: 'vps', column: 'rootPassword', id: '"id"' },
  { table: 'vps', column: 'requestedPassword', id: '"id"' },
  { table: 'vps', column: 'nextPassword', id: '"id"' },
  { table: 'vps', column: 'cloudInit', id: '"id"' },
  { table: 'snapshot', column: 'rootPassword', id: '"id"' },
  { table: 'former_password', column: 'password', id: '"id"' },
  { table: 'person_task', column: 'answers', id: '"id"' },
  { table: 'state_stack', column: 'data_key', id: '"id"::text' },
  { table: 'setting', column: 'value', id: '"key"', json: true },
  { table: 'auth_entry', column: 'value', id: `encode("keyHash", 'hex')` },
  { table: 'webhook_endpoint', column: 'secret', id: '"id"' },
  { table: 'webhook_endpoint', column: 'formerSecret', id: '"id"' },
  { table: 'mail_delivery', column: 'data', id: '"id"' },
  { table: 'mailbox_mail', column: 'source', id: '"id"' },
  { table: 'payment_account', column: 'secretKey', id: '"provider"' },
  { table: 'payment_account', column: 'webhookSecrets', id: '"provider"' },
  { table: 'payment_customer', column: 'ref', id: `("organizationId" || '/' || "provider")` },
  { table: 'payment_method', column: 'providerRef', id: '"id"' },
  { table: 'payment_event', column: 'payload', id: `("provider" || '/' || "eventId")` },
  { table: 'compat_instance', column: 'rootPassword', id: '"orderItemId"' },
  { table: 'compat_instance', column: 'panelPassword', id: '"orderItemId"' },
  { table: 'vps_setup', column: 'secrets', id: '"vpsId"' },
  { table: 'idempotency_key', column: 'response', id: `("scope" || '/' || "key")`, json: true },
] as const satisfies readonly Place[];

type Known = (typeof PLACES)[number];
type ColumnOf<Table extends Known['table']> = Extract<Known, { readonly table: Table }>['column'];

/** One sealed column: what is written into it, and read out of it. Each value is bound to the id of its row. */
export interface SealedColumn {
  seal(secrets: SecretBox, id: string, text: string): string;
  /** Secret. @throws SecretError */
  open(secrets: SecretBox, id: string, sealed: string): string;
  /** Null where nothing is kept. Secret. @throws SecretError */
  openIf(secrets: SecretBox, id: string, sealed: string | null): string | null;
}

/** The handle of a sealed column. Only what the list above names can be sealed, so that no value misses a change of the master key. */
export function sealed<Table extends Known['table']>(table: Table, column: ColumnOf<Table>): SealedColumn {
  const place = (id: string) => ({ table, column, id });
  return {
    seal: (secrets, id, text) => secrets.seal(place(id), text),
    open: (secrets, id, text) => secrets.open(place(id), text),
    openIf: (secrets, id, text) => (text === null ? null : secrets.open(place(id), text)),
  };
}

/** For what is handed to a caller and soon brought back, and is kept nowhere: no change of the master key has to find it. */
export function handedOut(purpose: string): Omit<SealedColumn, 'openIf'> {
  const place = (id: string) => ({ table: '', column: purpose, id });
  return {
    seal: (secrets, id, text) => secrets.seal(place(id), text),
    open: (secrets, id, text) => secrets.open(place(id), text),
  };
}

export interface SealedValue {
  readonly table: string;
  readonly column: string;
  readonly id: string;
  readonly sealed: string;
}

const textOf = ({ column, json }: Place): string => (json ? `("${column}" #>> '{}')` : `"${column}"`);

/** How many values each master key seals, by key id. */
export async function countSealed(db: Db): Promise<{ keyId: string; count: number }[]> {
  const each = PLACES.map(
    (place: Place) => `SELECT split_part(${textOf(place)}, '.', 2) AS key FROM "${place.table}" WHERE ${textOf(place)} LIKE 'v1.%'`,
  );
  const rows = await db.$queryRawUnsafe<{ key: string; count: bigint }[]>(
    `SELECT key, count(*) AS count FROM (${each.join(' UNION ALL ')}) AS sealed GROUP BY key ORDER BY key`,
  );
  return rows.map(({ key, count }) => ({ keyId: key, count: Number(count) }));
}

/**
 * Goes once through all values that `keyId` does not seal, `size` at a time. `work` gives the new text, or null to leave
 * a value. A value that was written meanwhile keeps what was written. Resolves with how many were replaced.
 */
export async function replaceSealed(
  db: Database,
  keyId: string,
  size: number,
  work: (value: SealedValue) => string | null,
  signal: AbortSignal,
): Promise<number> {
  let replaced = 0;
  for (const place of PLACES) {
    for (let after = ''; !signal.aborted;) {
      const batch = await inTransaction(db, (tx) => replaceBatch(tx, place, keyId, after, size, work));
      replaced += batch.replaced;
      if (batch.last === null) break;
      after = batch.last;
    }
  }
  return replaced;
}

async function replaceBatch(
  tx: Db,
  place: Place,
  keyId: string,
  after: string,
  size: number,
  work: (value: SealedValue) => string | null,
): Promise<{ replaced: number; last: string | null }> {
  const { table, column, id } = place;
  const rows = await tx.$queryRawUnsafe<{ id: string; sealed: string }[]>(
    `SELECT ${id} AS id, ${textOf(place)} AS sealed FROM "${table}"
     WHERE ${textOf(place)} LIKE 'v1.%' AND split_part(${textOf(place)}, '.', 2) <> $1 AND ${id} > $2 ORDER BY 1 LIMIT ${size}`,
    keyId,
    after,
  );
  const changes = rows.flatMap(({ id: row, sealed }) => {
    const renewed = work({ table, column, id: row, sealed });
    return renewed === null ? [] : [{ id: row, sealed, renewed }];
  });
  const replaced = await tx.$executeRawUnsafe(
    `UPDATE "${table}" SET "${column}" = ${place.json ? 'to_jsonb(change.renewed)' : 'change.renewed'}
     FROM unnest($1::text[], $2::text[], $3::text[]) AS change(id, sealed, renewed)
     WHERE ${id.replaceAll(/"(\w+)"/g, `"${table}"."$1"`)} = change.id AND ${textOf(place)} = change.sealed`,
    changes.map((change) => change.id),
    changes.map((change) => change.sealed),
    changes.map((change) => change.renewed),
  );
  return { replaced, last: rows.at(-1)?.id ?? null };
}

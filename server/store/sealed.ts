/** Every place where a sealed value is kept, for moving all of them to another master key. */
import { type Db, inTransaction, type Database } from './database.ts';

interface Place {
  readonly table: string;
  readonly column: string;
  /** SQL for the id that the value is bound to. */
  readonly id: string;
  /** The column is JSON and holds the text as a JSON string. */
  readonly json?: true;
}

const PLACES: readonly Place[] = [
  { table: 'account', column: 'credential', id: '"id"' },
  { table: 'vps', column: 'rootPassword', id: '"id"' },
  { table: 'vps', column: 'requestedPassword', id: '"id"' },
  { table: 'vps', column: 'nextPassword', id: '"id"' },
  { table: 'snapshot', column: 'rootPassword', id: '"id"' },
  { table: 'former_password', column: 'password', id: '"id"' },
  { table: 'state_stack', column: 'data_key', id: '"id"::text' },
  { table: 'idempotency_key', column: 'response', id: `("scope" || '/' || "key")`, json: true },
];

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
    (place) => `SELECT split_part(${textOf(place)}, '.', 2) AS key FROM "${place.table}" WHERE ${textOf(place)} LIKE 'v1.%'`,
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

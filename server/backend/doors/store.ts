/** What the doors to a stack ask of its tables before they let something through. */
import type { Pool } from 'pg';
import type { Checkpoint } from '../../kernel/deployment.ts';
import { type JournalEntry, replayJournal } from '../journal.ts';

export type StateTables = Pick<Pool, 'query'>;

export interface Unfolding {
  /** As the running update found it, or as its last whole checkpoint left it. */
  readonly base: Checkpoint;
  /** With the journal so far and `more`. */
  readonly next: Checkpoint;
}

/** Null when there is no such stack. @throws RangeError when the entries do not fit together. */
export async function unfold(tables: StateTables, stackId: string, more: readonly JournalEntry[]): Promise<Unfolding | null> {
  const { rows } = await tables.query(
    `SELECT s.checkpoint, u.engine_version, ARRAY(SELECT j.entry FROM state_journal j WHERE j.update_id = u.id ORDER BY j.sequence) AS entries
     FROM state_stack s LEFT JOIN state_update u ON u.id = s.active_update AND u.journaling WHERE s.id = $1`,
    [stackId],
  );
  if (!rows[0]) return null;
  const base: Checkpoint = JSON.parse(rows[0].checkpoint);
  const stored = (rows[0].entries as string[]).map((text) => JSON.parse(text) as JournalEntry);
  if (stored.length + more.length === 0) return { base, next: base };
  const known = new Set(stored.map((entry) => entry.sequenceID));
  // One that is sent again counts once.
  const entries = [...stored, ...more.filter((entry) => !known.has(entry.sequenceID))];
  try {
    return { base, next: replayJournal(base.deployment, entries, rows[0].engine_version ?? '') };
  } catch (error) {
    throw new RangeError((error as Error).message, { cause: error });
  }
}

/** Keeps what was refused: it may name something that exists now. */
export async function keepRefused(tables: StateTables, updateId: string, entries: readonly unknown[]): Promise<void> {
  await tables.query('INSERT INTO state_rejected_entry (update_id, entry) SELECT $1, unnest($2::text[])', [
    updateId,
    entries.map((entry) => JSON.stringify(entry)),
  ]);
}

/** The config of the last update by hand that succeeded with this text under `key`, or null. */
export async function lastConfigWith(
  tables: StateTables,
  stackId: string,
  key: string,
  text: string,
): Promise<Record<string, unknown> | null> {
  const { rows } = await tables.query(
    `SELECT config FROM state_update WHERE stack_id = $1 AND kind = 'update' AND status = 'succeeded' AND NOT dry_run
       AND operation_id IS NULL AND config -> $2::text ->> 'string' = $3 ORDER BY version DESC LIMIT 1`,
    [stackId, key, text],
  );
  return rows[0]?.config ?? null;
}

/**
 * How a stack's row, its running update and its versions hang together; every function runs inside the
 * caller's transaction. See state-store.ts for the fence they keep.
 */
import { holdsText } from '../kernel/lease.ts';
import type { PoolClient } from 'pg';
import { integrityError, liveResources, pendingCreates, type Checkpoint } from '../kernel/deployment.ts';
import { replayJournal, type JournalEntry } from './journal.ts';
import { stackColumns, toStack, toUpdate, type StackRow, type UpdateRow } from './rows.ts';

const KEPT_VERSIONS = 20;

export async function lockStack(client: PoolClient, stackId: string): Promise<StackRow | null> {
  const { rows } = await client.query(`SELECT ${stackColumns()} FROM state_stack WHERE id = $1 FOR UPDATE`, [stackId]);
  return rows[0] ? toStack(rows[0]) : null;
}

/** Who holds the stack with a living lease. */
export async function holderOf(client: PoolClient, stack: StackRow): Promise<UpdateRow | null> {
  if (!stack.activeUpdate) return null;
  const { rows } = await client.query(`SELECT * FROM state_update WHERE id = $1 AND ${holdsText('')}`, [stack.activeUpdate]);
  return rows[0] ? toUpdate(rows[0]) : null;
}

/** A create nobody saw the end of: starting another before it is adopted or cleared could make a second server. */
export class UnresolvedCreatesError extends Error {
  constructor(urns: readonly string[]) {
    super(
      `A former update ended in the middle of creating ${urns.join(', ')}. Retry the operation in Plinth, which looks for the server and adopts it, or run pulumi refresh --clear-pending-creates there after checking.`,
    );
    this.name = 'UnresolvedCreatesError';
  }
}

/** Of a stack that is locked and that nobody holds. @throws UnresolvedCreatesError */
export async function refuseUnresolved(client: PoolClient, stackId: string): Promise<void> {
  const checkpoint = await foldedCheckpoint(client, stackId);
  const pending = checkpoint ? pendingCreates(checkpoint.deployment) : [];
  if (pending.length > 0) throw new UnresolvedCreatesError(pending.map(({ resource }) => resource.urn));
}

export async function closeUpdate(client: PoolClient, stack: StackRow, updateId: string, status: string): Promise<void> {
  const checkpoint = await foldedCheckpoint(client, stack.id);
  await client.query('UPDATE state_update SET status = $2, ended_at = clock_timestamp(), lease_expires_at = NULL WHERE id = $1', [
    updateId,
    status,
  ]);
  if (checkpoint) await writeVersion(client, stack.id, stack.version + 1, updateId, checkpoint);
  await client.query('DELETE FROM state_journal WHERE update_id = $1', [updateId]);
}

export async function foldedCheckpoint(client: PoolClient, stackId: string): Promise<Checkpoint | null> {
  const { rows } = await client.query(
    'SELECT s.checkpoint, u.id AS update_id, u.journaling, u.engine_version FROM state_stack s LEFT JOIN state_update u ON u.id = s.active_update WHERE s.id = $1',
    [stackId],
  );
  if (!rows[0]) return null;
  const base: Checkpoint = JSON.parse(rows[0].checkpoint);
  if (!rows[0].update_id || !rows[0].journaling) return base;
  const { rows: entries } = await client.query('SELECT entry FROM state_journal WHERE update_id = $1 ORDER BY sequence', [
    rows[0].update_id,
  ]);
  if (entries.length === 0) return base;
  return replayJournal(
    base.deployment,
    entries.map((row) => JSON.parse(row.entry) as JournalEntry),
    rows[0].engine_version,
  );
}

export async function writeVersion(
  client: PoolClient,
  stackId: string,
  version: number,
  updateId: string,
  checkpoint: Checkpoint,
): Promise<void> {
  const problem = checkpoint.deployment.manifest.magic === '' ? null : integrityError(checkpoint.deployment);
  if (problem)
    checkpoint.deployment.metadata = {
      ...checkpoint.deployment.metadata,
      integrity_error: { version: String(checkpoint.version), error: problem },
    };
  const text = JSON.stringify(checkpoint);
  await client.query(
    'UPDATE state_stack SET checkpoint = $2, version = $3, resource_count = $4, active_update = NULL, updated_at = clock_timestamp() WHERE id = $1',
    [stackId, text, version, liveResources(checkpoint.deployment).length],
  );
  await client.query('INSERT INTO state_version (stack_id, version, update_id, checkpoint) VALUES ($1, $2, $3, $4)', [
    stackId,
    version,
    updateId,
    text,
  ]);
  await client.query('DELETE FROM state_version WHERE stack_id = $1 AND version <= $2', [stackId, version - KEPT_VERSIONS]);
}

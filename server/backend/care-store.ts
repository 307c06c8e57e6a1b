/** Queries over all stacks, for checking and for forgetting. */
import type { Pool } from 'pg';
import { toStack, type StackRow } from './rows.ts';

export type StateChecks = Pool;

export async function keptVersions(pool: Pool, stackId: string): Promise<Set<number>> {
  const { rows } = await pool.query('SELECT version FROM state_version WHERE stack_id = $1', [stackId]);
  return new Set(rows.map((row) => row.version as number));
}

export async function stacksAfter(pool: Pool, after: string | undefined, limit: number): Promise<StackRow[]> {
  const { rows } = await pool.query('SELECT * FROM state_stack WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2', [
    after ?? null,
    limit,
  ]);
  return rows.map((row) => toStack(row));
}

/** What a process that died, or a mistake of ours, can leave behind. */
export async function brokenUpdates(pool: Pool, stackIds: readonly string[]): Promise<{ stackId: string; rule: string }[]> {
  const { rows } = await pool.query(
    `SELECT u.stack_id, 'a journal of an update that has ended is left over' AS rule FROM state_update u
       WHERE u.stack_id = ANY($1::uuid[]) AND u.status <> 'running' AND EXISTS (SELECT 1 FROM state_journal j WHERE j.update_id = u.id)
     UNION ALL
     SELECT s.id, 'an update holds it whose lease has run out' FROM state_stack s JOIN state_update u ON u.id = s.active_update
       WHERE s.id = ANY($1::uuid[]) AND (u.status <> 'running' OR u.lease_expires_at < clock_timestamp())
     UNION ALL
     SELECT s.id, 'the version in force is not the newest that is kept' FROM state_stack s
       WHERE s.id = ANY($1::uuid[]) AND s.version > 0 AND s.version <> coalesce((SELECT max(v.version) FROM state_version v WHERE v.stack_id = s.id), 0)
     UNION ALL
     SELECT s.id, 'the state in force is not the one that was kept' FROM state_stack s JOIN state_version v ON v.stack_id = s.id AND v.version = s.version
       WHERE s.id = ANY($1::uuid[]) AND s.active_update IS NULL AND s.checkpoint <> v.checkpoint`,
    [stackIds],
  );
  return rows.map((row) => ({ stackId: row.stack_id, rule: row.rule }));
}

/** Empty stacks of VPSes that are terminated, with nothing under way. */
export async function endedStacks(pool: Pool, limit: number): Promise<{ id: string; name: string }[]> {
  const { rows } = await pool.query(
    `SELECT s.id, s.name FROM state_stack s JOIN "vps" v ON v."id" = substr(s.name, 5)
     WHERE s.name LIKE 'vps-%' AND s.resource_count = 0 AND s.active_update IS NULL AND v."status" = 'terminated'
       AND NOT EXISTS (SELECT 1 FROM "operation" o WHERE o."vpsId" = v."id" AND o."finishedAt" IS NULL)
     ORDER BY s.id LIMIT $1`,
    [limit],
  );
  return rows;
}

/**
 * Forgets updates that ended before `before`, with their events and refused entries: previews, and those whose state is
 * no longer kept. At most `limit` of them. A running update and one with a kept version stay.
 */
export async function pruneUpdates(pool: Pool, before: Date, limit: number): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM state_update WHERE id IN (
       SELECT u.id FROM state_update u
       WHERE u.status <> 'running' AND coalesce(u.ended_at, u.requested_at) < $1
         AND NOT EXISTS (SELECT 1 FROM state_version v WHERE v.update_id = u.id)
         AND NOT EXISTS (SELECT 1 FROM state_stack s WHERE s.active_update = u.id)
       ORDER BY u.requested_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [before, limit],
  );
  return rowCount ?? 0;
}

/** Forgets the events and refused entries of updates that ended before `before`, also of those whose state is kept. */
export async function pruneEvents(pool: Pool, before: Date): Promise<number> {
  const old = `SELECT id FROM state_update WHERE status <> 'running' AND coalesce(ended_at, requested_at) < $1`;
  const events = await pool.query(`DELETE FROM state_event WHERE update_id IN (${old})`, [before]);
  const rejected = await pool.query(`DELETE FROM state_rejected_entry WHERE update_id IN (${old}) AND at < $1`, [before]);
  return (events.rowCount ?? 0) + (rejected.rowCount ?? 0);
}

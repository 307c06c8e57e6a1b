/**
 * Tables of the Pulumi state backend: stacks, updates with leases, journals, versions, events.
 *
 * The fence: an update writes only while it is the stack's active one, its token matches and its lease
 * has not run out, and every write checks that in the same statement while holding the stack's row
 * (shared by writers, exclusive for start, take-over, cancel and completion). So a write is either
 * before a take-over, and part of what the next one starts from, or refused.
 */
import { holdsText, leaseEndText, LeaseLost } from '../kernel/lease.ts';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { emptyCheckpoint, liveResources, type Checkpoint } from '../kernel/deployment.ts';
import { stackColumns, toStack, toUpdate, type NewUpdate, type StackRow, type UpdateRow } from './rows.ts';
import { closeUpdate, foldedCheckpoint, holderOf, lockStack, refuseUnresolved, writeVersion } from './versions-store.ts';

/** Another update holds the stack. */
export class StackBusyError extends Error {
  readonly holder: UpdateRow;
  constructor(holder: UpdateRow) {
    super(`held by ${holder.actor} (${holder.kind}) since ${holder.startedAt?.toISOString()}`);
    this.name = 'StackBusyError';
    this.holder = holder;
  }
}

/** The update no longer holds its stack: expired, taken over, cancelled or finished, or its token has lost the right to it. */
export class LeaseLostError extends LeaseLost {
  constructor() {
    super(
      'This update no longer holds the stack: its lease ran out, it was cancelled, or its token may not run it any more. Nothing was written.',
    );
    this.name = 'LeaseLostError';
  }
}

export function hashLeaseToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export class StateStore {
  readonly #pool: Pool;
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Creates the stack; returns null when it is there already. */
  async createStack(args: {
    id: string;
    organization: string;
    project: string;
    name: string;
    tags: Record<string, string>;
    dataKey: string;
    checkpoint?: Checkpoint;
  }): Promise<StackRow | null> {
    const checkpoint = args.checkpoint ?? emptyCheckpoint();
    const { rows } = await this.#pool.query(
      `INSERT INTO state_stack (id, organization, project, name, tags, data_key, checkpoint, resource_count)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (organization, project, name) DO NOTHING RETURNING ${stackColumns()}`,
      [
        args.id,
        args.organization,
        args.project,
        args.name,
        args.tags,
        args.dataKey,
        JSON.stringify(checkpoint),
        liveResources(checkpoint.deployment).length,
      ],
    );
    return rows[0] ? toStack(rows[0]) : null;
  }

  async findStack(organization: string, project: string, name: string): Promise<StackRow | null> {
    const { rows } = await this.#pool.query(
      `SELECT ${stackColumns()} FROM state_stack WHERE organization = $1 AND project = $2 AND name = $3`,
      [organization, project, name],
    );
    return rows[0] ? toStack(rows[0]) : null;
  }

  /** One that has another owner now than the name says: states and their secrets go on naming the former one. */
  async findMovedStack(former: string, project: string, name: string): Promise<StackRow | null> {
    const { rows } = await this.#pool.query(
      `SELECT ${stackColumns()} FROM state_stack WHERE former_organizations <> '{}' AND project = $2 AND name = $3 AND $1 = ANY(former_organizations)`,
      [former, project, name],
    );
    return rows[0] ? toStack(rows[0]) : null;
  }

  async projectExists(organization: string, project: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query('SELECT 1 FROM state_stack WHERE organization = $1 AND project = $2 LIMIT 1', [
      organization,
      project,
    ]);
    return (rowCount ?? 0) > 0;
  }

  /** Up to `limit` stacks by name after `after` (`project/name`); tag filter matches exactly. */
  async listStacks(filter: {
    organization: string;
    project?: string;
    tagName?: string;
    tagValue?: string;
    after?: string;
    limit: number;
  }): Promise<StackRow[]> {
    const slash = filter.after?.indexOf('/') ?? -1;
    // Compared as a pair, so that the index on both gives the order and the start.
    const after = filter.after === undefined ? ['', ''] : [filter.after.slice(0, slash), filter.after.slice(slash + 1)];
    const { rows } = await this.#pool.query(
      `SELECT ${stackColumns()} FROM state_stack
       WHERE organization = $1 AND ($2::text IS NULL OR project = $2) AND ($3::text IS NULL OR tags ? $3)
         AND ($4::text IS NULL OR tags ->> $3 = $4) AND (project, name) > ($5, $6)
       ORDER BY project, name LIMIT $7`,
      [filter.organization, filter.project ?? null, filter.tagName ?? null, filter.tagValue ?? null, ...after, filter.limit],
    );
    return rows.map((row) => toStack(row));
  }

  async setTags(stackId: string, tags: Record<string, string>): Promise<void> {
    await this.#pool.query('UPDATE state_stack SET tags = $2 WHERE id = $1', [stackId, tags]);
  }

  /** 'busy' while an update runs, 'resources' while it holds any and `force` is false. */
  async deleteStack(stackId: string, force: boolean): Promise<'deleted' | 'busy' | 'resources'> {
    return this.#transaction(async (client) => {
      const stack = await lockStack(client, stackId);
      if (!stack) return 'deleted';
      if (await holderOf(client, stack)) return 'busy';
      if (stack.resourceCount > 0 && !force) return 'resources';
      await client.query('DELETE FROM state_stack WHERE id = $1', [stackId]);
      return 'deleted';
    });
  }

  async createUpdate(stackId: string, update: NewUpdate): Promise<string> {
    const id = randomUUID();
    await this.#pool.query(
      `INSERT INTO state_update (id, stack_id, kind, dry_run, status, message, environment, config, actor, operation_id, engine_version, token_id)
       VALUES ($1, $2, $3, $4, 'created', $5, $6, $7, $8, $9, $10, $11)`,
      [
        id,
        stackId,
        update.kind,
        update.dryRun,
        update.message,
        update.environment,
        update.config,
        update.actor,
        update.operationId,
        update.engineVersion,
        update.tokenId ?? null,
      ],
    );
    return id;
  }

  async findUpdate(stackId: string, updateId: string): Promise<UpdateRow | null> {
    const { rows } = await this.#pool.query('SELECT * FROM state_update WHERE id = $1 AND stack_id = $2', [updateId, stackId]);
    return rows[0] ? toUpdate(rows[0]) : null;
  }

  /** The update that this token was given to, whatever has become of its lease; null for any other token or stack. */
  async findByLease(
    path: { org: string; project: string; stack: string; update: string },
    tokenHash: Buffer,
  ): Promise<{ stack: StackRow; update: UpdateRow } | null> {
    const { rows } = await this.#pool.query(
      `SELECT u.*, ${stackColumns('s', 'of_')} FROM state_stack s JOIN state_update u ON u.stack_id = s.id
       WHERE s.organization = $1 AND s.project = $2 AND s.name = $3 AND u.id = $4 AND u.token_hash = $5`,
      [path.org, path.project, path.stack, path.update, tokenHash],
    );
    return rows[0] ? { stack: toStack(rows[0], 'of_'), update: toUpdate(rows[0]) } : null;
  }

  /** Takes the lease, unless a create is unresolved. A former update whose lease ran out is closed as failed and its journal kept in the state. */
  async startUpdate(
    stackId: string,
    updateId: string,
    leaseMs: number,
    journaling: boolean,
  ): Promise<{ token: string; version: number; takenOver: string | null }> {
    const token = randomBytes(32).toString('base64url');
    return this.#transaction(async (client) => {
      const stack = await lockStack(client, stackId);
      const { rows } = await client.query('SELECT * FROM state_update WHERE id = $1 AND stack_id = $2 FOR UPDATE', [updateId, stackId]);
      if (!stack || !rows[0] || rows[0].status !== 'created') throw new LeaseLostError();
      const update = toUpdate(rows[0]);
      let takenOver: string | null = null;
      if (!update.dryRun) {
        const holder = await holderOf(client, stack);
        if (holder) throw new StackBusyError(holder);
        // Under the lock: a lease that runs out at this moment is looked at as well.
        await refuseUnresolved(client, stackId);
        takenOver = stack.activeUpdate;
        if (takenOver) await closeUpdate(client, stack, takenOver, 'failed');
        await client.query('UPDATE state_stack SET active_update = $2 WHERE id = $1', [stackId, updateId]);
      }
      const { rows: now } = await client.query('SELECT version FROM state_stack WHERE id = $1', [stackId]);
      const version = Number(now[0].version) + (update.dryRun ? 0 : 1);
      await client.query(
        `UPDATE state_update SET status = 'running', started_at = clock_timestamp(), token_hash = $2, journaling = $3, version = $4,
           lease_expires_at = ${leaseEndText('$5')} WHERE id = $1`,
        [updateId, hashLeaseToken(token), journaling, version, leaseMs],
      );
      return { token, version, takenOver };
    });
  }

  /** Throws LeaseLostError when the lease is no longer held. Returns the new expiry. */
  async renewLease(updateId: string, tokenHash: Buffer, leaseMs: number): Promise<Date> {
    const { rows } = await this.#pool.query(
      `UPDATE state_update SET lease_expires_at = ${leaseEndText('$3')}
       WHERE id = $1 AND token_hash = $2 AND ${holdsText('')} RETURNING lease_expires_at`,
      [updateId, tokenHash, leaseMs],
    );
    if (!rows[0]) throw new LeaseLostError();
    return rows[0].lease_expires_at;
  }

  /** Durable before it returns: the engine calls the provider only after a begin entry is acknowledged. */
  async appendJournal(updateId: string, tokenHash: Buffer, entries: readonly { sequence: number; text: string }[]): Promise<void> {
    const sequences = entries.map((entry) => entry.sequence);
    const texts = entries.map((entry) => entry.text);
    const { rows } = await this.#pool.query(
      `WITH lease AS (
         SELECT s.id FROM state_stack s JOIN state_update u ON u.id = s.active_update
         WHERE u.id = $1 AND u.token_hash = $2 AND ${holdsText('u.')} FOR SHARE OF s
       ), written AS (
         INSERT INTO state_journal (update_id, sequence, entry) SELECT $1, e.sequence, e.entry FROM lease, unnest($3::int[], $4::text[]) AS e(sequence, entry)
         ON CONFLICT (update_id, sequence) DO NOTHING RETURNING 1
       )
       SELECT (SELECT count(*) FROM lease)::int AS held, (SELECT count(*) FROM written)::int AS written`,
      [updateId, tokenHash, sequences, texts],
    );
    if (rows[0].held === 0) {
      await this.#rememberRejected(updateId, texts);
      throw new LeaseLostError();
    }
    if (rows[0].written < entries.length) await this.#refuseDifferentRepeats(updateId, entries);
  }

  /** The classic protocol: a whole checkpoint per step. */
  async saveCheckpoint(updateId: string, tokenHash: Buffer, checkpoint: Checkpoint): Promise<void> {
    const { rowCount } = await this.#pool.query(
      `UPDATE state_stack s SET checkpoint = $3, resource_count = $4, updated_at = clock_timestamp() FROM state_update u
       WHERE u.id = $1 AND u.id = s.active_update AND u.token_hash = $2 AND ${holdsText('u.')}`,
      [updateId, tokenHash, JSON.stringify(checkpoint), liveResources(checkpoint.deployment).length],
    );
    if (rowCount === 0) throw new LeaseLostError();
  }

  /** Folds the journal into a new version and frees the stack. Safe to call again. Returns the state now in force. */
  async completeUpdate(
    stackId: string,
    updateId: string,
    tokenHash: Buffer | null,
    status: 'succeeded' | 'failed' | 'cancelled',
  ): Promise<void> {
    await this.#transaction(async (client) => {
      const stack = await lockStack(client, stackId);
      const { rows } = await client.query('SELECT * FROM state_update WHERE id = $1 FOR UPDATE', [updateId]);
      if (!stack || !rows[0]) throw new LeaseLostError();
      if (tokenHash && !tokenHash.equals(rows[0].token_hash)) throw new LeaseLostError();
      if (rows[0].status !== 'running') {
        if (rows[0].status === status || tokenHash === null) return;
        throw new LeaseLostError();
      }
      if (rows[0].dry_run || stack.activeUpdate !== updateId) {
        await client.query(`UPDATE state_update SET status = $2, ended_at = clock_timestamp() WHERE id = $1`, [updateId, status]);
        return;
      }
      await closeUpdate(client, stack, updateId, status);
    });
  }

  /** The running update of a stack, expired or not; null when free. */
  async activeUpdate(stackId: string): Promise<UpdateRow | null> {
    const { rows } = await this.#pool.query('SELECT u.* FROM state_update u JOIN state_stack s ON s.active_update = u.id WHERE s.id = $1', [
      stackId,
    ]);
    return rows[0] ? toUpdate(rows[0]) : null;
  }

  /** The checkpoint with the running update's journal folded in; `version` picks a kept older one. */
  async checkpoint(stackId: string, version?: number): Promise<Checkpoint | null> {
    if (version !== undefined) {
      const { rows } = await this.#pool.query('SELECT checkpoint FROM state_version WHERE stack_id = $1 AND version = $2', [
        stackId,
        version,
      ]);
      return rows[0] ? JSON.parse(rows[0].checkpoint) : null;
    }
    return this.#transaction((client) => foldedCheckpoint(client, stackId), 'ISOLATION LEVEL REPEATABLE READ READ ONLY');
  }

  /** Replaces the state outside an update (import, recovery). Throws StackBusyError while one runs. */
  async replaceCheckpoint(stackId: string, checkpoint: Checkpoint, update: NewUpdate): Promise<string> {
    const id = randomUUID();
    await this.#transaction(async (client) => {
      const stack = await lockStack(client, stackId);
      if (!stack) throw new LeaseLostError();
      const holder = await holderOf(client, stack);
      if (holder) throw new StackBusyError(holder);
      if (stack.activeUpdate) await closeUpdate(client, stack, stack.activeUpdate, 'failed');
      const { rows } = await client.query('SELECT version FROM state_stack WHERE id = $1', [stackId]);
      const version = Number(rows[0].version) + 1;
      await client.query(
        `INSERT INTO state_update (id, stack_id, kind, dry_run, status, message, environment, actor, operation_id, engine_version, version, token_id, started_at, ended_at)
         VALUES ($1, $2, $3, false, 'succeeded', $4, $5, $6, $7, $8, $9, $10, clock_timestamp(), clock_timestamp())`,
        [
          id,
          stackId,
          update.kind,
          update.message,
          update.environment,
          update.actor,
          update.operationId,
          update.engineVersion,
          version,
          update.tokenId ?? null,
        ],
      );
      await writeVersion(client, stackId, version, id, checkpoint);
    });
    return id;
  }

  async history(stackId: string, limit: number, offset: number): Promise<UpdateRow[]> {
    const { rows } = await this.#pool.query(
      `SELECT * FROM state_update WHERE stack_id = $1 AND NOT dry_run AND status <> 'created' ORDER BY version DESC, requested_at DESC LIMIT $2 OFFSET $3`,
      [stackId, limit, offset],
    );
    return rows.map(toUpdate);
  }

  async addEvents(
    updateId: string,
    events: readonly { sequence: number; text: string; changes?: Record<string, number> }[],
  ): Promise<void> {
    await this.#pool.query(
      `INSERT INTO state_event (update_id, sequence, event) SELECT $1, e.sequence, e.event FROM unnest($2::int[], $3::text[]) AS e(sequence, event) ON CONFLICT DO NOTHING`,
      [updateId, events.map((event) => event.sequence), events.map((event) => event.text)],
    );
    const summary = events.find((event) => event.changes);
    if (summary) await this.#pool.query('UPDATE state_update SET resource_changes = $2 WHERE id = $1', [updateId, summary.changes]);
  }

  async events(updateId: string, after: number, limit: number): Promise<{ sequence: number; event: unknown }[]> {
    const { rows } = await this.#pool.query(
      'SELECT sequence, event FROM state_event WHERE update_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3',
      [updateId, after, limit],
    );
    return rows.map((row) => ({ sequence: row.sequence, event: JSON.parse(row.event) }));
  }

  async #rememberRejected(updateId: string, texts: readonly string[]): Promise<void> {
    await this.#pool.query(
      'INSERT INTO state_rejected_entry (update_id, entry) SELECT $1, unnest($2::text[]) WHERE EXISTS (SELECT 1 FROM state_update WHERE id = $1)',
      [updateId, texts],
    );
  }

  async #refuseDifferentRepeats(updateId: string, entries: readonly { sequence: number; text: string }[]): Promise<void> {
    const { rows } = await this.#pool.query(
      'SELECT sequence, entry FROM state_journal WHERE update_id = $1 AND sequence = ANY($2::int[])',
      [updateId, entries.map((entry) => entry.sequence)],
    );
    const stored = new Map(rows.map((row) => [row.sequence, row.entry]));
    const different = entries.find((entry) => stored.get(entry.sequence) !== entry.text);
    if (different) throw new RangeError(`Journal entry ${different.sequence} was sent before with another content.`);
  }

  async #transaction<T>(work: (client: PoolClient) => Promise<T>, mode = ''): Promise<T> {
    const client = await this.#pool.connect();
    try {
      await client.query(`BEGIN ${mode}`);
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }
}

/** Looking after stacks' state: what was kept, going back to it, and whether all of it is sound. */
import { PROJECT } from '../../stacks/spec.ts';
import type { StackRow } from './rows.ts';
import { brokenUpdates, endedStacks, keptVersions, pruneEvents, pruneUpdates, type StateChecks, stacksAfter } from './care-store.ts';
import type { StateStore } from './store.ts';
import { type Checkpoint, type Deployment, integrityError, liveResources, pendingCreates } from '../kernel/deployment.ts';
import { decryptSecret, type KeyWrapper } from './keys.ts';
import { serverOf } from '../vps/server-of.ts';

const SECRET_SIGNATURE = '1b47061264138c4ac30d75fd1eb44270';
/** Small enough that nobody waits for the rows. */
const PRUNED_AT_ONCE = 500;
const SIGNATURE_KEY = '4dabf18193072939515e22adb298388d';

export interface StackCareOptions {
  readonly store: StateStore;
  readonly keys: KeyWrapper;
  readonly checks: StateChecks;
  readonly organizationOf: (stack: string) => Promise<string>;
}
export interface StateProblem {
  readonly stack: string;
  readonly rule: string;
  readonly remedy: string;
}

/** Why a rollback is refused. */
export class RollbackError extends Error {
  readonly code: 'unknown_version' | 'instance_would_be_lost' | 'unsound_version' | 'pending_steps';
  constructor(code: RollbackError['code'], message: string) {
    super(message);
    this.name = 'RollbackError';
    this.code = code;
  }
}

export class StackCare {
  readonly #options: StackCareOptions;
  constructor(options: StackCareOptions) {
    this.#options = options;
  }

  async find(stack: string): Promise<StackRow | null> {
    return this.#options.store.findStack(await this.#options.organizationOf(stack), PROJECT, stack);
  }

  async history(row: StackRow, limit: number) {
    const [updates, kept] = await Promise.all([this.#options.store.history(row.id, limit, 0), keptVersions(this.#options.checks, row.id)]);
    return updates.map((update) => ({ ...update, kept: kept.has(update.version) && update.endedAt !== null }));
  }

  /** The state in force, secrets still encrypted; null before the first update. */
  async now(row: StackRow): Promise<Checkpoint | null> {
    return this.#options.store.checkpoint(row.id);
  }

  /** A kept version, secrets still encrypted; null when it is no longer kept. */
  async at(row: StackRow, version: number): Promise<Checkpoint | null> {
    return this.#options.store.checkpoint(row.id, version);
  }

  /**
   * Puts a kept version's state in force as a new version. Nothing is changed at the provider: the next refresh or update
   * compares. `instanceId` is the server that the VPS has by its own record; the version must have that one.
   * @throws RollbackError, or StackBusyError while an update runs.
   */
  async rollback(
    row: StackRow,
    version: number,
    actor: string,
    reason: string,
    instanceId: string | null,
  ): Promise<{ from: number; version: number }> {
    const { store } = this.#options;
    const [wanted, present] = await Promise.all([store.checkpoint(row.id, version), store.checkpoint(row.id)]);
    if (!wanted || !present)
      throw new RollbackError('unknown_version', `Version ${version} of ${row.name} is not kept. Its history names those that are.`);
    const problem = unsound(wanted.deployment);
    if (problem) throw new RollbackError('unsound_version', `Version ${version} is not sound: ${problem}. Choose another.`);
    if (pendingCreates(wanted.deployment).length > 0 || pendingCreates(present.deployment).length > 0)
      throw new RollbackError(
        'pending_steps',
        'A create without a known outcome is recorded. Retry the last operation first; it looks for what was made.',
      );
    // Where the present state has lost the server, the way back to it is open.
    const before = instanceId ?? serverOf(present.deployment)?.id ?? null;
    const after = serverOf(wanted.deployment)?.id ?? null;
    if (before !== after)
      throw new RollbackError(
        'instance_would_be_lost',
        `Version ${version} has ${after === null ? 'no server' : `the server ${after}`}, the VPS has ${before ?? 'none'}. State that names another server would lose track of this one.`,
      );
    await store.replaceCheckpoint(row.id, wanted, {
      kind: 'rollback',
      dryRun: false,
      message: `Back to version ${version}: ${reason}`,
      environment: {},
      config: {},
      actor,
      operationId: null,
      engineVersion: '',
    });
    const now = await store.findStack(row.organization, PROJECT, row.name);
    return { from: row.version, version: now?.version ?? row.version };
  }

  /** Checks up to `limit` stacks after the id `after`, in every organization. */
  async verify(after: string | undefined, limit: number): Promise<{ checked: number; problems: StateProblem[]; next: string | null }> {
    const rows = await stacksAfter(this.#options.checks, after, limit);
    const broken = await brokenUpdates(
      this.#options.checks,
      rows.map(({ id }) => id),
    );
    const problems: StateProblem[] = [];
    for (const row of rows) {
      const report = (rule: string, remedy: string): void =>
        void problems.push({ stack: `${row.organization}/${row.project}/${row.name}`, rule, remedy });
      for (const { stackId, rule } of broken)
        if (stackId === row.id) report(rule, 'Retry the last operation of this VPS; it recovers the stack.');
      await this.#verifyOne(row, report);
    }
    return { checked: rows.length, problems, next: rows.length === limit ? (rows.at(-1)?.id ?? null) : null };
  }

  /** Forgets updates and events that ended before `before`; kept versions stay. */
  async prune(before: Date, signal: AbortSignal): Promise<{ updates: number; lines: number }> {
    const lines = await pruneEvents(this.#options.checks, before);
    let updates = 0;
    for (let count = PRUNED_AT_ONCE; count === PRUNED_AT_ONCE && !signal.aborted; updates += count)
      count = await pruneUpdates(this.#options.checks, before, PRUNED_AT_ONCE);
    return { updates, lines };
  }

  /**
   * Removes the empty stacks of terminated VPSes that the end of the operation could not remove, because it died or somebody
   * held the stack. Answers their names.
   */
  async forgetEnded(): Promise<string[]> {
    const { store, checks } = this.#options;
    const forgotten: string[] = [];
    for (const { id, name } of await endedStacks(checks, PRUNED_AT_ONCE))
      if ((await store.deleteStack(id, false)) === 'deleted') forgotten.push(name);
    return forgotten;
  }

  async #verifyOne(row: StackRow, report: (rule: string, remedy: string) => void): Promise<void> {
    const rollback = 'Go back to a kept version: POST /api/vps/{id}/stack/rollback.';
    let checkpoint: Checkpoint | null;
    try {
      checkpoint = await this.#options.store.checkpoint(row.id);
    } catch {
      return report('its state cannot be read', rollback);
    }
    if (!checkpoint) return;
    const { deployment } = checkpoint;
    const problem = unsound(deployment);
    if (problem) report(problem, rollback);
    if (row.activeUpdate === null && (deployment.pending_operations ?? []).length > 0)
      report(
        `${deployment.pending_operations!.length} step(s) have no known outcome`,
        'Retry the last operation; it looks for what was made.',
      );
    if (row.activeUpdate === null && liveResources(deployment).length !== row.resourceCount)
      report('its resource count is not that of its state', 'Refresh the VPS; the count is written anew.');
    let key: Buffer;
    try {
      key = this.#options.keys.unwrap(row.dataKey, row.id);
    } catch {
      return report('its data key does not open', 'Load the master key it was sealed with, as PLINTH_MASTER_KEY_PREVIOUS.');
    }
    const closed = countClosed(deployment, key, row.id);
    if (closed > 0) report(`${closed} secret(s) in its state do not decrypt`, rollback);
  }
}

/** A stack that was never updated has nothing that could be wrong. */
function unsound(deployment: Deployment): string | null {
  return deployment.manifest.magic === '' && (deployment.resources ?? []).length === 0 ? null : integrityError(deployment);
}

function countClosed(value: unknown, key: Buffer, stackId: string): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countClosed(item, key, stackId), 0);
  if (typeof value !== 'object' || value === null) return 0;
  const fields = value as Record<string, unknown>;
  if (fields[SIGNATURE_KEY] === SECRET_SIGNATURE && typeof fields['ciphertext'] === 'string') {
    try {
      decryptSecret(key, stackId, Buffer.from(fields['ciphertext'], 'base64'));
      return 0;
    } catch {
      return 1;
    }
  }
  return Object.values(fields).reduce<number>((sum, item) => sum + countClosed(item, key, stackId), 0);
}

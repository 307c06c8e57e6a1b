/**
 * The engine's state backend on our own tables. Each operation gets a token for its stack alone; when its process
 * has ended the lease is freed at once, so nobody waits for it to run out.
 */
import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import type { StackHistoryEntry, StateBackend } from '../../automation/types.ts';
import { VpsOutputs } from '../../stacks/outputs.ts';
import { PROJECT } from '../../stacks/spec.ts';
import type { NewUpdate, StackRow } from './rows.ts';
import type { StateStore } from './store.ts';
import { integrityError, pendingCreates, type Checkpoint } from '../kernel/deployment.ts';
import { decryptSecret, encryptSecret, markOf, newDataKey, type KeyWrapper } from './keys.ts';
import type { WorkerTokens } from './worker-tokens.ts';

const SECRET_SIGNATURE = '1b47061264138c4ac30d75fd1eb44270';
const SIGNATURE_KEY = '4dabf18193072939515e22adb298388d';

export interface StateBackendOptions {
  readonly store: StateStore;
  readonly keys: KeyWrapper;
  readonly tokens: WorkerTokens;
  /** Where the state router listens for this machine's engine processes, for example `http://127.0.0.1:4000`. */
  readonly origin: () => string;
  /** Slug of the organization that owns a stack. */
  readonly organizationOf: (stack: string) => Promise<string>;
}

export class TableStateBackend implements StateBackend {
  readonly #options: StateBackendOptions;
  constructor(options: StateBackendOptions) {
    this.#options = options;
  }

  async open(stack: string): ReturnType<StateBackend['open']> {
    const { tokens, store, origin } = this.#options;
    const row = await this.#ensure(stack);
    const operationId = randomUUID();
    const token = tokens.issue(stack, operationId, row.id);
    return {
      env: {
        PULUMI_BACKEND_URL: origin(),
        PULUMI_ACCESS_TOKEN: token.value,
        PULUMI_DEFAULT_ORGANIZATION: row.organization,
        // The default of 50 ms delays every step of a small stack.
        PULUMI_JOURNALING_BATCH_PERIOD: '1',
      },
      async release() {
        token.close();
        const active = await store.activeUpdate(row.id);
        if (active?.operationId === operationId) await store.completeUpdate(row.id, active.id, null, 'failed');
      },
    };
  }

  /** Makes the stack if it is missing; each text becomes its ciphertext in base64, as its config file holds it. */
  async prepare(
    stack: string,
    secrets: readonly string[],
  ): Promise<{ organization: string; ciphertexts: string[]; markOf(text: string): string }> {
    const row = await this.#ensure(stack);
    const key = this.#options.keys.unwrap(row.dataKey, row.id);
    const ciphertexts = secrets.map((text) => encryptSecret(key, row.id, Buffer.from(text, 'utf8')).toString('base64'));
    return { organization: row.organization, ciphertexts, markOf: (text) => markOf(key, text) };
  }

  async export(stack: string): Promise<unknown | null> {
    const row = await this.#find(stack);
    return row ? this.#options.store.checkpoint(row.id) : null;
  }

  async import(stack: string, deployment: unknown): Promise<void> {
    const checkpoint = deployment as Checkpoint;
    const problem = integrityError(checkpoint.deployment);
    if (problem) throw new Error(`This deployment is not valid: ${problem}.`);
    const row = await this.#ensure(stack);
    await this.#options.store.replaceCheckpoint(row.id, checkpoint, bookkeeping('import', 'Imported.'));
  }

  async history(stack: string, limit: number): Promise<StackHistoryEntry[]> {
    const row = await this.#find(stack);
    if (!row) return [];
    const updates = await this.#options.store.history(row.id, limit, 0);
    return updates.map((update) => ({
      version: update.version,
      kind: update.kind,
      result: update.status,
      message: update.message,
      startTime: update.startedAt?.toISOString() ?? '',
      endTime: update.endedAt?.toISOString() ?? '',
      changes: update.resourceChanges,
    }));
  }

  async recover(stack: string): Promise<{ clearedLock: boolean; clearedPending: number }> {
    const { store } = this.#options;
    const row = await this.#find(stack);
    if (!row) return { clearedLock: false, clearedPending: 0 };
    const active = await store.activeUpdate(row.id);
    if (active) await store.completeUpdate(row.id, active.id, null, 'failed');
    const checkpoint = await store.checkpoint(row.id);
    const pending = checkpoint?.deployment.pending_operations ?? [];
    if (!checkpoint || pending.length === 0) return { clearedLock: active !== null, clearedPending: 0 };
    const creates = pendingCreates(checkpoint.deployment).length;
    const { pending_operations: _dropped, ...deployment } = checkpoint.deployment;
    const message = `Cleared ${pending.length} unresolved step(s) of a dead process; the next update looks for what they made.`;
    await store.replaceCheckpoint(row.id, { ...checkpoint, deployment }, bookkeeping('recover', message));
    return { clearedLock: active !== null, clearedPending: creates };
  }

  async remove(stack: string): Promise<void> {
    const row = await this.#find(stack);
    if (!row) return;
    const outcome = await this.#options.store.deleteStack(row.id, false);
    if (outcome !== 'deleted')
      throw new Error(outcome === 'busy' ? `Stack ${stack} is being updated.` : `Stack ${stack} still has resources.`);
  }

  async outputs(stack: string): Promise<VpsOutputs | null> {
    const row = await this.#find(stack);
    const checkpoint = row ? await this.#options.store.checkpoint(row.id) : null;
    const root = checkpoint?.deployment.resources?.find((resource) => resource.type === 'pulumi:pulumi:Stack');
    if (!row || !root?.outputs) return null;
    const parsed = VpsOutputs.safeParse(reveal(root.outputs, this.#options.keys.unwrap(row.dataKey, row.id), row.id));
    return parsed.success ? parsed.data : null;
  }

  async #find(stack: string): Promise<StackRow | null> {
    return this.#options.store.findStack(await this.#options.organizationOf(stack), PROJECT, stack);
  }

  async #ensure(stack: string): Promise<StackRow> {
    const found = await this.#find(stack);
    if (found) return found;
    const id = randomUUID();
    const organization = await this.#options.organizationOf(stack);
    const dataKey = this.#options.keys.wrap(newDataKey(), id);
    const tags = { 'pulumi:project': PROJECT, 'pulumi:runtime': 'nodejs' };
    const created = await this.#options.store.createStack({ id, organization, project: PROJECT, name: stack, tags, dataKey });
    const row = created ?? (await this.#find(stack));
    if (!row) throw new Error(`Stack ${stack} could not be created.`);
    return row;
  }
}

function bookkeeping(kind: string, message: string): NewUpdate {
  return {
    kind,
    dryRun: false,
    message,
    environment: {},
    config: {},
    actor: `worker ${hostname()}`,
    operationId: null,
    engineVersion: '',
  };
}

/** Replaces `{<signature>: secret, ciphertext}` by the decrypted JSON value, at any depth. */
function reveal(value: unknown, key: Buffer, stackId: string): unknown {
  if (Array.isArray(value)) return value.map((item) => reveal(item, key, stackId));
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Record<string, unknown>;
  if (fields[SIGNATURE_KEY] === SECRET_SIGNATURE && typeof fields['ciphertext'] === 'string') {
    return JSON.parse(decryptSecret(key, stackId, Buffer.from(fields['ciphertext'], 'base64')).toString('utf8'));
  }
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, reveal(inner, key, stackId)]));
}

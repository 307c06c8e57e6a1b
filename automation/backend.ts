/**
 * Where stacks' state is kept: Pulumi's own `postgres://` backend with a passphrase. Everything that
 * depends on that choice is in this file; the rest of the driver sees a `StateBackend`.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { PROJECT } from '../stacks/spec.ts';
import { VpsOutputs } from '../stacks/outputs.ts';
import { runCli, type CliResult } from './cli.ts';
import type { StackHistoryEntry, StateBackend } from './types.ts';
import { baseEnvironment, prepareWorkspace, type EngineWorkspace } from './workspace.ts';

export interface PostgresBackendOptions {
  /** `postgres://user:password@host:port/database`; the database exists. */
  readonly url: string;
  /** Opens the secrets in every stack's state. */
  readonly passphrase: string;
  /** Path of the pulumi binary. */
  readonly pulumi: string;
  /** Directory for the CLI's project and home. */
  readonly workDir: string;
}

const NO_STACK = /no stack named|no stack selected|stack ['"]?[^'"]*['"]? not found/i;

/** A stack name goes into keys, patterns and arguments, so only this is let through. */
function assertStackName(stack: string): void {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(stack))
    throw new Error(`"${stack}" is no stack name: lower-case letters, digits and dashes are allowed`);
}

class PostgresBackend implements StateBackend {
  readonly #options: PostgresBackendOptions;
  readonly #workspace: EngineWorkspace;
  readonly #env: Record<string, string>;
  readonly #prefix: string;
  /** Stacks known to exist, or being made: one CLI process makes one, whoever asks. */
  readonly #ensured = new Map<string, Promise<void>>();

  constructor(options: PostgresBackendOptions, workspace: EngineWorkspace) {
    this.#options = options;
    this.#workspace = workspace;
    const url = new URL(options.url);
    const password = decodeURIComponent(url.password);
    // The backend's URL turns up in error texts and process listings, so it goes without the password.
    url.password = '';
    if (!url.searchParams.has('sslmode')) url.searchParams.set('sslmode', 'disable');
    this.#prefix = `${url.pathname.slice(1)}/.pulumi`;
    this.#env = {
      ...baseEnvironment(workspace),
      // The CLI knows only this spelling of the scheme.
      PULUMI_BACKEND_URL: url.href.replace(/^postgresql:/, 'postgres:'),
      PULUMI_CONFIG_PASSPHRASE: options.passphrase,
      ...(password === '' ? {} : { PGPASSWORD: password }),
      // More than one runs out of the CLI's own connection pool on few cores, and `stack ls` hangs.
      PULUMI_DIY_BACKEND_PARALLEL: '1',
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: 'true',
      PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: 'true',
    };
  }

  async #cli(args: readonly string[], more: { input?: string; wholeOutput?: boolean } = {}): Promise<CliResult> {
    return await runCli({
      binary: this.#options.pulumi,
      args: [...args, '--non-interactive', '--color', 'never'],
      env: this.#env,
      cwd: this.#workspace.dir,
      ...more,
    });
  }

  #fail(what: string, result: CliResult): Error {
    const said = (result.startError ?? result.stderr.trim()) || `exit code ${result.code}`;
    return new Error(`${what}: ${said.replaceAll(this.#options.passphrase, '[secret]').slice(0, 1_000)}`);
  }

  async #query<Row extends object>(text: string, values: unknown[]): Promise<Row[]> {
    const client = new Client({ connectionString: this.#options.url });
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } catch (error) {
      // Before the first stack the CLI has not made its table yet.
      if ((error as { code?: string }).code === '42P01') return [];
      throw error;
    } finally {
      await client.end();
    }
  }

  async #exists(stack: string): Promise<boolean> {
    const rows = await this.#query('select 1 from pulumi_state where key = any($1)', [
      [`${this.#prefix}/stacks/${PROJECT}/${stack}.json`, `${this.#prefix}/stacks/${PROJECT}/${stack}.json.gz`],
    ]);
    return rows.length > 0;
  }

  async #locks(stack: string): Promise<number> {
    const rows = await this.#query('select 1 from pulumi_state where starts_with(key, $1)', [
      `${this.#prefix}/locks/organization/${PROJECT}/${stack}/`,
    ]);
    return rows.length;
  }

  async #create(stack: string): Promise<void> {
    if (await this.#exists(stack)) return;
    const made = await this.#cli(['stack', 'init', '--no-select', '--stack', stack]);
    if (made.code !== 0 && !/already exists/i.test(made.stderr))
      throw this.#fail(`the stack ${stack} cannot be made in the state store`, made);
  }

  async #ensure(stack: string): Promise<void> {
    assertStackName(stack);
    let ensured = this.#ensured.get(stack);
    if (!ensured) {
      ensured = this.#create(stack);
      this.#ensured.set(stack, ensured);
      ensured.catch(() => this.#ensured.delete(stack));
    }
    await ensured;
  }

  async open(stack: string): Promise<{ env: Readonly<Record<string, string>>; release(): Promise<void> }> {
    await this.#ensure(stack);
    return { env: this.#env, release: async () => undefined };
  }

  async export(stack: string): Promise<unknown | null> {
    assertStackName(stack);
    const result = await this.#cli(['stack', 'export', '--stack', stack], { wholeOutput: true });
    if (result.code === 0) return JSON.parse(result.stdout) as unknown;
    if (NO_STACK.test(result.stderr)) return null;
    throw this.#fail(`the state of ${stack} cannot be exported`, result);
  }

  async import(stack: string, deployment: unknown): Promise<void> {
    await this.#ensure(stack);
    const result = await this.#cli(['stack', 'import', '--stack', stack], { input: JSON.stringify(deployment) });
    if (result.code !== 0) throw this.#fail(`the state of ${stack} cannot be imported`, result);
  }

  async history(stack: string, limit: number): Promise<StackHistoryEntry[]> {
    assertStackName(stack);
    const result = await this.#cli(['stack', 'history', '--json', '--page-size', String(limit), '--page', '1', '--stack', stack], {
      wholeOutput: true,
    });
    if (result.code !== 0) {
      if (NO_STACK.test(result.stderr)) return [];
      throw this.#fail(`the history of ${stack} cannot be read`, result);
    }
    const entries = JSON.parse(result.stdout) as (Partial<StackHistoryEntry> & { resourceChanges?: Record<string, number> })[];
    return entries.map((entry) => ({
      version: entry.version ?? 0,
      kind: entry.kind ?? '',
      result: entry.result ?? '',
      message: entry.message ?? '',
      startTime: entry.startTime ?? '',
      endTime: entry.endTime ?? '',
      changes: entry.resourceChanges ?? {},
    }));
  }

  /** The caller has proven that the lock's owner is dead (recovery.ts); this protocol cannot. */
  async recover(stack: string): Promise<{ clearedLock: boolean; clearedPending: number }> {
    assertStackName(stack);
    if (!(await this.#exists(stack))) return { clearedLock: false, clearedPending: 0 };
    const locks = await this.#locks(stack);
    if (locks > 0) {
      const cancelled = await this.#cli(['cancel', '--yes', '--stack', stack]);
      if (cancelled.code !== 0) throw this.#fail(`the lock of ${stack} cannot be taken away`, cancelled);
    }
    // A pending create carries no id, so there is nothing in it to keep: find-or-create looks the server
    // up by its tag. Pending updates and deletes keep their resource in the state and run again.
    const exported = (await this.export(stack)) as { deployment?: { pending_operations?: unknown[] } } | null;
    const pending = exported?.deployment?.pending_operations?.length ?? 0;
    if (exported?.deployment && pending > 0) {
      delete exported.deployment.pending_operations;
      await this.import(stack, exported);
    }
    return { clearedLock: locks > 0, clearedPending: pending };
  }

  async remove(stack: string): Promise<void> {
    assertStackName(stack);
    if (!(await this.#exists(stack))) return;
    const result = await this.#cli(['stack', 'rm', '--yes', '--stack', stack]);
    if (result.code !== 0 && (await this.#exists(stack))) throw this.#fail(`the stack ${stack} cannot be removed`, result);
    this.#ensured.delete(stack);
    // The CLI leaves the last checkpoint's copy and its own config file behind.
    await this.#query('delete from pulumi_state where key = any($1)', [
      ['.json.bak', '.json.gz.bak'].map((end) => `${this.#prefix}/stacks/${PROJECT}/${stack}${end}`),
    ]);
    await rm(join(this.#workspace.dir, `Pulumi.${stack}.yaml`), { force: true });
  }

  async outputs(stack: string): Promise<VpsOutputs | null> {
    assertStackName(stack);
    const result = await this.#cli(['stack', 'output', '--json', '--show-secrets', '--stack', stack], { wholeOutput: true });
    if (result.code !== 0) {
      if (NO_STACK.test(result.stderr)) return null;
      throw this.#fail(`the outputs of ${stack} cannot be read`, result);
    }
    const parsed = VpsOutputs.safeParse(JSON.parse(result.stdout));
    return parsed.success ? parsed.data : null;
  }
}

/** Opens the backend. Prepares the CLI's directories; the database is touched by the first operation. */
export async function postgresBackend(options: PostgresBackendOptions): Promise<StateBackend> {
  return new PostgresBackend(options, await prepareWorkspace(options.workDir));
}

import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProviderError } from '../providers/errors.ts';
import { findProvider } from '../providers/list.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { testEngine } from '../test/support/engine.ts';
import { startStateService, type StateService } from '../test/support/state-service.ts';
import { createEngine } from './engine.ts';
import { ProviderHostPool } from './provider-host/pool.ts';
import { ensureGone, processFate } from './recovery.ts';
import { FakeCloud } from './testing/fake-cloud.ts';
import { specOf } from './testing/fake-spec.ts';
import type { Engine, EngineEvent, EngineProcess, EngineRequest, EngineResult } from './types.ts';

const PASSWORD = 'canary-Passw0rd-7f3a';
const TOKEN = 'canary-token-91c2';

describe('the engine driver with a real engine and database', { timeout: 20_000 }, () => {
  let database: TestDatabase;
  let state: StateService;
  let directory: string;
  let engine: Engine;
  let hosts: ProviderHostPool;
  const cloud = new FakeCloud();
  const everyEvent: EngineEvent[] = [];
  let next = 1;
  const freshId = (): string => `vps${String(next++).padStart(5, '0')}`;

  async function run(
    vpsId: string,
    operation: EngineRequest['operation'],
    change: Parameters<typeof specOf>[1] = {},
    more: Partial<EngineRequest> = {},
  ): Promise<EngineResult & { events: EngineEvent[]; process: EngineProcess | undefined }> {
    const events: EngineEvent[] = [];
    let engineProcess: EngineProcess | undefined;
    const result = await engine.run({
      operation,
      stack: `vps-${vpsId}`,
      spec: specOf(vpsId, change),
      rootPassword: PASSWORD,
      accounts: [
        {
          providerId: 'fakecloud',
          accountId: 'acc1',
          credential: { token: TOKEN },
          endpoint: { kind: 'simulator', baseUrl: 'http://127.0.0.1' },
        },
      ],
      message: 'test',
      allowInstanceReplacement: operation === 'destroy',
      onEvent: (event) => void events.push(event),
      onProcess: (seen) => void (engineProcess = seen),
      ...more,
    });
    everyEvent.push(...events);
    return { ...result, events, process: engineProcess };
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'plinth-engine-'));
    database = await createTestDatabase();
    state = await startStateService(database.url);
    const { pulumi } = await testEngine();
    hosts = new ProviderHostPool({ find: (id) => (id === 'fakecloud' ? cloud.provider : findProvider(id)), log: () => undefined });
    engine = await createEngine({
      pulumi,
      workDir: join(directory, 'work'),
      backend: state.backend,
      hosts,
      log: { warn: () => undefined },
      program: { url: new URL('./testing/fake-program.ts', import.meta.url), exportName: 'program' },
      closeGraceMs: 5_000,
    });
  }, 60_000);

  afterAll(async () => {
    await engine?.close();
    await hosts?.close(1_000);
    await state?.close();
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  });

  beforeEach(() => {
    cloud.afterCreate = async () => undefined;
    cloud.failCreate = undefined;
  });

  it('creates, changes nothing twice, updates, previews, finds drift and destroys', async () => {
    const id = freshId();
    const created = await run(id, 'up');
    expect(created.fault).toBeUndefined();
    expect(created.outputs).toMatchObject({
      hostname: `${id}.example.com`,
      rootPassword: PASSWORD,
      ipv4: expect.stringMatching(/^192\.0\.2\./),
    });
    expect(created.steps.map((step) => step.op)).toEqual(['create']);
    expect(created.events.map((event) => event.type)).toEqual(
      expect.arrayContaining(['started', 'step-started', 'progress', 'step-finished', 'finished']),
    );

    const again = await run(id, 'up');
    expect(again).toMatchObject({ ok: true, steps: [] });
    expect(again.outputs).toEqual(created.outputs);

    const preview = await run(id, 'preview', { label: 'renamed' });
    expect(preview).toMatchObject({ ok: true, steps: [{ op: 'update', changed: [{ path: 'label', kind: 'update', after: 'renamed' }] }] });
    expect(cloud.servers.find((server) => server.tag === `${id}-1`)?.label).toBe(`web-${id}`);

    const server = cloud.servers.find((candidate) => candidate.tag === `${id}-1`);
    if (server) server.label = 'changed-behind-our-back';
    const before = JSON.stringify(await engine.export(`vps-${id}`));
    const drift = await run(id, 'refresh-preview');
    expect(drift.ok).toBe(true);
    expect(drift.steps).toMatchObject([
      { changed: expect.arrayContaining([expect.objectContaining({ path: 'label', after: 'changed-behind-our-back' })]) },
    ]);
    expect(JSON.stringify(await engine.export(`vps-${id}`))).toBe(before);

    expect(await run(id, 'refresh')).toMatchObject({ ok: true });
    expect(await run(id, 'up')).toMatchObject({ ok: true, steps: [{ op: 'update' }] });
    expect(server?.label).toBe(`web-${id}`);
    expect(await engine.outputs(`vps-${id}`)).toEqual(created.outputs);
    expect((await engine.history(`vps-${id}`, 2)).map((entry) => entry.kind)).toEqual(['update', 'refresh']);

    await expect(engine.remove(`vps-${id}`)).rejects.toThrow(/still has resources/);
    expect(await run(id, 'destroy')).toMatchObject({ ok: true, steps: [{ op: 'delete' }] });
    expect(cloud.servers.some((candidate) => candidate.tag.startsWith(id))).toBe(false);
    await engine.remove(`vps-${id}`);
    expect(await engine.export(`vps-${id}`)).toBeNull();
  });

  it('refuses to replace or destroy a server outside an ordered replacement', async () => {
    const id = freshId();
    await run(id, 'up');
    const creates = cloud.creates;
    for (const operation of ['preview', 'up'] as const) {
      expect(await run(id, operation, { region: 'south' })).toMatchObject({
        ok: false,
        fault: { kind: 'replacement_refused', retryable: false },
      });
    }
    expect(await run(id, 'destroy', {}, { allowInstanceReplacement: false })).toMatchObject({ fault: { kind: 'replacement_refused' } });
    expect(cloud.creates).toBe(creates);
    expect(cloud.servers.filter((server) => server.tag.startsWith(id))).toMatchObject([{ region: 'north' }]);

    expect(await run(id, 'up', { region: 'south', generation: 2 }, { allowInstanceReplacement: true })).toMatchObject({ ok: true });
    expect(cloud.servers.filter((server) => server.tag.startsWith(id))).toMatchObject([{ region: 'south' }]);
    expect(await run(id, 'up', { region: 'north', generation: 2 })).toMatchObject({ fault: { kind: 'replacement_refused' } });
  });

  it('records what exists when it is cancelled in the middle of a create', async () => {
    const id = freshId();
    const inCreate = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    cloud.afterCreate = async () => {
      inCreate.resolve();
      await finish.promise;
    };
    const abort = new AbortController();
    const running = run(id, 'up', {}, { signal: abort.signal });
    await inCreate.promise;
    abort.abort();
    setTimeout(finish.resolve, 300);
    expect(await running).toMatchObject({ ok: false, fault: { kind: 'cancelled' } });
    cloud.afterCreate = async () => undefined;
    expect(await run(id, 'up')).toMatchObject({ ok: true, steps: [] });
    expect(cloud.servers.filter((server) => server.tag.startsWith(id))).toHaveLength(1);
  });

  it('makes no second server when the engine is killed in the middle of a create', async () => {
    const id = freshId();
    const inCreate = Promise.withResolvers<void>();
    cloud.afterCreate = async () => inCreate.resolve();
    const held = Promise.withResolvers<void>();
    cloud.afterCreate = async () => {
      inCreate.resolve();
      await held.promise;
    };
    let engineProcess: EngineProcess | undefined;
    const running = run(id, 'up', {}, { onProcess: (seen) => void (engineProcess = seen) });
    await inCreate.promise;
    expect(processFate(engineProcess!)).toBe('alive');
    expect(await ensureGone(engineProcess!)).toBe('gone');
    expect(await running).toMatchObject({ ok: false, fault: { kind: 'engine_crashed', retryable: true } });
    held.resolve();
    cloud.afterCreate = async () => undefined;
    // The lease ended with its process, but an unresolved create keeps others out until it is cleared.
    expect(await run(id, 'up')).toMatchObject({ ok: false, fault: { kind: 'pending_operations', retryable: true } });
    expect(await engine.recover(`vps-${id}`)).toEqual({ clearedLock: false, clearedPending: 1 });
    expect(await run(id, 'up')).toMatchObject({ ok: true });
    expect(await engine.recover(`vps-${id}`)).toEqual({ clearedLock: false, clearedPending: 0 });
    expect(cloud.servers.filter((server) => server.tag.startsWith(id))).toHaveLength(1);
  });

  it('fails only the operation whose program fails or whose runner dies', async () => {
    const id = freshId();
    for (const label of ['throws', 'rejects', 'exits']) {
      expect(await run(id, 'up', { label })).toMatchObject({ ok: false, fault: { kind: 'program_error' } });
      expect(await run(id, 'up')).toMatchObject({ ok: true });
    }
  });

  it('names the fault of a provider', async () => {
    for (const kind of ['credentials', 'quota', 'out_of_stock', 'provider_down'] as const) {
      cloud.failCreate = new ProviderError({ provider: 'fakecloud', kind, message: `Sentence about ${kind}.` });
      const id = freshId();
      const failed = await run(id, 'up');
      expect(failed).toMatchObject({
        ok: false,
        fault: {
          kind,
          provider: 'fakecloud',
          message: `Sentence about ${kind}.`,
          urn: expect.stringContaining('::server'),
          retryable: kind === 'provider_down',
        },
      });
    }
  });

  it('keeps eight operations at once apart', async () => {
    const ids = Array.from({ length: 8 }, freshId);
    const results = await Promise.all(ids.map((id) => run(id, 'up', {}, { rootPassword: `${PASSWORD}-${id}` })));
    expect(results.map((result) => result.outputs?.rootPassword)).toEqual(ids.map((id) => `${PASSWORD}-${id}`));
    expect(await readdir(join(directory, 'work', 'credentials'))).toEqual([]);
    expect(results.map((result) => result.outputs?.hostname)).toEqual(ids.map((id) => `${id}.example.com`));
  });

  it('leaves no secret in events, state or arguments', async () => {
    expect(JSON.stringify(everyEvent)).not.toMatch(/canary/);
    const tables = ['state_stack', 'state_update', 'state_journal', 'state_version', 'state_event'];
    let rows = 0;
    for (const table of tables) {
      const stored = await state.pool.query<{ data: string }>(`select row_to_json(t)::text as data from ${table} t`);
      rows += stored.rows.length;
      for (const { data } of stored.rows) {
        const decoded =
          data + [...data.matchAll(/[A-Za-z0-9+/=]{40,}/g)].map((match) => Buffer.from(match[0], 'base64').toString('latin1')).join('\n');
        expect(decoded).not.toMatch(/canary/);
      }
    }
    expect(rows).toBeGreaterThan(10);
  });

  it('shows no secret in process arguments and holds the process back until it is recorded', async () => {
    const id = freshId();
    let commandLine = '';
    const creates = cloud.creates;
    const result = await run(
      id,
      'up',
      {},
      {
        onProcess: async (seen) => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          commandLine = execFileSync('ps', ['-o', 'args=', '-p', String(seen.pid)], { encoding: 'utf8' });
          expect(cloud.creates).toBe(creates);
        },
      },
    );
    expect(result.ok).toBe(true);
    expect(commandLine).toContain('pulumi');
    expect(commandLine).not.toMatch(/canary|password/i);
  });
});

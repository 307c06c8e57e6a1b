import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findProvider } from '../providers/list.ts';
import { createTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { testEngine } from '../test/support/engine.ts';
import { processTree } from '../bench/support/processes.ts';
import { startStateService, type StateService } from '../test/support/state-service.ts';
import { until } from '../test/support/until.ts';
import { createEngine, type EngineOptions } from './engine.ts';
import { ProviderHostPool } from './provider-host/pool.ts';
import { processFate } from './recovery.ts';
import { FakeCloud } from './testing/fake-cloud.ts';
import { specOf } from './testing/fake-spec.ts';
import type { Engine, EngineProcess, EngineRequest, EngineResult } from './types.ts';

interface Held {
  readonly result: Promise<EngineResult>;
  readonly process: () => EngineProcess | undefined;
  /** Settles when the server exists and its create has not answered. */
  readonly inCreate: Promise<void>;
  /** Lets the create answer. */
  finish(): void;
}

describe('deaths and ends in the middle of a create', { timeout: 20_000 }, () => {
  let directory: string;
  let database: TestDatabase;
  let state: StateService;
  let hosts: ProviderHostPool;
  let pulumi: string;
  const cloud = new FakeCloud();
  const engines: Engine[] = [];
  let next = 1;
  const freshId = (): string => `dead${String(next++).padStart(4, '0')}`;
  const serversOf = (id: string) => cloud.servers.filter((server) => server.tag.startsWith(id));

  async function startEngine(options: Partial<EngineOptions> = {}): Promise<Engine> {
    const engine = await createEngine({
      pulumi,
      workDir: join(directory, `work-${engines.length}`),
      backend: state.backend,
      hosts,
      log: { warn: () => undefined },
      program: { url: new URL('./testing/fake-program.ts', import.meta.url), exportName: 'program' },
      closeGraceMs: 5_000,
      concurrency: 1,
      ...options,
    });
    engines.push(engine);
    return engine;
  }

  function request(id: string, more: Partial<EngineRequest> = {}): EngineRequest {
    return {
      operation: 'up',
      stack: `vps-${id}`,
      spec: specOf(id),
      rootPassword: 'a-password-4711',
      accounts: [
        {
          providerId: 'fakecloud',
          accountId: 'acc1',
          credential: { token: 'a-token-4711' },
          endpoint: { kind: 'simulator', baseUrl: 'http://127.0.0.1' },
        },
      ],
      message: 'test',
      allowInstanceReplacement: false,
      onEvent: () => undefined,
      ...more,
    };
  }

  function runHeld(engine: Engine, id: string, more: Partial<EngineRequest> = {}): Held {
    const inCreate = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    cloud.afterCreate = async () => {
      inCreate.resolve();
      await finish.promise;
    };
    let seen: EngineProcess | undefined;
    const result = engine.run(request(id, { onProcess: (process) => void (seen = process), ...more }));
    return { result, process: () => seen, inCreate: inCreate.promise, finish: finish.resolve };
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'plinth-deaths-'));
    database = await createTestDatabase();
    state = await startStateService(database.url);
    pulumi = (await testEngine()).pulumi;
    hosts = new ProviderHostPool({ find: (id) => (id === 'fakecloud' ? cloud.provider : findProvider(id)), log: () => undefined });
  }, 60_000);

  beforeEach(() => {
    cloud.afterCreate = async () => undefined;
  });

  afterAll(async () => {
    for (const engine of engines) await engine.close();
    await hosts?.close(1_000);
    await state?.close();
    await database?.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it('loses no create when the runner is killed, and makes no second server', async () => {
    const before = await processTree(process.pid);
    const engine = await startEngine();
    const id = freshId();
    const held = runHeld(engine, id);
    await held.inCreate;
    const enginePid = held.process()!.pid;
    const runners = (await processTree(process.pid, [enginePid])).filter((pid) => !before.includes(pid));
    expect(runners.length).toBeGreaterThan(0);
    for (const pid of runners) process.kill(pid, 'SIGKILL');
    held.finish();
    const failed = await held.result;
    expect(failed).toMatchObject({
      ok: false,
      fault: { kind: 'program_error', retryable: true, message: expect.stringMatching(/SIGKILL/) },
    });
    await engine.recover(`vps-${id}`);
    cloud.afterCreate = async () => undefined;
    expect(await engine.run(request(id))).toMatchObject({ ok: true });
    expect(serversOf(id)).toHaveLength(1);
  });

  it('kills an engine that does not end within the grace of a cancel, and adopts what it made', async () => {
    const engine = await startEngine({ cancelGraceMs: 300 });
    const id = freshId();
    const abort = new AbortController();
    const held = runHeld(engine, id, { signal: abort.signal });
    await held.inCreate;
    abort.abort();
    expect(await held.result).toMatchObject({ ok: false, fault: { kind: 'cancelled' } });
    expect(processFate(held.process()!)).toBe('gone');
    held.finish();
    cloud.afterCreate = async () => undefined;
    await engine.recover(`vps-${id}`);
    expect(await engine.run(request(id))).toMatchObject({ ok: true });
    expect(serversOf(id)).toHaveLength(1);
  });

  it('gives its place back while it waits for the cloud', async () => {
    const engine = await startEngine();
    const [slow, quick] = [freshId(), freshId()];
    const held = runHeld(engine, slow);
    await held.inCreate;
    cloud.afterCreate = async () => undefined;
    // One place only: the second operation runs from start to end while the first one waits.
    expect(await engine.run(request(quick))).toMatchObject({ ok: true });
    held.finish();
    expect(await held.result).toMatchObject({ ok: true });
  });

  it('waits at its close for what runs, and takes nothing new', async () => {
    const engine = await startEngine();
    const id = freshId();
    const held = runHeld(engine, id);
    await held.inCreate;
    const closing = engine.close();
    await expect(engine.run(request(freshId()))).rejects.toThrow(/closed/);
    setTimeout(held.finish, 200);
    await closing;
    expect(await held.result).toMatchObject({ ok: true, outputs: { ipv4: expect.any(String) } });
    expect(processFate(held.process()!)).toBe('gone');
  });

  it('ends at its close what does not end by itself, with every process', async () => {
    const before = await processTree(process.pid);
    const engine = await startEngine({ closeGraceMs: 100 });
    const id = freshId();
    const held = runHeld(engine, id);
    await held.inCreate;
    await engine.close();
    expect(await held.result).toMatchObject({ ok: false, fault: { kind: 'cancelled' } });
    held.finish();
    await until(async () => (await processTree(process.pid)).every((pid) => before.includes(pid)), { what: 'no process to be left' });
  });
});

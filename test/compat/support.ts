/** A whole service at the simulator, spoken to as an older system's client does: base URL and token, nothing else. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { readConfig } from '../../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../../server/runtime.ts';
import { withDatabase } from '../support/database.ts';
import { testEngine } from '../support/engine.ts';
import { HASTY } from '../support/hasty.ts';

export interface Said {
  readonly status: number;
  readonly body: any;
}
export interface Client {
  readonly runtime: () => Runtime;
  /** `as`: a token's secret; default the first admin's. */
  readonly call: (method: string, path: string, body?: unknown, as?: string, headers?: Record<string, string>) => Promise<Said>;
  /** Servers at the simulated clouds. */
  readonly servers: () => Promise<any[]>;
}

export function compatService(env: Readonly<Record<string, string>> = {}): Client {
  const database = withDatabase();
  let runtime: Runtime | undefined;
  let dataDir: string | undefined;
  beforeAll(async () => {
    await testEngine();
    dataDir = await mkdtemp(join(tmpdir(), 'plinth-compat-'));
    const base = { DATABASE_URL: database.url, PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '200' };
    runtime = await startRuntime(
      readConfig({ ...base, ...HASTY, PLINTH_LOG_LEVEL: 'silent', PLINTH_CONCURRENCY: '2', ...env }),
      () => undefined,
    );
  });
  afterAll(async () => {
    await runtime?.stop();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });
  return {
    runtime: () => runtime!,
    async call(method, path, body, as, headers = {}) {
      const response = await fetch(runtime!.origin + path, {
        method,
        headers: {
          authorization: `Bearer ${as ?? runtime!.seeded.adminToken}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    },
    servers: async () => (await (await fetch(`${runtime!.simulatorOrigin}/_simulator/instances`)).json()) as any[],
  };
}

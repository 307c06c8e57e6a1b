/** The dashboard as a person gets it: built, served by a whole Plinth with engine and simulator, in a real browser. */
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { readConfig } from '../../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../../server/runtime.ts';
import { openBrowser, scratchFolder, visit, type Visitor } from './browser.ts';
import { withDatabase } from './database.ts';
import { testEngine } from './engine.ts';
import { HASTY } from './hasty.ts';

export interface Dashboard {
  readonly runtime: Runtime;
  readonly origin: string;
  readonly token: string;
  readonly browser: Browser;
  visit(options?: { signedIn?: boolean; width?: number; height?: number; dark?: boolean; locale?: string }): Promise<Visitor>;
}

interface DashboardOptions {
  /** False runs no worker: operations stay queued. */
  readonly engine?: boolean;
  readonly speed?: number;
  /** Variables of the service beside those that every test needs. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One for a test file. Read its members inside tests. */
export function withDashboard({ engine = true, speed = 50, env: more = {} }: DashboardOptions = {}): Dashboard {
  const database = withDatabase();
  const made: { runtime?: Runtime; browser?: Browser; remove?: () => Promise<void>; token?: string } = {};
  beforeAll(async () => {
    const [folder] = await Promise.all([scratchFolder('dashboard'), buildDashboard(), ...(engine ? [testEngine()] : [])]);
    made.remove = folder.remove;
    const env = {
      DATABASE_URL: database.url,
      PLINTH_DATA_DIR: folder.path,
      PLINTH_ROLE: engine ? 'all' : 'http',
      PLINTH_LOG_LEVEL: 'silent',
      // What a test ends without a word of when is to go now.
      PLINTH_TERMINATION_GRACE_HOURS: '0',
      ...HASTY,
      PORT: '0',
      SIMULATOR_PORT: '0',
      SIMULATOR_SPEED: String(speed),
      ...more,
    };
    [made.runtime, made.browser] = await Promise.all([startRuntime(readConfig(env), () => undefined), openBrowser()]);
    made.token = made.runtime.seeded.adminToken!;
  });
  afterAll(async () => {
    await made.browser?.close();
    await made.runtime?.stop();
    await made.remove?.();
  });
  const need = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The dashboard exists only while tests run: read it inside a test or hook.');
    return value;
  };
  return {
    get runtime() {
      return need(made.runtime);
    },
    get origin() {
      return need(made.runtime?.origin ?? undefined);
    },
    get token() {
      return need(made.token);
    },
    get browser() {
      return need(made.browser);
    },
    visit({ signedIn = true, ...rest } = {}) {
      return visit(need(made.browser), { origin: this.origin, ...(signedIn ? { token: this.token } : {}), ...rest });
    },
  };
}

/** Builds web/dist when its sources changed, exactly as `npm start` does. */
export async function buildDashboard(): Promise<void> {
  const script = fileURLToPath(new URL('../../scripts/build-web.mjs', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`The dashboard could not be built: ${said}`);
}

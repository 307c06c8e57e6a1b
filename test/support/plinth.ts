/** A whole service with its simulated clouds, and the `plinth` command run against it within the test's process. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { run } from '../../cli/run.ts';
import { readConfig } from '../../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../../server/runtime.ts';
import { CLOUDS } from './clouds.ts';
import { testEngine } from './engine.ts';
import { HASTY } from './hasty.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Plinth {
  readonly runtime: Runtime;
  readonly origin: string;
  readonly dataDir: string;
  readonly adminToken: string;
  /** Runs `plinth <words>` as the first admin; `env` and `input` are merged over that. `typed`: lines at a terminal, one for each question. */
  cli(
    words: readonly string[],
    options?: { env?: Record<string, string | undefined>; input?: string; typed?: readonly string[] },
  ): Promise<Ran>;
  /** The same with `--json`, parsed; throws what it said when it did not end with 0. */
  json(...words: string[]): Promise<any>;
  stop(): Promise<void>;
}

export async function startPlinth(databaseUrl: string, settings: Record<string, string> = {}): Promise<Plinth> {
  await testEngine();
  const dataDir = await mkdtemp(join(tmpdir(), 'plinth-cli-'));
  const own = { DATABASE_URL: databaseUrl, PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '1000' };
  // What a test ends without a word of when is to go now.
  const calm = { PLINTH_LOG_LEVEL: 'silent', PLINTH_CONCURRENCY: '2', PLINTH_TERMINATION_GRACE_HOURS: '0' };
  const runtime = await startRuntime(readConfig({ ...own, ...calm, ...HASTY, ...settings }), () => undefined);
  const origin = runtime.origin!;
  const adminToken = runtime.seeded.adminToken!;
  const base = {
    PLINTH_URL: origin,
    PLINTH_TOKEN: adminToken,
    XDG_CONFIG_HOME: join(dataDir, 'config'),
    // Not the checkout's own, which a service that was started there has left.
    PLINTH_DATA_DIR: join(dataDir, '.plinth'),
    PATH: process.env['PATH'],
  };
  const plinth: Plinth = {
    runtime,
    origin,
    dataDir,
    adminToken,
    async cli(words, { env, input, typed } = {}) {
      let out = '';
      let err = '';
      const lines = [...(typed ?? [])];
      const terminal = Object.assign(new PassThrough(), { isTTY: true });
      const code = await run(words, {
        out: (text) => void (out += text),
        err: (text) => {
          err += text;
          if (typed && text.endsWith(': ')) setImmediate(() => terminal.write(`${lines.shift() ?? ''}\r`));
        },
        outIsTty: false,
        errIsTty: false,
        columns: 80,
        env: { ...base, ...env },
        cwd: dataDir,
        stdin: typed ? terminal : Readable.from(input === undefined ? [] : [Buffer.from(input)]),
        signal: new AbortController().signal,
      });
      return { code, out, err };
    },
    async json(...words) {
      const { code, out, err } = await plinth.cli([...words, '--json']);
      if (code !== 0) throw new Error(`plinth ${words.join(' ')} ended with ${code}: ${err}`);
      return JSON.parse(out);
    },
    async stop() {
      await runtime.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return plinth;
}

/** Arguments of `plinth vps create` that fit together, from the catalogue of the first compute account that has a plan. */
export async function someServer(plinth: Plinth, atLeastGb = 25): Promise<string[]> {
  const { providers } = await plinth.json('account', 'list');
  const account = CLOUDS.map((cloud) => providers.find((each: any) => each.type === cloud)).find((each) => each !== undefined);
  const { items: plans } = await plinth.json('catalog', 'plans', '--account', account.id);
  const { items: images } = await plinth.json('catalog', 'images', '--account', account.id);
  const plan = plans.find((each: any) => each.available && each.regions.length > 0 && each.diskGb >= atLeastGb);
  const fits = (each: any): boolean => each.regions?.includes(plan.regions[0]) ?? true;
  const image = images.find((each: any) => each.family === 'linux' && !each.deprecated && each.minDiskGb <= plan.diskGb && fits(each));
  return ['--account', account.name, '--plan', plan.id, '--region', plan.regions[0], '--image', image.id];
}

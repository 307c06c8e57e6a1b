/** People at terminals with the plain `pulumi` command: a project folder where stack files may be written, and a home for each. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { testEngine } from './engine.ts';

/** A bound on one command, for a machine that does much else. */
const COMMAND_MS = 150_000;

export interface Person {
  pulumi(...args: string[]): Promise<{ code: number; out: string }>;
  /** The same; fails the test unless it ends with 0. */
  must(...args: string[]): Promise<string>;
}

export interface Terminals {
  /** The project as it is in the repository. */
  readonly dir: string;
  /** The `pulumi` that they type. */
  readonly engine: string;
  /** Logged in at the service with the token. */
  person(name: string, origin: string, token: string): Promise<Person>;
  close(): Promise<void>;
}

interface Options {
  readonly commandMs?: number;
  /** Of each command, beside what every home has. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function openTerminals({ commandMs = COMMAND_MS, env: more = {} }: Options = {}): Promise<Terminals> {
  const { pulumi: engine, languageHostDir } = await testEngine('engine+language');
  const path = [languageHostDir, resolve('node_modules/.bin'), '/usr/bin', '/bin'].filter(Boolean).join(':');
  const dir = await mkdtemp(join(tmpdir(), 'plinth-terminals-'));
  for (const file of ['Pulumi.yaml', 'package.json']) await copyFile(file, join(dir, file));
  for (const folder of ['stacks', 'automation', 'bin', 'node_modules']) await symlink(resolve(folder), join(dir, folder));
  return {
    dir,
    engine,
    async person(name, origin, token) {
      const home = join(dir, 'homes', name);
      await mkdir(home, { recursive: true });
      const env = {
        PATH: path,
        HOME: home,
        TMPDIR: home,
        PULUMI_HOME: join(home, '.pulumi'),
        PULUMI_ACCESS_TOKEN: token,
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        PLINTH_TEST_RUN: process.env['PLINTH_TEST_RUN'] ?? '',
        ...more,
      };
      const pulumi = (...args: string[]): Promise<{ code: number; out: string }> =>
        new Promise((done) => {
          const options = { cwd: dir, env, timeout: commandMs, maxBuffer: 64 * 1024 * 1024 };
          execFile(engine, [...args, '--non-interactive', '--color', 'never'], options, (error, stdout, stderr) =>
            done({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, out: `${stdout}\n${stderr}` }),
          );
        });
      const must = async (...args: string[]): Promise<string> => {
        const { code, out } = await pulumi(...args);
        expect(code, out).toBe(0);
        return out;
      };
      await must('login', origin);
      return { pulumi, must };
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}

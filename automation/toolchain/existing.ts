/** Engines that are on the machine already. */
import { execFile } from 'node:child_process';
import { access, constants, open, realpath } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { atLeast, ENGINE, LANGUAGE_HOST } from './pins.ts';

export interface FoundEngine {
  readonly pulumi: string;
  readonly version: string;
  /** Folder with `pulumi-language-nodejs`, when it is beside the engine. */
  readonly languageHostDir: string | undefined;
}

const run = promisify(execFile);

/** The engine at `path`, or why it cannot be used. */
export async function inspectEngine(path: string): Promise<FoundEngine | string> {
  const real = await realpath(path).catch(() => undefined);
  if (!real) return `${path} does not exist`;
  // Version managers put scripts on PATH that may install something or pick another version per folder.
  if (await isScript(real)) return `${path} is a script, not the engine itself`;
  const said = await run(real, ['version'], {
    timeout: 10_000,
    env: { PATH: '/usr/bin:/bin', PULUMI_SKIP_UPDATE_CHECK: 'true', HOME: '/nonexistent' },
    cwd: '/',
  }).catch((error: Error) => error);
  if (said instanceof Error) return `${path} does not run (${said.message.split('\n')[0]})`;
  const version = said.stdout.trim().replace(/^v/, '');
  if (!atLeast(version, ENGINE.version)) return `${path} is ${version}, older than ${ENGINE.version}`;
  const beside = dirname(real);
  return { pulumi: real, version, languageHostDir: (await executable(join(beside, LANGUAGE_HOST.binary))) ? beside : undefined };
}

/** The first usable engine on PATH. */
export async function engineOnPath(env: NodeJS.ProcessEnv): Promise<FoundEngine | undefined> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, ENGINE.binary);
    if (!directory || !(await executable(path))) continue;
    const found = await inspectEngine(path);
    if (typeof found !== 'string') return found;
  }
  return undefined;
}

/** Where `pulumi-language-nodejs` is on PATH, as a folder. */
export async function languageHostOnPath(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    if (directory && (await executable(join(directory, LANGUAGE_HOST.binary)))) return directory;
  }
  return undefined;
}

async function isScript(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return true;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead < 2 || buffer.toString('latin1') === '#!';
  } finally {
    await file.close();
  }
}

async function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

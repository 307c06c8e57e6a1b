/** Checks of this machine: Node, the engine, disk, the data directory. */
import { readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cached } from '../../automation/toolchain/cache.ts';
import { engineOnPath, type FoundEngine, inspectEngine, languageHostOnPath } from '../../automation/toolchain/existing.ts';
import { defaultCacheDir, ENGINE, LANGUAGE_HOST } from '../../automation/toolchain/pins.ts';
import { type Check, fail, ok, reason, warn } from './check.ts';

const NODE_MAJOR = 24;
const GB = 1024 ** 3;
const DISK_WARN_BYTES = 2 * GB;
const DISK_FAIL_BYTES = 0.25 * GB;
const SECRET_FILES: readonly string[] = ['master-key', 'admin-token'];

export function nodeCheck(version: string): Check {
  const major = Number(version.replace(/^v/, '').split('.')[0]);
  if (major >= NODE_MAJOR) return ok('node', version);
  return fail('node', `${version} is older than ${NODE_MAJOR}`, 'Run npm ci: it brings the right one, and plinth uses it.');
}

/** Looks only; nothing is downloaded or built. */
export async function engineChecks(env: NodeJS.ProcessEnv): Promise<Check[]> {
  const chosen = env['PLINTH_PULUMI_BIN'];
  const cacheDir = defaultCacheDir(env);
  let engine: FoundEngine | undefined;
  if (chosen) {
    const found = await inspectEngine(chosen);
    if (typeof found === 'string')
      return [fail('engine', found, `Let PLINTH_PULUMI_BIN name Pulumi ${ENGINE.version} or newer, or unset it.`)];
    engine = found;
  } else {
    const folder = await cached(cacheDir, ENGINE, () => undefined);
    const found = folder ? await inspectEngine(join(folder, ENGINE.binary)) : undefined;
    engine = typeof found === 'object' ? found : await engineOnPath(env);
  }
  const later = 'plinth serve downloads or builds it at its first start, which takes minutes; nothing to do if that works.';
  const first = engine
    ? ok('engine', `Pulumi ${engine.version} (${engine.pulumi})`)
    : warn('engine', `Pulumi ${ENGINE.version} is not there yet`, later);
  const host = engine?.languageHostDir ?? (await cached(cacheDir, LANGUAGE_HOST, () => undefined)) ?? (await languageHostOnPath(env));
  const second = host
    ? ok('language host', host)
    : warn('language host', `${LANGUAGE_HOST.binary} is not there yet`, 'Only work by hand needs it; plinth stack pull gets it.');
  return [first, second];
}

export async function diskCheck(dataDir: string): Promise<Check> {
  try {
    const { bavail, bsize } = await statfs(await existingParent(dataDir));
    const free = bavail * bsize;
    const detail = `${(free / GB).toFixed(1)} GB free for ${dataDir}`;
    if (free < DISK_FAIL_BYTES) return fail('disk', detail, 'Free some space now: a full disk stops the database.');
    return free < DISK_WARN_BYTES ? warn('disk', detail, 'Free some space: keep 2 GB or more.') : ok('disk', detail);
  } catch (error) {
    return warn('disk', `the free space of ${dataDir} cannot be read (${reason(error)})`, 'Look at it with: df -h');
  }
}

async function existingParent(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (await stat(folder).catch(() => null)) return folder;
    if (folder === dirname(folder)) return folder;
  }
}

/** Keys and tokens must be readable for their owner only. */
export async function dataDirCheck(dataDir: string): Promise<Check> {
  const folder = await stat(dataDir).catch(() => null);
  if (!folder)
    return warn(
      'data directory',
      `${dataDir} does not exist yet`,
      'plinth serve makes it at its first start; or set PLINTH_DATA_DIR to where it is.',
    );
  const entries = await readdir(dataDir).catch(() => null);
  if (entries === null)
    return fail('data directory', `${dataDir} cannot be read`, `Run plinth as the user who owns it, or: chown -R "$USER" ${dataDir}`);
  for (const name of SECRET_FILES.filter((file) => entries.includes(file))) {
    const path = join(dataDir, name);
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0)
      return fail(
        'data directory',
        `${path} can be read by others (mode ${(mode & 0o777).toString(8)})`,
        `Run: chmod 600 ${path}; and think about replacing what is in it.`,
      );
  }
  if ((folder.mode & 0o066) !== 0)
    return warn('data directory', `${dataDir} is open to others (mode ${(folder.mode & 0o777).toString(8)})`, `Run: chmod 711 ${dataDir}`);
  return ok('data directory', dataDir);
}

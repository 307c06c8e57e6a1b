/**
 * Finds the Pulumi engine, or gets it: one that is there already, else Pulumi's official download, else a build from Go
 * modules. The pinned versions are in toolchain/pins.ts; binaries are cached per user, shared by all checkouts.
 */
import { join } from 'node:path';
import { cached, makeCached } from './toolchain/cache.ts';
import { type DownloadOptions, downloadEngine, OFFICIAL } from './toolchain/download.ts';
import { engineOnPath, type FoundEngine, inspectEngine, languageHostOnPath } from './toolchain/existing.ts';
import { buildWithGo } from './toolchain/go-build.ts';
import { defaultCacheDir, ENGINE, LANGUAGE_HOST, type Pin } from './toolchain/pins.ts';

export interface Toolchain {
  /** Path of the `pulumi` binary. */
  readonly pulumi: string;
  /** Its version without a leading v, such as `3.259.0`. */
  readonly version: string;
  /** Folder to put on PATH for `pulumi` run by hand; present when `need` asked for it. */
  readonly languageHostDir?: string;
}

export interface ToolchainOptions {
  /** `engine+language` also brings `pulumi-language-nodejs`, which only the CLI in a terminal needs. */
  readonly need: 'engine' | 'engine+language';
  readonly onProgress: (line: string) => void;
  /** Read for PLINTH_PULUMI_BIN, PLINTH_CACHE_DIR, XDG_CACHE_HOME, PATH and what Go needs. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly download?: DownloadOptions;
  /** The folder of Go modules; by default the repository's `toolchain/`. */
  readonly modulesDir?: string;
}

/**
 * Seconds at most when the engine is there; minutes when it must be built. Safe in several processes at once.
 * @throws Error in one line that names every way tried and what to install.
 */
export async function ensureToolchain(options: ToolchainOptions): Promise<Toolchain> {
  const env = options.env ?? process.env;
  const settings = { ...options, env, cacheDir: defaultCacheDir(env) };
  const engine = (await existingEngine(settings)) ?? (await obtainEngine(settings));
  if (options.need === 'engine') return { pulumi: engine.pulumi, version: engine.version };
  const languageHostDir = engine.languageHostDir ?? (await languageHost(settings));
  return { pulumi: engine.pulumi, version: engine.version, languageHostDir };
}

type Settings = ToolchainOptions & { env: NodeJS.ProcessEnv; cacheDir: string };

async function existingEngine({ env, cacheDir, onProgress }: Settings): Promise<FoundEngine | undefined> {
  const chosen = env['PLINTH_PULUMI_BIN'];
  if (chosen) {
    const found = await inspectEngine(chosen);
    if (typeof found === 'string')
      throw new Error(`PLINTH_PULUMI_BIN cannot be used: ${found}. Name Pulumi ${ENGINE.version} or newer, or unset it.`);
    return found;
  }
  const folder = await cached(cacheDir, ENGINE, onProgress);
  if (folder) {
    const found = await inspectEngine(join(folder, ENGINE.binary));
    if (typeof found !== 'string') return found;
  }
  return engineOnPath(env);
}

async function obtainEngine(settings: Settings): Promise<FoundEngine> {
  const { cacheDir, onProgress } = settings;
  const folder = await makeCached(cacheDir, ENGINE, onProgress, async (draft) => {
    let refusal: string;
    try {
      return await downloadEngine(draft, join(cacheDir, 'downloads'), settings.download ?? OFFICIAL, onProgress);
    } catch (error) {
      refusal = messageOf(error);
      onProgress(`no download of Pulumi ${ENGINE.version}: ${refusal}`);
    }
    try {
      await build(ENGINE, draft, settings);
    } catch (error) {
      throw new Error(`Pulumi ${ENGINE.version} can be neither downloaded (${refusal}) nor built: ${messageOf(error)}`, { cause: error });
    }
  });
  const found = await inspectEngine(join(folder, ENGINE.binary));
  if (typeof found === 'string') throw new Error(`The engine just made cannot be used: ${found}.`);
  return found;
}

async function languageHost(settings: Settings): Promise<string> {
  const { cacheDir, onProgress, env } = settings;
  return (
    (await cached(cacheDir, LANGUAGE_HOST, onProgress)) ??
    (await languageHostOnPath(env)) ??
    (await makeCached(cacheDir, LANGUAGE_HOST, onProgress, (draft) => build(LANGUAGE_HOST, draft, settings)))
  );
}

function build(pin: Pin, draft: string, { env, modulesDir, onProgress }: Settings): Promise<void> {
  return buildWithGo(pin, draft, { env, modulesDir: modulesDir ?? join(import.meta.dirname, '..', 'toolchain') }, onProgress);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

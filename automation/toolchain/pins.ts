/** Which engine Plinth runs, and where its binaries are kept. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Pin {
  /** Folder in the cache, and the word for it in messages. */
  readonly name: string;
  readonly version: string;
  readonly binary: string;
  /** The Go module folder under `toolchain/` and the package in it. */
  readonly module: string;
  readonly package: string;
  readonly ldflags: string;
}

/** The newest engine whose modules are on every Go module proxy; it works with newer Node SDKs. */
export const ENGINE: Pin = {
  name: 'engine',
  version: '3.259.0',
  binary: 'pulumi',
  module: 'engine',
  package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
  ldflags: '-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.259.0',
};

/**
 * SHA-256 of the engine's archives by platform. They stand here so that whoever serves an archive cannot vouch for it too.
 * Source: Formula/pulumi.rb of pulumi/homebrew-tap at 51fb494f, the vendor's own formula for this version.
 */
export const ENGINE_ARCHIVES: Readonly<Record<string, string>> = {
  'linux-x64': '94ba357acac23d01474084c4b00098dc0f7bc70ce13f34c777459254a5f718e5',
  'linux-arm64': 'edc8327463a72160bb36cf82cf5062da9c8a244290a706d9980988e7bf486853',
  'darwin-x64': 'eaca4c3b8277bfa3ab061fa3b270d1c66358a0b2e613da8c5587a04b7226c534',
  'darwin-arm64': '57c27f179e527e2cf9f62b841a448af72a020e44b2fb4ee0d9bd85556c00c864',
};

/** Only for `pulumi` run by hand. 3.68.0 is the newest SDK module that still contains it; it works with the engine above. */
export const LANGUAGE_HOST: Pin = {
  name: 'language-nodejs',
  version: '3.68.0',
  binary: 'pulumi-language-nodejs',
  module: 'language-nodejs',
  package: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
  ldflags: '-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.68.0',
};

/** The platform in the words of Pulumi's downloads, such as `linux-x64`. */
export function platform(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** `$PLINTH_CACHE_DIR`, `$XDG_CACHE_HOME/plinth` or `~/.cache/plinth`: shared by every checkout of this user. */
export function defaultCacheDir(env: NodeJS.ProcessEnv): string {
  return env['PLINTH_CACHE_DIR'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'plinth');
}

/** Whether a dotted version is at least another; anything after a dash (a pre-release) counts as older than its number. */
export function atLeast(version: string, minimum: string): boolean {
  const [core = '', pre] = version.replace(/^v/, '').split('-', 2);
  const have = core.split('.').map(Number);
  const want = minimum.split('.').map(Number);
  if (have.length !== 3 || have.some((part) => !Number.isInteger(part))) return false;
  for (const [index, part] of want.entries()) {
    if (have[index]! !== part) return have[index]! > part;
  }
  return pre === undefined;
}

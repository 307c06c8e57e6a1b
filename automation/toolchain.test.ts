import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DownloadOptions, downloadEngine } from './toolchain/download.ts';
import { buildWithGo } from './toolchain/go-build.ts';
import { cached, makeCached } from './toolchain/cache.ts';
import { engineOnPath, inspectEngine } from './toolchain/existing.ts';
import { atLeast, defaultCacheDir, ENGINE, platform } from './toolchain/pins.ts';
import { ensureToolchain } from './toolchain.ts';

let dir: string;
let lines: string[];
let server: Server | undefined;
const onProgress = (line: string) => void lines.push(line);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'plinth-toolchain-'));
  lines = [];
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(dir, { recursive: true, force: true });
});

/** A binary (not a script) that ignores its arguments and prints what its environment cannot change. */
async function fakeBinary(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'pulumi');
  await copyFile('/bin/echo', path);
  return path;
}

async function fakeGo(script: string): Promise<NodeJS.ProcessEnv> {
  const bin = join(dir, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'go'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${bin}:/usr/bin:/bin`, PLINTH_CACHE_DIR: join(dir, 'cache') };
}

const archiveName = `pulumi-v${ENGINE.version}-${platform()}.tar.gz`;

async function release(): Promise<{ archive: Buffer; sums: DownloadOptions['sums'] }> {
  await mkdir(join(dir, 'release', 'pulumi'), { recursive: true });
  // Random content keeps the archive large enough to be cut in the middle.
  await writeFile(join(dir, 'release', 'pulumi', 'pulumi'), Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))), { mode: 0o755 });
  await writeFile(join(dir, 'release', 'pulumi', 'pulumi-language-nodejs'), 'host', { mode: 0o755 });
  await writeFile(join(dir, 'release', 'pulumi', 'pulumi-language-go'), 'unused', { mode: 0o755 });
  spawnSync('tar', ['-czf', join(dir, 'a.tgz'), '-C', join(dir, 'release'), 'pulumi']);
  const archive = await readFile(join(dir, 'a.tgz'));
  return { archive, sums: { [platform()]: createHash('sha256').update(archive).digest('hex') } };
}

async function serve(
  sums: DownloadOptions['sums'],
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<DownloadOptions> {
  server = createServer(handler).listen(0, '127.0.0.1');
  await new Promise((done) => server!.once('listening', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { baseUrl: base, sums, connectTimeoutMs: 500, stallTimeoutMs: 300 };
}

async function folder(): Promise<string> {
  const path = join(dir, 'out');
  await mkdir(path, { recursive: true });
  return path;
}

test('downloads, verifies and unpacks only what Plinth runs', async () => {
  const { archive, sums } = await release();
  const options = await serve(sums, (request, response) => {
    if (request.url === `/${archiveName}`) response.end(archive);
    else response.writeHead(404).end();
  });
  const out = await folder();
  await downloadEngine(out, join(dir, 'parts'), options, onProgress);
  expect((await readdir(out)).sort()).toEqual(['pulumi', 'pulumi-language-nodejs']);
  expect(await readdir(join(dir, 'parts'))).toEqual([]);
});

test('resumes a download that broke off, and asks only for the rest', async () => {
  const { archive, sums } = await release();
  const ranges: (string | undefined)[] = [];
  const options = await serve(sums, (request, response) => {
    if (request.url !== `/${archiveName}`) return void response.writeHead(404).end();
    ranges.push(request.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from ? 206 : 200, { 'content-length': archive.length - from });
    if (from) response.end(archive.subarray(from));
    else response.write(archive.subarray(0, 20_000), () => setTimeout(() => response.destroy(), 50));
  });
  const out = await folder();
  await expect(downloadEngine(out, join(dir, 'parts'), options, onProgress)).rejects.toThrow();
  await downloadEngine(out, join(dir, 'parts'), options, onProgress);
  expect(ranges).toEqual([undefined, 'bytes=20000-']);
  expect(await readdir(out)).toContain('pulumi');
});

test('an archive that its own server vouches for installs nothing and leaves no part', async () => {
  const { archive, sums } = await release();
  const altered = Buffer.from(archive).fill(0, 100, 200);
  // Whoever serves a changed archive serves its sum too.
  const theirs = `${createHash('sha256').update(altered).digest('hex')}  ${archiveName}\n`;
  const options = await serve(sums, (request, response) => void response.end(request.url === `/${archiveName}` ? altered : theirs));
  const out = await folder();
  await expect(downloadEngine(out, join(dir, 'parts'), options, onProgress)).rejects.toThrow(
    `${archiveName} is not the archive that this version of Plinth knows`,
  );
  expect(await readdir(out)).toEqual([]);
  expect(await readdir(join(dir, 'parts'))).toEqual([]);
});

test('a server that never answers, and one that stops sending, fail over quickly in one line', async () => {
  const { archive, sums } = await release();
  const silent = await serve(sums, () => {});
  await expect(downloadEngine(await folder(), join(dir, 'p'), silent, onProgress)).rejects.toThrow(/no answer within 0.5 s/);
  server!.closeAllConnections();
  server!.close();
  const stalling = await serve(
    sums,
    (_, response) => void response.writeHead(200, { 'content-length': archive.length }).write(archive.subarray(0, 100)),
  );
  await expect(downloadEngine(await folder(), join(dir, 'p'), stalling, onProgress)).rejects.toThrow(/sent nothing for 0.3 s/);
});

test('a platform whose archive the repository does not know is not downloaded for', async () => {
  let asked = 0;
  const options = await serve({}, (_, response) => {
    asked++;
    response.end();
  });
  await expect(downloadEngine(await folder(), join(dir, 'p'), options, onProgress)).rejects.toThrow(
    `the repository knows no checksum of ${archiveName}`,
  );
  expect(asked).toBe(0);
});

test('a build reports its progress and leaves only the finished binary', async () => {
  const env = await fakeGo(`case "$1" in
    list) echo "go: downloading example.com/a v1.0.0" >&2; printf 'a\\nb\\nc\\n';;
    build) echo "runtime" >&2; echo "example.com/a/b" >&2
      while [ $# -gt 0 ]; do [ "$1" = -o ] && out=$2; shift; done; echo binary > "$out";;
  esac`);
  const modulesDir = join(dir, 'modules');
  await mkdir(join(modulesDir, ENGINE.module), { recursive: true });
  const out = await folder();
  await buildWithGo(ENGINE, out, { env, modulesDir }, onProgress);
  expect(await readdir(out)).toEqual(['pulumi']);
  expect(lines.at(-1)).toMatch(/built Pulumi's engine 3\.259\.0 in \d+ s/);
});

test.each([
  ['go: go.mod requires go >= 1.25.11 (running go 1.21.0; GOTOOLCHAIN=local)', /requires go >= 1\.25\.11.*Install the newer Go/],
  ['write /tmp/x: no space left on device', /the disk is full/],
  ['go: downloading a v1\nverifying a@v1: checksum mismatch', /go list failed: verifying a@v1: checksum mismatch/],
])('a failing go is one telling line: %s', async (said, expected) => {
  const env = await fakeGo(`printf '${said.replaceAll('\n', '\\n')}\\n' >&2; exit 1`);
  const modulesDir = join(dir, 'modules');
  await mkdir(join(modulesDir, ENGINE.module), { recursive: true });
  await expect(buildWithGo(ENGINE, await folder(), { env, modulesDir }, onProgress)).rejects.toThrow(expected);
});

test('with neither network nor Go, one line says what to install', async () => {
  const unreachable = await serve({ [platform()]: '0'.repeat(64) }, (_, response) => void response.writeHead(503).end());
  const env = { PATH: join(dir, 'empty'), PLINTH_CACHE_DIR: join(dir, 'cache') };
  const failure = await ensureToolchain({ need: 'engine', onProgress, env, download: unreachable }).catch((error: Error) => error.message);
  expect(failure).toMatch(/neither downloaded \(.*503\) nor built: Go is not installed\. Install Go/);
  expect(failure).not.toContain('\n');
  expect(await readdir(join(dir, 'cache', 'engine'))).not.toContain(`v${ENGINE.version}-${platform()}`);
});

test('the cache makes once for many askers, and notices a changed binary', async () => {
  const cacheDir = join(dir, 'cache');
  let made = 0;
  const make = async (draft: string) => {
    made += 1;
    await writeFile(join(draft, 'pulumi'), 'binary');
  };
  const paths = await Promise.all(Array.from({ length: 5 }, () => makeCached(cacheDir, ENGINE, onProgress, make)));
  expect(new Set(paths).size).toBe(1);
  expect(made).toBe(1);
  expect(await cached(cacheDir, ENGINE, onProgress)).toBe(paths[0]);
  await chmod(join(paths[0]!, 'pulumi'), 0o755);
  await writeFile(join(paths[0]!, 'pulumi'), 'tampered');
  expect(await cached(cacheDir, ENGINE, onProgress)).toBeUndefined();
  expect(lines.at(-1)).toMatch(/is not what was put there/);
  await makeCached(cacheDir, ENGINE, onProgress, make);
  expect(await cached(cacheDir, ENGINE, onProgress)).toBe(paths[0]);
});

test('scripts, strangers and old engines on PATH are passed over', async () => {
  const shim = join(dir, 'shim');
  await mkdir(shim);
  await writeFile(join(shim, 'pulumi'), '#!/bin/sh\necho v9.9.9\n', { mode: 0o755 });
  const stranger = join(dir, 'stranger');
  await fakeBinary(stranger);
  expect(await inspectEngine(join(shim, 'pulumi'))).toMatch(/is a script/);
  expect(await inspectEngine(join(stranger, 'pulumi'))).toMatch(/older than|does not run/);
  expect(await engineOnPath({ PATH: `${shim}:${stranger}:${dir}/none` })).toBeUndefined();
  await expect(ensureToolchain({ need: 'engine', onProgress, env: { PLINTH_PULUMI_BIN: join(shim, 'pulumi') } })).rejects.toThrow(
    /PLINTH_PULUMI_BIN cannot be used: .* is a script/,
  );
});

test('versions compare by number, and a pre-release is older than its release', () => {
  expect(atLeast('v3.259.0', '3.259.0')).toBe(true);
  expect(atLeast('3.1000.0', '3.259.0')).toBe(true);
  expect(atLeast('3.258.9', '3.259.0')).toBe(false);
  expect(atLeast('3.259.0-alpha.1', '3.259.0')).toBe(false);
  expect(atLeast('hello', '3.259.0')).toBe(false);
  expect(defaultCacheDir({ XDG_CACHE_HOME: '/x' })).toBe('/x/plinth');
});

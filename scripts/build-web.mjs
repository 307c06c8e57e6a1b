// Builds the dashboard into web/dist when its sources changed since the last build; takes seconds, or nothing.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { bootstrap, Failure, main, quietly, root } from './bootstrap.mjs';

const dist = join(root, 'web', 'dist');
const STAMP = '.sources';

/** @param {string} node the Node that runs Vite. */
export async function buildWeb(node) {
  const want = hashOfSources();
  if (existsSync(join(dist, STAMP)) && readFileSync(join(dist, STAMP), 'utf8') === want) return;
  // Built beside and then moved: whoever serves or builds at the same time never sees half of it.
  const scratch = join(root, '.plinth', `web-${process.pid}`);
  mkdirSync(join(root, '.plinth'), { recursive: true });
  const logFile = join(root, '.plinth', `web-build-${process.pid}.log`);
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', join(root, 'web'), '--config', join(root, 'web', 'vite.config.ts'), '--outDir', scratch];
  try {
    // Two builds, see web/vite.config.ts.
    for (const more of [['--emptyOutDir'], ['--mode', 'console']]) {
      const env = { ...process.env, NODE_ENV: 'production' };
      const code = await quietly('building the dashboard', node, [...args, ...more], logFile, env);
      if (code !== 0) throw new Failure(`The dashboard could not be built (output: ${logFile})`);
    }
    compress(join(scratch, 'assets'));
    writeFileSync(join(scratch, STAMP), want);
    put(scratch, want);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Once here instead of at every request. */
function compress(folder) {
  for (const name of readdirSync(folder)) {
    if (!/\.(js|css)$/.test(name)) continue;
    const text = readFileSync(join(folder, name));
    const params = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT, [constants.BROTLI_PARAM_QUALITY]: 10 };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text, { params }));
  }
}

function put(scratch, want) {
  const old = `${scratch}-old`;
  try {
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(scratch, dist);
  } catch (error) {
    // Somebody else moved theirs in between; the same sources make the same build.
    if (!existsSync(join(dist, STAMP)) || readFileSync(join(dist, STAMP), 'utf8') !== want) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

/** Of everything the build reads: the dashboard, the contract, and the packages' versions. */
function hashOfSources() {
  const hash = createHash('sha256');
  for (const path of [...filesBelow('web'), ...filesBelow('contract'), 'package-lock.json'].sort())
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  return `${hash.digest('hex')}\n`;
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return path === 'web/dist' || entry.name === 'node_modules' ? [] : filesBelow(path);
    return entry.name.endsWith('.test.ts') ? [] : [path];
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  await main(async () => buildWeb(await bootstrap()));

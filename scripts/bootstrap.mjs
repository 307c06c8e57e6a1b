// Makes a fresh clone ready to run: packages, the right Node, the generated database client. Plain JavaScript without
// dependencies, for any Node from 20 on, because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const STAMP = join(modules, '.plinth-installed');

/** A failure whose message is all a person needs: printed as one line, without a stack. */
export class Failure extends Error {}

/** @returns {Promise<string>} the path of the Node that runs Plinth's TypeScript. */
export async function bootstrap() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Failure(`Plinth needs Node 20 or newer to start; this is ${process.version}.`);
  }
  await installPackages();
  const node = findNode();
  await generateClient(node);
  return node;
}

async function installPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const want = `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
  if (read(STAMP) === want) return;
  // Packages somebody installed with npm itself: npm's own record tells whether they are the ones of the lock file.
  if (!installedMatches(JSON.parse(lock.toString()))) await npmCi();
  writeFileSync(STAMP, want);
}

function installedMatches(lock) {
  const record = read(join(modules, '.package-lock.json'));
  if (record === undefined) return false;
  const installed = JSON.parse(record).packages;
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '' || wanted.link) return true;
    const found = installed[path];
    return found ? found.version === wanted.version : wanted.optional === true || wanted.devOptional === true || wanted.peer === true;
  });
}

async function npmCi() {
  mkdirSync(join(root, '.plinth'), { recursive: true });
  const logFile = join(root, '.plinth', 'npm-ci.log');
  say('installing packages (npm ci); about a minute the first time');
  const [command, ...args] = npmCommand();
  const code = await quietly('installing packages', command, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], logFile);
  if (code === 0) return;
  const said = (read(logFile) ?? '').split('\n').filter((line) => /^npm (ERR!|error)/.test(line));
  const reason = said
    .map((line) => line.replace(/^npm (ERR!|error) ?/, ''))
    .find((line) => line && !/^(code|errno|syscall|path|command)\b/.test(line));
  throw new Failure(`npm ci failed: ${reason ?? `it ended with ${code}`} (whole output: ${logFile})`);
}

/** The npm that started this script, run by a Node outside node_modules: `npm ci` deletes the one inside. */
function npmCommand() {
  const inside = (path) => path.startsWith(modules + sep);
  const outer = which('node', inside) ?? (inside(realpathSync(process.execPath)) ? undefined : process.execPath);
  const npm = process.env.npm_execpath;
  if (npm && outer && /npm-cli\.[cm]?js$/.test(npm) && !inside(npm)) return [outer, npm];
  const found = which('npm', inside);
  if (!found) throw new Failure('npm was not found. Install Node with npm (nodejs.org) and start again.');
  return [found];
}

function which(name, excluded) {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      if (!excluded(resolve(path))) return path;
    } catch {
      continue;
    }
  }
  return undefined;
}

function findNode() {
  const installed = join(modules, '.bin', 'node');
  if (existsSync(installed)) return installed;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Failure(
    `No Node 24 for ${process.platform}-${process.arch} came with the packages, and this is ${process.version}. Install Node 24 and start again.`,
  );
}

function contentHash(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder)
    .filter((each) => each.endsWith('.prisma'))
    .sort())
    hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest('hex');
}

async function generateClient(node) {
  const schema = join(root, 'prisma', 'schema');
  if (!existsSync(schema)) return;
  const prisma = join(modules, 'prisma');
  const version = JSON.parse(read(join(prisma, 'package.json')) ?? '{}').version;
  const want = `${contentHash(schema)} ${version}\n`;
  const stamp = join(root, 'prisma', 'generated', '.schema');
  if (read(stamp) === want) return;
  mkdirSync(join(root, '.plinth'), { recursive: true });
  const logFile = join(root, '.plinth', 'prisma-generate.log');
  const env = {
    ...process.env,
    PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}`,
    // Generating needs no engine; any existing file keeps Prisma from downloading one.
    PRISMA_SCHEMA_ENGINE_BINARY: node,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  const code = await quietly(
    'generating the database client',
    node,
    [join(prisma, 'build', 'index.js'), 'generate', '--schema', schema],
    logFile,
    env,
  );
  if (code !== 0) throw new Failure(`The database client could not be generated from prisma/schema (output: ${logFile})`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(`${stamp}.${process.pid}`, want);
  renameSync(`${stamp}.${process.pid}`, stamp);
}

/** Run a step with its output in a file, telling every five seconds that it still runs. */
export async function quietly(what, command, args, logFile, env = process.env) {
  const log = openSync(logFile, 'w');
  const started = Date.now();
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', log, log] });
  const tick = setInterval(() => say(`${what}, ${Math.round((Date.now() - started) / 1000)} s`), 5000);
  const stop = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);
  try {
    const [code, signal] = await new Promise((done, fail) => {
      child.once('error', (error) => fail(new Failure(`${command} could not be run: ${error.message}`)));
      child.once('exit', (...how) => done(how));
    });
    if (signal) process.exit(signal === 'SIGINT' ? 130 : 143);
    if (code === 0) rmSync(logFile, { force: true });
    return code;
  } finally {
    clearInterval(tick);
    closeSync(log);
    for (const signal of signals) process.off(signal, stop);
  }
}

/**
 * Run one of Plinth's programs in the right Node and end as it ends. The child leads its own process group, so a Ctrl-C
 * reaches it once, from here, however many of terminal, npm and shell pass it on.
 */
export async function runNode(node, args, { interactive = false } = {}) {
  const env = {
    NODE_COMPILE_CACHE: join(modules, '.cache', 'compiled'),
    ...process.env,
    PATH: `${join(modules, '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
  const child = spawn(node, args, { env, stdio: [interactive ? 'inherit' : 'ignore', 'inherit', 'inherit'], detached: !interactive });
  const last = new Map();
  const forward = (signal) => {
    // At an interactive terminal the child gets Ctrl-C from the terminal itself.
    if (interactive && signal === 'SIGINT' && process.stdin.isTTY) return;
    if (Date.now() - (last.get(signal) ?? 0) < 500) return;
    last.set(signal, Date.now());
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => forward(signal));
  const [code, signal] = await new Promise((done, fail) => {
    child.once('error', (error) => fail(new Failure(`${node} could not be run: ${error.message}`)));
    child.once('exit', (...how) => done(how));
  });
  const numbers = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 };
  process.exitCode = code ?? numbers[signal] ?? 1;
}

/** Run `work`; a failure a person can act on is one line, anything else keeps its stack. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    const code = error?.code;
    if (error instanceof Failure) say(error.message);
    else if (code === 'ENOSPC') say(`The disk is full: ${error.message}`);
    else if (code === 'EACCES' || code === 'EROFS') say(`Not allowed to write there: ${error.message}`);
    else console.error(error);
    process.exitCode = 1;
  }
}

function say(line) {
  process.stderr.write(`plinth: ${line}\n`);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main(() => bootstrap());

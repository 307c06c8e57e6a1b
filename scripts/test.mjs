// `npm test`: from a fresh clone to all tests but the hard ones. Arguments go to Vitest (`npm test -- providers/`).
// `npm run test:hard`: samples of what is hard on machine and patience (test/hard/): deaths, cut lines, every trouble, every page, lives of months.
// `npm run test:quick`: types, what is pure, the architecture, and one server from nothing to nothing.
// `npm run test:long`: what those take samples of, whole. Stopped, it goes on where it was as long as the commit is the same.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, Failure, main, root, runNode } from './bootstrap.mjs';

const QUICK = [
  'contract/',
  'lib/',
  'components/',
  'stacks/',
  'prisma/',
  'server/',
  'cli/',
  'web/',
  'test/architecture.test.ts',
  'test/thread.test.ts',
];
const LONG_NAME = 'PLINTH_LONG_TESTS';
const LONGER = new RegExp(`${LONG_NAME}|\\bcloudsOf\\(|support/long\\.ts`);
const DONE = join(root, '.plinth', 'long-tests.json');

const MODES = { '--long': long, '--quick': quick, '--hard': (node, args) => projects(node, ['hard'], args) };

const mode = MODES[process.argv[2]];
const rest = process.argv.slice(mode ? 3 : 2);

await main(async () => {
  const node = await bootstrap();
  await (mode ?? usual)(node, rest);
});

function isFilter(arg) {
  return !arg.startsWith('-');
}

/** Named files are run wherever they are. */
async function usual(node, args) {
  await (args.some(isFilter) ? vitest(node, args) : projects(node, ['unit', 'integration'], args));
}

function projects(node, names, args) {
  return vitest(node, [...names.map((name) => `--project=${name}`), ...args]);
}

async function vitest(node, args) {
  // On a fresh machine it is compiled for minutes, longer than any single test may take.
  if (!args.some(isFilter)) {
    await runNode(node, [join(root, 'scripts', 'engine.ts')]);
    if (process.exitCode) return;
  }
  await runNode(node, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args]);
}

async function quick(node, args) {
  for (const project of ['.', 'web']) {
    await runNode(node, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '-p', project]);
    if (process.exitCode) return;
  }
  await vitest(node, [...QUICK, ...args]);
}

/**
 * Each file in a run of its own, so that one that was stopped or failed is all that is done again; one that goes through every step
 * of a life, cloud by cloud. Arguments name files by a part of their path, or clouds' runs: `crash-matrix`, `matrix.test.ts at aws`.
 */
async function long(node, args) {
  process.env[LONG_NAME] = '1';
  const state = sourceState();
  const done = readDone(state);
  const all = longRuns(node);
  const runs = all.filter(({ name }) => args.length === 0 || args.some((part) => name.includes(part)));
  if (runs.length === 0)
    throw new Failure(`No long test is called ${args.join(' ')}. There are: ${all.map(({ name }) => name).join(', ')}.`);
  const failed = [];
  for (const { name, file, cloud } of runs) {
    if (done.includes(name)) {
      console.log(`long: ${name} passed already`);
      continue;
    }
    process.exitCode = 0;
    if (cloud === undefined) delete process.env.PLINTH_TEST_CLOUDS;
    else process.env.PLINTH_TEST_CLOUDS = cloud;
    await vitest(node, [file]);
    if (process.exitCode === 130 || process.exitCode === 143) return;
    if (process.exitCode) failed.push(name);
    else remember(state, done, name);
  }
  console.log(`long: ${runs.length - failed.length} passed, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

/** The test files that say that they can take longer, or go through more clouds; those with lanes, once for each cloud. */
function longRuns(node) {
  const files = git('ls-files', 'test').split('\n');
  const clouds = cloudsIn(node);
  return files.flatMap((file) => {
    const text = file.endsWith('.test.ts') ? readFileSync(join(root, file), 'utf8') : '';
    if (!LONGER.test(text)) return [];
    if (!text.includes('PLINTH_TEST_LANES')) return [{ name: file, file }];
    return clouds.map((cloud) => ({ name: `${file} at ${cloud}`, file, cloud }));
  });
}

function cloudsIn(node) {
  const program = "import { CLOUDS } from './test/support/clouds.ts'; console.log(CLOUDS.join(' '))";
  return execFileSync(node, ['--input-type=module', '-e', program], { cwd: root, encoding: 'utf8' }).trim().split(' ');
}

/** The commit, and what is changed on top of it. */
function sourceState() {
  return `${git('rev-parse', 'HEAD')} ${git('diff', 'HEAD', '--stat')}`;
}

function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
}

function readDone(state) {
  try {
    const kept = JSON.parse(readFileSync(DONE, 'utf8'));
    return kept.state === state ? kept.done : [];
  } catch {
    return [];
  }
}

function remember(state, done, file) {
  done.push(file);
  mkdirSync(join(root, '.plinth'), { recursive: true });
  writeFileSync(DONE, JSON.stringify({ state, done }));
}

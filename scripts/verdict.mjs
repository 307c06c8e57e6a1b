// Prints "N passed, N failed" from Vitest's JSON reports and exits 0 only when tests ran, all passed, and every earlier step
// (the first argument: 0 or 1) succeeded. The reports are the further arguments: what a later one has of a file counts.
// `--failed <report>` prints the files that failed, one a line; none where they are too many to be somebody's bad luck.
import { existsSync, readFileSync } from 'node:fs';

const MOST = 5;

/** A file that fails to load has no tests in it: then the file itself is what failed. */
const failuresOf = ({ status, assertionResults }) => {
  const failed = assertionResults.filter((each) => each.status === 'failed').length;
  return failed === 0 && status === 'failed' ? 1 : failed;
};
const read = (path) => JSON.parse(readFileSync(path, 'utf8')).testResults;

function failedFiles(path) {
  const files = read(path).filter((file) => failuresOf(file) > 0);
  if (files.length <= MOST) for (const { name } of files) console.log(name);
}

function verdict(earlier, [first, ...later]) {
  let files = [];
  try {
    files = read(first);
    for (const path of later.filter((each) => existsSync(each)))
      for (const again of read(path)) {
        const before = files.find(({ name }) => name === again.name);
        if (before && failuresOf(again) === 0) console.log(`failed among the others, passed by itself: ${tell(before)}`);
        files = [...files.filter(({ name }) => name !== again.name), again];
      }
  } catch {
    console.log('The tests left no report.');
    files = [{ name: 'report', status: 'failed', assertionResults: [] }];
  }
  const count = (...states) => files.flatMap((file) => file.assertionResults).filter(({ status }) => states.includes(status)).length;
  const [passed, skipped] = [count('passed'), count('pending', 'skipped', 'todo')];
  const failed = files.reduce((sum, file) => sum + failuresOf(file), 0);
  for (const file of files.filter((each) => failuresOf(each) > 0)) console.log(`failed: ${tell(file)}`);
  if (passed + failed === 0) console.log('No test ran.');
  if (earlier !== '0') console.log('A step failed; see above.');
  if (skipped > 0)
    console.log('Skipped tests say why where they stand: of the long run, or compared with reference documents (PLINTH_REFERENCE_DIR).');
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = passed > 0 && failed === 0 && earlier === '0' ? 0 : 1;
}

function tell({ name, message, assertionResults }) {
  const names = assertionResults.filter((each) => each.status === 'failed').map((each) => each.fullName);
  return names.length > 0 ? `${name}: ${names.join('; ')}` : `${name} ${message ?? ''}`;
}

const [option, ...paths] = process.argv.slice(2);
if (option === '--failed') failedFiles(paths[0]);
else verdict(option, paths);

// Prints "N passed, N failed" from Vitest's JSON report and exits 0 only when tests ran, all passed, and every earlier
// step (the second argument: 0 or 1) succeeded.
import { readFileSync } from 'node:fs';

const [path, earlier] = process.argv.slice(2);
let passed = 0;
let failed = 0;
let skipped = 0;
try {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  passed = report.numPassedTests;
  skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  // A file that fails to load has no tests in it: count the file.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((each) => each.status !== 'failed'),
  );
  failed = report.numFailedTests + broken.length;
  for (const file of report.testResults.filter((each) => each.status === 'failed')) {
    const names = file.assertionResults.filter((each) => each.status === 'failed').map((each) => each.fullName);
    console.log(`failed: ${file.name}${names.length > 0 ? `: ${names.join('; ')}` : ` ${file.message ?? ''}`}`);
  }
} catch {
  console.log('The tests left no report.');
  failed = 1;
}
if (passed + failed === 0) console.log('No test ran.');
if (earlier !== '0') console.log('A step failed; see above.');
if (skipped > 0)
  console.log('Skipped tests say why where they stand; most compare with reference documents, named by PLINTH_REFERENCE_DIR.');
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = passed > 0 && failed === 0 && earlier === '0' ? 0 : 1;

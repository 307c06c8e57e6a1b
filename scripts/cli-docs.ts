/** Writes docs/cli.md; with --check only says whether it is up to date (exit code 1 when not). */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cliDocs } from '../cli/docs.ts';
import { commands } from '../cli/registry.ts';

const file = join(import.meta.dirname, '..', 'docs', 'cli.md');
const wanted = cliDocs(commands);
if (process.argv.includes('--check')) {
  const there = await readFile(file, 'utf8').catch(() => '');
  if (there !== wanted) {
    process.stderr.write('docs/cli.md is not what the commands say. Run: node scripts/cli-docs.ts\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, wanted);
}

// Runs one of Plinth's programs: `node scripts/run.mjs simulator/main.ts [arguments]`.
import { resolve } from 'node:path';
import { bootstrap, Failure, main, root, runNode } from './bootstrap.mjs';

await main(async () => {
  const [program, ...args] = process.argv.slice(2);
  if (!program) throw new Failure('Name the program to run, such as simulator/main.ts.');
  await runNode(await bootstrap(), [resolve(root, program), ...args], { interactive: true });
});

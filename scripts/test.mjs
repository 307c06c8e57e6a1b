// `npm test`: from a fresh clone to all tests. Arguments go to Vitest (`npm test -- providers/`).
import { join } from 'node:path';
import { bootstrap, main, root, runNode } from './bootstrap.mjs';

await main(async () => runNode(await bootstrap(), [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)]));

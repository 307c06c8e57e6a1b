// `npm start`: from a fresh clone to a running Plinth. Arguments go to the server.
import { join } from 'node:path';
import { bootstrap, main, root, runNode } from './bootstrap.mjs';

await main(async () => runNode(await bootstrap(), [join(root, 'server', 'main.ts'), ...process.argv.slice(2)]));

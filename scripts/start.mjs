// `npm start`: from a fresh clone to a running Plinth. Arguments go to the server.
import { join } from 'node:path';
import { bootstrap, main, root, runNode } from './bootstrap.mjs';
import { buildWeb } from './build-web.mjs';

await main(async () => {
  const node = await bootstrap();
  await buildWeb(node);
  await runNode(node, [join(root, 'server', 'main.ts'), ...process.argv.slice(2)]);
});

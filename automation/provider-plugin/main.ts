/** Entry of `bin/pulumi-resource-*`: prints the port, as the engine expects of a plugin, and serves until the engine goes. */
import { basename } from 'node:path';
import { keepFilesPrivate } from '../../lib/private-files.ts';
import { providers } from '../../providers/list.ts';
import { openProviderPlugin } from './plugin.ts';

keepFilesPrivate();
const packageName = basename(process.argv[2] ?? '').replace(/^pulumi-resource-/, '');
const provider = providers.find((candidate) => candidate.descriptor.pulumiPackage === packageName);
if (!provider) {
  console.error(`Plinth has no provider for the package "${packageName}".`);
  process.exit(1);
}
const plugin = await openProviderPlugin(provider, process.env);
process.stdout.write(`${plugin.port}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void plugin.close().finally(() => process.exit(0)));
// The engine holds our stdin or stdout; when it dies without a word, so do we.
process.stdout.on('error', () => process.exit(0));
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(0);
}, 2_000).unref();

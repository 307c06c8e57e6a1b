/** Entry of the `plinth` command. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keepFilesPrivate } from '../lib/private-files.ts';
import { run } from './run.ts';

keepFilesPrivate();
const words = process.argv.slice(2);
const service = words[0] === 'serve' || words[0] === 'worker';
// Settings beside the service hold for commands beside it as well.
const settings = join(process.cwd(), '.env');
if (!service && existsSync(settings)) process.loadEnvFile(settings);

const interrupted = new AbortController();
// The service stops in its own way.
if (!service) {
  process.on('SIGINT', () => {
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  });
}
// A reader that has seen enough (`plinth vps list | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(words, {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  outIsTty: process.stdout.isTTY ?? false,
  errIsTty: process.stderr.isTTY ?? false,
  columns: process.stdout.columns ?? 80,
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  signal: interrupted.signal,
});
// Open keep-alive connections must not hold the command; the streams end by themselves.
if (service) process.exit();

/** `plinth serve`: HTTP and worker in one process, or one of them with --role. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from './config.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { welcome } from './welcome.ts';

/** Runs until SIGINT or SIGTERM. Resolves with the exit code. */
export async function serve(args: readonly string[]): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  let runtime: Runtime;
  const ended = Promise.withResolvers<void>();
  const onSignal = (): void => ended.resolve();
  try {
    const config = configOf(args);
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    runtime = await startRuntime(config, say);
  } catch (error) {
    say(error instanceof ConfigError ? error.message : `plinth: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  say(await welcome(runtime));
  await ended.promise;
  say('Stopping: running operations get their time; press Ctrl-C again to stop at once.');
  process.once('SIGINT', () => process.exit(130));
  await runtime.stop();
  return 0;
}

function configOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: { role: { type: 'string' }, port: { type: 'string' } },
    allowPositionals: true,
  });
  const file = join(process.cwd(), '.env');
  if (existsSync(file)) process.loadEnvFile(file);
  return readConfig({
    ...process.env,
    ...(values.role === undefined ? {} : { PLINTH_ROLE: values.role }),
    ...(values.port === undefined ? {} : { PORT: values.port }),
  });
}

if (import.meta.main) process.exit(await serve(process.argv.slice(2)));

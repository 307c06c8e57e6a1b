/** `plinth serve`: HTTP and worker in one process, or one of them with --role. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepFilesPrivate } from '../lib/private-files.ts';
import { type Config, ConfigError, readConfig } from './kernel/config.ts';
import { leaveRoot } from './rights.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { welcome } from './welcome.ts';

/** Runs until SIGINT or SIGTERM. Resolves with the exit code. */
export async function serve(args: readonly string[]): Promise<number> {
  keepFilesPrivate();
  // A log on a full disk, or a reader that went away, must not end the service.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  let runtime: Runtime;
  const ended = Promise.withResolvers<void>();
  const onSignal = (): void => ended.resolve();
  try {
    const config = configOf(args);
    process.once('SIGINT', onSignal);
    process.once('SIGTERM', onSignal);
    await takeRights(config, say);
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

/** Root's own settings are of no use to the user it becomes. */
async function takeRights(config: Config, say: (line: string) => void): Promise<void> {
  const became = await leaveRoot({ dataDir: config.dataDir, say, ...(config.user === undefined ? {} : { user: config.user }) });
  if (became === null) return;
  for (const name of Object.keys(process.env)) if (/^(XDG_|SUDO_|MAIL$)/.test(name)) delete process.env[name];
  Object.assign(process.env, { HOME: became.home, USER: became.user.name, LOGNAME: became.user.name });
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

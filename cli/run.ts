/** Runs one command line against a terminal; tests give it one of their own. */
import { Api } from './api.ts';
import type { Context } from './command.ts';
import { type Connection, findConnection } from './connection.ts';
import { CliError, EXIT } from './errors.ts';
import { helpText } from './help.ts';
import type { Io } from './io.ts';
import { plain } from './output.ts';
import { parseCommandLine } from './parse.ts';
import { commands, renamed } from './registry.ts';

/** Resolves with the exit code; never rejects. */
export async function run(given: readonly string[], io: Io): Promise<number> {
  const { words, to } = renamed(given);
  let json = words.includes('--json');
  try {
    const parsed = parseCommandLine(commands, words);
    if (parsed.kind === 'help') {
      io.out(helpText(commands, parsed.path));
      return EXIT.ok;
    }
    json = parsed.json;
    if (to !== null && !json) io.err(`This command is called plinth ${to} now; its former name goes with the next version.\n`);
    let found: Promise<Connection> | undefined;
    const connection = (): Promise<Connection> => (found ??= findConnection(io, parsed.url));
    const context: Context = { io, json, connection, api: async () => new Api(await connection(), io.signal) };
    return await parsed.command.run(context, parsed.args, parsed.options);
  } catch (error) {
    return report(error, io, json);
  }
}

/** With `--json` the problem goes to standard error as JSON; standard output stays empty or whole. */
function report(error: unknown, io: Io, json: boolean): number {
  if (io.signal.aborted || (error instanceof Error && error.name === 'AbortError')) {
    io.err('Interrupted. What was ordered goes on; plinth operation list shows it.\n');
    return EXIT.interrupted;
  }
  if (error instanceof CliError) {
    const text = error.message.split('\n').map(plain).join('\n');
    io.err(json ? `${JSON.stringify(error.problem ?? { code: 'cli', status: null, detail: error.message, errors: [] })}\n` : `${text}\n`);
    return error.exitCode;
  }
  io.err(`plinth: ${error instanceof Error ? error.message : String(error)}\n`);
  return EXIT.failed;
}

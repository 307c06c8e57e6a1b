/** docs/cli.md, made from the command table. */
import type { Command } from './command.ts';
import { EXIT_MEANINGS } from './errors.ts';
import { helpText } from './help.ts';

export function cliDocs(commands: readonly Command[]): string {
  const sections = commands.map(({ path }) => `## plinth ${path.join(' ')}\n\n\`\`\`\n${helpText(commands, path).trimEnd()}\n\`\`\`\n`);
  return [
    '# The `plinth` command',
    '',
    'Made from the command table in `cli/` by `node scripts/cli-docs.ts`; change it there.',
    '',
    'Commands talk to the service over its API. They find it at `--url`, else `PLINTH_URL`, else where you logged in last, else on this',
    'machine. They act with `PLINTH_TOKEN`, else with what `plinth login` kept in `~/.config/plinth/credentials.json`, else, on the',
    'machine of the service and nowhere else, with the first admin token in its data directory.',
    '',
    'Answers go to standard output, remarks and errors to standard error. `--json` prints what the API answered as one JSON document; an',
    'error is then the API’s problem document on standard error. Every change carries an `Idempotency-Key` that stays the same while the',
    'command tries again by itself; give your own with `--idempotency-key` to repeat a whole call safely. Secrets never belong on the',
    'command line: keys, tokens and passwords come from a prompt without echo, or from standard input.',
    '',
    '## Exit codes',
    '',
    ...EXIT_MEANINGS.map(([code, meaning]) => `- \`${code}\`: ${meaning}`),
    '',
    ...sections,
  ].join('\n');
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { helpText } from './help.ts';
import { commands } from './registry.ts';
import { parseCommandLine } from './parse.ts';

it('docs/cli.md is what the commands say', async () => {
  await promisify(execFile)(process.execPath, ['scripts/cli-docs.ts', '--check']);
});

it('every command has help, a sentence for each option, and examples that parse as itself', () => {
  for (const { path, examples, options, summary } of commands) {
    const name = path.join(' ');
    expect(helpText(commands, path), name).toContain(`Usage: plinth ${name}`);
    expect(summary, name).toMatch(/^[A-Z].*[^.]$/);
    expect(examples.length, name).toBeGreaterThan(0);
    for (const [option, { help }] of Object.entries(options ?? {})) expect(help.length, `${name} --${option}`).toBeGreaterThan(3);
    for (const example of examples) {
      // Words as a shell would split them, without what is piped in or out.
      const words = [...example.replace(/ [<>] .*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]!);
      const parsed = parseCommandLine(commands, words);
      expect(parsed.kind === 'run' ? parsed.command.path : parsed, example).toEqual(path);
    }
  }
});

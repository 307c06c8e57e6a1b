/** Help texts, made from the command table; the documentation is made from the same parts. */
import { type Command, GLOBAL_OPTIONS, type OptionSpec, type OptionSpecs } from './command.ts';
import { EXIT_MEANINGS } from './errors.ts';

/** Longer lists grow with the product and would drown the help. */
const MOST_CHOICES = 5;

/** Help for everything, a group (`['vps']`) or one command. */
export function helpText(commands: readonly Command[], path: readonly string[]): string {
  const one = commands.find((candidate) => candidate.path.join(' ') === path.join(' '));
  if (one) return commandHelp(one);
  const group = path.length === 0 ? commands : commands.filter((candidate) => candidate.path[0] === path[0]);
  return path.length > 0 && group.length > 0 ? groupHelp(group, path) : overview(commands);
}

function synopsis({ path, positionals = [], options, passThrough }: Command): string {
  const words = positionals.map(({ name, optional }) => (optional ? `[${name}]` : `<${name}>`));
  const hasOptions = passThrough || Object.keys(options ?? {}).length > 0;
  return ['plinth', ...path, ...words, ...(hasOptions ? ['[options]'] : [])].join(' ');
}

/** `--ssh-key FILE` and the like. */
function optionSynopsis(name: string, { type, value, short, multiple }: OptionSpec): string {
  const word = type === 'string' ? ` ${value ?? 'VALUE'}` : '';
  return `${short === undefined ? '' : `-${short}, `}--${name}${word}${multiple ? ' …' : ''}`;
}

function optionHelp({ help, choices }: OptionSpec): string {
  if (!choices) return help;
  return choices.length <= MOST_CHOICES
    ? `${help}: ${choices.join(', ')}`
    : `${help}: ${choices.slice(0, 3).join(', ')} …; a wrong one lists them all`;
}

function overview(commands: readonly Command[]): string {
  return [
    'plinth: create and look after customers’ servers, each one a Pulumi stack.',
    '',
    'Usage: plinth <command> [arguments] [options]',
    '',
    ...columns(commands.map((each) => [each.path.join(' '), each.summary])),
    '',
    'Options of every command:',
    ...optionLines(GLOBAL_OPTIONS),
    '',
    'Exit codes:',
    ...columns(EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning])),
    '',
    'Environment: PLINTH_URL (address of the service), PLINTH_TOKEN (API token), NO_COLOR.',
    'Help for one command: plinth <command> --help',
    '',
  ].join('\n');
}

function groupHelp(group: readonly Command[], path: readonly string[]): string {
  const lines = columns(group.map((each) => [synopsis(each), each.summary]));
  return [`Usage: plinth ${path[0]} <command>`, '', ...lines, '', `Help for one: plinth ${path[0]} <command> --help`, ''].join('\n');
}

function commandHelp(one: Command): string {
  const { positionals = [], options = {}, examples, details, json = true, passThrough } = one;
  const globals: OptionSpecs = passThrough ? {} : json ? GLOBAL_OPTIONS : { url: GLOBAL_OPTIONS.url, help: GLOBAL_OPTIONS.help };
  return [
    `${one.summary}.`,
    '',
    `Usage: ${synopsis(one)}`,
    ...(details === undefined ? [] : ['', details]),
    ...(positionals.length > 0 ? ['', 'Arguments:', ...columns(positionals.map(({ name, help }) => [name, help]))] : []),
    ...(Object.keys({ ...options, ...globals }).length > 0 ? ['', 'Options:', ...optionLines({ ...options, ...globals })] : []),
    '',
    'Examples:',
    ...examples.map((example) => `  plinth ${example}`),
    '',
  ].join('\n');
}

function optionLines(options: OptionSpecs): string[] {
  return columns(Object.entries(options).map(([name, spec]) => [optionSynopsis(name, spec), optionHelp(spec)]));
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

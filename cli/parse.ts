/** From words on the command line to a command with its arguments; every mistake is one line with a remedy. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { type Command, GLOBAL_OPTIONS, type OptionSpecs, type Values } from './command.ts';
import { usage } from './errors.ts';

export type Parsed =
  | { readonly kind: 'help'; readonly path: readonly string[] }
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly args: readonly string[];
      readonly options: Values<OptionSpecs>;
      readonly json: boolean;
      readonly url: string | undefined;
    };

/** @throws CliError (usage) that names what is wrong and what to type instead. */
export function parseCommandLine(commands: readonly Command[], words: readonly string[]): Parsed {
  const [first, second] = words;
  if (first === undefined || first === 'help') return { kind: 'help', path: words.slice(1) };
  if (first === '--help' || first === '-h') return { kind: 'help', path: [] };
  const found = commands
    .filter(({ path }) => path.every((word, index) => words[index] === word))
    .sort((a, b) => b.path.length - a.path.length)[0];
  if (!found) {
    const group = commands.filter(({ path }) => path[0] === first);
    if (group.length > 0 && (second === undefined || second === '--help' || second === '-h')) return { kind: 'help', path: [first] };
    throw unknownCommand(commands, group, words);
  }
  const rest = words.slice(found.path.length);
  if (found.passThrough) {
    const asksHelp = rest.includes('--help') || rest.includes('-h');
    if (asksHelp) return { kind: 'help', path: found.path };
    return { kind: 'run', command: found, args: rest, options: {}, json: false, url: undefined };
  }
  return parseRest(found, rest);
}

function parseRest(found: Command, rest: readonly string[]): Parsed {
  const specs: OptionSpecs = { ...GLOBAL_OPTIONS, ...found.options };
  const name = `plinth ${found.path.join(' ')}`;
  const config = Object.fromEntries(
    Object.entries(specs).map(([option, { type, short, multiple }]) => [
      option,
      { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) },
    ]),
  ) as NonNullable<ParseArgsConfig['options']>;
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...rest], options: config, allowPositionals: true, allowNegative: true, strict: true }) as typeof parsed;
  } catch (error) {
    throw flagMistake(error as Error & { code?: string }, specs, name);
  }
  const { values, positionals } = parsed;
  if (values['help'] === true) return { kind: 'help', path: found.path };
  const expected = found.positionals ?? [];
  const missing = expected.find((positional, index) => !positional.optional && positionals[index] === undefined);
  if (missing) throw usage(`${name}: <${missing.name}> is missing (${missing.help}). Type it, or see: ${name} --help`);
  const surplus = positionals[expected.length];
  if (surplus !== undefined) throw usage(`${name}: "${surplus}" is one argument too many. Remove it, or see: ${name} --help`);
  for (const [option, { choices }] of Object.entries(specs)) {
    const wrong = [values[option]].flat().find((given) => typeof given === 'string' && choices?.includes(given) === false);
    if (wrong !== undefined) throw usage(`${name}: --${option} cannot be "${wrong}". Use one of: ${choices!.join(', ')}.`);
  }
  for (const [option, { multiple }] of Object.entries(specs)) if (multiple) values[option] ??= [];
  const { json, url } = values as { json?: boolean; url?: string };
  const args = expected.map((_, index) => positionals[index] ?? '');
  return { kind: 'run', command: found, args, options: values as Values<OptionSpecs>, json: json === true, url };
}

function flagMistake(error: Error & { code?: string }, specs: OptionSpecs, name: string): Error {
  const flag = /'(?:-\w, )?(--?[^\s'=<]+)/.exec(error.message)?.[1] ?? '';
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = nearest(flag.replace(/^-+/, ''), Object.keys(specs));
    return usage(`${name}: there is no option ${flag}. ${near ? `Did you mean --${near}?` : `See: ${name} --help`}`);
  }
  const option = specs[flag.replace(/^--(no-)?/, '')];
  if (option?.type === 'string') return usage(`${name}: ${flag} needs a value. Type ${flag} ${option.value ?? 'VALUE'}.`);
  if (option) return usage(`${name}: ${flag} takes no value. Type ${flag}, or --no-${flag.replace(/^--(no-)?/, '')}.`);
  return usage(`${name}: ${error.message.split('. ')[0]}. See: ${name} --help`);
}

function unknownCommand(commands: readonly Command[], group: readonly Command[], words: readonly string[]): Error {
  const [first = '', second = ''] = words;
  const inGroup = group.length > 0;
  const candidates = inGroup ? group.map(({ path }) => path[1] ?? '') : [...new Set(commands.map(({ path }) => path[0]!))];
  const near = nearest(inGroup ? second : first, candidates);
  const prefix = inGroup ? `${first} ` : '';
  const remedy = near ? `Did you mean: plinth ${prefix}${near}?` : `There are: ${candidates.join(', ')}.`;
  return usage(`plinth: there is no command "${inGroup ? `${first} ${second}` : first}". ${remedy}`);
}

/** The candidate at most two edits away, if any. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = scored[0];
  if (!best) return undefined;
  return best.distance <= Math.min(2, Math.ceil(word.length / 2))
    ? best.candidate
    : candidates.find((candidate) => word.length > 2 && candidate.startsWith(word));
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}

/** The number that an option was given. @throws CliError (usage) when it is none. */
export function numberOf(command: string, option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw usage(`plinth ${command}: --${option} ${text}: this is not a number.`);
  return value;
}

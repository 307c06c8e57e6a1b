/** What a command is: data (for help, documentation and parsing) and one function. */
import type { Api } from './api.ts';
import type { Connection } from './connection.ts';
import type { Io } from './io.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly help: string;
  /** Word for the value in the help, such as `FILE`. */
  readonly value?: string;
  readonly short?: string;
  readonly multiple?: boolean;
  readonly choices?: readonly string[];
}
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

export interface Positional {
  readonly name: string;
  readonly help: string;
  readonly optional?: boolean;
}

type ValueOf<Spec extends OptionSpec> = Spec['type'] extends 'boolean'
  ? boolean | undefined
  : Spec extends { multiple: true }
    ? readonly string[]
    : string | undefined;
export type Values<Specs extends OptionSpecs> = { readonly [Name in keyof Specs]: ValueOf<Specs[Name]> };

export interface Context {
  readonly io: Io;
  readonly json: boolean;
  readonly connection: () => Promise<Connection>;
  /** The API with the token that was found. @throws CliError when there is none. */
  readonly api: () => Promise<Api>;
}

export interface Command<Specs extends OptionSpecs = OptionSpecs> {
  /** `['vps', 'create']`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly details?: string;
  readonly positionals?: readonly Positional[];
  readonly options?: Specs;
  /** Command lines that work as they stand, without the word `plinth`. */
  readonly examples: readonly string[];
  /** Whether `--json` gives something: false for commands that only run. */
  readonly json?: boolean;
  /** Hands all arguments over as they are; the command parses them itself. */
  readonly passThrough?: boolean;
  /** Resolves with the exit code. `args` holds the positionals, '' for an optional one left out. */
  readonly run: (context: Context, args: readonly string[], options: Values<Specs>) => Promise<number>;
}

/** Types a command by its options. */
export function command<const Specs extends OptionSpecs>(definition: Command<Specs>): Command {
  return definition as unknown as Command;
}

export const GLOBAL_OPTIONS = {
  json: { type: 'boolean', help: 'print what the API answered, as one JSON document (while watching: one per line)' },
  url: { type: 'string', value: 'URL', help: 'address of the service; default PLINTH_URL, then the last login, then this machine' },
  help: { type: 'boolean', short: 'h', help: 'print help' },
} as const satisfies OptionSpecs;

/** For every command that changes something. */
export const MUTATION_OPTIONS = {
  'idempotency-key': { type: 'string', value: 'KEY', help: 'repeat an earlier call safely: the same key does it once; default random' },
} as const satisfies OptionSpecs;

export const WAIT_OPTION = {
  wait: { type: 'boolean', short: 'w', help: 'follow the operation to its end; the exit code tells how it ended' },
} as const satisfies OptionSpecs;

/** For every command that asks before something is lost. */
export const YES_OPTION = {
  yes: { type: 'boolean', short: 'y', help: 'do not ask' },
} as const satisfies OptionSpecs;

/** For every list that the API gives in pages of at most 200. */
export const PAGE_OPTIONS = {
  limit: { type: 'string', value: 'N', help: 'at most so many, 1 to 200; default 50' },
  cursor: { type: 'string', value: 'CURSOR', help: 'the page after; `next` of the one before' },
} as const satisfies OptionSpecs;

/** The VPS that a command is about. */
export const VPS: Positional = { name: 'vps', help: 'id or label' };

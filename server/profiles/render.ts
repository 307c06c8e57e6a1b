/**
 * From a template and values to one bash script. A value is never part of the script's text but as a quoted assignment; files
 * are composed here, each value as a literal of the file's language, and carried in base64. Pure.
 */
import type { SetupTemplate, SetupVariable } from '../../contract/setup-profile.ts';
import { PASSWORD_HASH } from '../../stacks/user-data.ts';
import { type Format, literal } from './escape.ts';

export interface Rendered {
  readonly script: string;
  readonly files: readonly { readonly name: string; readonly path: string; readonly mode: string; readonly content: string }[];
}
export interface Wrong {
  readonly field: string;
  readonly rule: string;
}
export class WrongValues extends Error {
  override readonly name = 'WrongValues';
  readonly wrong: readonly Wrong[];
  constructor(wrong: readonly Wrong[]) {
    super(wrong.map(({ field, rule }) => `${field}: ${rule}`).join('; '));
    this.wrong = wrong;
  }
}

const PLACEHOLDER = /\{\{([A-Z][A-Z0-9_]*)\}\}/g;
/** Of these types every value is a word, whatever somebody sends. */
const WORDS: ReadonlySet<SetupVariable['type']> = new Set(['word', 'user', 'hostname', 'number', 'secret']);
/** What stands for a secret in a file until the server has fetched it: of the alphabet of secrets, so that it is quoted alike. */
export const secretMark = (name: string): string => `PLINTH-SECRET-${name}`;

const RULES: Readonly<Record<SetupVariable['type'], (value: string) => string | null>> = {
  text: (value) => (/[\r\n]/.test(value) ? 'must be one line' : value.length > 2_000 ? 'must have at most 2000 characters' : null),
  word: (value) => (/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/.test(value) ? null : 'must be letters, digits and . _ -'),
  user: (value) => (/^[a-z][a-z0-9-]{0,31}$/.test(value) ? null : 'must be a user name: small letters, digits, hyphens'),
  hostname: (value) =>
    /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(value) ? null : 'must be a host name',
  url: (value) => (isHttps(value) ? null : 'must be an address that begins with https://'),
  number: (value) => (/^\d{1,15}$/.test(value) ? null : 'must be a whole number'),
  secret: () => 'is made by Plinth: leave it out',
  password_hash: () => 'is the server’s own: leave it out',
};

function isHttps(value: string): boolean {
  return URL.canParse(value) && new URL(value).protocol === 'https:' && !/[\s"'`\\]/.test(value);
}

/** Values with defaults, each checked by its type. @throws WrongValues with all that is wrong */
export function checkedValues({ variables }: SetupTemplate, given: Readonly<Record<string, string>>): Map<string, string> {
  const wrong: Wrong[] = [];
  const values = new Map<string, string>();
  const names = new Set(variables.map(({ name }) => name));
  for (const name of Object.keys(given)) if (!names.has(name)) wrong.push({ field: name, rule: 'is no variable of this profile' });
  for (const { name, type, default: fallback } of variables) {
    const value = Object.hasOwn(given, name) ? given[name] : fallback;
    if (type === 'secret' || type === 'password_hash') {
      if (value !== undefined) wrong.push({ field: name, rule: RULES[type](value)! });
      continue;
    }
    if (value === undefined) {
      wrong.push({ field: name, rule: 'has no default: send it' });
      continue;
    }
    const rule = value.isWellFormed() && !value.includes('\0') ? RULES[type](value) : 'must be well-formed text';
    if (rule === null) values.set(name, value);
    else wrong.push({ field: name, rule });
  }
  if (wrong.length > 0) throw new WrongValues(wrong);
  return values;
}

/** What is wrong with a template itself, whatever its values are. */
export function templateProblems(template: SetupTemplate): Wrong[] {
  const wrong: Wrong[] = [];
  const types = new Map(template.variables.map(({ name, type }) => [name, type]));
  if (types.size < template.variables.length) wrong.push({ field: 'variables', rule: 'name one twice' });
  if (new Set(template.files.map(({ name }) => name)).size < template.files.length) wrong.push({ field: 'files', rule: 'name one twice' });
  for (const [index, { format, content, path }] of template.files.entries()) {
    for (const [where, text, plain] of [
      ['content', content, format === 'plain'],
      ['path', path, true],
    ] as const)
      for (const [, name] of text.matchAll(PLACEHOLDER)) {
        const type = types.get(name!);
        if (type === undefined) wrong.push({ field: `files.${index}.${where}`, rule: `{{${name}}} is no variable of the profile` });
        else if (type === 'password_hash')
          wrong.push({ field: `files.${index}.${where}`, rule: `{{${name}}} may stand in the script only` });
        else if (plain && !WORDS.has(type))
          wrong.push({ field: `files.${index}.${where}`, rule: `{{${name}}} may be more than a word there` });
        else if (where === 'path' && type === 'secret') wrong.push({ field: `files.${index}.path`, rule: 'a path has no secrets' });
      }
  }
  if (/\{\{[A-Z]/.test(template.script)) wrong.push({ field: 'script', rule: 'uses "$NAME", not {{NAME}}' });
  if (template.secrets === 'inline' && template.checks.some(({ type }) => type === 'finished'))
    wrong.push({ field: 'checks', rule: 'a server that cannot reach Plinth cannot say that it is finished' });
  return wrong;
}

export interface Carried {
  /** Where the server asks for its secrets and says that it is finished; null: it does neither. */
  readonly setupUrl: string | null;
  /** By name, where the template carries them. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** @throws WrongValues */
export function render(
  about: string,
  template: SetupTemplate,
  given: Readonly<Record<string, string>>,
  { setupUrl, secrets }: Carried,
): Rendered {
  const values = checkedValues(template, given);
  const secretNames = template.variables.filter(({ type }) => type === 'secret').map(({ name }) => name);
  const inline = template.secrets === 'inline';
  const filled = (text: string, format: Format): string =>
    text.replaceAll(PLACEHOLDER, (_, name: string) =>
      literal(format, values.get(name) ?? (inline ? (secrets[name] ?? secretMark(name)) : secretMark(name))),
    );
  const files = template.files.map(({ name, path, format, content, mode }) => ({
    name,
    path: filled(path, 'plain'),
    mode,
    content: filled(content, format),
  }));
  const assignments = template.variables.flatMap(({ name, type }) => {
    if (type === 'password_hash') return [`${name}='${PASSWORD_HASH}'`];
    if (type === 'secret') return inline ? [`${name}=${literal('shell', secrets[name] ?? secretMark(name))}`] : [];
    return [`${name}=${literal('shell', values.get(name)!)}`];
  });
  const script = [
    '#!/bin/bash',
    `# ${about}`,
    'exec >>/post_install.log 2>&1',
    'set -euo pipefail',
    'export DEBIAN_FRONTEND=noninteractive',
    ...assignments,
    ...phoneHome(setupUrl),
    ...putFunction(files, inline ? [] : secretNames),
    ...(inline ? [] : fetchFunction(secretNames)),
    template.script.trimEnd(),
    ...(setupUrl === null ? [] : ['plinth_say true']),
    '',
  ].join('\n');
  return { script, files };
}

function phoneHome(setupUrl: string | null): string[] {
  if (setupUrl === null) return [];
  return [
    `PLINTH_SETUP_URL=${literal('shell', setupUrl)}`,
    'plinth_say() {',
    `  curl -fsS --retry 5 --max-time 20 -X POST -H 'Content-Type: application/json' -d "{\\"ok\\": $1}" "$PLINTH_SETUP_URL/finished" >/dev/null`,
    '}',
    `trap 'plinth_say false || true' ERR`,
  ];
}

/** `fetch_secrets`, for when curl and jq are there: each secret becomes a variable. Nothing of it is logged. */
function fetchFunction(names: readonly string[]): string[] {
  if (names.length === 0) return ['fetch_secrets() { :; }'];
  return [
    'fetch_secrets() {',
    '  local answer',
    `  answer=$(curl -fsS --max-time 20 -X POST "$PLINTH_SETUP_URL")`,
    ...names.map((name) => `  ${name}=$(jq -er '.secrets.${name}' <<<"$answer")`),
    '}',
  ];
}

/** `put <name>`: a file at its place, in base64 until then. Secrets are of an alphabet that no language quotes. */
function putFunction(files: Rendered['files'], secrets: readonly string[]): string[] {
  const one = ({ name, path, mode, content }: Rendered['files'][number]): string[] => {
    const carried = Buffer.from(content, 'utf8').toString('base64');
    const marks = secrets.filter((each) => content.includes(secretMark(each)));
    const filter = marks.map((each) => ` | sed "s/${secretMark(each)}/$${each}/g"`).join('');
    const at = literal('shell', path);
    return [`    ${name}) install -D -m ${mode} /dev/null ${at}; base64 -d <<<'${carried}'${filter} >${at} ;;`];
  };
  return ['put() {', '  case "$1" in', ...files.flatMap(one), `    *) echo "there is no file $1" >&2; return 1 ;;`, '  esac', '}'];
}

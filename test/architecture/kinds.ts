/** Rules of operation kinds: each is two files, which the lists name; and nobody else tells kinds apart in a table of names. */
import { isTest, type Repository, withoutComments } from './repository.ts';

const CONTRACT = 'contract/operations/';
const SERVER = 'server/vps/operations/';
const WORDS = 'web/kit/lib/kind-words.ts';
/** Beside the kinds. */
const NO_KINDS = new Set(['bodies', 'kind', 'list']);

/** Folder = list = contract: what is missing or too much, with the remedy. */
export function kindsAreWhole(files: Repository): string[] {
  const kinds = names(files, CONTRACT, () => true).filter((name) => !NO_KINDS.has(name));
  const sheets = names(files, SERVER, (text) => /^export const sheet = defineSheet\(/m.test(text));
  const listed = (path: string): string[] => [...(files.get(path) ?? '').matchAll(/from '\.\/([a-z-]+)\.ts'/g)].map(([, name]) => name!);
  const words = [...(files.get(WORDS) ?? '').matchAll(/^ {2}'?([a-z-]+)'?: \{/gm)].map(([, name]) => name!);
  const missing = (from: readonly string[], to: readonly string[], what: (name: string) => string): string[] =>
    from.filter((name) => !to.includes(name)).map(what);
  const both = (own: readonly string[], path: string): string[] => [
    ...missing(own, listed(path), (name) => `${path} does not list ${name}: run node scripts/kinds.ts`),
    ...missing(listed(path), own, (name) => `${path} lists ${name}, which is no kind: run node scripts/kinds.ts`),
  ];
  return [
    ...missing(kinds, sheets, (name) => `${CONTRACT}${name}.ts has no sheet: write ${SERVER}${name}.ts`),
    ...missing(sheets, kinds, (name) => `${SERVER}${name}.ts has no contract: write ${CONTRACT}${name}.ts`),
    ...both(kinds, `${CONTRACT}list.ts`),
    ...both(sheets, `${SERVER}list.ts`),
    ...missing(kinds, words, (name) => `${WORDS} has no words of ${name}: run node scripts/kinds.ts`),
    ...kinds.flatMap((name) => misnamed(files, name)),
  ];
}

function names(files: Repository, folder: string, is: (text: string) => boolean): string[] {
  return [...files].flatMap(([path, text]) => {
    const name = path.startsWith(folder) ? /^([a-z-]+)\.ts$/.exec(path.slice(folder.length))?.[1] : undefined;
    return name !== undefined && is(text) ? [name] : [];
  });
}

function misnamed(files: Repository, name: string): string[] {
  const path = `${CONTRACT}${name}.ts`;
  return new RegExp(`\\bkind: '${name}'`).test(files.get(path) ?? '') ? [] : [`${path} must say kind: '${name}'`];
}

/** What tells kinds apart: a set or list of two or more of their names. `destroy` and `import` alone are words of other things, too. */
export function noTablesOfKinds(files: Repository): string[] {
  const kinds = names(files, CONTRACT, () => true).filter((name) => !NO_KINDS.has(name));
  const name = `'(?:${kinds.join('|')})'`;
  const table = new RegExp(`\\[\\s*${name}(?:,\\s*${name})+,?\\s*\\]`, 'g');
  return [...files].flatMap(([path, text]) => {
    if (!path.startsWith('server/') || !path.endsWith('.ts') || isTest(path) || kinds.length === 0) return [];
    return [...withoutComments(text).matchAll(table)].map(
      ([found]) =>
        `${path}: a table of kinds, ${found.replaceAll(/\s+/g, ' ')}: say it on their sheets (Traits, Rules) and ask sheetOf(kind)`,
    );
  });
}

/** Every sealed column is in the one list, by which a change of the master key finds it, and in the schema as one. */
import { isCode, isTest, type Repository } from './repository.ts';

const LIST = 'server/kernel/sealed.ts';
/** Tables of migrations alone, which the schema does not have. */
const WITHOUT_MODEL = new Set(['state_stack']);
const PLACE = /table: '([a-z_]+)', column: '(\w+)'/g;
const HANDLE = /\bsealed\('([a-z_]+)', '(\w+)'\)/g;

export function sealedColumnsAreListed(files: Repository): string[] {
  const listed = namesIn(files.get(LIST) ?? '', PLACE);
  const marked = [...files].flatMap(([path, text]) => (path.startsWith('prisma/schema/') ? markedIn(text) : []));
  const used = [...files].flatMap(([path, text]) => {
    if (!path.startsWith('server/') || path === LIST || !isCode(path) || isTest(path)) return [];
    return [...namesIn(text, PLACE), ...namesIn(text, HANDLE)].map((name) => ({ path, name }));
  });
  return [
    ...used.filter(({ name }) => !listed.includes(name)).map(({ path, name }) => `${path} seals ${name}: add it to ${LIST}`),
    ...marked
      .filter((name) => !listed.includes(name))
      .map((name) => `the schema calls ${name} sealed: add it to ${LIST}, or take the word off`),
    ...listed
      .filter((name) => !marked.includes(name) && !WITHOUT_MODEL.has(name.split('.')[0]!))
      .map((name) => `${LIST} lists ${name}: say "/// Sealed" above it in the schema`),
  ];
}

function namesIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, table, column]) => `${table}.${column}`);
}

/** Columns whose comment begins with the word. */
function markedIn(schema: string): string[] {
  return [...schema.matchAll(/^model (\w+) \{\n([^]*?)^\}/gm)].flatMap(([, model, body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? model!;
    return [...body.matchAll(/((?:^ *\/\/\/.*\n)+)^ *(\w+)/gm)].flatMap(([, comment = '', column]) =>
      /\/\/\/ Sealed\b/.test(comment) ? [`${table}.${column}`] : [],
    );
  });
}

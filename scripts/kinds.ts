/**
 * Writes the lists of operation kinds from their folder: contract/operations/list.ts, server/vps/operations/list.ts, and the
 * kinds' words for the dashboard, which loads no schemas. With --check only says whether they are up to date (exit code 1).
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KindContract } from '../contract/operations/kind.ts';

const ROOT = join(import.meta.dirname, '..');
const CONTRACT = join(ROOT, 'contract', 'operations');
/** Beside the kinds. */
const NO_KINDS = ['bodies.ts', 'kind.ts', 'list.ts'];
const FOLLOWS = '/* Made from the files of contract/operations/ by `node scripts/kinds.ts`. Add a kind there, not here. */';

const names = (await readdir(CONTRACT)).filter((name) => name.endsWith('.ts') && !NO_KINDS.includes(name)).toSorted();
const own = (name: string): string => name.replace(/\.ts$/, '').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
// `import` is a word of the language.
const variable = (name: string): string => `${own(name)}Kind`;

function listOf(what: 'kind' | 'sheet', list: string): string {
  const imports = names.map((name) => `import { ${what} as ${variable(name)} } from './${name}';`);
  return [FOLLOWS, ...imports, '', `export const ${list} = [${names.map(variable).join(', ')}] as const;`, ''].join('\n');
}

async function wordsOf(): Promise<string> {
  const kinds = await Promise.all(names.map(async (name) => ((await import(join(CONTRACT, name))) as { kind: KindContract }).kind));
  const entries = kinds.map(({ kind, words, names: gives, change }) => [
    kind,
    { ...words, ...(gives ? { names: true } : {}), ...(change ? { previews: true } : {}) },
  ]);
  const text = JSON.stringify(Object.fromEntries(entries), null, 2);
  return [FOLLOWS, '', `export const KIND_WORDS = ${text} as const;`, ''].join('\n');
}

async function formatted(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-kinds-'));
  try {
    const file = join(folder, 'list.ts');
    await writeFile(file, text);
    const oxfmt = join(ROOT, 'node_modules', 'oxfmt', 'bin', 'oxfmt');
    const { status, stderr } = spawnSync(process.execPath, [oxfmt, '-c', '.oxfmtrc.json', file], { cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) throw new Error(`The formatter refused a list: ${stderr}`);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

const wanted: readonly (readonly [path: string, text: string])[] = [
  ['contract/operations/list.ts', listOf('kind', 'KINDS')],
  ['server/vps/operations/list.ts', listOf('sheet', 'SHEETS')],
  ['web/kit/lib/kind-words.ts', await wordsOf()],
];
for (const [path, text] of wanted) {
  const next = await formatted(text);
  if (next === (await readFile(join(ROOT, path), 'utf8').catch(() => ''))) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${path} is not what contract/operations/ says. Run: node scripts/kinds.ts\n`);
    process.exitCode = 1;
  } else await writeFile(join(ROOT, path), next);
}

/** Whatever a page of the desk can do is offered to whoever may: each call that does something is asked for where it is led to. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { RIGHTS } from '../../kit/api/generated/rights.ts';
import { ACTION_RIGHTS } from './action-rights.ts';

const DESK = join(import.meta.dirname, '..');
const FILES = new Map(
  readdirSync(DESK, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.test)\.tsx?$/.test(name))
    .map((name) => [name, readFileSync(join(DESK, name), 'utf8')]),
);
type Files = ReadonlyMap<string, string>;

/** Who imports each file. */
function importersOf(files: Files): Map<string, string[]> {
  const importers = new Map<string, string[]>();
  for (const [name, text] of files)
    for (const [, from = ''] of text.matchAll(/from '(\.[^']+)'/g)) {
      const to = join(dirname(name), from);
      importers.set(to, [...(importers.get(to) ?? []), name]);
    }
  return importers;
}

/** The file, and those from which it is reached: a dialog's button stands in another file than the dialog. */
function scopeOf(files: Files, importers: ReadonlyMap<string, readonly string[]>, name: string): string {
  const found = new Set([name]);
  for (const each of found) for (const importer of importers.get(each) ?? []) found.add(importer);
  return [...found].map((each) => files.get(each)).join('\n');
}

const rightsOf = (call: string): readonly string[] => (RIGHTS as Readonly<Record<string, readonly string[]>>)[call] ?? [];
/** What the page itself needs, which is asked for by its entry in PAGES. */
const NEEDED: Readonly<Record<string, string>> = { previewSetupProfile: 'template:read' };
/** Several calls behind one button. */
const BEHIND: Readonly<Record<string, string>> = { previewImport: 'importServer' };

/** `file: call` of each call that nothing asks for. */
function unasked(files: Files): string[] {
  const importers = importersOf(files);
  return [...files].flatMap(([name, text]) => {
    const calls = [...new Set([...text.matchAll(/\bapi\.(\w+)\(/g)].map(([, call = '']) => call))];
    const asked = calls.filter((call) => rightsOf(call).some((right) => right !== 'session:own' && right !== NEEDED[call]));
    if (asked.length === 0) return [];
    const scope = scopeOf(files, importers, name);
    const named = new Set(
      [...scope.matchAll(/\bcall="(\w+)"|mayCall\('(\w+)'\)|useMayCall\(\)\('(\w+)'\)/g)].map(([, a, b, c]) => a ?? b ?? c),
    );
    // Elsewhere a permission is asked for by its name.
    const isNamed = (right: string): boolean =>
      scope.includes(`'${right}'`) || (scope.includes('ACTION_RIGHTS') && Object.values<string>(ACTION_RIGHTS).includes(right));
    return asked.filter((call) => !named.has(BEHIND[call] ?? call) && !rightsOf(call).some(isNamed)).map((call) => `${name}: ${call}`);
  });
}

it('asks before it offers', () => expect(unasked(FILES)).toEqual([]));

it('finds a button that everybody is shown', () => {
  const without = [join('pages', 'product.tsx'), join('shop', 'product-menu.tsx')].map(
    (file) => [file, FILES.get(file)!.replaceAll('call="setProductStock"', 'call="deleteProductPrice"')] as const,
  );
  expect(unasked(new Map([...FILES, ...without]))).toEqual([`${join('shop', 'product-dialogs.tsx')}: setProductStock`]);
});

it('names nothing that there is not', () => {
  const named = [...FILES.values()].flatMap((text) =>
    [...text.matchAll(/\bcall="(\w+)"|mayCall\('(\w+)'\)/g)].map(([, a, b]) => a ?? b ?? ''),
  );
  expect(named.filter((call) => rightsOf(call).length === 0)).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

/** What a first visit loads: everything that an entry imports without asking later, and who may import whom. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const WEB = join(import.meta.dirname, '..');
const ENTRIES = ['desk/main.tsx', 'portal/main.tsx', 'console/main.tsx'].filter((entry) => existsSync(join(WEB, entry)));

/** Files and packages reached by static imports, in the order found. */
function reachable(entry: string): { files: string[]; packages: Set<string> } {
  const files: string[] = [];
  const packages = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.includes(file)) continue;
    files.push(file);
    if (!/\.tsx?$/.test(file)) continue;
    for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(IMPORT))
      if (from.startsWith('.')) waiting.push(join(dirname(file), from));
      else packages.add(from);
  }
  return { files, packages };
}

it.each(ENTRIES)('%s brings no schemas and no page but the frame', (entry) => {
  const { files, packages } = reachable(join(WEB, entry));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  expect(files.some((file) => file.endsWith('api/generated/paths.ts'))).toBe(true);
  expect([...packages].filter((name) => name === 'zod')).toEqual([]);
  expect(files.filter((file) => file.includes('/pages/'))).toEqual([]);
});

/** Files of the contract without schemas. */
const VALUES_ONLY = ['words.ts', 'money.ts', 'plan-price.ts', 'console-line.ts', 'release.ts'].map((name) => `/contract/${name}`);

it('takes from the contract, beside its schemas, files that need none', () => {
  for (const file of VALUES_ONLY) {
    const { packages } = reachable(join(WEB, '..', file));
    expect([...packages], file).toEqual([]);
  }
});

const sources = ['kit', 'features', 'desk', 'portal', 'console']
  .filter((part) => existsSync(join(WEB, part)))
  .flatMap((part) => readdirSync(join(WEB, part), { recursive: true, encoding: 'utf8' }).map((name) => `${part}/${name}`))
  .filter((name) => /(?<!\.test)\.tsx?$/.test(name));
it('takes schemas from one place only, where the schema library was told to do without eval', () => {
  const takers = sources.filter((name) =>
    [...readFileSync(join(WEB, name), 'utf8').matchAll(IMPORT)].some(
      ([, from = '']) => from === 'zod' || (from.includes('/contract/') && !VALUES_ONLY.some((file) => from.endsWith(file))),
    ),
  );
  expect(takers.toSorted()).toEqual(['desk/lib/vps-form.ts', 'kit/lib/zod-without-eval.ts']);
});

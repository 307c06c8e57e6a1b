/** What a first visit loads: everything that main.tsx imports without asking later. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const IMPORT = /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;

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

it('brings no schemas and no page but the frame', () => {
  const { files, packages } = reachable(join(import.meta.dirname, 'main.tsx'));
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  expect(files.some((file) => file.endsWith('api/generated/paths.ts'))).toBe(true);
  expect([...packages].filter((name) => name === 'zod' || name === '@tanstack/react-table')).toEqual([]);
  expect(files.filter((file) => file.includes('/pages/'))).toEqual([]);
});

it('takes schemas from one place only, where the schema library was told to do without eval', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.test)\.tsx?$/.test(name));
  const takers = sources.filter((name) =>
    [...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(IMPORT)].some(
      ([, from = '']) => from === 'zod' || (from.includes('/contract/') && !from.endsWith('/contract/words.ts')),
    ),
  );
  expect(takers.toSorted()).toEqual(['lib/vps-form.ts', 'lib/zod-without-eval.ts']);
});

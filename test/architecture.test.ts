/** Rules of the repository as tests. Each is also shown to fail on a planted sample, so that none is blind. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Repository, ROOT, scanRepository, withoutComments } from './architecture/repository.ts';
import * as rules from './architecture/rules.ts';

const files = await scanRepository();
const exists = (path: string) => existsSync(join(ROOT, path));

const docsLinks = (given: Repository) => rules.docsLinksResolve(given, (path) => given.has(path) || exists(path));

interface Case {
  name: string;
  rule: (files: Repository) => string[];
  /** A file that breaks the rule, by path. */
  planted: Record<string, string>;
  /** Something near it that does not. */
  harmless: Record<string, string>;
}

// Assembled from parts so that the samples do not trip the rules when this file itself is scanned.
const ONLY = ['.on', 'ly'].join('');
const ENUM = ['en', 'um Colour { Red }'].join('');
const ENV = ['process', '.env'].join('');

const CASES: Case[] = [
  {
    name: 'imports point one way',
    rule: rules.importDirection,
    planted: { 'stacks/x.ts': "import { a } from '../server/config.ts';" },
    harmless: { 'stacks/x.ts': "// from '../server/config.ts'\nimport { a } from '../components/y.ts';" },
  },
  {
    name: 'no provider imports another',
    rule: rules.importDirection,
    planted: { 'providers/one/a.ts': "export { b } from '../two/b.ts';" },
    harmless: { 'providers/one/a.ts': "import { b } from '../http.ts';" },
  },
  {
    name: 'only the store imports the database client',
    rule: rules.importDirection,
    planted: { 'server/services/a.ts': "import type { P } from '../../prisma/generated/client.ts';" },
    harmless: { 'server/store/a.ts': "import type { P } from '../../prisma/generated/client.ts';" },
  },
  {
    name: "the server does not reach into a provider's folder",
    rule: rules.importDirection,
    planted: { 'server/a.ts': "const x = await import('../providers/one/client.ts');" },
    harmless: { 'server/a.ts': "import { x } from '../providers/list.ts';" },
  },
  {
    name: 'the web imports the contract only',
    rule: rules.importDirection,
    planted: { 'web/src/a.tsx': "import { x } from '../../lib/process-lock.ts';" },
    harmless: { 'web/src/a.tsx': "import { x } from '../../contract/vps.ts';" },
  },
  {
    name: 'no imports in a circle',
    rule: rules.importCircles,
    planted: {
      'lib/a.ts': "import type { B } from './b.ts';",
      'lib/b.ts': "export { a } from './c.ts';",
      'lib/c.ts': "import './x';\nimport { A } from './a.ts';",
    },
    harmless: { 'lib/a.ts': "import type { B } from './b.ts';", 'lib/b.ts': "// from './a.ts'\nexport const b = 1;" },
  },
  {
    name: "a provider's id stays in its folder and the lists",
    rule: rules.providerIdsStayHome,
    planted: { 'providers/acme/index.ts': '', 'server/a.ts': "if (id === 'acme') pay();" },
    harmless: {
      'providers/acme/index.ts': "export const id = 'acme';",
      'server/a.ts': "// 'acme' does it so\n",
      'providers/list.ts': "'acme'",
    },
  },
  {
    name: 'files stay readable in one go',
    rule: rules.fileSize,
    planted: { 'lib/a.ts': '\n'.repeat(rules.MAX_LINES + 1) },
    harmless: { 'lib/a.ts': '\n'.repeat(rules.MAX_LINES), 'docs/a.md': '\n'.repeat(2000) },
  },
  {
    name: 'TypeScript is erasable',
    rule: rules.erasableSyntax,
    planted: { 'lib/a.ts': `export ${ENUM}` },
    harmless: { 'lib/a.ts': `/* ${ENUM} */ const x = z.enum(['a']);` },
  },
  {
    name: 'no test is focused',
    rule: rules.noFocusedTests,
    planted: { 'lib/a.test.ts': `test${ONLY}('x', () => {});` },
    harmless: { 'lib/a.test.ts': `test('x', () => readOnly${ONLY});` },
  },
  {
    name: 'the environment is read in one place',
    rule: rules.environmentReadOnce,
    planted: { 'server/services/a.ts': `const x = ${ENV}.PORT;` },
    harmless: { 'server/config.ts': `readConfig(${ENV})`, 'server/b.ts': `// ${ENV}` },
  },
  {
    name: 'every setting is documented, and only settings are',
    rule: rules.environmentDocumented,
    planted: { '.env.example': '# PLINTH_OLD=1\n', 'server/config.ts': '  PORT: port(),\n' },
    harmless: { '.env.example': '# PORT=4000\nPLINTH_X=1\n', 'server/config.ts': '  PORT: port(),\n  PLINTH_X: z,\n' },
  },
  {
    name: 'links in the documentation lead somewhere',
    rule: docsLinks,
    planted: { 'docs/a.md': '[gone](./gone.md) and [heading](#no-such)' },
    harmless: { 'docs/a.md': '# Some heading\n[here](#some-heading) [up](../package.json) [out](https://example.com)' },
  },
];

test.each([...new Set(CASES.map((each) => each.rule))].map((rule) => [rule.name, rule] as const))('%s holds here', (_, rule) => {
  expect(rule(files)).toEqual([]);
});

describe.each(CASES)('$name', ({ rule, planted, harmless }) => {
  test('a planted breach is found', () => expect(rule(new Map(Object.entries(planted)))).not.toEqual([]));
  test('its harmless neighbour is not', () => expect(rule(new Map(Object.entries(harmless)))).toEqual([]));
});

test('the scan sees the repository', () => {
  expect(files.has('package.json')).toBe(true);
  expect(files.has('test/architecture.test.ts')).toBe(true);
  expect(withoutComments("const u = 'http://x'; // gone\n/* gone */ let y;")).toBe("const u = 'http://x'; \n let y;");
});

test('the lock file names no registry', () => {
  // Resolved addresses would tie every install to the registry of whoever ran npm last.
  expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved":/);
});

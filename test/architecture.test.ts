/** Rules of the repository as tests. Each is also shown to fail on a planted sample, so that none is blind. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Repository, ROOT, scanRepository, withoutComments } from './architecture/repository.ts';
import { oneWordPerThing } from './architecture/words.ts';
import { sealedColumnsAreListed } from './architecture/sealed.ts';
import { kindsAreWhole, noTablesOfKinds } from './architecture/kinds.ts';
import * as rights from './architecture/rights.ts';
import { routersTransaction, shapesAreInContract } from './architecture/routes.ts';
import * as rules from './architecture/rules.ts';

const files = await scanRepository();
const exists = (path: string) => existsSync(join(ROOT, path));

const namedPaths = (given: Repository) => rules.namedPathsExist(given, (path) => given.has(path) || exists(path));
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
    planted: { 'stacks/x.ts': "import { a } from '../server/kernel/config.ts';" },
    harmless: { 'stacks/x.ts': "// from '../server/kernel/config.ts'\nimport { a } from '../components/y.ts';" },
  },
  {
    name: 'no provider imports another',
    rule: rules.importDirection,
    planted: { 'providers/one/a.ts': "export { b } from '../two/b.ts';" },
    harmless: { 'providers/one/a.ts': "import { b } from '../http.ts';", 'providers/onedns/a.ts': "import { c } from '../one/c.ts';" },
  },
  {
    name: "only a provider's wire knows the simulated world",
    rule: rules.importDirection,
    planted: { 'providers/one/client.ts': "import { b } from '../../simulator/cloud/cloud.ts';" },
    harmless: { 'providers/one/simulator/a.ts': "import { b } from '../../../simulator/cloud/cloud.ts';" },
  },
  {
    name: "only a domain's store imports the database client",
    rule: rules.importDirection,
    planted: { 'server/vps/a.ts': "import type { P } from '../../prisma/generated/client.ts';" },
    harmless: { 'server/vps/store.ts': "import type { P } from '../../prisma/generated/client.ts';" },
  },
  {
    name: "the server does not reach into a provider's folder",
    rule: rules.importDirection,
    planted: { 'server/a.ts': "const x = await import('../providers/one/client.ts');" },
    harmless: { 'server/a.ts': "import { x } from '../providers/list.ts';" },
  },
  {
    name: 'a domain of the server knows those below it only',
    rule: rules.domainOrder,
    planted: { 'server/kernel/a.ts': "import { b } from '../vps/store.ts';", 'server/vps/store.ts': '' },
    harmless: { 'server/vps/a.ts': "import { b } from '../kernel/b.ts';", 'server/runtime.ts': "import { c } from './bulk/c.ts';" },
  },
  {
    name: 'every folder of the server is a domain',
    rule: rules.domainOrder,
    planted: { 'server/services/a.ts': '' },
    harmless: { 'server/drift/policies/a.ts': '' },
  },
  ...(
    [
      ['every domain has its index', { 'server/bulk/a.ts': '', 'server/domains.ts': 'export const x = () => [\n  bulk,\n];' }],
      ['every domain is in the list', { 'server/bulk/index.ts': 'export const bulk: Domain = {', 'server/domains.ts': '' }],
      [
        'the list of domains has their order',
        {
          'server/bulk/index.ts': 'export const bulk: Domain = {',
          'server/vps/index.ts': 'export const vps: Domain = {',
          'server/domains.ts': 'export const x = () => [\n  bulk,\n  vps,\n];',
        },
      ],
      [
        'only the list of domains reads their indexes',
        {
          'server/vps/index.ts': 'export const vps: Domain = {',
          'server/vps/a.ts': "import { vps } from './index.ts';",
          'server/domains.ts': 'export const x = () => [\n  vps,\n];',
        },
      ],
    ] as const
  ).map(([name, planted]) => ({
    name,
    rule: rules.domainsAreListed,
    planted,
    harmless: {
      'server/kernel/a.ts': '',
      'server/vps/index.ts': 'export const vps: Domain = {',
      'server/bulk/index.ts': 'export const bulk = (state: State): Domain => ({',
      'server/bulk/a.ts': "import { b } from '../vps/a.ts';",
      'server/domains.ts': "import { vps } from './vps/index.ts';\nexport const x = () => [\n  vps,\n  bulk(state),\n];",
    },
  })),
  {
    name: 'only stores speak to the database',
    rule: rules.storesOnly,
    planted: { 'server/vps/a.ts': 'const row = await tx.vps.findUnique({ where: { id } });' },
    harmless: { 'server/vps/store.ts': 'await tx.vps.findUnique({ where: { id } });', 'server/bulk/a.ts': 'await vpsById(tx, null, id);' },
  },
  {
    name: 'every route declares its permission',
    rule: rights.routesDeclarePermission,
    planted: { 'server/vps/routes.ts': "route({ method: 'get', path: '/api/vps', summary: 'x', handler: async () => ok })" },
    harmless: { 'server/vps/routes.ts': "route({ method: 'get', permission: 'vps:read', handler: async () => ok })" },
  },
  {
    name: 'what a route takes and answers is in the contract',
    rule: shapesAreInContract,
    planted: { 'server/vps/a.ts': "const One = z.strictObject({ id: VpsId });\nroute({ method: 'get', params: One })" },
    harmless: {
      'server/vps/a.ts': "type Asked = z.output<typeof VpsQuery>;\nroute({ method: 'get', params: VpsParams, query: VpsQuery })",
      'server/vps/b.ts': 'const Kept = z.object({ at: z.number() });',
    },
  },
  {
    name: 'a shape of the contract is not made another beside the route',
    rule: shapesAreInContract,
    planted: { 'server/vps/a.ts': "route({ method: 'get', query: VpsQuery.extend({ busy: Flag }) })" },
    harmless: { 'server/vps/a.ts': "route({ method: 'get', query: VpsQuery, handler: async () => list.extend(more) })" },
  },
  {
    name: 'the router opens the transaction',
    rule: routersTransaction,
    planted: { 'server/vps/a.ts': "route({ method: 'post', handler: async () => inTransaction(services.db, work) })" },
    harmless: {
      'server/vps/a.ts': "route({ method: 'post', transaction: true, handler: async ({ tx }) => work(within(services, tx)) })",
      'server/vps/b.ts': 'await inTransaction(services.db, work);',
    },
  },
  {
    name: 'every permission is in the table',
    rule: rights.permissionsAreKnown,
    planted: { 'server/vps/a.ts': "mustCan(principal, 'vps:fly');" },
    harmless: { 'server/vps/a.ts': "if (can(principal, 'vps:read')) return 'a:b';" },
  },
  {
    name: 'rights are asked, not guessed',
    rule: rights.rightsAreAsked,
    planted: { 'server/vps/a.ts': "if (principal.organizationId !== null) throw new Refusal(403, 'forbidden', 'x');" },
    harmless: { 'server/vps/a.ts': 'if (onPlatform(principal)) return rows;' },
  },
  {
    name: 'a kind of operation is two files, and the lists name it',
    rule: kindsAreWhole,
    planted: {
      'contract/operations/melt.ts': "export const kind = defineKind({ kind: 'melt' });",
      'contract/operations/list.ts': "import { kind } from './melt.ts';",
      'server/vps/operations/list.ts': "import { sheet } from './melt.ts';",
    },
    harmless: {
      'contract/operations/kind.ts': '',
      'contract/operations/melt.ts': "export const kind = defineKind({ kind: 'melt' });",
      'contract/operations/list.ts': "import { kind } from './melt.ts';",
      'server/vps/operations/melt.ts': 'export const sheet = defineSheet(kind, {});',
      'server/vps/operations/finish.ts': '',
      'server/vps/operations/list.ts': "import { sheet } from './melt.ts';",
      'web/kit/lib/kind-words.ts': 'export const KIND_WORDS = {\n  melt: {',
    },
  },
  {
    name: 'an order is a purchase',
    rule: oneWordPerThing,
    planted: { 'server/vps/a.ts': 'export async function orderReinstall() {}' },
    harmless: { 'server/vps/a.ts': "// orderAction\nfind({ orderBy: { orderedAt: 'asc' } });", 'server/orders/a.ts': 'orderServer();' },
  },
  {
    name: 'what was renamed stays renamed',
    rule: oneWordPerThing,
    planted: { 'server/bulk/a.ts': 'if (await restoreVps(tx)) automationStopped = driftRules.length > 0;' },
    harmless: { 'server/bulk/a.ts': "import { fault } from '../../automation/faults.ts';\nawait restoreSnapshot();" },
  },
  {
    name: 'every sealed column is in the list and in the schema',
    rule: sealedColumnsAreListed,
    planted: {
      'server/kernel/sealed.ts': "{ table: 'a', column: 'listed', id: '1' }",
      'server/vps/a.ts': "const KEY = sealed('a', 'forgotten');",
      'prisma/schema/a.prisma': 'model A {\n  /// Sealed. The key.\n  other String\n  @@map("a")\n}\n',
    },
    harmless: {
      'server/kernel/sealed.ts': "{ table: 'a', column: 'listed', id: '1' }",
      'server/vps/a.ts': "const KEY = sealed('a', 'listed');",
      'prisma/schema/a.prisma':
        'model A {\n  /// Sealed.\n  /// A key.\n  listed String\n  /// Not sealed.\n  open String\n  @@map("a")\n}\n',
    },
  },
  {
    name: 'a sheet says what is true of a kind, no table',
    rule: noTablesOfKinds,
    planted: {
      'contract/operations/melt.ts': '',
      'contract/operations/freeze.ts': '',
      'server/bulk/a.ts': "const SLOW = new Set(['melt', 'freeze']);",
    },
    harmless: { 'contract/operations/melt.ts': '', 'server/bulk/a.ts': "const one = ['melt'];\nconst other = ['queued', 'running'];" },
  },
  {
    name: 'the web imports the contract only',
    rule: rules.importDirection,
    planted: { 'web/kit/a.tsx': "import { x } from '../../lib/process-lock.ts';" },
    harmless: { 'web/kit/a.tsx': "import { x } from '../../contract/vps.ts';" },
  },
  {
    name: 'the pages of one audience know nothing of the other’s',
    rule: rules.importDirection,
    planted: { 'web/features/a.tsx': "import { x } from '../desk/x.ts';", 'web/portal/b.tsx': "import { x } from '../desk/x.ts';" },
    harmless: { 'web/desk/a.tsx': "import { x } from '../features/vps/x.ts';", 'web/features/b.tsx': "import { y } from '../kit/y.ts';" },
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
    planted: { 'server/vps/a.ts': `const x = ${ENV}.PORT;` },
    harmless: { 'server/kernel/config.ts': `readConfig(${ENV})`, 'server/b.ts': `// ${ENV}` },
  },
  {
    name: 'the server asks one clock',
    rule: rules.oneClock,
    planted: { 'server/vps/a.ts': 'const late = row.heartbeatAt < new Date();' },
    harmless: {
      'server/kernel/clock.ts': 'let origin = Date.now();',
      'server/vps/b.ts': '// new Date()\nconst at = new Date(row.at);',
      'cli/a.ts': 'Date.now()',
    },
  },
  {
    name: 'every setting is documented, and only settings are',
    rule: rules.environmentDocumented,
    planted: { '.env.example': '# PLINTH_OLD=1\n', 'server/kernel/config.ts': '  PORT: port(),\n' },
    harmless: { '.env.example': '# PORT=4000\nPLINTH_X=1\n', 'server/kernel/config.ts': '  PORT: port(),\n  PLINTH_X: z,\n' },
  },
  {
    name: 'ARCHITECTURE.md names what there is',
    rule: namedPaths,
    planted: { 'ARCHITECTURE.md': 'A mark is `providers/no-such.ts`.' },
    harmless: { 'ARCHITECTURE.md': 'A mark is `providers/mark.ts`, a kind `server/<kind>.ts`.', 'providers/mark.ts': '' },
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

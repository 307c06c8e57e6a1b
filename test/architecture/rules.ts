/** The rules of docs/ and the layout, each a pure function from files to violations (one line each, with the remedy). */
import { posix } from 'node:path';
import { isCode, isTest, type Repository, withoutComments } from './repository.ts';

/**
 * Who may import whom, by top folder; an entry with a path allows that file or folder only. The shapes that cross the
 * line between two parts (`stacks/spec.ts`, `automation/types.ts` …) may be imported by both.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  contract: [],
  providers: ['contract', 'lib'],
  components: ['providers', 'contract', 'lib', 'stacks/spec.ts', 'stacks/outputs.ts'],
  stacks: ['components', 'providers', 'contract', 'lib'],
  automation: ['stacks', 'components', 'providers', 'contract', 'lib'],
  server: [
    'automation/engine.ts',
    'automation/types.ts',
    'automation/toolchain.ts',
    'automation/recovery.ts',
    'automation/toolchain/pins.ts',
    'automation/events.ts',
    'automation/redact.ts',
    'automation/faults.ts',
    'providers',
    'stacks/spec.ts',
    'stacks/outputs.ts',
    'stacks/names.ts',
    'stacks/user-data.ts',
    'contract',
    'lib',
    'prisma/migrate.ts',
    'simulator',
    'package.json',
  ],
  simulator: ['providers', 'contract', 'lib'],
  cli: ['server', 'automation', 'stacks', 'providers', 'contract', 'lib', 'prisma/migrate.ts', 'simulator', 'package.json'],
  prisma: ['lib'],
  web: ['contract'],
};

/** A provider's wire tells of the one simulated world. */
const WIRE = /^providers\/[a-z0-9]+\/simulator(\/|[-.])/;
const WORLD = 'simulator/cloud/';

/** Files of `providers/` that the server may know: the contract and the list, never one provider's folder. */
const PROVIDER_FILES = /^providers\/[a-z-]+\.ts$/;

export function importDirection(files: Repository): string[] {
  const found: string[] = [];
  for (const [path, target] of imports(files)) {
    const from = path.split('/')[0]!;
    const to = target.split('/')[0]!;
    const allowed = MAY_IMPORT[from];
    if (!allowed || isTest(path)) continue;
    if (from === to) {
      if (from === 'web' && !mayOfTheWeb(path, target)) found.push(`${path} imports ${target}: ${WEB_ORDER}`);
      if (from === 'providers' && crossesProviders(path, target)) found.push(`${path} imports ${target}: a provider may not know another`);
      continue;
    }
    if (from === 'server' && target.startsWith('prisma/generated/')) {
      if (!SPEAKS_TO_DATABASE.test(path))
        found.push(`${path} imports ${target}: only a domain's store and server/kernel/ speak to the database`);
      continue;
    }
    if (from === 'server' && to === 'providers' && !PROVIDER_FILES.test(target)) {
      found.push(`${path} imports ${target}: the server knows providers through providers/list.ts only`);
      continue;
    }
    if (WIRE.test(path) && target.startsWith(WORLD)) continue;
    if (!allowed.some((entry) => target === entry || target.startsWith(`${entry}/`))) {
      found.push(`${path} imports ${target}: ${from}/ may import only ${allowed.join(', ') || 'nothing'}`);
    }
  }
  return found;
}

/** Pieces stand below the two audiences, which know nothing of each other. */
const OF_THE_WEB: Readonly<Record<string, readonly string[]>> = {
  features: ['kit'],
  desk: ['features', 'kit'],
  portal: ['features', 'kit'],
  console: ['kit'],
};
const WEB_ORDER = 'web/kit < web/features < {web/desk, web/portal}, and web/console on web/kit alone';

function mayOfTheWeb(path: string, target: string): boolean {
  const [from = '', to = ''] = [path, target].map((each) => each.split('/')[1]);
  return from === to || (OF_THE_WEB[from] ?? []).includes(to);
}

function* imports(files: Repository): Generator<[from: string, to: string]> {
  for (const [path, text] of files) {
    if (!isCode(path)) continue;
    for (const match of withoutComments(text).matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"](\.{1,2}\/[^'"]+)['"]/g)) {
      yield [path, posix.normalize(posix.join(posix.dirname(path), match[1]!))];
    }
  }
}

/**
 * The domains of server/, from the ground up: a file may import its own domain and those before it. What must go up is an
 * event, or is put together by the files right in server/, which import everything and are imported by nobody below them.
 */
export const DOMAINS = [
  'kernel',
  'identity',
  'accounts',
  'profiles',
  'vps',
  'backend',
  'drift',
  'bulk',
  'operating',
  'products',
  'billing',
  'orders',
  'payments',
  'support',
  'notifications',
  'compat',
];

export function domainOrder(files: Repository): string[] {
  const found: string[] = [];
  for (const path of files.keys()) {
    const domain = domainOf(path);
    if (domain !== undefined && !DOMAINS.includes(domain))
      found.push(`${path}: server/${domain}/ is no domain; there are ${DOMAINS.join(', ')}`);
  }
  for (const [path, target] of imports(files)) {
    const from = domainOf(path);
    if (from === undefined || isTest(path) || !target.startsWith('server/')) continue;
    const to = domainOf(target);
    if (to === undefined) found.push(`${path} imports ${target}: what puts the domains together is above them`);
    else if (DOMAINS.indexOf(to) > DOMAINS.indexOf(from)) found.push(`${path} imports ${target}: ${from} stands below ${to}`);
  }
  return found;
}

/** Who puts the domains together. */
const COMPOSITION = 'server/domains.ts';
/** What the domains register with: it registers nothing itself. */
const WITHOUT_INDEX = new Set(['kernel']);

/** Each domain says in its `index.ts` what it has, which the one list composes, in the order of the domains, and nobody else reads. */
export function domainsAreListed(files: Repository): string[] {
  const folders = [...new Set([...files.keys()].map(domainOf))].filter((domain) => domain !== undefined && !WITHOUT_INDEX.has(domain));
  const list = /=> \[\n([^]*?)\n\];/.exec(withoutComments(files.get(COMPOSITION) ?? ''))?.[1] ?? '';
  const listed = [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!);
  const found = folders.flatMap((domain) => {
    const index = `server/${domain}/index.ts`;
    if (!files.has(index)) return [`server/${domain}/ has no index.ts: say there what it has (Domain of server/kernel/domain.ts)`];
    if (!new RegExp(`^export const ${domain}\\b`, 'm').test(files.get(index)!)) return [`${index} must export its Domain as ${domain}`];
    return listed.includes(domain!) ? [] : [`${COMPOSITION} does not list ${domain}: whatever it has is not there`];
  });
  const sorted = listed.toSorted((one, other) => DOMAINS.indexOf(one) - DOMAINS.indexOf(other));
  if (listed.join() !== sorted.join()) found.push(`${COMPOSITION} lists ${listed.join(', ')}: their order is ${sorted.join(', ')}`);
  for (const [path, target] of imports(files))
    if (/^server\/[^/]+\/index\.ts$/.test(target) && path !== COMPOSITION)
      found.push(`${path} imports ${target}: only ${COMPOSITION} does; import the file that has what you need`);
  return found;
}

function domainOf(path: string): string | undefined {
  const [top, domain, file] = path.split('/');
  return top === 'server' && file !== undefined && isCode(path) ? domain : undefined;
}

/** Files that may speak to the database: a domain's store (`store.ts`, `care-store.ts`) and the kernel. */
const SPEAKS_TO_DATABASE = /^server\/kernel\/|^server\/.*(\/|-)store\.ts$/;
const QUERY =
  /\b(?:db|tx|client|pool)\.(?:\$queryRaw|\$executeRaw|[a-z][A-Za-z]*\.(?:find|create|update|upsert|delete|count|aggregate|groupBy)[A-Za-z]*\()/;

export function storesOnly(files: Repository): string[] {
  const others = [...files].filter(([path]) => path.startsWith('server/') && !isTest(path) && !SPEAKS_TO_DATABASE.test(path));
  return codeMatches(new Map(others), QUERY, "speaks to the database: put the statement into the domain's store");
}

/** Folders under providers/ that are not providers. */
const SHARED_PROVIDER_FOLDERS = new Set(['kit', 'testing']);

function providerFolder(path: string): string | undefined {
  const [top, folder, rest] = path.split('/');
  return top === 'providers' && rest !== undefined && !SHARED_PROVIDER_FOLDERS.has(folder!) ? folder : undefined;
}

function crossesProviders(path: string, target: string): boolean {
  const from = providerFolder(path);
  const to = providerFolder(target);
  // A vendor's names are held through the vendor's own API: `onedns` may speak as `one` does.
  return from !== undefined && to !== undefined && from !== to && from !== `${to}dns`;
}

/** The files whose purpose is to list providers. */
const LIST_FILES = new Set(['providers/list.ts', 'simulator/list.ts']);

/** Ids that are also words of the product, so that their bare string proves nothing. */
const AMBIGUOUS_IDS = new Set(['manual', 'random']);

/** An older system's routes name the providers that it had. */
const HOMES_OF_WORDS = /^(?:resource-schemas|server\/compat|contract\/compat)\//;

export function providerIdsStayHome(files: Repository): string[] {
  const ids = new Set(
    [...files.keys()]
      .filter(isCode)
      .map(providerFolder)
      .filter((id) => id !== undefined && !AMBIGUOUS_IDS.has(id)) as string[],
  );
  if (ids.size === 0) return [];
  const literal = new RegExp(`(['"\`])(${[...ids].join('|')})\\1`, 'g');
  const found: string[] = [];
  for (const [path, text] of files) {
    const exempt = !isCode(path) || isTest(path) || LIST_FILES.has(path) || HOMES_OF_WORDS.test(path);
    if (exempt) continue;
    for (const match of withoutComments(text).matchAll(literal)) {
      if (providerFolder(path) !== match[2])
        found.push(`${path} names provider ${match[1]}${match[2]}${match[1]}: move what differs into providers/${match[2]}/`);
    }
  }
  return found;
}

export const MAX_LINES = 400;

export function fileSize(files: Repository): string[] {
  return [...files]
    .filter(([path]) => isCode(path) && !path.includes('/generated/'))
    .map(([path, text]) => [path, text.split('\n').length - (text.endsWith('\n') ? 1 : 0)] as const)
    .filter(([, lines]) => lines > MAX_LINES)
    .map(([path, lines]) => `${path} has ${lines} lines: split it (at most ${MAX_LINES})`);
}

export function erasableSyntax(files: Repository): string[] {
  return codeMatches(files, /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s+\w+\s*\{/m, 'uses enum: write a union of strings');
}

export function noFocusedTests(files: Repository): string[] {
  return codeMatches(files, /\b(?:test|it|describe|suite)(?:\.\w+)*\.only\b/, 'has a focused test: remove .only, or the rest never runs');
}

/** Where the environment may be read: the server's settings, programs' own entry points, and tools beside the product. */
const ENVIRONMENT_READERS = [
  /^server\/(kernel\/config|main)\.ts$/,
  /^cli\//,
  /^simulator\/main\.ts$/,
  /^automation\/(provider-plugin\/|toolchain\.ts$|runner\.ts$)/,
  /^stacks\/index\.ts$/,
  /^(prisma|vitest|vite|playwright|web\/vite)\.?config\.ts$/,
  /^web\/vite\.config\.ts$/,
  /^scripts\//,
];

export function environmentReadOnce(files: Repository): string[] {
  const others = new Map([...files].filter(([path]) => !isTest(path) && !ENVIRONMENT_READERS.some((reader) => reader.test(path))));
  return codeMatches(others, /\bprocess\.env\b/, 'reads the environment: take the value from server/kernel/config.ts as an argument');
}

/** Hosts' clocks differ by minutes: what rows carry and are compared with is the database's time. */
export function oneClock(files: Repository): string[] {
  const server = new Map([...files].filter(([path]) => path.startsWith('server/') && !isTest(path) && path !== 'server/kernel/clock.ts'));
  return codeMatches(
    server,
    /\bnew Date\(\)|\bDate\.now\(/,
    "asks the host's clock: use server/kernel/clock.ts, or performance.now() for a duration",
  );
}

/** Every PLINTH_ variable the product's code names is in .env.example, and nothing else is. */
export function environmentDocumented(files: Repository): string[] {
  const example = files.get('.env.example');
  if (example === undefined) return [];
  const documented = new Set([...example.matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]!));
  const used = new Map<string, string>();
  for (const [path, text] of files) {
    if (!isCode(path) || isTest(path)) continue;
    for (const match of withoutComments(text).matchAll(/\benv(?:\.|\??\.?\[['"])(PLINTH_[A-Z0-9_]+)/g)) used.set(match[1]!, path);
    if (path === 'server/kernel/config.ts') for (const match of text.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)) used.set(match[1]!, path);
  }
  return [
    ...[...used].filter(([name]) => !documented.has(name)).map(([name, path]) => `${path} uses ${name}: document it in .env.example`),
    ...[...documented]
      .filter((name) => !used.has(name) && name.startsWith('PLINTH_'))
      .map((name) => `.env.example has ${name}, which nothing reads: remove it`),
  ];
}

export function docsLinksResolve(files: Repository, exists: (path: string) => boolean): string[] {
  const found: string[] = [];
  for (const [path, text] of files) {
    if (!path.endsWith('.md')) continue;
    const prose = text.replace(/```[\s\S]*?```/g, '');
    for (const match of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [target = '', anchor] = match[1]!.split('#');
      if (/^[a-z]+:/.test(target)) continue;
      const file = target ? posix.normalize(posix.join(posix.dirname(path), target)) : path;
      if (target && !exists(file)) found.push(`${path} links to ${match[1]}, which does not exist`);
      else if (anchor && file.endsWith('.md') && !anchors(files.get(file) ?? '').has(anchor))
        found.push(`${path} links to ${match[1]}, a heading that does not exist`);
    }
  }
  return found;
}

/** Files and folders that ARCHITECTURE.md names. One with a `<kind>` or so in it names many. */
export function namedPathsExist(files: Repository, exists: (path: string) => boolean): string[] {
  const named = [...(files.get('ARCHITECTURE.md') ?? '').matchAll(/`([a-z][\w.-]*\/[\w./-]*)`/g)].map(([, path]) => path!);
  return [...new Set(named)]
    .filter((path) => !exists(path))
    .map((path) => `ARCHITECTURE.md names ${path}, which is gone: name where it is now`);
}

function anchors(markdown: string): Set<string> {
  const headings = [...markdown.matchAll(/^#{1,6}\s+(.+?)\s*$/gm)].map((match) => match[1]!);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[`*]/g, '')
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}

function codeMatches(files: Repository, pattern: RegExp, complaint: string): string[] {
  return [...files].filter(([path, text]) => isCode(path) && pattern.test(withoutComments(text))).map(([path]) => `${path} ${complaint}`);
}

/** Files that lead back to themselves by their imports, types included: none of them can be read alone. */
export function importCircles(files: Repository): string[] {
  const leads = new Map([...files].filter(([path]) => isCode(path)).map(([path, text]) => [path, importsOf(path, text, files)]));
  const done = new Set<string>();
  const trail: string[] = [];
  const circles = new Set<string>();
  const follow = (path: string): void => {
    trail.push(path);
    for (const next of leads.get(path) ?? []) {
      if (trail.includes(next)) circles.add([...trail.slice(trail.indexOf(next)), next].join(' -> '));
      else if (!done.has(next)) follow(next);
    }
    trail.pop();
    done.add(path);
  };
  for (const path of leads.keys()) if (!done.has(path)) follow(path);
  return [...circles].map((circle) => `${circle}: move what both need into a file of its own`);
}

function importsOf(path: string, text: string, files: Repository): string[] {
  const relative = [...withoutComments(text).matchAll(/\bfrom '(\.[^']+)'/g)].map((match) => posix.join(posix.dirname(path), match[1]!));
  return relative.filter((target) => files.has(target));
}

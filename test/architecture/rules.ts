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
      if (from === 'providers' && crossesProviders(path, target)) found.push(`${path} imports ${target}: a provider may not know another`);
      continue;
    }
    if (from === 'server' && target.startsWith('prisma/generated/')) {
      if (!path.startsWith('server/store/')) found.push(`${path} imports ${target}: only server/store/ speaks to the database`);
      continue;
    }
    if (from === 'server' && to === 'providers' && !PROVIDER_FILES.test(target)) {
      found.push(`${path} imports ${target}: the server knows providers through providers/list.ts only`);
      continue;
    }
    if (!allowed.some((entry) => target === entry || target.startsWith(`${entry}/`))) {
      found.push(`${path} imports ${target}: ${from}/ may import only ${allowed.join(', ') || 'nothing'}`);
    }
  }
  return found;
}

function* imports(files: Repository): Generator<[from: string, to: string]> {
  for (const [path, text] of files) {
    if (!isCode(path)) continue;
    for (const match of withoutComments(text).matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"](\.{1,2}\/[^'"]+)['"]/g)) {
      yield [path, posix.normalize(posix.join(posix.dirname(path), match[1]!))];
    }
  }
}

/** Folders under providers/ that are not providers. */
const SHARED_PROVIDER_FOLDERS = new Set(['testing']);

function providerFolder(path: string): string | undefined {
  const [top, folder, rest] = path.split('/');
  return top === 'providers' && rest !== undefined && !SHARED_PROVIDER_FOLDERS.has(folder!) ? folder : undefined;
}

function crossesProviders(path: string, target: string): boolean {
  const from = providerFolder(path);
  const to = providerFolder(target);
  return from !== undefined && to !== undefined && from !== to;
}

/** The files whose purpose is to list providers. */
const LIST_FILES = new Set(['providers/list.ts', 'simulator/list.ts']);

/** Ids that are also words of the product, so that their bare string proves nothing. */
const AMBIGUOUS_IDS = new Set(['manual', 'random']);

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
    const exempt = !isCode(path) || isTest(path) || LIST_FILES.has(path) || path.startsWith('resource-schemas/');
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
    .filter(([path]) => isCode(path))
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
  /^server\/(config|main)\.ts$/,
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
  return codeMatches(others, /\bprocess\.env\b/, 'reads the environment: take the value from server/config.ts as an argument');
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
    if (path === 'server/config.ts') for (const match of text.matchAll(/^ {2}([A-Z][A-Z0-9_]+):/gm)) used.set(match[1]!, path);
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

/**
 * Writes web/kit/api/generated/, the dashboard's view of the API: types and a table of paths, from the very document that
 * the service serves at /api/openapi.json. With --check only says whether it is up to date (exit code 1 when not).
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describedRoutes } from '../server/domains.ts';
import { openapiOf, type Schema } from '../server/kernel/http/openapi.ts';

const ROOT = join(import.meta.dirname, '..');
const CONTRACT = join(ROOT, 'contract');
const TARGET = join(ROOT, 'web', 'kit', 'api', 'generated');
const FOLLOWS = `/* Made from the OpenAPI document by \`node scripts/web-client.ts\`. Change the routes and the contract, not this file. */`;
const ROUTES_PER_FILE = 100;
const STREAM = 'ReadableStream<Uint8Array>';
/** Names that a request gives another meaning; a path parameter of that name would hide it. */
const RESERVED = ['query', 'body', 'signal', 'token', 'idempotencyKey', 'lastEventId'];

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly 'x-plinth-permissions'?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Text by name of file. */
type Sources = ReadonlyMap<string, string>;

/** The client for a document: its types, each in the file whose name its schema's file in contract/ has; the routes; their paths and rights. */
function clientSources(document: Document, homes: ReadonlyMap<string, string>): Sources {
  const { schemas } = document.components;
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, described]) => !isOlderSystems(described))
        .flatMap(([method, described]) => variantsOf(described).map((each) => ({ path, method, described: each }))),
    )
    .toSorted((a, b) => (a.described.operationId < b.described.operationId ? -1 : 1));
  const bodies = new Map<string, string[]>();
  for (const [name, schema] of Object.entries(schemas)) {
    const file = homeOf(name, homes);
    bodies.set(file, [...(bodies.get(file) ?? []), `export type ${name} = ${typeOf(schema)};`]);
  }
  const routes = operations.map(({ described }) => routeOf(described, schemas));
  // A file that a person can still open, however many routes there are.
  const parts = Array.from({ length: Math.ceil(routes.length / ROUTES_PER_FILE) }, (_, n) =>
    routes.slice(n * ROUTES_PER_FILE, (n + 1) * ROUTES_PER_FILE),
  );
  for (const [n, part] of parts.entries()) bodies.set(`routes-${n + 1}.ts`, [`export interface Routes${n + 1} {\n${part.join('\n')}\n}`]);
  const files = [...bodies].map(([file, body]): [string, string] => {
    const text = body.join('\n');
    return [file, [FOLLOWS, ...importsOf(file, text, Object.keys(schemas), homes), '', text, ''].join('\n')];
  });
  const table = operations.map(({ path, method, described }) => {
    const verb = isStream(described) ? 'STREAM' : method.toUpperCase();
    return `  ${described.operationId}: '${verb} ${path}',`;
  });
  const paths = [
    FOLLOWS,
    `import type { Routes } from './routes.ts';`,
    '',
    '/** Method and path of each; STREAM is a GET whose answer is read as it comes. */',
    `export const PATHS: { readonly [Name in keyof Routes]: string } = {\n${table.join('\n')}\n};`,
    '',
  ];
  // Reading is asked for by pages, which have a list of their own of what they need.
  const asking = operations.filter(({ method, described }) => method !== 'get' && described['x-plinth-permissions']?.length);
  const rights = [
    FOLLOWS,
    `import type { Permission } from '../../../../contract/permissions.ts';`,
    '',
    '/** What each route that does something needs: any of these. */',
    `export const RIGHTS = {\n${asking.map(({ described: { operationId, 'x-plinth-permissions': any = [] } }) => `  ${operationId}: [${any.map(literal).join(', ')}],`).join('\n')}\n} as const satisfies Readonly<Record<string, readonly Permission[]>>;`,
    '',
  ];
  const together = [
    FOLLOWS,
    ...parts.map((_, n) => `import type { Routes${n + 1} } from './routes-${n + 1}.ts';`),
    '',
    '/** What each route takes and answers. */',
    `export interface Routes extends ${parts.map((_, n) => `Routes${n + 1}`).join(', ')} {}`,
    '',
  ];
  const index = [
    FOLLOWS,
    `export { PATHS } from './paths.ts';`,
    ...[...bodies.keys(), 'routes.ts']
      .filter((file) => !file.startsWith('routes-'))
      .toSorted()
      .map((file) => `export type * from './${file}';`),
  ];
  return new Map([
    ...files,
    ['paths.ts', paths.join('\n')],
    ['rights.ts', rights.join('\n')],
    ['routes.ts', together.join('\n')],
    ['index.ts', `${index.join('\n')}\n`],
  ]);
}

function homeOf(name: string, homes: ReadonlyMap<string, string>): string {
  // What comes in differently from what goes out is called `…Input`, after the schema of both.
  const file = homes.get(name) ?? homes.get(name.replace(/Input$/, ''));
  if (file === undefined) throw new Error(`The document names a schema "${name}" that no file in contract/ exports: export it there.`);
  return file;
}

/** A line for each other file whose types the text speaks of. */
function importsOf(file: string, text: string, names: readonly string[], homes: ReadonlyMap<string, string>): string[] {
  const words = new Set(text.replaceAll(/\/\*.*?\*\/|'[^']*'/gs, '').match(/\b[A-Z]\w*/g));
  const wanted = Map.groupBy(
    names.filter((name) => words.has(name) && homeOf(name, homes) !== file),
    (name) => homeOf(name, homes),
  );
  return [...wanted]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([from, types]) => `import type { ${types.join(', ')} } from './${from}';`);
}

/** The file of contract/ that exports each name; the first one where a name is handed on. */
async function contractHomes(): Promise<Map<string, string>> {
  const homes = new Map<string, string>();
  const files = (await readdir(CONTRACT)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).toSorted();
  for (const file of files)
    for (const name of Object.keys((await import(join(CONTRACT, file))) as object)) if (!homes.has(name)) homes.set(name, file);
  return homes;
}

function routeOf(described: Described, schemas: Readonly<Record<string, Schema>>): string {
  const parameters = described.parameters ?? [];
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const clash = inPath.find(({ name }) => RESERVED.includes(name));
  if (clash) throw new Error(`${described.operationId}: call its path parameter something else than "${clash.name}".`);
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const field = ({ name, required, schema }: (typeof parameters)[number]): string =>
    `${keyOf(name)}${required ? '' : '?'}: ${queryType(schema)}`;
  const body = described.requestBody?.content['application/json']?.schema;
  const request = [
    ...inPath.map(({ name, schema }) => `${name}: ${typeOf(schema)}`),
    ...(inQuery.length > 0 ? [`query${inQuery.some(({ required }) => required) ? '' : '?'}: { ${inQuery.map(field).join('; ')} }`] : []),
    ...(body ? [`body${isOptional(body, schemas) ? '?' : ''}: ${typeOf(body)}`] : []),
  ];
  const type = request.length === 0 ? '{}' : `{ ${request.join('; ')} }`;
  return `  /** ${described.summary}. Needs ${described['x-plinth-permissions']?.join(' or ') ?? 'no token'}. */\n  ${described.operationId}: { request: ${type}; answer: ${answerOf(described)} };`;
}

/** The dashboard has no use for a route whose refusals have another form than ours. */
const isOlderSystems = ({ responses }: Described): boolean => responses['default']?.content?.['application/json'] !== undefined;

const successOf = ({ responses }: Described) => Object.entries(responses).filter(([status]) => status.startsWith('2'));
const isStream = (described: Described): boolean =>
  successOf(described).some(([, { content }]) => content?.['text/event-stream'] !== undefined && content['application/json'] === undefined);

/** What answers JSON or a stream, as it is asked, becomes two functions: `listChanges` and `streamChanges`. */
function variantsOf(described: Described): Described[] {
  const [status, { content }] = successOf(described)[0] ?? ['200', {}];
  if (content?.['text/event-stream'] === undefined || content['application/json'] === undefined) return [described];
  const streamed = { [status]: { content: { 'text/event-stream': content['text/event-stream'] } } };
  return [described, { ...described, operationId: described.operationId.replace(/^(list|get)/, 'stream'), responses: streamed }];
}

function answerOf(described: Described): string {
  if (isStream(described)) return STREAM;
  const types = successOf(described).map(([, { content }]) =>
    content?.['application/json'] ? typeOf(content['application/json'].schema) : 'undefined',
  );
  // Only a redirection: for browsers, not for callers.
  return types.length === 0 ? 'undefined' : [...new Set(types)].join(' | ');
}

/** The service takes a missing body as an empty object. */
function isOptional(schema: Schema, schemas: Readonly<Record<string, Schema>>): boolean {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].split('/').at(-1)! : null;
  const shape = name === null ? schema : (schemas[name] ?? {});
  return shape['type'] === 'object' && !(shape['required'] as string[] | undefined)?.length && shape['minProperties'] === undefined;
}

/** In an address everything is text; what the service reads as yes or no is a boolean to whoever calls. */
function queryType(schema: Schema): string {
  const words = schema['enum'] as unknown[] | undefined;
  if (words?.join(' ') === 'true false 1 0') return 'boolean';
  return typeOf(schema);
}

/** JSON Schema (the part that zod writes) as a TypeScript type. */
function typeOf(schema: Schema): string {
  if (typeof schema['$ref'] === 'string') return schema['$ref'].split('/').at(-1)!;
  if ('const' in schema) return literal(schema['const']);
  if (Array.isArray(schema['enum'])) return schema['enum'].map(literal).join(' | ');
  for (const [key, glue] of [
    ['anyOf', ' | '],
    ['oneOf', ' | '],
    ['allOf', ' & '],
  ] as const)
    if (Array.isArray(schema[key])) return (schema[key] as Schema[]).map((each) => bracketed(typeOf(each), glue)).join(glue);
  const { type } = schema;
  if (Array.isArray(type)) return type.map((each) => typeOf({ ...schema, type: each })).join(' | ');
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'array') return `${bracketed(typeOf((schema['items'] as Schema | undefined) ?? {}), '[]')}[]`;
  if (type === 'object') return objectType(schema);
  return typeof type === 'string' ? type : 'unknown';
}

function objectType(schema: Schema): string {
  const required = new Set((schema['required'] as string[] | undefined) ?? []);
  const properties = Object.entries((schema['properties'] as Record<string, Schema> | undefined) ?? {});
  if (properties.length > 0)
    return `{ ${properties.map(([name, inner]) => `${keyOf(name)}${required.has(name) ? '' : '?'}: ${typeOf(inner)}`).join('; ')} }`;
  const rest = schema['additionalProperties'];
  if (rest === false) return 'Record<string, never>';
  const keys = schema['propertyNames'] as Schema | undefined;
  const record = `Record<${keys ? typeOf(keys) : 'string'}, ${typeof rest === 'object' && rest !== null ? typeOf(rest as Schema) : 'unknown'}>`;
  return keys?.['enum'] !== undefined && required.size === 0 ? `Partial<${record}>` : record;
}

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));
const keyOf = (name: string): string => (/^\w+$/.test(name) ? name : `'${name}'`);
const bracketed = (type: string, glue: string): string => (glue !== ' | ' && / [|&] /.test(type) ? `(${type})` : type);

/** Routes read the services only when they are called, so that the document needs no running service. */
function document(): Document {
  return openapiOf(describedRoutes(), undefined) as unknown as Document;
}

/** The files as the repository's formatter writes them. */
async function formatted(sources: Sources): Promise<Sources> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-web-client-'));
  try {
    await writeAll(folder, sources);
    const oxfmt = join(ROOT, 'node_modules', 'oxfmt', 'bin', 'oxfmt');
    const { status, stderr } = spawnSync(process.execPath, [oxfmt, '-c', '.oxfmtrc.json', folder], { cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) throw new Error(`The formatter refused the client: ${stderr}`);
    return await readAll(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeAll(folder: string, sources: Sources): Promise<void> {
  await Promise.all([...sources].map(([name, text]) => writeFile(join(folder, name), text)));
}

async function readAll(folder: string): Promise<Sources> {
  const names = (await readdir(folder).catch(() => [])).toSorted();
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)));
}

const wanted = await formatted(clientSources(document(), await contractHomes()));
const there = await readAll(TARGET);
const stale = [...new Set([...wanted.keys(), ...there.keys()])].filter((name) => wanted.get(name) !== there.get(name));
if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    process.stderr.write(`web/kit/api/generated/ is not what the routes say (${stale.join(', ')}). Run: node scripts/web-client.ts\n`);
    process.exitCode = 1;
  }
} else {
  await mkdir(TARGET, { recursive: true });
  await writeAll(TARGET, wanted);
  await Promise.all(stale.filter((name) => !wanted.has(name)).map((name) => rm(join(TARGET, name))));
}

/**
 * Writes web/src/api/generated.ts, the dashboard's view of the API: types and a table of paths, from the very document that
 * the service serves at /api/openapi.json. With --check only says whether it is up to date (exit code 1 when not).
 */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allRoutes } from '../server/http/app.ts';
import type { EventHub } from '../server/http/event-hub.ts';
import { openapiOf, type Schema } from '../server/http/openapi.ts';
import type { Services } from '../server/services/services.ts';

const FOLLOWS = `/* Made from the OpenAPI document by \`node scripts/web-client.ts\`. Change the routes and the contract, not this file. */`;
const STREAM = 'ReadableStream<Uint8Array>';
/** Names that a request gives another meaning; a path parameter of that name would hide it. */
const RESERVED = ['query', 'body', 'signal', 'token', 'idempotencyKey', 'lastEventId'];

interface Described {
  readonly operationId: string;
  readonly summary: string;
  readonly 'x-plinth-role': string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The source of the client for a document. */
export function clientSource(document: Document): string {
  const { schemas } = document.components;
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, described]) => variantsOf(described).map((each) => ({ path, method, described: each }))),
    )
    .toSorted((a, b) => (a.described.operationId < b.described.operationId ? -1 : 1));
  const types = Object.entries(schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)};`);
  const routes = operations.map(({ described }) => routeOf(described, schemas));
  const table = operations.map(({ path, method, described }) => {
    const verb = isStream(described) ? 'STREAM' : method.toUpperCase();
    return `  ${described.operationId}: '${verb} ${path}',`;
  });
  return [
    FOLLOWS,
    '',
    ...types,
    '',
    '/** What each route takes and answers. */',
    `export interface Routes {\n${routes.join('\n')}\n}`,
    '',
    '/** Method and path of each; STREAM is a GET whose answer is read as it comes. */',
    `export const PATHS: { readonly [Name in keyof Routes]: string } = {\n${table.join('\n')}\n};`,
    '',
  ].join('\n');
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
  return `  /** ${described.summary}. Role: ${described['x-plinth-role']}. */\n  ${described.operationId}: { request: ${type}; answer: ${answerOf(described)} };`;
}

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
  return [...new Set(types)].join(' | ');
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
  return openapiOf(allRoutes({} as Services, {} as EventHub), undefined) as unknown as Document;
}

/** The file as the repository's formatter writes it. */
function formatted(source: string): string {
  const root = join(import.meta.dirname, '..');
  const oxfmt = join(root, 'node_modules', 'oxfmt', 'bin', 'oxfmt');
  const { status, stdout, stderr } = spawnSync(process.execPath, [oxfmt, '--stdin-filepath', 'web/src/api/generated.ts'], {
    cwd: root,
    input: source,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`The formatter refused the client: ${stderr}`);
  return stdout;
}

const file = join(import.meta.dirname, '..', 'web', 'src', 'api', 'generated.ts');
const wanted = formatted(clientSource(document()));
if (process.argv.includes('--check')) {
  const there = await readFile(file, 'utf8').catch(() => '');
  if (there !== wanted) {
    process.stderr.write('web/src/api/generated.ts is not what the routes say. Run: node scripts/web-client.ts\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, wanted);
}

/**
 * Compares a simulator's answers with the vendor's published OpenAPI 3.0 document, where that
 * reference data is at hand (`PLINTH_REFERENCE_DIR`, by default `../shared` beside the repository).
 *
 *   const spec = openApiCheck('digitalocean');
 *   describe.skipIf(!spec)('against the published API', () => {
 *     expect(spec!.answer('GET', '/v2/droplets/1', 200, body)).toEqual([]);
 *   });
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isDiscovery, openApiOf } from './discovery.ts';

type Node = { [key: string]: unknown };

export interface OpenApiCheck {
  /** Whether the document has such a call. */
  knows(method: string, path: string): boolean;
  /** What is wrong with an answer, empty = nothing. `path` is below the document's server URL, query ignored. */
  answer(method: string, path: string, status: number, body: unknown): string[];
  /** What is wrong with a request's body. */
  request(method: string, path: string, body: unknown): string[];
}

/** The reference file `path` below the reference directory, or undefined when it is absent. */
function referenceFile(...path: string[]): string | undefined {
  const named = process.env['PLINTH_REFERENCE_DIR'];
  const root = named ?? fileURLToPath(new URL('../../../shared', import.meta.url));
  // Named and not there would compare nothing and say nothing.
  if (named !== undefined && !existsSync(join(root, 'api-specs')))
    throw new Error(`PLINTH_REFERENCE_DIR is ${named}, which has no api-specs. Leave it out, or name the reference documents.`);
  const file = join(root, ...path);
  return existsSync(file) ? file : undefined;
}

/** undefined when the reference data has no document of that name. */
export function openApiCheck(name: string): OpenApiCheck | undefined {
  const file = referenceFile('api-specs', `${name}.json`);
  if (file === undefined) return undefined;
  const published = JSON.parse(readFileSync(file, 'utf8')) as Node;
  const document = isDiscovery(published) ? openApiOf(published) : published;
  translateSchemas(document);
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, logger: false, unicodeRegExp: false });
  ajv.addSchema(document, 'spec');
  const compiled = new Map<string, ValidateFunction>();
  const problems = (pointer: string, value: unknown): string[] => {
    let validate = compiled.get(pointer);
    if (!validate) {
      validate = ajv.compile({ $ref: `spec#${encodeURI(pointer)}` });
      compiled.set(pointer, validate);
    }
    return validate(value) ? [] : (validate.errors ?? []).map(sentence);
  };
  return {
    knows: (method, path) => findOperation(document, method, path) !== undefined,
    answer(method, path, status, body) {
      const operation = findOperation(document, method, path);
      if (!operation) return [`${method} ${path} is not in the document`];
      const found = findResponse(document, operation, status);
      if (!found) return [`${method} ${path} never answers ${status}`];
      const schema = jsonSchemaOf(document, found);
      if (schema === undefined) return body === undefined || body === '' ? [] : [`${method} ${path} ${status} has no body`];
      return problems(schema, body);
    },
    request(method, path, body) {
      const operation = findOperation(document, method, path);
      if (!operation) return [`${method} ${path} is not in the document`];
      const schema = jsonSchemaOf(document, resolve(document, `${operation}/requestBody`));
      return schema === undefined ? [`${method} ${path} takes no body`] : problems(schema, body);
    },
  };
}

function sentence(error: ErrorObject): string {
  return `${error.instancePath || '/'} ${error.message ?? 'is wrong'} ${JSON.stringify(error.params)}`;
}

/** OpenAPI 3.0's `nullable` and boolean exclusive bounds in JSON Schema's words, in place. */
function translateSchemas(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const value of Object.values(node)) translateSchemas(value);
  const schema = node as Node;
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof schema[flag] !== 'boolean') continue;
    if (schema[flag]) {
      schema[flag] = schema[bound];
      delete schema[bound];
    } else delete schema[flag];
  }
  if (schema['type'] === 'string' && Array.isArray(schema['enum'])) {
    // YAML 1.1 reads an unquoted `off` as false and `on` as true, and published documents carry that on.
    schema['enum'] = schema['enum'].map((value: unknown) => (value === false ? 'off' : value === true ? 'on' : value));
  }
  if (schema['nullable'] !== true) return;
  delete schema['nullable'];
  if (typeof schema['type'] === 'string') {
    schema['type'] = [schema['type'], 'null'];
    if (Array.isArray(schema['enum']) && !schema['enum'].includes(null)) schema['enum'] = [...schema['enum'], null];
    return;
  }
  const inner = { ...schema };
  for (const key of Object.keys(schema)) delete schema[key];
  schema['anyOf'] = [inner, { type: 'null' }];
}

/** The pointer of the operation; the path may or may not begin with that of the document's server. */
function findOperation(document: Node, method: string, path: string): string | undefined {
  const server = (document['servers'] as { url: string }[] | undefined)?.[0]?.url ?? '';
  const base = new URL(server, 'http://localhost').pathname.replace(/\/$/, '');
  const below = base !== '' && path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
  return bestOperation(document, method, path) ?? (below === undefined ? undefined : bestOperation(document, method, below));
}

/** The one whose template fits with the most literal parts. */
function bestOperation(document: Node, method: string, path: string): string | undefined {
  const parts = path.split('?')[0]!.split('/');
  let best: { pointer: string; literal: number } | undefined;
  for (const [template, item] of Object.entries(document['paths'] as Node)) {
    const own = template.split('/');
    if (own.length !== parts.length || !(method.toLowerCase() in (item as Node))) continue;
    if (!own.every((part, i) => part === parts[i] || (/\{.*\}/.test(part) && parts[i] !== ''))) continue;
    const literal = own.filter((part) => !part.includes('{')).length;
    if (!best || literal > best.literal) best = { pointer: `/paths/${escape(template)}/${method.toLowerCase()}`, literal };
  }
  return best?.pointer;
}

function findResponse(document: Node, operation: string, status: number): string | undefined {
  for (const key of [String(status), `${Math.floor(status / 100)}XX`, 'default']) {
    const found = resolve(document, `${operation}/responses/${key}`);
    if (found) return found;
  }
  return undefined;
}

function jsonSchemaOf(document: Node, holder: string | undefined): string | undefined {
  if (holder === undefined) return undefined;
  const content = at(document, `${holder}/content`) as Node | undefined;
  const type = Object.keys(content ?? {}).find((name) => name.includes('json'));
  return type === undefined ? undefined : `${holder}/content/${escape(type)}/schema`;
}

/** Follows `$ref` from a pointer to where the thing itself is; undefined when there is none. */
function resolve(document: Node, pointer: string): string | undefined {
  const node = at(document, pointer) as Node | undefined;
  if (node === undefined) return undefined;
  return typeof node['$ref'] === 'string' ? resolve(document, node['$ref'].slice(1)) : pointer;
}

function at(document: Node, pointer: string): unknown {
  let node: unknown = document;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof node !== 'object' || node === null) return undefined;
    node = (node as Node)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return node;
}

function escape(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** OpenAPI 3.1 from the routes' own schemas. */
import { z } from 'zod';
import packageJson from '../../../package.json' with { type: 'json' };
import { Problem } from '../../../contract/ids.ts';
import { nameSchemas } from './named-schemas.ts';
import { operationIdOf } from './operation-id.ts';
import { permissionsOf, type Route } from './route.ts';

export type Schema = Record<string, unknown>;

/** Refusals that any route of its kind can give, by status. `default` covers the rest (the provider's own troubles). */
const REFUSALS: Readonly<Record<string, string>> = {
  400: 'The request could not be read: broken JSON, path or Idempotency-Key.',
  401: 'No valid token.',
  403: 'The token may not do this.',
  404: 'There is no such thing, or this token may not see it.',
  405: 'The path is right, the method is not.',
  409: 'Not in its present state; the detail says why.',
  413: 'The body is larger than 1 MiB.',
  415: 'The body is not JSON in UTF-8.',
  422: 'Some fields are wrong; each is named with its rule and remedy.',
};

export function openapiOf(routes: readonly Route[], publicUrl: string | undefined): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = operationOf(route);
  }
  const named = nameSchemas(paths, toSchema);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plinth',
      version: packageJson.version,
      description: 'Every customer VPS is one Pulumi stack. Changes answer 202 with an operation to follow.',
    },
    ...(publicUrl === undefined ? {} : { servers: [{ url: publicUrl }] }),
    security: [{ token: [] }],
    paths: named.paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'plinth_…' } },
      schemas: { Problem: toSchema(Problem, 'output'), ...named.components },
    },
  };
}

function operationOf(route: Route): Schema {
  const mutation = route.method !== 'get';
  const asked = permissionsOf(route);
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
    description: 'The same key and body give the same answer.',
  };
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query'), ...(mutation ? [key] : [])];
  return {
    summary: route.summary,
    operationId: operationIdOf(route),
    ...(route.successor === undefined ? {} : { deprecated: true }),
    tags: [route.path.split('/')[2] ?? 'service'],
    ...(asked.length === 0 ? { security: [] } : { 'x-plinth-permissions': [...asked], description: `Needs ${asked.join(' or ')}.` }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: toSchema(route.body, 'input') } } } } : {}),
    responses: responsesOf(route),
  };
}

function responsesOf(route: Route): Schema {
  const responses: Schema = {};
  for (const [status, { description, schema, streamed, media = [] }] of Object.entries(route.responses)) {
    const content = {
      ...(schema ? { 'application/json': { schema: toSchema(schema, 'output') } } : {}),
      ...(streamed ? { 'text/event-stream': { schema: { type: 'string' } } } : {}),
      ...Object.fromEntries(media.map((type) => [type, { schema: { type: 'string' } }])),
    };
    responses[status] = { description, ...(Object.keys(content).length > 0 ? { content } : {}) };
  }
  for (const status of refusalsOf(route)) responses[status] = problem(route, REFUSALS[status]!);
  responses['default'] = problem(route, 'A problem at the provider, or here.');
  return responses;
}

function refusalsOf(route: Route): string[] {
  return [
    ...(route.method === 'get' ? ['400'] : ['400', '409', '413', '415', '422']),
    ...(route.permission === 'public' ? [] : ['401', '403']),
    ...(route.params ? ['404'] : []),
    ...(route.query ? ['422'] : []),
  ].toSorted();
}

function problem({ refusal }: Route, description: string): Schema {
  if (refusal) return { description, content: { 'application/json': { schema: toSchema(refusal.schema, 'output') } } };
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): Schema[] {
  if (!schema) return [];
  const object = toSchema(schema, 'input') as { properties?: Record<string, Schema>; required?: string[] };
  return Object.entries(object.properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (object.required ?? []).includes(name),
    schema: property,
  }));
}

/** JSON Schema 2020-12 of what comes in or goes out. */
export function toSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, $defs: __, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return withoutLocalReferences(rest) as Schema;
}

/**
 * Only "any JSON value" is recursive here, and the empty schema says the same. A reference into the schema's own `$defs`
 * would be wrong as soon as the schema stands inside the document.
 */
function withoutLocalReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLocalReferences);
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value && String(value.$ref).startsWith('#/$defs/')) return {};
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutLocalReferences(inner)]));
}

/** OpenAPI 3.1 from the routes' own schemas, and a page that shows it without any foreign script. */
import { z } from 'zod';
import { Problem } from '../../contract/ids.ts';
import type { Route } from './route.ts';

type Schema = Record<string, unknown>;

export function openapiOf(routes: readonly Route[], publicUrl: string | undefined): Schema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Plinth',
      version: '0.1.0',
      description: 'Every customer VPS is one Pulumi stack. Changes answer 202 with an operation to follow.',
    },
    ...(publicUrl === undefined ? {} : { servers: [{ url: publicUrl }] }),
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'plinth_…' } },
      schemas: { Problem: toSchema(Problem, 'output') },
    },
  };
}

function operationOf(route: Route): Schema {
  const mutation = route.method !== 'get';
  const key = {
    name: 'Idempotency-Key',
    in: 'header',
    schema: { type: 'string', maxLength: 255 },
    description: 'The same key and body give the same answer.',
  };
  const parameters = [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query'), ...(mutation ? [key] : [])];
  const responses: Record<string, unknown> = {};
  for (const [status, { description, schema }] of Object.entries(route.responses))
    responses[status] = { description, ...(schema ? { content: { 'application/json': { schema: toSchema(schema, 'output') } } } : {}) };
  responses.default = {
    description: 'A problem.',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  return {
    summary: route.summary,
    operationId: `${route.method}${route.path.replaceAll(/[^a-zA-Z]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    'x-plinth-role': route.role,
    ...(route.role === 'public' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: toSchema(route.body, 'input') } } } } : {}),
    responses,
  };
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

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
}

export function docsPage(routes: readonly Route[]): string {
  const sections = routes.map((route) => {
    const body = route.body ? `<h4>Body</h4><pre>${escape(JSON.stringify(toSchema(route.body, 'input'), null, 2))}</pre>` : '';
    const query = route.query ? `<h4>Query</h4><pre>${escape(JSON.stringify(toSchema(route.query, 'input'), null, 2))}</pre>` : '';
    const answers = Object.entries(route.responses).map(
      ([status, { description }]) => `<li><code>${status}</code> ${escape(description)}</li>`,
    );
    return `<details><summary><b>${route.method.toUpperCase()}</b> <code>${escape(route.path)}</code> ${escape(route.summary)} <small>${route.role}</small></summary>${query}${body}<ul>${answers.join('')}</ul></details>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Plinth API</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}summary{cursor:pointer;padding:.4rem 0}pre{background:#f4f4f5;color:#18181b;padding:1rem;overflow:auto}</style>
<h1>Plinth API</h1><p>Send <code>Authorization: Bearer plinth_…</code>. Machine-readable: <a href="/api/openapi.json">openapi.json</a>.</p>${sections.join('\n')}</html>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

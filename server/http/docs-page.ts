/** The readable page at /api/docs: every route with its fields and a command to paste. No script, nothing foreign. */
import type { z } from 'zod';
import { toSchema, type Schema } from './openapi.ts';
import type { Route } from './route.ts';

const STYLE = `
:root{color-scheme:light dark;--line:#d4d4d8;--soft:#f4f4f5;--dim:#52525b}
@media(prefers-color-scheme:dark){:root{--line:#3f3f46;--soft:#18181b;--dim:#a1a1aa}body{background:#09090b;color:#fafafa}a{color:#93c5fd}}
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
code,pre{font:14px/1.45 ui-monospace,monospace}
pre{background:var(--soft);padding:.8rem 1rem;overflow-x:auto;border-radius:.4rem}
details{border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0;padding:0 1rem}
summary{cursor:pointer;padding:.55rem 0}summary span{color:var(--dim)}summary b{display:inline-block;min-width:4.5rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0;border-top:1px solid var(--line)}
td:last-child{color:var(--dim)}h2{margin:2rem 0 .5rem}h2::first-letter{text-transform:uppercase}small{color:var(--dim)}nav{display:flex;flex-wrap:wrap;gap:0 1rem}details{overflow-x:auto}td{overflow-wrap:anywhere}td:first-child{min-width:8rem}`;

const INTRODUCTION = `<p>Send <code>Authorization: Bearer plinth_…</code>. Changes answer <code>202</code> with an operation; follow it at
<code>/api/operations/{id}/stream</code>. Repeat a change safely with the same <code>Idempotency-Key</code>. Errors are
<a href="https://www.rfc-editor.org/rfc/rfc9457">problem details</a> with a stable <code>code</code>, and each wrong field with its
rule and remedy. Machine-readable: <a href="/api/openapi.json">openapi.json</a>.</p>
<p>The commands below expect:</p><pre>export PLINTH_URL=http://127.0.0.1:4000
export PLINTH_TOKEN="$(cat .plinth/admin-token)"</pre>`;

export function docsPage(routes: readonly Route[]): string {
  const groups = [...Map.groupBy(routes, groupOf)];
  const links = groups.map(([name]) => `<a href="#${name}">${escape(name)}</a>`);
  const sections = groups.map(([name, list]) => `<h2 id="${name}">${escape(titleOf(name))}</h2>${list.map(section).join('')}`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Plinth API</title>
<style>${STYLE}</style></head><body><h1>Plinth API</h1>${INTRODUCTION}<nav>${links.join('')}</nav>${sections.join('')}</body></html>`;
}

function groupOf({ path }: Route): string {
  return path.split('/')[2] ?? 'service';
}

/** Three letters are an abbreviation here. */
function titleOf(group: string): string {
  return group.length <= 3 ? group.toUpperCase() : group;
}

function section(route: Route): string {
  const role = route.role === 'public' ? 'no token needed' : `needs ${route.role}`;
  const answers = Object.entries(route.responses).map(([status, { description, schema }]) => {
    const shape = schema ? shapeOf(schema) : '';
    return `<p><code>${status}</code> ${escape(description)}</p>${shape === '' ? '' : `<pre>${escape(shape)}</pre>`}`;
  });
  return `<details><summary><b>${route.method.toUpperCase()}</b> <code>${escape(route.path)}</code> <span>${escape(route.summary)}</span> <small>${role}</small></summary>
<pre>${escape(curl(route))}</pre>${fields('Query', route.query)}${fields('Body', route.body)}<h4>Answers</h4>${answers.join('')}</details>`;
}

function fields(title: string, schema: z.ZodType | undefined): string {
  if (!schema) return '';
  const rows = [...rowsOf(toSchema(schema, 'input'), '')];
  if (rows.length === 0) return '';
  const cells = rows.map(
    ([name, type, rule]) => `<tr><td><code>${escape(name)}</code></td><td>${escape(type)}</td><td>${escape(rule)}</td></tr>`,
  );
  return `<h4>${title}</h4><table><tr><th>Field</th><th>Type</th><th>Rule</th></tr>${cells.join('')}</table>`;
}

/** A line per field; fields of fields with dots. */
function* rowsOf(schema: Schema, above: string): Generator<[name: string, type: string, rule: string]> {
  const required = (schema['required'] ?? []) as string[];
  for (const [name, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
    const path = above === '' ? name : `${above}.${name}`;
    yield [path, typeOf(inner), ruleOf(inner, required.includes(name))];
    const item = inner['type'] === 'array' ? (inner['items'] as Schema) : inner;
    yield* rowsOf(item, inner['type'] === 'array' ? `${path}[]` : path);
  }
}

function typeOf(schema: Schema): string {
  const choices = schema['anyOf'] as Schema[] | undefined;
  if (choices) return choices.map(typeOf).join(' or ');
  if (schema['enum']) return (schema['enum'] as unknown[]).map(String).join(' | ');
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  if (schema['type'] === 'array') return `list of ${typeOf(schema['items'] as Schema)}`;
  return String(schema['format'] ?? schema['type'] ?? 'any JSON');
}

function ruleOf(schema: Schema, required: boolean): string {
  const rules = [
    required ? 'required' : schema['default'] === undefined ? '' : `default ${JSON.stringify(schema['default'])}`,
    minimumOf(schema['minLength']),
    schema['maxLength'] === undefined ? '' : `at most ${schema['maxLength']} characters`,
    schema['minimum'] === undefined ? '' : `from ${schema['minimum']}`,
    schema['maximum'] === undefined ? '' : `to ${schema['maximum']}`,
    schema['maxItems'] === undefined ? '' : `at most ${schema['maxItems']}`,
    schema['pattern'] === undefined || schema['format'] !== undefined ? '' : String(schema['pattern']),
    String(schema['description'] ?? ''),
  ];
  return rules.filter(Boolean).join(', ');
}

function minimumOf(length: unknown): string {
  if (length === undefined) return '';
  return length === 1 ? 'not empty' : `at least ${String(length)} characters`;
}

/** The answer's shape in short: names and types. */
function shapeOf(schema: z.ZodType): string {
  const draw = (part: Schema, indent: string): string => {
    const properties = part['properties'] as Record<string, Schema> | undefined;
    if (part['type'] === 'array') return `[${draw(part['items'] as Schema, indent)}]`;
    const choices = part['anyOf'] as Schema[] | undefined;
    if (choices) return choices.map((choice) => draw(choice, indent)).join(' | ');
    if (!properties) return typeOf(part);
    const lines = Object.entries(properties).map(([name, inner]) => `${indent}  ${name}: ${draw(inner, `${indent}  `)}`);
    return `{\n${lines.join('\n')}\n${indent}}`;
  };
  return draw(toSchema(schema, 'output'), '');
}

function curl(route: Route): string {
  const path = route.path.replace(':kind', 'plans').replaceAll(/:(\w+)/g, '{$1}');
  const lines = [`curl${route.method === 'get' ? '' : ` -X ${route.method.toUpperCase()}`} "$PLINTH_URL${path}"`];
  if (route.role !== 'public') lines.push('-H "Authorization: Bearer $PLINTH_TOKEN"');
  if (route.body) {
    const body = JSON.stringify(exampleOf(toSchema(route.body, 'input')));
    lines.push(`-H 'Content-Type: application/json'`, `-d '${body.replaceAll("'", String.raw`'\''`)}'`);
  }
  return lines.join(' \\\n  ');
}

/** The smallest good value, from the schema's own examples; fields that are optional appear when they have an example. */
function exampleOf(schema: Schema): unknown {
  const [example] = (schema['examples'] ?? []) as unknown[];
  if (example !== undefined) return example;
  const choices = (schema['anyOf'] ?? schema['enum']) as unknown[] | undefined;
  if (schema['enum']) return choices![0];
  if (choices) return exampleOf(choices[0] as Schema);
  if (schema['type'] === 'object') {
    const required = (schema['required'] ?? []) as string[];
    const shown = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).filter(
      ([name, inner]) => required.includes(name) || inner['examples'] !== undefined,
    );
    return Object.fromEntries(shown.map(([name, inner]) => [name, exampleOf(inner)]));
  }
  if (schema['type'] === 'array') return [];
  if (schema['type'] === 'boolean') return false;
  if (schema['type'] === 'integer' || schema['type'] === 'number') return schema['minimum'] ?? 1;
  return schema['format'] === 'uuid' ? '00000000-0000-4000-8000-000000000000' : '…';
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

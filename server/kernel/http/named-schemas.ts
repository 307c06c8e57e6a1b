/**
 * Names for the shapes in the OpenAPI document. Every schema that `contract/` exports gives its name to the places where its
 * shape stands, so that a document of inline shapes becomes one of references: shorter to read, and clients made from it
 * have `Vps` and `Operation` as their types.
 */
import { readdirSync } from 'node:fs';
import type { z } from 'zod';

type Json = Record<string, unknown>;
export type ToSchema = (schema: z.ZodType, io: 'input' | 'output') => Json;

const folder = new URL('../../../contract/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .toSorted();
const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href) as Promise<Json>));

/** Queries and path parameters are spread over parameters; a flag says more by its words. */
const UNNAMED = /(Query|Params|Flag)$/;

/**
 * Answers the paths with a reference in each place whose shape the contract names, and those shapes by name.
 * Where what comes in differs from what goes out (defaults), the shape that comes in is called `…Input`.
 */
export function nameSchemas(paths: Json, toSchema: ToSchema): { readonly paths: Json; readonly components: Json } {
  const names = namesByShape(shapesIn(paths), toSchema);
  const components: Json = {};
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const name = isNameable(value as Json) ? names.get(JSON.stringify(value)) : undefined;
    if (name === undefined) return walkInside(value as Json);
    if (components[name] === undefined) {
      components[name] = {};
      components[name] = walkInside(value as Json);
    }
    return { $ref: `#/components/schemas/${name}` };
  };
  const walkInside = (value: Json): Json => Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  const named = walkInside(paths);
  return { paths: named, components: Object.fromEntries(Object.entries(components).toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

/** Every shape in the document that could have a name, as text. */
function shapesIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  if (!Array.isArray(value) && isNameable(value as Json)) found.add(JSON.stringify(value));
  for (const inner of Object.values(value)) shapesIn(inner, found);
  return found;
}

function namesByShape(used: ReadonlySet<string>, toSchema: ToSchema): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const give = (name: string, shape: Json): void => {
    const text = JSON.stringify(shape);
    if (!used.has(text) || names.has(text) || taken.has(name)) return;
    names.set(text, name);
    taken.add(name);
  };
  const schemas = modules.flatMap((exported) => Object.entries(exported).filter(([name, value]) => isSchema(value) && !UNNAMED.test(name)));
  for (const io of ['output', 'input'] as const)
    for (const [name, schema] of schemas) give(taken.has(name) ? `${name}Input` : name, toSchema(schema as z.ZodType, io));
  return names;
}

const isSchema = (value: unknown): boolean => typeof value === 'object' && value !== null && '_zod' in value;

/** Texts and numbers stay where they are: their rules say more than a name. */
function isNameable(shape: Json): boolean {
  if (Array.isArray(shape['enum'])) return shape['enum'].length > 2;
  if (shape['type'] === 'array') return typeof shape['items'] === 'object' && isNameable(shape['items'] as Json);
  return 'properties' in shape || 'oneOf' in shape || (shape['type'] === 'object' && 'propertyNames' in shape);
}

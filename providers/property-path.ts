/** Properties by path, as `tags.Name` or `networkInterfaces.0.natIp`. */
import type { Json, Properties } from './resource.ts';

export function propertyAt(properties: Readonly<Record<string, unknown>>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | null | undefined)?.[key], properties);
}

/** The same properties but for one. */
export function withProperty(properties: Properties, path: string, value: Json): Properties {
  const [key = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...properties, [key]: value };
  return { ...properties, [key]: withProperty((properties[key] ?? {}) as Properties, rest.join('.'), value) };
}

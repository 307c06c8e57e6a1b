/** Keys as Cloudflare and as the vendor's package write them. Pure. */
import type { Json } from '../resource.ts';

export function camelKeys(value: Json): Json {
  return renameKeys(value, (key) => key.replaceAll(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()));
}

export function snakeKeys(value: Json): Json {
  return renameKeys(value, (key) => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

function renameKeys(value: Json, rename: (key: string) => string): Json {
  if (Array.isArray(value)) return value.map((item) => renameKeys(item, rename));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [rename(key), renameKeys(item, rename)]));
}

/** Names as Cloudflare reads and writes them. Pure. */
import type { Json } from '../resource.ts';

/** Cloudflare stores full names; it takes `www`, `@` and `www.example.com.` too. */
export function fqdn(name: string, zone: string): string {
  const bare = name.trim().toLowerCase().replace(/\.$/, '');
  if (bare === '@' || bare === '' || bare === zone) return zone;
  return bare.endsWith(`.${zone}`) ? bare : `${bare}.${zone}`;
}

/** The same content, however it is written: addresses by value, names without case and final dot. */
export function canonicalContent(type: string, content: string): string {
  const text = content.trim();
  if (type === 'AAAA') return compressIpv6(text) ?? text.toLowerCase();
  return type === 'CNAME' || type === 'MX' || type === 'NS' || type === 'PTR' ? text.toLowerCase().replace(/\.$/, '') : text;
}

/** RFC 5952 form, or undefined when it is no IPv6 address. */
export function compressIpv6(text: string): string | undefined {
  if (!text.includes(':') || /[^0-9a-fA-F:.]/.test(text)) return undefined;
  try {
    return new URL(`http://[${text}]`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
}

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

/** Names from whatever a customer typed: pure, the same at every run, different for every VPS. */
import { domainToASCII } from 'node:url';

const HOST_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Names that mean the machine itself or are set aside (RFC 6761, RFC 6762 and every /etc/hosts). */
const RESERVED_HOSTS = new Set(['localhost', 'localdomain', 'broadcasthost', 'ip6-localhost', 'ip6-loopback', 'invalid', 'local', 'onion']);
const MAX_HOSTNAME = 253;

/**
 * A label within a provider's rules, or null when its rules leave no room for the VPS's id.
 * The id is always in it, so two customers' `web` never collide where labels are unique.
 */
export function makeLabel(label: string, vpsId: string, limits: { labelMaxLength: number; labelPattern: RegExp }): string | null {
  const room = limits.labelMaxLength - vpsId.length - 1;
  const slug = slugOf(label).slice(0, Math.max(0, room)).replace(/-+$/, '');
  const candidates = [`${slug}-${vpsId}`, `vps-${slug.slice(0, Math.max(0, room - 4)).replace(/-+$/, '')}-${vpsId}`, `vps-${vpsId}`, vpsId];
  return candidates.find((name) => fits(name, limits)) ?? null;
}

function fits(name: string, limits: { labelMaxLength: number; labelPattern: RegExp }): boolean {
  // A global or sticky pattern remembers where it stopped.
  limits.labelPattern.lastIndex = 0;
  return name.length <= limits.labelMaxLength && !/^-|--/.test(name) && limits.labelPattern.test(name);
}

/** A single-label hostname for a customer's label: at most 63 characters, unique by the VPS's id. */
export function makeHostname(label: string, vpsId: string): string {
  const slug = slugOf(label)
    .slice(0, 63 - vpsId.length - 1)
    .replace(/-+$/, '');
  // `xn--` is punycode's; a slug has no double hyphen, so it cannot arise here.
  return slug === '' ? `vps-${vpsId}` : `${slug}-${vpsId}`;
}

/** ASCII, lower case, no final dot; null when the name is no host name. Unicode becomes punycode. */
export function asciiHost(name: string): string | null {
  const bare = name.trim().replace(/\.$/, '');
  // The URL standard would drop or decode these instead of refusing them.
  if (/[^\p{L}\p{M}\p{N}.-]/u.test(bare)) return null;
  const ascii = domainToASCII(bare).toLowerCase();
  if (ascii === '' || ascii.length > MAX_HOSTNAME) return null;
  const labels = ascii.split('.');
  if (!labels.every((part) => HOST_LABEL.test(part))) return null;
  // The last label may not be a number: resolvers would read an address.
  return /^\d+$/.test(labels.at(-1)!) ? null : ascii;
}

/** True for names that mean the machine itself or can never be public. */
export function isReservedHost(host: string): boolean {
  const labels = host.split('.');
  return RESERVED_HOSTS.has(labels.at(-1)!) || RESERVED_HOSTS.has(labels[0]!);
}

function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

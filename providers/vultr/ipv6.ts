/** IPv6 addresses as Vultr writes them in reverse names. Pure. */
import { isIPv6 } from 'node:net';

/** All eight groups of four digits; text that is no address of a network stays as it is. */
export function expandIpv6(address: string): string {
  if (!isIPv6(address) || address.includes('%')) return address;
  // The URL parser knows every way to write one, embedded IPv4 included, and leaves at most one `::`.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((group) => group.padStart(4, '0')).join(':');
}

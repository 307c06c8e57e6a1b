/** IP addresses as text: the one place that reads them and writes them in one form, by the library. Pure. */
import ipaddr from 'ipaddr.js';

/** `::ffff:192.0.2.1`, as sockets for both kinds say it, is `192.0.2.1`; all other text stays as it is. */
export function plainAddress(text: string): string {
  const parsed = read(text);
  return parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : text;
}

/** IPv6 in its one short form (RFC 5952). Undefined when it is none, or has a zone. */
export function shortIpv6(text: string): string | undefined {
  const parsed = read(text);
  return parsed instanceof ipaddr.IPv6 && !text.includes('%') ? parsed.toRFC5952String() : undefined;
}

/** All eight groups of four digits. Undefined when it is none, or has a zone. */
export function fullIpv6(text: string): string | undefined {
  const parsed = read(text);
  return parsed instanceof ipaddr.IPv6 && !text.includes('%')
    ? parsed.parts.map((part) => part.toString(16).padStart(4, '0')).join(':')
    : undefined;
}

/** What one customer has: the address itself, or its /64 of IPv6. */
export function networkOf(text: string): string {
  const parsed = read(plainAddress(text));
  if (!(parsed instanceof ipaddr.IPv6)) return plainAddress(text);
  const start = [...parsed.parts.slice(0, 4), 0, 0, 0, 0];
  return `${new ipaddr.IPv6(start).toRFC5952String()}/64`;
}

function read(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // The library also takes 0x7f.1 and the like, which no socket and no provider writes.
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && ipaddr.IPv6.isValid(text)) ? ipaddr.parse(text) : null;
}

/** Ranges of addresses from which a token counts, as in `192.0.2.0/24` or `2001:db8::1`. */
import { BlockList, isIP } from 'node:net';
import { plainAddress } from '../../../lib/addresses.ts';

const FORM = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/;

/** Whether `text` is an address, or one with the length of its prefix. */
export function isRange(text: string): boolean {
  const [, address = '', prefix] = FORM.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && (prefix === undefined || Number(prefix) <= (family === 4 ? 32 : 128));
}

/** No range lets every address in; an unknown address (null) is in none. */
export function isWithin(ranges: readonly string[], address: string | null): boolean {
  if (ranges.length === 0) return true;
  const plain = plainAddress(address ?? '');
  const family = isIP(plain);
  if (family === 0) return false;
  const list = new BlockList();
  for (const range of ranges.filter(isRange)) {
    const [, base = '', prefix] = FORM.exec(range)!;
    const kind = isIP(base) === 4 ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(base, kind);
    else list.addSubnet(base, Number(prefix), kind);
  }
  return list.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

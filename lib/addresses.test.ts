import { expect, it } from 'vitest';
import { fullIpv6, networkOf, plainAddress, shortIpv6 } from './addresses.ts';

it('writes each address in one form, whichever way it came', () => {
  for (const way of ['2001:db8:0:1::1', '2001:DB8:0:1:0:0:0:1', '2001:0db8:0000:0001:0000:0000:0000:0001']) {
    expect(shortIpv6(way)).toBe('2001:db8:0:1::1');
    expect(fullIpv6(way)).toBe('2001:0db8:0000:0001:0000:0000:0000:0001');
  }
  expect(shortIpv6('::')).toBe('::');
  expect(shortIpv6('::ffff:192.0.2.1')).toBe('::ffff:c000:201');
  expect(fullIpv6('::ffff:192.0.2.1')).toBe('0000:0000:0000:0000:0000:ffff:c000:0201');
  // RFC 5952: one group of zeros alone is not shortened, and of equal runs the first is.
  expect(shortIpv6('2001:db8:0:1:1:1:1:1')).toBe('2001:db8:0:1:1:1:1:1');
  expect(shortIpv6('2001:0:0:1:0:0:0:1')).toBe('2001:0:0:1::1');
  expect(shortIpv6('2001:db8:0:0:1:0:0:1')).toBe('2001:db8::1:0:0:1');
});

it('takes nothing for an address that is none', () => {
  for (const text of ['', 'www.example.com', '192.0.2.1', '1:2', 'fe80::1%eth0', '2001:db8::/64', ':::', '0x7f.1'])
    expect([text, shortIpv6(text), fullIpv6(text)]).toEqual([text, undefined, undefined]);
});

it('sees the IPv4 address in a mapped one', () => {
  expect(['::ffff:192.0.2.1', '::FFFF:192.0.2.1', '::ffff:c000:201'].map(plainAddress)).toEqual(Array(3).fill('192.0.2.1'));
  expect(['192.0.2.1', '::1', '2001:db8::1', 'nothing', ''].map(plainAddress)).toEqual(['192.0.2.1', '::1', '2001:db8::1', 'nothing', '']);
});

it('counts a /64 as one caller', () => {
  expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(networkOf('2001:db8::7')).toBe('2001:db8::/64');
  expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
});

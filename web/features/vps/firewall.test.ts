import { describe, expect, it } from 'vitest';
import { FirewallRules } from '../../../contract/fields.ts';
import { ANYWHERE, firewallChanges, letsIn, portsProblem, presets, rowOf, rowProblem, rulesOf, sourcesProblem } from './firewall.ts';

const ssh = { protocol: 'tcp' as const, ports: '22', sources: [...ANYWHERE] };
const ping = { protocol: 'icmp' as const, ports: null, sources: [...ANYWHERE] };

describe('what is typed', () => {
  it.each([
    '0.0.0.0/0',
    '::/0',
    '203.0.113.7',
    '203.0.113.0/24',
    '2001:db8::1',
    '2001:DB8::/32',
    '203.0.113.7, 198.51.100.0/24\n2001:db8::/48',
  ])('takes %j', (text) => expect(sourcesProblem(text)).toBeNull());

  it.each([
    ['', 'missing'],
    ['everybody', 'is no address or network'],
    ['203.0.113', 'is no address or network'],
    ['203.0.113.256', 'is no address or network'],
    ['203.0.113.07', 'is no address or network'],
    ['203.0.113.0/33', 'goes beyond /32'],
    ['203.0.113.0/', 'has no number'],
    ['203.0.113.0/2/4', 'has no number'],
    ['2001:db8::/129', 'goes beyond /128'],
    ['2001:db8:::1', 'is no address or network'],
    ['203.0.113.7 and-me', 'is no address or network'],
  ])('refuses %j: %s', (text, rule) => expect(sourcesProblem(text)?.rule).toContain(rule));

  it.each(['22', ' 22 ', '8000-8100', '1-65535', 'all', 'All '])('takes the ports %j', (text) =>
    expect(portsProblem('tcp', text)).toBeNull(),
  );
  it.each(['', '0', '65536', '80,443', '22-', 'ssh', '443-80'])('refuses the ports %j', (text) =>
    expect(portsProblem('udp', text)).not.toBeNull(),
  );
  it('asks no ports of a ping', () => expect(rowProblem({ ...rowOf(ping), ports: 'whatever' })).toBeNull());
});

it('sends what the contract takes, single addresses as networks, each once', () => {
  const rows = [rowOf(ping), { ...rowOf(ssh), sources: '203.0.113.7 203.0.113.7/32, 2001:DB8::1' }];
  expect(rulesOf(rows)).toEqual([ping, { ...ssh, sources: ['203.0.113.7/32', '2001:db8::1/128'] }]);
  expect(FirewallRules.parse(rulesOf(rows))).toEqual(rulesOf(rows));
  expect(rulesOf([rowOf(ssh)])).toEqual([ssh]);
  const every = { ...ssh, ports: null };
  expect([rowOf(every).ports, rulesOf([rowOf(every)])]).toEqual(['all', [every]]);
});

it('offers my address only when it is one on the Internet', () => {
  const mine = (address: string | null) => presets(address).find(({ label }) => label.includes('my address'))!;
  expect(mine('203.0.113.7')).toMatchObject({ disabledReason: null, rules: [{ ports: '22', sources: ['203.0.113.7/32'] }] });
  expect(mine('2001:db8::1').rules[0]!.sources).toEqual(['2001:db8::1/128']);
  for (const near of ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '100.64.0.1', '::1', 'fe80::1'])
    expect(mine(near)).toMatchObject({ rules: [], disabledReason: expect.stringContaining(near) });
  expect(mine(null).disabledReason).toContain('does not know');
});

it('shows every line of a change', () => {
  expect(firewallChanges(null, [ssh])).toEqual([
    { change: 'removed', text: 'No firewall: everything may come in' },
    { change: 'added', text: 'TCP 22 from anywhere' },
  ]);
  const own = { ...ssh, sources: ['203.0.113.7/32'] };
  expect(firewallChanges([ssh, ping], [own, ping])).toEqual([
    { change: 'removed', text: 'TCP 22 from anywhere' },
    { change: 'added', text: 'TCP 22 from 203.0.113.7/32' },
    { change: 'kept', text: 'Ping (ICMP) from anywhere' },
  ]);
});

it('knows who is locked out', () => {
  expect(letsIn([ssh, ping], 22)).toBe(true);
  expect(letsIn([ping, { ...ssh, ports: '23-80' }, { ...ssh, protocol: 'udp' }], 22)).toBe(false);
  expect(letsIn([{ ...ssh, ports: '1-100' }], 22)).toBe(true);
});

import { describe, expect, it } from 'vitest';
import type { DnsRecordSummary, InstanceSummary } from '../../providers/provider.ts';
import { NOTHING_LISTED, beyondEngine, compare, existenceOf, isVanished, readable, type ListedRecords, type Recorded } from './compare.ts';
import { danglingRecords, type KnownVps, strayInstances } from './inventory/sweep.ts';

const recorded: Recorded = {
  instanceId: '7',
  identityTag: 'plinth-vps-abcd-g1',
  label: 'web-abcd',
  region: 'ams3',
  plan: 'small',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8:0:0::1/128',
  power: 'running',
  records: [{ id: 'r1', zoneId: 'z', name: 'web.example.test', type: 'AAAA', content: '2001:db8::1', proxied: false }],
};
const instance: InstanceSummary = {
  id: '7',
  label: 'web-abcd',
  status: 'running',
  region: 'ams3',
  plan: 'small',
  image: null,
  ipv4: '192.0.2.1',
  ipv6: '2001:DB8::1',
  tags: ['plinth', 'plinth-vps-abcd-g1'],
  createdAt: '2026-01-01T00:00:00Z',
};
const record: DnsRecordSummary = {
  id: 'r1',
  name: 'Web.example.test.',
  type: 'AAAA',
  content: '2001:0db8::0001',
  comment: 'plinth vps-abcd',
  proxied: false,
};
const listing = (...records: DnsRecordSummary[]): ListedRecords => ({
  record: (_zone, id) => records.find((each) => each.id === id) ?? null,
  named: () => records,
});
const found = listing(record);

describe('compare', () => {
  it('looks for nothing but the server where only its existence counts', () => {
    const other = { ...instance, plan: 'large', status: 'stopped' as const, tags: [] };
    expect(compare(existenceOf(recorded), other, NOTHING_LISTED)).toEqual([]);
    expect(isVanished(compare(existenceOf(recorded), null, NOTHING_LISTED))).toBe(true);
  });

  it('sees no difference in another spelling', () => {
    expect(compare(recorded, instance, found)).toEqual([]);
  });

  const changes: [string, Partial<InstanceSummary>, string][] = [
    ['label', { label: 'renamed' }, 'label: web-abcd → renamed'],
    ['plan', { plan: 'large' }, 'plan: small → large'],
    ['region', { region: 'nyc3' }, 'region: ams3 → nyc3'],
    ['ipv4', { ipv4: null }, 'ipv4: 192.0.2.1 → none'],
    ['ipv6', { ipv6: '2001:db8::2' }, 'ipv6: 2001:db8::1 → 2001:db8::2'],
    ['power', { status: 'stopped' }, 'power: running → stopped'],
    ['identity', { tags: ['plinth'] }, 'identity: plinth-vps-abcd-g1 → none'],
  ];
  it.each(changes)('names a changed %s', (field, change, line) => {
    const differences = compare(recorded, { ...instance, ...change }, found);
    expect(differences.map((each) => each.field)).toEqual([field]);
    expect(readable(differences[0]!)).toBe(line);
    expect(beyondEngine(differences)).toBe(field === 'power');
  });

  it.each(['busy', 'creating', 'unknown', 'suspended'] as const)('takes no passing status for drift: %s', (status) => {
    expect(compare(recorded, { ...instance, status }, found)).toEqual([]);
  });

  it('compares nothing that was not recorded', () => {
    const blank: Recorded = {
      ...recorded,
      identityTag: null,
      label: null,
      region: null,
      plan: null,
      ipv4: null,
      ipv6: null,
      power: null,
      records: [],
    };
    expect(compare(blank, { ...instance, label: 'x', plan: 'y', status: 'stopped', tags: [] }, NOTHING_LISTED)).toEqual([]);
  });

  it('tells a lost server and a lost or changed record', () => {
    const differences = compare(recorded, null, NOTHING_LISTED);
    expect(isVanished(differences)).toBe(true);
    expect(differences.map(readable)).toEqual(['server 7 is gone at the provider', 'record web.example.test AAAA is gone at the provider']);
    const moved = compare(recorded, instance, listing({ ...record, content: '2001:db8::9' }));
    expect(moved.map(readable)).toEqual(['record web.example.test AAAA content: 2001:db8::1 → 2001:db8::9']);
    expect(isVanished(moved)).toBe(false);
  });

  it('tells a switched proxy, and records of others at the same name that lead elsewhere', () => {
    const switched = compare(recorded, instance, listing({ ...record, proxied: true }));
    expect(switched.map(readable)).toEqual(['record web.example.test AAAA proxied: off → on']);
    expect(compare(recorded, instance, listing({ ...record, proxied: null }))).toEqual([]);
    const second = { ...record, id: 'r2', type: 'A', content: '198.51.100.9', comment: null };
    const text = { ...record, id: 'r3', type: 'TXT', content: 'v=spf1 -all', comment: null };
    const beside = compare(recorded, instance, listing(record, second, text));
    expect(beside.map(readable)).toEqual(['record web.example.test A of somebody else: 198.51.100.9']);
    expect(beyondEngine(beside)).toBe(true);
  });
});

describe('inventory', () => {
  const vps = (over: Partial<KnownVps>): KnownVps => ({ living: true, busy: false, generation: 1, recordsInstance: true, ...over });
  const cases: [string, string[], KnownVps | undefined, string | null][] = [
    ['a stranger’s server', ['web'], undefined, 'unmanaged foreign'],
    ['an unknown VPS’s', ['plinth-vps-abcd-g1'], undefined, 'orphan unknown_vps'],
    ['a terminated VPS’s', ['plinth-vps-abcd-g1'], vps({ living: false }), 'orphan terminated_vps'],
    ['a second one', ['plinth-vps-abcd-g1'], vps({}), 'orphan second_server'],
    ['one whose answer was lost', ['plinth-vps-abcd-g1'], vps({ recordsInstance: false }), 'orphan not_adopted'],
    ['one just being made', ['plinth-vps-abcd-g1'], vps({ recordsInstance: false, busy: true }), null],
  ];
  it.each(cases)('judges %s', (_, tags, known, verdict) => {
    const map = new Map(known ? [['abcd', known]] : []);
    const [item] = strayInstances([{ ...instance, tags }], new Set(), map);
    expect(item ? `${item.kind} ${item.reason}` : null).toBe(verdict);
    expect(strayInstances([{ ...instance, tags }], new Set(['7']), map)).toEqual([]);
  });

  it('finds records of ours that point nowhere, and leaves others alone', () => {
    const ours = { ...record, zoneId: 'z' };
    const theirs = { ...ours, id: 'r2', comment: 'mail' };
    expect(danglingRecords([ours, theirs], new Set(), new Map()).map(({ objectId, reason }) => [objectId, reason])).toEqual([
      ['r1', 'unknown_vps'],
    ]);
    expect(danglingRecords([ours], new Set(['r1']), new Map())).toEqual([]);
  });
});

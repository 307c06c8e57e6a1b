import { expect, it } from 'vitest';
import type { RecordedRow } from './store.ts';
import { recordedOf } from './recorded.ts';

const names = { token: 'cloud:index:Server', label: 'name', region: 'region', plan: 'size', ipv4: 'ip', ipv6: 'ip6' };
const records = new Map([
  ['dns:index:Record', { token: 'dns:index:Record', zoneId: 'zone', name: 'name', type: 'type', content: 'content' }],
]);
const server = {
  urn: 'urn:server',
  type: names.token,
  custom: true,
  id: '7',
  outputs: { name: 'web', region: 'ams', size: 'small', ip: '192.0.2.1', ip6: '', tags: ['plinth-vps-abcd-g2', 'plinth'] },
};
const record = {
  urn: 'urn:record',
  type: 'dns:index:Record',
  custom: true,
  id: 'z/r',
  outputs: { zone: 'z', name: 'web.test', type: 'A', content: '192.0.2.1' },
};

function row(resources: readonly object[] | null, over: Partial<RecordedRow> = {}): RecordedRow {
  return {
    id: 'abcd',
    status: 'active',
    powerState: null,
    instanceId: '7',
    region: 'ams',
    plan: 'small',
    ipv4: '192.0.2.1',
    provider: 'cloud',
    accountId: 'a',
    dnsAccountId: null,
    generation: 2,
    checkpoint: resources && JSON.stringify({ version: 3, deployment: { manifest: {}, resources } }),
    busy: false,
    ...over,
  };
}

it('reads server and records in the words of a list', () => {
  expect(recordedOf(row([server, record]), names, records)).toEqual({
    instanceId: '7',
    identityTag: 'plinth-vps-abcd-g2',
    label: 'web',
    region: 'ams',
    plan: 'small',
    ipv4: '192.0.2.1',
    ipv6: null,
    power: 'running',
    records: [{ id: 'r', zoneId: 'z', name: 'web.test', type: 'A', content: '192.0.2.1', proxied: null }],
  });
});

it('takes neither a server that is being deleted, nor another VPS’s, nor a secret address', () => {
  expect(recordedOf(row([{ ...server, delete: true }]), names, records)).toBeNull();
  expect(recordedOf(row([{ ...server, outputs: { tags: ['plinth-vps-efgh-g1'] } }]), names, records)).toBeNull();
  const secret = { ...record, outputs: { ...record.outputs, content: { ciphertext: 'x' } } };
  expect(recordedOf(row([server, secret]), names, records)?.records).toEqual([]);
});

it('knows the wanted power: the one last set, else running while active', () => {
  expect(recordedOf(row([server], { powerState: 'stopped' }), names, records)?.power).toBe('stopped');
  expect(recordedOf(row([server], { status: 'suspended' }), names, records)?.power).toBeNull();
});

it('falls back on the row where the provider does not say how its state is read', () => {
  expect(recordedOf(row(null), undefined, records)).toMatchObject({ instanceId: '7', plan: 'small', label: null, records: [] });
  expect(recordedOf(row(null, { instanceId: null }), undefined, records)).toBeNull();
  expect(recordedOf(row(null), names, records)).toBeNull();
});

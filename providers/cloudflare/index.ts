/** Cloudflare. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { Rest } from '../kit/rest.ts';
import { descriptor } from './descriptor.ts';
import { getZone } from './get-zone.ts';
import { dns, records } from './records.ts';
import { dialect } from './rest.ts';

export const provider: Provider = {
  descriptor,
  resources: [records.resource()],
  functions: [getZone],
  recordedAs: {
    record: {
      token: 'cloudflare:index/dnsRecord:DnsRecord',
      zoneId: 'zoneId',
      name: 'name',
      type: 'type',
      content: 'content',
      proxied: 'proxied',
    },
  },
  connect: (connection) => new Rest(dialect, connection),
  dns,
  // Only stack programs pay for loading the vendor's SDK.
  dnsRecord: async () => (await import('./dns-record.ts')).dnsRecordModule,
};

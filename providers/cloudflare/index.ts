/** Cloudflare. See README.md for what was decided and where the facts come from. */
import type { Provider } from '../provider.ts';
import { CloudflareClient } from './client.ts';
import { descriptor } from './descriptor.ts';
import { dns } from './dns.ts';
import { functions, resources } from './provider.ts';

export const provider: Provider = {
  descriptor,
  resources,
  functions,
  recordedAs: {
    record: { token: 'cloudflare:index/dnsRecord:DnsRecord', zoneId: 'zoneId', name: 'name', type: 'type', content: 'content' },
  },
  connect: (connection) => new CloudflareClient(connection),
  dns,
  // Only stack programs pay for loading the vendor's SDK.
  dnsRecord: async () => (await import('./dns-record.ts')).dnsRecordModule,
};

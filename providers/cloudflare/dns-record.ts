/** How a stack program declares a DNS record, with the vendor's own class. */
import { DnsRecord } from '@pulumi/cloudflare/dnsRecord.js';
import type { DnsRecordModule } from '../provider.ts';

/** Cloudflare wants an automatic TTL on what it proxies. */
const AUTOMATIC_TTL = 1;

export const dnsRecordModule: DnsRecordModule = {
  declare(name, request, opts) {
    const { proxied, ttl, ...same } = request;
    const resource = new DnsRecord(
      name,
      { ...same, proxied, ttl: proxied ? AUTOMATIC_TTL : ttl },
      // Old and new of one name have one identity, so they cannot stand side by side.
      { deleteBeforeReplace: true, ...opts },
    );
    return { resource, recordId: resource.id };
  },
};

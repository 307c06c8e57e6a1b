/** Zones and records of one account, for the service. */
import { isProviderError } from '../errors.ts';
import type { AccountConnection, AccountInfo, DnsClient, DnsRecordSummary, Zone } from '../provider.ts';
import { CloudflareClient } from './client.ts';
import type { ApiRecord, ApiZone } from './types.ts';

export function dns(connection: AccountConnection): DnsClient {
  const client = new CloudflareClient(connection);
  return {
    account: (o) => account(client, o?.signal),
    async zones(o) {
      return (await client.zones({}, o?.signal)).map(zone);
    },
    async findZone(name, o) {
      const wanted = name.toLowerCase().replace(/\.$/, '');
      const found = (await client.zones({ name: wanted }, o?.signal)).find((candidate) => candidate.name.toLowerCase() === wanted);
      return found ? zone(found) : null;
    },
    async listRecords(zoneId, cursor, o) {
      const page = await client.recordPage(zoneId, {}, cursor, o?.signal);
      return { items: page.items.map(record), next: page.next };
    },
    async findRecords(zoneId, name, o) {
      return (await client.recordsNamed(zoneId, name.replace(/\.$/, ''), undefined, o?.signal)).map(record);
    },
    deleteRecord: (zoneId, recordId, o) => client.deleteRecord(zoneId, recordId, o?.signal),
  };
}

/** Proves that the token works and can read zones. */
async function account(client: CloudflareClient, signal?: AbortSignal): Promise<AccountInfo> {
  // Tokens that an account owns are refused here and valid all the same: the zones decide then.
  const token = await client.verifyToken(signal).catch((error: unknown) => {
    if (isProviderError(error, 'credentials')) return undefined;
    throw error;
  });
  const first = (await client.zonePage({}, null, signal)).items[0];
  const name = first?.account?.name ?? (token ? `token ${token.id}` : 'token');
  return { name, status: token === undefined || token.status === 'active' ? 'active' : 'locked' };
}

function zone({ id, name, status }: ApiZone): Zone {
  return { id, name, status };
}

function record({ id, name, type, content, comment }: ApiRecord): DnsRecordSummary {
  return { id, name, type, content: content ?? '', comment: comment ?? null };
}

/** Linode’s domains. Records have no comment and no tag: a TXT record beside says whose they are. Facts stand in README.md. */
import { z } from 'zod';
import { below, type Wanted } from '../kit/dns.ts';
import { orGone, part, type Dialect } from '../kit/rest.ts';
import { zoneProvider } from '../kit/zones.ts';
import { credential } from '../linode/descriptor.ts';
import { dialect as cloud, filter } from '../linode/rest.ts';
import { ApiAccount } from '../linode/types.ts';
import type { Zone } from '../provider.ts';

/** Linode keeps one of these and rounds up to it. */
const TTLS = [30, 120, 300, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 172_800, 345_600, 604_800, 1_209_600, 2_419_200] as const;
/** Of a record that has none of its own. */
const ZONE_TTL = 86_400;
const { purchases: _none, ...manners } = cloud;
const dialect: Dialect = {
  ...manners,
  provider: 'linodedns',
  name: 'Linode DNS',
  remedies: { ...cloud.remedies, forbidden: 'Give the access token the scope Domains (read/write).' },
};

const Domain = z.object({ id: z.number(), domain: z.string(), type: z.string(), status: z.string() });
const Entry = z.object({ id: z.number(), type: z.string(), name: z.string(), target: z.string(), ttl_sec: z.number() });
type Entry = z.infer<typeof Entry>;

const toZone = ({ id, domain, status }: z.infer<typeof Domain>): Zone => ({ id: String(id), name: domain.toLowerCase(), status });
const recordsPath = ({ id }: Zone): string => `/domains/${part(id)}/records`;
const recordPath = (zone: Zone, id: string): string => `${recordsPath(zone)}/${part(id)}`;
const bodyOf = ({ name, type, content, ttl }: Wanted, zone: Zone) => ({
  type,
  name: below(name, zone.name, ''),
  target: content,
  ttl_sec: ttl,
});

export const provider = zoneProvider<Entry>({
  id: dialect.provider,
  name: dialect.name,
  apiBaseUrl: 'https://api.linode.com',
  docsUrl: 'https://techdocs.akamai.com/linode-api/reference/get-domains',
  credential,
  credentialFields: [
    {
      name: 'token',
      label: 'Personal access token',
      help: 'Cloud Manager → Profile → API Tokens. Read/write for Domains, read for Account.',
    },
  ],
  rate: { requests: 400, perMs: 60_000 },
  ttl: { min: TTLS[0], max: TTLS.at(-1)! },
  ttlOf: (seconds) => TTLS.find((each) => each >= seconds) ?? TTLS.at(-1)!,
  dialect,
  carrier: 'beside',
  async account(client, o) {
    return { name: (await client.call({ path: '/account', signal: o?.signal }, ApiAccount)).email, status: 'active' };
  },
  /** Those that Linode only mirrors take no records. */
  zones: async ({ client, signal }, name) => {
    const ask = { path: '/domains', signal, ...(name === undefined ? {} : filter({ domain: name })) };
    return (await client.all(ask, 'data', Domain)).filter(({ type }) => type === 'master').map(toZone);
  },
  zone: async ({ client, signal }, id) => toZone(await client.call({ path: `/domains/${part(id)}`, signal }, Domain)),
  named: ({ client, signal }, zone) => client.all({ path: recordsPath(zone), signal }, 'data', Entry),
  page: ({ client, signal }, zone, cursor) => client.textPage({ path: recordsPath(zone), signal }, 'data', Entry, cursor),
  get: ({ client, signal }, zone, id) => client.find(recordPath(zone, id), '', Entry, signal),
  add: ({ client, signal }, zone, wanted) =>
    client.call({ method: 'POST', path: recordsPath(zone), body: bodyOf(wanted, zone), signal }, Entry),
  set: ({ client, signal }, zone, id, wanted) =>
    client.call({ method: 'PUT', path: recordPath(zone, id), body: bodyOf(wanted, zone), repeatable: true, signal }, Entry),
  remove: ({ client, signal }, zone, id) => orGone(client.send({ method: 'DELETE', path: recordPath(zone, id), repeatable: true, signal })),
  view: ({ id, name, type, target, ttl_sec: ttl }, zone) => ({
    id: String(id),
    name: name === '' ? zone.name : `${name.toLowerCase()}.${zone.name}`,
    type,
    content: target,
    mark: null,
    ttl: ttl === 0 ? ZONE_TTL : ttl,
  }),
});

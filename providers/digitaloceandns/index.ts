/** DigitalOcean’s domains. Records have no comment and no tag: a TXT record beside says whose they are. Facts stand in README.md. */
import { z } from 'zod';
import { dialect as cloud } from '../digitalocean/client.ts';
import { credential } from '../digitalocean/descriptor.ts';
import { accountSchema } from '../digitalocean/schemas.ts';
import { below, type Wanted } from '../kit/dns.ts';
import { orGone, part, type Dialect } from '../kit/rest.ts';
import { zoneProvider } from '../kit/zones.ts';
import type { Zone } from '../provider.ts';

const APEX = '@';
const LEAST_TTL = 30;
const dialect: Dialect = {
  ...cloud,
  provider: 'digitaloceandns',
  name: 'DigitalOcean DNS',
  remedies: { ...cloud.remedies, forbidden: 'Give the token the scope domain (all).' },
};

const Domain = z.object({ name: z.string() });
const Entry = z.object({ id: z.number(), type: z.string(), name: z.string(), data: z.string(), ttl: z.number() });
type Entry = z.infer<typeof Entry>;

const toZone = ({ name }: z.infer<typeof Domain>): Zone => ({ id: name, name, status: 'active' });
const recordsPath = ({ id }: Zone): string => `/v2/domains/${part(id)}/records`;
const recordPath = (zone: Zone, id: string): string => `${recordsPath(zone)}/${part(id)}`;
const bodyOf = ({ name, type, content, ttl }: Wanted, zone: Zone) => ({
  type,
  name: below(name, zone.name, APEX),
  // Names in data are whole only with the root's dot.
  data: type === 'CNAME' ? `${content}.` : content,
  ttl,
});

export const provider = zoneProvider<Entry>({
  id: dialect.provider,
  name: dialect.name,
  apiBaseUrl: 'https://api.digitalocean.com',
  docsUrl: 'https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domains',
  credential,
  credentialFields: [
    { name: 'token', label: 'Personal access token', help: 'Control panel → API → Tokens. Scopes: domain (all), account (read).' },
  ],
  rate: { requests: 250, perMs: 60_000 },
  ttl: { min: LEAST_TTL, max: 2_147_483_647 },
  ttlOf: (seconds) => Math.max(LEAST_TTL, seconds),
  dialect,
  carrier: 'beside',
  async account(client, o) {
    const { email, status } = await client.one({ path: '/v2/account', signal: o?.signal }, 'account', accountSchema);
    return { name: email, status: status === 'locked' ? 'locked' : 'active' };
  },
  zones: async ({ client, signal }) => (await client.all({ path: '/v2/domains', signal }, 'domains', Domain)).map(toZone),
  zone: async ({ client, signal }, id) => toZone(await client.one({ path: `/v2/domains/${part(id)}`, signal }, 'domain', Domain)),
  named: ({ client, signal }, zone, name) => client.all({ path: recordsPath(zone), query: { name }, signal }, 'domain_records', Entry),
  page: ({ client, signal }, zone, cursor) => client.textPage({ path: recordsPath(zone), signal }, 'domain_records', Entry, cursor),
  get: ({ client, signal }, zone, id) => client.find(recordPath(zone, id), 'domain_record', Entry, signal),
  add: ({ client, signal }, zone, wanted) =>
    client.one({ method: 'POST', path: recordsPath(zone), body: bodyOf(wanted, zone), signal }, 'domain_record', Entry),
  set: ({ client, signal }, zone, id, wanted) => {
    const ask = { method: 'PUT', path: recordPath(zone, id), body: bodyOf(wanted, zone), repeatable: true, signal } as const;
    return client.one(ask, 'domain_record', Entry);
  },
  remove: ({ client, signal }, zone, id) => orGone(client.send({ method: 'DELETE', path: recordPath(zone, id), repeatable: true, signal })),
  view: ({ id, name, type, data, ttl }, zone) => ({
    id: String(id),
    name: name === APEX ? zone.name : `${name.toLowerCase()}.${zone.name}`,
    type,
    content: data,
    mark: null,
    ttl,
  }),
});

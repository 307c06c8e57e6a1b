/**
 * PowerDNS: all records of one name and type are a set, and whose it is stands in its comment. PowerDNS replaces a set without
 * asking whether it was there, so that nothing is written before a look. Facts and their sources stand in README.md.
 */
import { z } from 'zod';
import { plainName, type Wanted } from '../kit/dns.ts';
import { orGone, part, type Dialect } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import { contentObjection } from '../kit/zone-file.ts';
import { quoted, setId, zoneProvider } from '../kit/zones.ts';
import type { Zone } from '../provider.ts';

const credential = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'The API’s address is a URL such as https://ns1.example.com:8081.' })
    .transform((url) => url.replace(/\/+$/, '')),
  apiKey: z
    .string()
    .trim()
    .regex(/^[!-~]{4,256}$/, 'An API key has 4 to 256 visible characters without spaces.'),
});

const dialect: Dialect = {
  provider: 'powerdns',
  name: 'PowerDNS',
  baseUrlOf: ({ url }) => url!,
  basePath: '/api/v1/servers/localhost',
  headers: ({ apiKey }) => ({ 'x-api-key': apiKey ?? '' }),
  // Only a refusal of what was sent has a JSON body.
  said: (body) => ({ text: z.object({ error: z.string() }).safeParse(body).data?.error }),
  refusals: [{ text: /could not find (domain|zone)/i, kind: 'not_found' }],
  remedies: { credentials: 'Check the API key (api-key in pdns.conf).', forbidden: 'Let Plinth in: webserver-allow-from in pdns.conf.' },
  pages: { first: {}, next: () => null },
  consistencyMs: { real: 1_000, simulator: 500 },
};

const ServerInfo = z.object({ id: z.string(), daemon_type: z.string(), version: z.string() });
const ZoneInfo = z.object({ id: z.string(), name: z.string(), kind: z.string() });
const RrSet = z.object({
  name: z.string(),
  type: z.string(),
  ttl: z.number(),
  records: z.array(z.object({ content: z.string(), disabled: z.boolean() })),
  comments: z.array(z.object({ content: z.string(), account: z.string().optional() })).nullish(),
});
type RrSet = z.infer<typeof RrSet>;
const WithSets = ZoneInfo.extend({ rrsets: z.array(RrSet) });

const toZone = ({ id, name }: z.infer<typeof ZoneInfo>): Zone => ({ id, name: plainName(name), status: 'active' });
const zonePath = (id: string): string => `/zones/${part(id)}`;
const idOf = ({ name, type }: Pick<RrSet, 'name' | 'type'>): string => setId(name, type);
const markOf = ({ comments }: RrSet): string | null => comments?.[0]?.content ?? null;
async function setsOf({ client, signal }: Call, zone: Zone, query: Readonly<Record<string, string>> = {}): Promise<RrSet[]> {
  const { rrsets } = await client.call({ path: zonePath(zone.id), query, signal }, WithSets);
  return rrsets.filter(({ records: held }) => held.length > 0);
}

async function write(call: Call, zone: Zone, { name, type, ttl, content, mark }: Wanted): Promise<RrSet> {
  const set = {
    name: `${name}.`,
    type,
    ttl,
    records: [{ content: quoted(type, content), disabled: false }],
    comments: [{ content: mark, account: 'plinth' }],
  };
  const body = { rrsets: [{ ...set, changetype: 'REPLACE' }] };
  await call.client.send({ method: 'PATCH', path: zonePath(zone.id), body, repeatable: true, signal: call.signal });
  return set;
}

export const provider = zoneProvider<RrSet>({
  id: 'powerdns',
  name: 'PowerDNS',
  // Every account names its own server.
  apiBaseUrl: 'https://powerdns.invalid',
  docsUrl: 'https://doc.powerdns.com/authoritative/http-api/',
  credential,
  credentialFields: [
    {
      name: 'url',
      label: 'Address of the API',
      help: 'webserver-address and webserver-port of pdns.conf, behind TLS: https://ns1.example.com:8081.',
    },
    { name: 'apiKey', label: 'API key', help: 'api-key in pdns.conf; api=yes and webserver-allow-from must let Plinth in.' },
  ],
  simulatedCredential: (token) => ({ url: 'http://127.0.0.1', apiKey: token }),
  ttl: { min: 1, max: 86_400 },
  rate: { requests: 600, perMs: 60_000 },
  dialect,
  objection: contentObjection,
  carrier: 'record',
  async account(client, o) {
    const { daemon_type: daemon, version } = await client.call({ path: '', signal: o?.signal }, ServerInfo);
    return { name: `${daemon} ${version}`, status: 'active' };
  },
  zones: async ({ client, signal }, name) => {
    const query = name === undefined ? {} : { zone: `${name}.` };
    return (await client.all({ path: '/zones', query, signal }, '', ZoneInfo)).map(toZone);
  },
  zone: async ({ client, signal }, id) => toZone(await client.call({ path: zonePath(id), query: { rrsets: false }, signal }, ZoneInfo)),
  named: (call, zone, name) => setsOf(call, zone, { rrset_name: `${name}.` }),
  page: async (call, zone) => ({ items: await setsOf(call, zone), next: null }),
  get: async (call, zone, id) => {
    const [name = '', type = ''] = id.split('/');
    const found = await orGone(setsOf(call, zone, { rrset_name: `${name}.`, rrset_type: type }));
    return found?.find((set) => idOf(set) === id) ?? null;
  },
  add: write,
  set: (call, zone, _id, wanted) => write(call, zone, wanted),
  remove: ({ client, signal }, zone, id) => {
    const [name = '', type = ''] = id.split('/');
    const body = { rrsets: [{ name: `${name}.`, type, changetype: 'DELETE' }] };
    return orGone(client.send({ method: 'PATCH', path: zonePath(zone.id), body, repeatable: true, signal }));
  },
  view: (set) => {
    const [first] = set.records;
    return { id: idOf(set), name: plainName(set.name), type: set.type, content: first?.content ?? '', mark: markOf(set), ttl: set.ttl };
  },
});

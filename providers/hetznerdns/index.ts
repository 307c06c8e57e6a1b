/** Hetzner’s zones, in its Cloud API: sets of one name and type, with a comment on every record. Facts stand in README.md. */
import { z } from 'zod';
import { dialect as cloud, jobs } from '../hetzner/rest.ts';
import { below, plainName, type Wanted } from '../kit/dns.ts';
import { orGone, part, type Dialect } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import { contentObjection } from '../kit/zone-file.ts';
import { quoted, setId, zoneProvider } from '../kit/zones.ts';
import type { Zone } from '../provider.ts';
import { waitFor } from '../wait.ts';

const APEX = '@';
const ACTION_MS = 5 * 60_000;
const ID = 'hetznerdns';
const dialect: Dialect = { ...cloud, provider: ID, name: 'Hetzner DNS' };

const ZoneInfo = z.object({ id: z.number(), name: z.string(), status: z.string() });
const RrSet = z.object({
  name: z.string(),
  type: z.string(),
  ttl: z.number().nullable(),
  records: z.array(z.object({ value: z.string(), comment: z.string().nullish() })),
});
type RrSet = z.infer<typeof RrSet>;
/** Of a set that has none of its own. */
const ZONE_TTL = 3_600;

const toZone = ({ id, name, status }: z.infer<typeof ZoneInfo>): Zone => ({
  id: String(id),
  name: plainName(name),
  status: status === 'ok' ? 'active' : status,
});
const setsPath = ({ id }: Zone): string => `/zones/${part(id)}/rrsets`;
function setPath(zone: Zone, id: string): string {
  const [name = '', type = ''] = id.split('/');
  return `${setsPath(zone)}/${part(below(name, zone.name, APEX))}/${part(type)}`;
}
const recordsOf = ({ type, content, mark }: Wanted) => [{ value: quoted(type, content), comment: mark }];

async function ended({ client, signal }: Call, answer: unknown): Promise<void> {
  for (const job of jobs.started(answer)) {
    const wait = { provider: ID, what: `${job.type} of a zone`, key: `${ID}/action`, signal, deadlineMs: ACTION_MS } as const;
    const last = await waitFor({
      ...wait,
      probe: async () => ((now) => (now.state === 'running' ? undefined : now))(await jobs.one(client, job.id, signal)),
    });
    if (last.state === 'failed')
      throw client.error('unexpected', `Hetzner reports that ${job.type} failed: ${last.why ?? 'no reason given'}.`);
  }
}

async function change(call: Call, zone: Zone, id: string, action: string, body: object): Promise<void> {
  const path = `${setPath(zone, id)}/actions/${action}`;
  await ended(call, (await call.client.send({ method: 'POST', path, body, repeatable: true, signal: call.signal })).body);
}

const get = ({ client, signal }: Call, zone: Zone, id: string): Promise<RrSet | null> =>
  client.find(setPath(zone, id), 'rrset', RrSet, signal);

export const provider = zoneProvider<RrSet>({
  id: ID,
  name: dialect.name,
  apiBaseUrl: 'https://api.hetzner.cloud',
  docsUrl: 'https://docs.hetzner.cloud/reference/cloud#zones',
  credential: z.strictObject({
    token: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9_-]{5,256}$/, 'A Hetzner API token has letters and digits only.'),
  }),
  credentialFields: [
    { name: 'token', label: 'API token', help: 'Project → Security → API tokens → Read & Write, of the project that holds the zones.' },
  ],
  rate: { requests: 3_600, perMs: 3_600_000 },
  ttl: { min: 60, max: 2_147_483_647 },
  dialect,
  objection: contentObjection,
  carrier: 'record',
  // A token knows its project, but not what it is called.
  async account(client, o) {
    const { items } = await client.page({ path: '/zones', signal: o?.signal }, 'zones', ZoneInfo);
    return { name: `project with ${items.length} zones`, status: 'active' };
  },
  zones: async ({ client, signal }, name) =>
    (await client.all({ path: '/zones', query: name === undefined ? {} : { name }, signal }, 'zones', ZoneInfo)).map(toZone),
  zone: async ({ client, signal }, id) => toZone(await client.one({ path: `/zones/${part(id)}`, signal }, 'zone', ZoneInfo)),
  named: ({ client, signal }, zone, name) =>
    client.all({ path: setsPath(zone), query: { name: below(name, zone.name, APEX) }, signal }, 'rrsets', RrSet),
  page: ({ client, signal }, zone, cursor) => client.textPage({ path: setsPath(zone), signal }, 'rrsets', RrSet, cursor),
  get,
  async add(call, zone, wanted) {
    const { name, type, ttl } = wanted;
    const body = { name: below(name, zone.name, APEX), type, ttl, records: recordsOf(wanted) };
    const ask = { method: 'POST', path: setsPath(zone), body, signal: call.signal } as const;
    const answer = await call.client.call(ask, z.looseObject({ rrset: RrSet }));
    await ended(call, answer);
    return answer.rrset;
  },
  async set(call, zone, id, wanted) {
    await change(call, zone, id, 'set_records', { records: recordsOf(wanted) });
    if ((await get(call, zone, id))?.ttl !== wanted.ttl) await change(call, zone, id, 'change_ttl', { ttl: wanted.ttl });
    const now = await get(call, zone, id);
    if (!now) throw call.client.error('not_found', `The record ${id} is gone.`);
    return now;
  },
  async remove(call, zone, id) {
    const gone = await orGone(call.client.send({ method: 'DELETE', path: setPath(zone, id), repeatable: true, signal: call.signal }));
    if (gone) await ended(call, gone.body);
  },
  view: ({ name, type, ttl, records: [first] }, zone) => {
    const whole = name === APEX ? zone.name : `${plainName(name)}.${zone.name}`;
    return { id: setId(whole, type), name: whole, type, content: first?.value ?? '', mark: first?.comment ?? null, ttl: ttl ?? ZONE_TTL };
  },
});

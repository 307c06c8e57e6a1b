/**
 * Zones of any name server that takes dynamic updates (RFC 2136) signed with a key (TSIG, RFC 8945): BIND, Knot DNS and others. All records of one name and type are a set; whose it is stands in a TXT set beside it, and both are written in one update,
 * which says what the zone must hold for it to be made. Facts and their sources stand in README.md.
 */
import { z } from 'zod';
import { plainName } from '../kit/dns.ts';
import type { Dialect } from '../kit/rest.ts';
import { zoneProvider } from '../kit/zones.ts';
import type { Zone } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { carrier } from './carrier.ts';
import { objection } from './content.ts';
import { credential, credentialFields, ID, simulatedCredential } from './credential.ts';
import { addSet, contentOf, everySet, idOf, mustBeAllowed, removeSet, replaceSet, type RrSet, setBy, setsOf, zonesOf } from './sets.ts';

const REMARKS: Readonly<Record<string, string>> = {
  YXRRSET: 'a record that should not be there is there',
  YXDOMAIN: 'the name is in use',
  NXRRSET: 'the records are not what they were',
  NXDOMAIN: 'the name is not in use',
  NOTAUTHORITATIVE: 'it answers without having the zone',
};

const dialect: Dialect = {
  provider: ID,
  name: 'the name server',
  headers: () => ({}),
  carrier,
  said(body) {
    const code = z.object({ code: z.string() }).safeParse(body).data?.code;
    const remark = REMARKS[code ?? ''];
    return { code, text: remark === undefined ? code : `${code}: ${remark}` };
  },
  refusals: [
    {
      code: 'BADKEY',
      kind: 'credentials',
      remedy: 'It knows no key of this name and algorithm, or no access list of it lets the key in: compare both with its configuration.',
    },
    { code: 'BADSIG', kind: 'credentials', remedy: 'The secret is not the one that its configuration has for this key.' },
    { code: 'BADTRUNC', kind: 'credentials', remedy: 'It wants signatures of another length: use another algorithm.' },
    { code: 'BADTIME', kind: 'credentials', remedy: 'The clocks are more than five minutes apart: set this machine’s, or the server’s.' },
    {
      code: 'REFUSED',
      kind: 'forbidden',
      remedy: 'Let the key in (Knot: an acl with the key and its action; BIND: update-policy or allow-update, and allow-query).',
    },
    { code: 'NOTIMP', kind: 'forbidden', remedy: 'It takes no dynamic updates: name a server that does.' },
    {
      code: /^NOTAUTH(?:ORITATIVE)?$/,
      kind: 'not_found',
      remedy: 'It is no primary of that zone: compare the account’s server and zones.',
    },
    { code: 'NOTZONE', kind: 'invalid', remedy: 'The name is outside of the zone.' },
    { code: /^[YN]X(?:DOMAIN|RRSET)$/, kind: 'conflict' },
    { code: 'SERVFAIL', kind: 'provider_down' },
  ],
  pages: { first: {}, next: () => null },
  // The primary itself is asked.
  consistencyMs: { real: 1_000, simulator: 500 },
};

/** With the root's dot, so that no record's id begins as its zone's does. */
const toZone = ({ name }: { readonly name: string }): Zone => ({ id: `${name}.`, name, status: 'active' });

export const provider = zoneProvider<RrSet>({
  id: ID,
  name: 'RFC 2136',
  // Every account names its own server.
  apiBaseUrl: 'https://rfc2136.invalid',
  docsUrl: 'https://www.rfc-editor.org/rfc/rfc2136',
  credential,
  credentialFields,
  simulatedCredential,
  ttl: { min: 1, max: 2_147_483_647 },
  rate: { requests: 600, perMs: 60_000 },
  dialect,
  carrier: 'together',
  /** Every zone must be the server's, and the key must be allowed to change it: the first that is not is told. */
  async account(client, o) {
    const call = { client, signal: signalOf(o) };
    const zones = await zonesOf(call);
    for (const { name, code } of zones) {
      if (code === 'NOERROR') await mustBeAllowed(call, name);
      else throw client.error('not_found', `The name server does not have the zone ${name} (${code}). Take it off the account’s zones, or name its primary.`, { field: 'zones' }); // prettier-ignore
    }
    const many = zones.length === 1 ? 'zone' : 'zones';
    return { name: `${zones.length} ${many}: ${zones.map(({ name }) => name).join(', ')}`, status: 'active' };
  },
  zones: async (call, name) =>
    (await zonesOf(call)).filter((zone) => zone.code === 'NOERROR' && (name === undefined || zone.name === name)).map(toZone),
  async zone(call, id) {
    const found = (await zonesOf(call)).find(({ name }) => name === plainName(id));
    if (found?.code === 'NOERROR') return toZone(found);
    const where = found ? `the name server does not have it (${found.code})` : 'the account does not name it';
    throw call.client.error('not_found', `There is no zone ${id}: ${where}.`);
  },
  objection,
  named: setsOf,
  page: async (call, zone) => ({ items: await everySet(call, zone), next: null }),
  get: setBy,
  add: addSet,
  set: (call, zone, _id, wanted, mark) => replaceSet(call, zone, wanted, mark),
  remove: removeSet,
  view: (set) => ({ id: idOf(set), name: set.name, type: set.type, content: contentOf(set), mark: null, ttl: set.ttl }),
});

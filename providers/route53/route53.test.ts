/** Against the simulation, and against moto, a Route 53 of other people. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { type Moto, motoMissing, startMoto } from '../../test/support/moto.ts';
import { simulatedCredentialOf } from '../credential.ts';
import type { Rest } from '../kit/rest.ts';
import type { AccountConnection, Zone } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext, ResourceDefinition } from '../resource.ts';
import { quietContext } from '../testing/context.ts';
import { provider } from './index.ts';
import { simulation } from './simulator.ts';
import { xmlOf } from './wire.ts';

const [resource] = provider.resources as [ResourceDefinition<Rest>];
const NAME = 'route53.test';
let simulator: Simulator;
let moto: Moto | undefined;

beforeAll(async () => {
  simulator = await startSimulator({ simulations: [simulation], speed: 100 });
  moto = await startMoto();
  for (const isPrivate of moto ? [true, false] : []) await zoneAt(moto!, isPrivate);
}, 90_000);
afterAll(async () => {
  await simulator.close();
  moto?.close();
});

async function zoneAt({ baseUrl }: Moto, isPrivate: boolean): Promise<void> {
  const network = isPrivate ? { VPC: { VPCRegion: 'us-east-1', VPCId: 'vpc-0a1b2c3d' } } : {};
  const HostedZoneConfig = { Comment: 'made by a test', PrivateZone: isPrivate };
  const body = xmlOf('CreateHostedZoneRequest', { Name: `${NAME}.`, ...network, CallerReference: String(isPrivate), HostedZoneConfig });
  const authorization = 'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/route53/aws4_request';
  const made = await fetch(`${baseUrl}/2013-04-01/hostedzone`, { method: 'POST', headers: { authorization }, body });
  expect(made.status, await made.text()).toBe(201);
}

const connected = (baseUrl: string, credential: Readonly<Record<string, string>>): AccountConnection => ({
  accountId: 'dns',
  credential,
  // Moto is as quick as a simulator.
  endpoint: { kind: 'simulator', baseUrl },
  budget: new RateBudget(10_000, 60_000),
});
const simulated = (token = 'sim-route53'): AccountConnection =>
  connected(simulator.baseUrl('route53'), simulatedCredentialOf(provider.descriptor, token));
const judged = (): AccountConnection =>
  connected(moto!.baseUrl, { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' });

const contextOf = (connection: AccountConnection): ResourceContext<Rest> => quietContext(provider.connect(connection) as Rest);
const zoneOf = async (connection: AccountConnection): Promise<Zone> => (await provider.dns!(connection).findZone(NAME))!;
const wantedIn = (zone: Zone, over: Properties = {}): Properties => ({
  zone: zone.id,
  name: `web.${NAME}`,
  type: 'A',
  content: '192.0.2.1',
  ttl: 300,
  comment: 'plinth vps-a',
  ...over,
});

describe.each<[string, () => AccountConnection, boolean]>([
  ['simulated', simulated, true],
  [`judged by moto${motoMissing ? ` (not here: ${motoMissing})` : ''}`, judged, !motoMissing],
])('%s', (_where, connection, isHere) => {
  it.skipIf(!isHere)('makes a record once, reads, changes and deletes it, each of it twice', async () => {
    const [context, zone, client] = [contextOf(connection()), await zoneOf(connection()), provider.dns!(connection())];
    for (const name of [`web.${NAME}`, `*.${NAME}`, NAME]) {
      const wanted = (over: Properties = {}): Properties => wantedIn(zone, { name, ...over });
      const made = await resource.create(context, wanted());
      const again = await resource.create(context, wanted({ content: '192.0.2.2' }));
      expect(again.id).toBe(made.id);
      const state = { inputs: wanted({ content: '192.0.2.2' }), outputs: again.outputs };
      expect(await resource.read(context, made.id, state)).toMatchObject({ inputs: state.inputs });
      const inputs = wanted({ content: '192.0.2.3', ttl: 60 });
      const outputs = await resource.update!(context, made.id, { oldInputs: state.inputs, oldOutputs: state.outputs, inputs });
      expect(await client.findRecords(zone.id, name)).toEqual([
        { id: `${name}/A`, name, type: 'A', content: '192.0.2.3', comment: 'plinth vps-a', proxied: null },
      ]);
      await resource.delete(context, made.id, outputs);
      await resource.delete(context, made.id, outputs);
      expect(await resource.read(context, made.id, { inputs, outputs })).toBeNull();
    }
    expect((await client.listRecords(zone.id)).items).toEqual([]);
  });

  it.skipIf(!isHere)('sees public zones alone, leaves what is somebody else’s, and knows what was refused', async () => {
    const [context, zone, client] = [contextOf(connection()), await zoneOf(connection()), provider.dns!(connection())];
    expect(await client.zones()).toEqual([{ id: zone.id, name: NAME, status: 'active' }]);
    expect(await client.account()).toEqual({ name: 'account with 2 zones', status: 'active' });
    // The list begins there, and has what comes after.
    expect(await client.findZone('absent.test')).toBeNull();
    expect(await client.findRecords(zone.id, `a.${NAME}`)).toEqual([]);
    const theirs = await resource.create(context, wantedIn(zone, { name: `theirs.${NAME}`, comment: 'plinth vps-b' }));
    const mine = resource.create(context, wantedIn(zone, { name: `theirs.${NAME}` }));
    await expect(mine).rejects.toMatchObject({ kind: 'conflict', message: expect.stringContaining('is taken') as unknown });
    // Two programs that each believe themselves first: the one that is second is told.
    const late = resource.create(context, wantedIn(zone, { name: `theirs.${NAME}`, comment: 'somebody' }));
    await expect(late).rejects.toMatchObject({ kind: 'conflict' });
    await client.deleteRecord(zone.id, theirs.id);
    await client.deleteRecord(zone.id, theirs.id);
    expect((await client.listRecords(zone.id)).items).toEqual([]);
    const absent = resource.create(context, wantedIn(zone, { zone: 'ZABSENT', name: 'a.absent.test' }));
    await expect(absent).rejects.toMatchObject({ kind: 'not_found' });
  });
});

describe('simulated only', () => {
  const send = async (Action: string, over: object = {}): Promise<unknown> => {
    const zone = await zoneOf(simulated());
    const set = { Name: `one.${NAME}.`, Type: 'A', TTL: 300, ResourceRecords: { ResourceRecord: [{ Value: '192.0.2.1' }] }, ...over };
    const body = { ChangeBatch: { Changes: { Change: { Action, ResourceRecordSet: set } } } };
    return contextOf(simulated()).client.send({ method: 'POST', path: `/hostedzone/${zone.id}/rrset/`, body });
  };

  it('makes nothing over what is there, and deletes only what is told in full', async () => {
    await send('CREATE');
    await expect(send('CREATE', { TTL: 60 })).rejects.toMatchObject({ kind: 'conflict', detail: { providerCode: 'taken' } });
    await expect(send('DELETE', { TTL: 60 })).rejects.toMatchObject({ kind: 'conflict' });
    await send('DELETE');
    await expect(send('DELETE')).rejects.toMatchObject({ kind: 'not_found' });
    await expect(send('UPSERT', { Name: 'web.absent.test.' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(send('REPLACE')).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('reads every page', async () => {
    const [context, zone, client] = [contextOf(simulated()), await zoneOf(simulated()), provider.dns!(simulated())];
    const page = await context.client.page(
      { path: `/hostedzone/${zone.id}/rrset`, query: { maxitems: 1 } },
      'ResourceRecordSets',
      z.looseObject({}),
    );
    expect(page).toMatchObject({ items: [{ Name: `${NAME}.`, Type: 'NS' }], next: { name: `${NAME}.`, type: 'SOA' } });
    const Change = Array.from({ length: 310 }, (_, place) => ({
      Action: 'CREATE',
      ResourceRecordSet: { Name: `n${place}.${NAME}.`, Type: 'TXT', TTL: 60, ResourceRecords: { ResourceRecord: [{ Value: '"x"' }] } },
    }));
    const body = { ChangeBatch: { Changes: { Change } } };
    await context.client.send({ method: 'POST', path: `/hostedzone/${zone.id}/rrset/`, body });
    const first = await client.listRecords(zone.id);
    const second = await client.listRecords(zone.id, first.next);
    expect([first.items.length, second.items.length, second.next]).toEqual([298, 12, null]);
  });

  it('lets in who signs as the key says', async () => {
    const wrong = { accessKeyId: 'sim-route53', secretAccessKey: 'sim-another-secret' };
    const callers = [simulated('no such key'), connected(simulator.baseUrl('route53'), wrong)];
    for (const each of callers) await expect(provider.dns!(each).account()).rejects.toMatchObject({ kind: 'credentials' });
  });

  it('asks again when it was too fast, and when another change is under way', async () => {
    simulator.world.faults.add({ provider: 'route53', kind: 'flag', flag: 'prior-request', times: 1 });
    await send('CREATE', { Name: `two.${NAME}.` });
    const accounts = simulator.world.worlds.get('route53')!.accounts();
    const before = accounts.get('sim-route53')!;
    accounts.put({ ...before, rateLimit: { requests: 1, perMs: 1_000 } });
    for (const Name of [`three.${NAME}.`, `four.${NAME}.`]) await send('CREATE', { Name });
    accounts.put(before);
    const zone = await zoneOf(simulated());
    for (const name of ['two', 'three', 'four'])
      expect(await provider.dns!(simulated()).findRecords(zone.id, `${name}.${NAME}`)).toHaveLength(1);
  });
});

/** What every holder of zones and nothing else must keep, beside the contract: whose a name is, wherever the mark stands. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { simulatedCredentialOf } from '../credential.ts';
import { providers } from '../list.ts';
import type { AccountConnection, Zone } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext, ResourceDefinition } from '../resource.ts';
import { quietContext } from './context.ts';

const holders = providers.filter(({ dns, resources }) => dns && resources[0]?.inputs['zone']);
/** Those whose contents are written as zone files have them; the others keep priorities apart. */
const ZONE_FILES = ['hetznerdns', 'route53', 'powerdns', 'rfc2136'];
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 100 });
});
afterAll(() => simulator.close());

it('there are some', () => expect(holders.length).toBeGreaterThan(2));

describe.each(holders.map((provider) => [provider.descriptor.id, provider] as const))('%s', (id, provider) => {
  const [resource] = provider.resources as [ResourceDefinition];
  let zone: Zone;
  const connection = (): AccountConnection => ({
    accountId: id,
    credential: simulatedCredentialOf(provider.descriptor, 'sim-zones-0001'),
    endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl(id) },
    budget: new RateBudget(10_000, 60_000),
  });
  const context = (): ResourceContext => quietContext(provider.connect(connection()));
  const wanted = (over: Properties = {}): Properties => ({
    zone: zone.id,
    name: `web.${zone.name}`,
    type: 'A',
    content: '192.0.2.1',
    ttl: 300,
    comment: 'plinth vps-a',
    ...over,
  });
  const world = () => simulator.world.worlds.get(id)!;
  const held = () =>
    world().simulation.records!(world()).map(({ name, type, content }) => `${name} ${type} ${content.replaceAll('"', '')}`);
  beforeEach(async () => {
    simulator.world.reset();
    [zone] = (await provider.dns!(connection()).zones()) as [Zone];
  });

  it('makes, reads, changes and deletes a record, and leaves nothing', async () => {
    const made = await resource.create(context(), wanted({ ttl: 400 }));
    const again = await resource.create(context(), wanted({ ttl: 400, content: '192.0.2.2' }));
    expect(again.id).toBe(made.id);
    const state = { inputs: wanted({ ttl: 400, content: '192.0.2.2' }), outputs: again.outputs };
    expect(await resource.read(context(), made.id, state)).toEqual({ id: made.id, inputs: state.inputs, outputs: state.outputs });
    expect((await resource.read(context(), `${zone.id}/${made.id}`))?.inputs).toMatchObject({ content: '192.0.2.2', type: 'A' });
    const inputs = wanted({ content: '192.0.2.3', ttl: 3_600 });
    const outputs = await resource.update!(context(), made.id, { oldInputs: state.inputs, oldOutputs: state.outputs, inputs });
    expect((await resource.read(context(), made.id, { inputs, outputs }))?.inputs).toEqual(inputs);
    await resource.delete(context(), made.id, outputs);
    await resource.delete(context(), made.id, outputs);
    expect(await resource.read(context(), made.id, { inputs, outputs })).toBeNull();
    expect(held()).toEqual([]);
  });

  it.each(['lost-answer', 'cut', 'malformed'] as const)('makes one when an answer is %s', async (kind) => {
    simulator.world.faults.add({ provider: id, kind, method: 'POST' });
    simulator.world.faults.add({ provider: id, kind, method: 'PATCH' });
    await resource.create(context(), wanted());
    expect(held().filter((record) => record.includes(' A '))).toHaveLength(1);
    expect(held().filter((record) => record.includes(' TXT ')).length).toBeLessThanOrEqual(1);
  });

  it.runIf(ZONE_FILES.includes(id)).each([
    ['MX', 'mail.example', '10 mail.example'],
    ['MX', '70000 mail.example', '65535 .'],
    ['SRV', '1 2 -3 a.example', '1 2 3 a.example.'],
    ['CNAME', 'a..b', 'a.b'],
    ['CAA', '0 issue', '0 issue "letsencrypt.org"'],
  ])('says before anything is asked that %s cannot be %s', (type, wrong, right) => {
    const objections = (content: string): readonly unknown[] => resource.check!(wanted({ type, content }));
    expect(objections(wrong)).toEqual([{ property: 'content', reason: expect.stringMatching(/^".*\.$/) }]);
    expect(objections(right)).toEqual([]);
  });

  it('tells whose a record is, and leaves another’s', async () => {
    await resource.create(context(), wanted({ comment: 'plinth vps-b', content: '198.51.100.9' }));
    const before = held();
    for (const over of [{}, { type: 'AAAA', content: '2001:db8::1' }] as Properties[]) {
      const failure = String(await resource.create(context(), wanted(over)).catch((error: unknown) => error));
      expect(failure).toContain(`${id}/conflict`);
      expect(failure).toContain(`web.${zone.name} is taken`);
      expect(failure).not.toMatch(/vps-b|198\.51/);
    }
    expect(held()).toEqual(before);
    const [told] = await provider.dns!(connection()).findRecords(zone.id, `web.${zone.name}`);
    expect(told).toMatchObject({ type: 'A', content: '198.51.100.9', comment: 'plinth vps-b' });
  });

  it('leaves a record that nobody marked, and takes one name for both addresses', async () => {
    const both = [wanted(), wanted({ type: 'AAAA', content: '2001:db8::1' })];
    for (const each of both) await resource.create(context(), each);
    const records = await provider.dns!(connection()).findRecords(zone.id, `web.${zone.name}`);
    expect(records.map(({ type, comment }) => `${type} ${comment}`).toSorted()).toEqual(['A plinth vps-a', 'AAAA plinth vps-a']);
    // What somebody wrote by hand has neither comment nor a record beside it.
    const foreign = { ...wanted({ name: `hand.${zone.name}` }), comment: 'somebody' };
    const made = await resource.create(context(), foreign);
    for (const record of await provider.dns!(connection()).findRecords(zone.id, `_plinth-a.hand.${zone.name}`))
      await provider.dns!(connection()).deleteRecord(zone.id, record.id);
    await expect(resource.create(context(), wanted({ name: `hand.${zone.name}` }))).rejects.toMatchObject({ kind: 'conflict' });
    expect(await resource.read(context(), made.id, { inputs: foreign, outputs: made.outputs })).toMatchObject({ id: made.id });
  });

  it('is not gone because it shows late', async () => {
    const made = await resource.create(context(), wanted());
    const names = world().collection('records');
    const hidden = names.all();
    expect(hidden.length).toBeGreaterThan(0);
    for (const each of hidden) names.delete(each.id);
    setTimeout(() => hidden.forEach((each) => names.put(each)), 200);
    const state = { inputs: wanted(), outputs: made.outputs };
    expect(await resource.read(context(), made.id, state)).toMatchObject({ id: made.id });
  });

  it('lists whose every record is, and takes the mark along with one that no stack holds', async () => {
    const made = await resource.create(context(), wanted());
    const { items, next } = await provider.dns!(connection()).listRecords(zone.id);
    expect(next).toBeNull();
    expect(items.filter(({ type }) => type === 'A')).toMatchObject([{ id: made.id, comment: 'plinth vps-a' }]);
    await provider.dns!(connection()).deleteRecord(zone.id, made.id);
    expect(held()).toEqual([]);
  });
});

/** What only EC2 does: tokens, corpses in lists, refusals that come as a 500, addresses that pass. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { simulatedCredentialOf } from '../credential.ts';
import { identityTag } from '../identity.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Json, Properties, ResourceContext } from '../resource.ts';
import { Ec2, type Params } from './ec2.ts';
import { provider } from './index.ts';
import { servers } from './server.ts';
import { readXml } from '../kit/amazon/api.ts';

let simulator: Simulator;
let made = 0;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000 });
});
afterAll(() => simulator.close());
afterEach(() => void simulator.world.faults.clear('aws'));

function connect(over: Record<string, string> = {}): AccountConnection {
  const credential = { ...simulatedCredentialOf(provider.descriptor, `sim-aws${++made}`), ...over };
  const endpoint = { kind: 'simulator', baseUrl: simulator.baseUrl('aws') } as const;
  return { accountId: String(made), credential, endpoint, budget: new RateBudget(10_000, 1_000) };
}
function contextOf(connection: AccountConnection): ResourceContext<Ec2> {
  const quiet = { signal: new AbortController().signal, log: () => undefined, progress: () => undefined };
  return { client: new Ec2(connection), urn: `urn:pulumi:s::plinth::test::${connection.accountId}`, ...quiet };
}
const definition = (token: string) => provider.resources.find((each) => each.token === `aws:ec2/${token}`)!;
const inputsOf = (over: Record<string, Json> = {}): Properties => ({
  ami: 'debian-12',
  instanceType: 't3.small',
  tags: { Name: 'one', [identityTag('aws0000000000001', 1)]: '' },
  ...over,
});
const bought = (): number => simulator.world.worlds.get('aws')!.simulation.instances!(simulator.world.worlds.get('aws')!).length;
const Any = z.any();

describe('before anything is bought', () => {
  it.each([
    ['another region', { region: 'us-east-1' }, 'invalid', 'region'],
    ['a type that is not there', { instanceType: 't3.gigantic' }, 'invalid', undefined],
    ['an image that is not there', { ami: 'ami-00000000000000000' }, 'not_found', undefined],
    ['an image for another processor', { ami: 'ami-00201'.padEnd(21, '5'), instanceType: 't3.small' }, 'invalid', 'ami'],
  ])('refuses %s', async (_, over, kind, field) => {
    const before = bought();
    const failure: any = await servers.create(contextOf(connect()), inputsOf(over)).catch((error: unknown) => error);
    expect([failure.kind, failure.detail.field]).toEqual([kind, field]);
    expect(bought()).toBe(before);
  });

  it('refuses a server for which there is no lasting address', async () => {
    simulator.world.faults.add({ provider: 'aws', kind: 'flag', flag: 'no-addresses' });
    const before = bought();
    await expect(servers.create(contextOf(connect()), inputsOf())).rejects.toThrow(/\[aws\/quota\].*Service Quotas/);
    expect(bought()).toBe(before);
  });

  it('takes no wrong secret, and no key that may only read', async () => {
    const wrong = provider.compute!(connect({ secretAccessKey: 'sim-other-secret' }));
    await expect(wrong.account()).rejects.toThrow('[aws/credentials]');
    const connection = connect();
    await provider.compute!(connection).account();
    const accounts = simulator.world.worlds.get('aws')!.collection<any>('accounts');
    accounts.put({ ...accounts.get(connection.credential['accessKeyId']!), readOnly: true });
    expect((await provider.compute!(connection).plans()).length).toBeGreaterThan(20);
    await expect(servers.create(contextOf(connection), inputsOf())).rejects.toThrow('[aws/forbidden]');
  });
});

it('knows that no capacity, which comes as a 500, is no doubt: it is asked once', async () => {
  simulator.world.faults.add({ provider: 'aws', kind: 'flag', flag: 'no-capacity' });
  const connection = connect();
  const before = bought();
  await expect(servers.create(contextOf(connection), inputsOf())).rejects.toThrow(/\[aws\/out_of_stock\].*another type/);
  expect(bought()).toBe(before);
});

it('makes another server for a token whose server is gone, and takes no corpse for its own', async () => {
  const ctx = contextOf(connect());
  const first = await servers.create(ctx, inputsOf());
  await servers.delete(ctx, first.id, first.outputs);
  const seen = await ctx.client.look({ Action: 'DescribeInstances', 'InstanceId.1': first.id } as Params, Any);
  const [corpse] = seen.reservationSet[0].instancesSet;
  expect(corpse.instanceState.name).toBe('terminated');
  expect(corpse.tagSet).toContainEqual({ key: identityTag('aws0000000000001', 1), value: '' });
  expect(await servers.read(ctx, first.id, { inputs: inputsOf(), outputs: first.outputs })).toBeNull();
  const second = await servers.create(ctx, inputsOf());
  expect(second.id).not.toBe(first.id);
  expect((await servers.list(ctx)).map(({ instanceId }) => instanceId)).toEqual([second.id]);
  await servers.delete(ctx, second.id, second.outputs);
}, 60_000);

it('loses an address of chance at a stop and keeps an elastic one', async () => {
  const connection = connect();
  const ctx = contextOf(connection);
  const compute = provider.compute!(connection);
  const server = await servers.create(ctx, inputsOf());
  const address = async () => (await compute.getInstance(server.id))!.ipv4;
  const born = await address();
  await compute.power(server.id, 'off');
  expect(await address()).toBeNull();
  await compute.power(server.id, 'on');
  expect(await address()).not.toBe(born);
  const eip = await definition('eip:Eip').create(ctx, { instance: server.id, tags: { Name: 'plinth-one' } });
  expect(await address()).toBe(eip.outputs['publicIp']);
  await compute.power(server.id, 'off');
  await compute.power(server.id, 'on');
  expect(await address()).toBe(eip.outputs['publicIp']);
  const name = await definition('eipDomainName:EipDomainName').create(ctx, { allocationId: eip.id, domainName: 'one.plinth.test' });
  expect((await definition('eipDomainName:EipDomainName').read(ctx, name.id))!.outputs['ptrRecord']).toBe('one.plinth.test.');
  await definition('eip:Eip').delete(ctx, eip.id, eip.outputs);
  await servers.delete(ctx, server.id, server.outputs);
}, 60_000);

it('tells prices of type, disk and address together, and one image for both processors', async () => {
  const compute = provider.compute!(connect());
  const plan = (await compute.plans()).find(({ id }) => id === 't3.medium')!;
  // 0.048 and 0.005 an hour, 40 GB at 0.0952.
  expect(plan).toMatchObject({ vcpus: 2, memoryMb: 4096, diskGb: 40, priceMonthly: '42.50', currency: 'USD', regions: ['eu-central-1'] });
  const images = await compute.images();
  expect(images.find(({ id }) => id === 'debian-12')).toMatchObject({ architectures: ['arm64', 'x86_64'], minDiskGb: 8 });
});

it('reads lists of none, one and many alike, and nothing that is no XML', () => {
  const list = (inner: string) => readXml(`<R xmlns="x"><itemSet>${inner}</itemSet></R>`);
  expect(list('')).toEqual({ itemSet: '' });
  expect(list('<item><a>1</a></item>')).toEqual({ itemSet: [{ a: '1' }] });
  expect(list('<item><a>1</a></item><item><a>2</a></item>')).toEqual({ itemSet: [{ a: '1' }, { a: '2' }] });
  for (const text of ['{"half an answer": ', '<R><itemSet>', 'no']) expect(() => readXml(text)).toThrow();
});

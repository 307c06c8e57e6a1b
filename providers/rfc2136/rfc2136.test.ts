/** Against the simulation, and against a real Knot DNS. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import { type Middleman, startMiddleman } from '../../test/support/dns-middleman.ts';
import { findKnot, type Knot, type KnotKey, startKnot } from '../../test/support/knot.ts';
import type { Rest } from '../kit/rest.ts';
import { DEFAULT_CALL_MS, setPatience } from '../patience.ts';
import type { AccountConnection, DnsClient } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext, ResourceDefinition } from '../resource.ts';
import { quietContext } from '../testing/context.ts';
import { simulatedCredential } from './credential.ts';
import { provider } from './index.ts';
import { simulation } from './simulator.ts';
import { ALGORITHMS } from './tsig.ts';

const ZONE = 'rfc2136.test';
const [resource] = provider.resources as [ResourceDefinition<Rest>];
const found = await findKnot();
const missing = 'missing' in found ? ` (no Knot here: ${found.missing})` : '';
const keyOf = (name: string, actions: string[], algorithm = 'hmac-sha256'): KnotKey => ({
  name,
  algorithm,
  secret: randomBytes(32).toString('base64'),
  actions,
});
const ALL = ['update', 'transfer'];
const full = keyOf('full.key', ALL);
const others = Object.keys(ALGORITHMS).map((algorithm) => keyOf(`of-${algorithm}`, ALL, algorithm));
const [noTransfer, noUpdate] = [keyOf('no-transfer', ['update']), keyOf('no-update', ['transfer'])];
/** More than one message of a transfer holds. */
const many = Array.from({ length: 2_000 }, (_, place) => `n${place}.many TXT "${'x'.repeat(60)}"`);
let simulator: Simulator;
let knot: Knot;
let middleman: Middleman;

beforeAll(async () => {
  // What fails on loopback fails at once: what is tried is the number of tries.
  setPatience({ callMs: DEFAULT_CALL_MS, longestWaitMs: Number.POSITIVE_INFINITY, pauseMs: 10 });
  simulator = await startSimulator({ simulations: [simulation], speed: 100 });
  if (!('root' in found)) return;
  const records = ['hand A 198.51.100.9', '*.wild A 198.51.100.1', '*.wild TXT "plinth vps-a"', 'alias CNAME ns1', 'sub NS ns1.sub', 'ns1.sub A 192.0.2.54', ...many]; // prettier-ignore
  knot = await startKnot(found.root, [full, ...others, noTransfer, noUpdate], { [ZONE]: records, 'other.test': [] });
  middleman = await startMiddleman(knot.port);
}, 90_000);
afterEach(() => {
  vi.restoreAllMocks();
  middleman?.meddle(undefined);
});
afterAll(async () => {
  await simulator.close();
  await middleman?.close();
  await knot?.close();
});

const budget = (): RateBudget => new RateBudget(10_000, 60_000);
const simulated = (): AccountConnection => ({
  accountId: 'dns',
  credential: simulatedCredential('sim-rfc2136'),
  endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('rfc2136') },
  budget: budget(),
});
const served = ({ name, algorithm, secret }: KnotKey = full, over: Record<string, string> = {}): AccountConnection => ({
  accountId: 'dns',
  credential: { host: '127.0.0.1', port: String(middleman.port), keyName: name, algorithm, secret, zones: ZONE, ...over },
  endpoint: { kind: 'real', baseUrl: 'https://rfc2136.invalid' },
  budget: budget(),
});
const dns = (connection: AccountConnection): DnsClient => provider.dns!(connection);
const contextOf = (connection: AccountConnection): ResourceContext<Rest> => quietContext(provider.connect(connection) as Rest);
const wanted = (over: Properties = {}): Properties => ({
  zone: `${ZONE}.`,
  name: `web.${ZONE}`,
  type: 'A',
  content: '192.0.2.1',
  ttl: 300,
  comment: 'plinth vps-a',
  ...over,
});
const create = (connection: AccountConnection, over: Properties = {}) => resource.create(contextOf(connection), wanted(over));
const contents = async (connection: AccountConnection, name: string): Promise<string[]> =>
  (await dns(connection).findRecords(`${ZONE}.`, name)).map(({ type, content, comment }) => `${type} ${content} ${comment}`);

describe.each<[string, () => AccountConnection, boolean]>([
  ['simulated', simulated, true],
  [`judged by Knot${missing}`, served, missing === ''],
])('%s', (_where, connection, isHere) => {
  it.skipIf(!isHere)('makes a record once, reads, changes and deletes it, each of it twice', async () => {
    for (const name of [`web.${ZONE}`, `*.${ZONE}`, ZONE]) {
      const [context, client] = [contextOf(connection()), dns(connection())];
      const made = await resource.create(context, wanted({ name }));
      const again = await resource.create(context, wanted({ name, content: '192.0.2.2' }));
      expect(again.id).toBe(made.id);
      const state = { inputs: wanted({ name, content: '192.0.2.2' }), outputs: again.outputs };
      expect(await resource.read(context, made.id, state)).toMatchObject({ inputs: state.inputs });
      expect((await resource.read(context, `${ZONE}./${made.id}`))?.inputs).toMatchObject({ content: '192.0.2.2' });
      const inputs = wanted({ name, content: '192.0.2.3', ttl: 60 });
      const outputs = await resource.update!(context, made.id, { oldInputs: state.inputs, oldOutputs: state.outputs, inputs });
      expect(await client.findRecords(`${ZONE}.`, name)).toContainEqual({
        id: `${name}/A`,
        name,
        type: 'A',
        content: '192.0.2.3',
        comment: 'plinth vps-a',
        proxied: null,
      });
      const renamed = { ...inputs, comment: 'somebody' };
      await resource.update!(context, made.id, { oldInputs: inputs, oldOutputs: outputs, inputs: renamed });
      expect(await contents(connection(), name)).toContain('A 192.0.2.3 somebody');
      await resource.delete(context, made.id, { ...outputs, comment: 'somebody' });
      await resource.delete(context, made.id, { ...outputs, comment: 'somebody' });
      expect(await resource.read(context, made.id, { inputs, outputs })).toBeNull();
      expect(await contents(connection(), `_plinth-a.${name.replace('*', '_any')}`)).toEqual([]);
    }
  });

  it.skipIf(!isHere)('takes every type that can be made, and knows what was written', async () => {
    const contentOf: readonly [string, string][] = [
      ['AAAA', '2001:DB8:0::1'],
      ['TXT', 'hello "you"'],
      ['TXT', `"v=DKIM1; p=${'k'.repeat(300)}"`],
      ['MX', `10 Mail.${ZONE}.`],
      ['SRV', `1 2 443 web.${ZONE}`],
      ['CAA', '0 issue "letsencrypt.org"'],
      ['CNAME', `web.${ZONE}.`],
    ];
    const context = contextOf(connection());
    for (const [place, [type, content]] of contentOf.entries()) {
      const inputs = wanted({ name: `t${place}.${ZONE}`, type, content, comment: 'somebody' });
      expect(resource.check?.(inputs)).toEqual([]);
      const { id, outputs } = await resource.create(context, inputs);
      expect([type, (await resource.read(context, id, { inputs, outputs }))?.inputs]).toEqual([type, inputs]);
      await resource.delete(context, id, outputs);
    }
    await expect(create(connection(), { type: 'NS', name: ZONE, content: 'ns9.example' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(create(connection(), { name: `two words.${ZONE}` })).rejects.toMatchObject({ kind: 'invalid' });
    expect(resource.check?.(wanted({ type: 'MX', content: 'mail' }))).toMatchObject([{ property: 'content' }]);
  });

  it.skipIf(!isHere)('leaves what is somebody else’s, beside aliases too', async () => {
    const theirs = await create(connection(), { name: `theirs.${ZONE}`, comment: 'plinth vps-b', content: '198.51.100.9' });
    for (const each of [
      { type: 'A' },
      { type: 'AAAA', content: '2001:db8::1' },
      { comment: 'somebody' },
      { type: 'CNAME', content: 'x.test', comment: 'somebody' },
    ] as Properties[]) {
      const failure = String(await create(connection(), { name: `theirs.${ZONE}`, ...each }).catch((error: unknown) => error));
      expect(failure).toContain(`theirs.${ZONE} is taken`);
      expect(failure).not.toMatch(/vps-b|198\.51/);
    }
    expect(await contents(connection(), `theirs.${ZONE}`)).toEqual(['A 198.51.100.9 plinth vps-b']);
    // Stacks whose record it is no longer: one that changes it is told, and for one that deletes it, it is gone.
    const [old, inputs] = [wanted({ name: `theirs.${ZONE}` }), wanted({ name: `theirs.${ZONE}`, content: '192.0.2.6' })];
    const change = resource.update!(contextOf(connection()), theirs.id, { oldInputs: old, oldOutputs: old, inputs });
    await expect(change).rejects.toMatchObject({ kind: 'conflict' });
    await resource.delete(contextOf(connection()), theirs.id, wanted({ name: `theirs.${ZONE}` }));
    expect(await contents(connection(), `theirs.${ZONE}`)).toHaveLength(1);
    await dns(connection()).deleteRecord(ZONE, theirs.id);
    await dns(connection()).deleteRecord(ZONE, theirs.id);
    expect(await contents(connection(), `theirs.${ZONE}`)).toEqual([]);
  });

  it.skipIf(!isHere)('makes one where many ask at once, whole', async () => {
    const asked = ['c', 'd', 'e', 'f'].map((each, place) => create(connection(), { name: `race.${ZONE}`, comment: `plinth vps-${each}`, content: `192.0.2.${place}` })); // prettier-ignore
    const ended = await Promise.allSettled(asked);
    const [won, lost] = [ended.filter(({ status }) => status === 'fulfilled'), ended.filter(({ status }) => status === 'rejected')];
    expect([won.length, lost.length]).toEqual([1, 3]);
    for (const { reason } of lost as PromiseRejectedResult[]) expect(reason).toMatchObject({ kind: 'conflict' });
    const place = ended.findIndex(({ status }) => status === 'fulfilled');
    expect(await contents(connection(), `race.${ZONE}`)).toEqual([`A 192.0.2.${place} plinth vps-${'cdef'[place]}`]);
    // Changes at once: each is of what it saw, and none is lost in another.
    const old = wanted({ name: `race.${ZONE}`, comment: `plinth vps-${'cdef'[place]}` });
    const changes = ['192.0.2.7', '192.0.2.8'].map((content) =>
      resource.update!(contextOf(connection()), `race.${ZONE}/A`, { oldInputs: old, oldOutputs: old, inputs: { ...old, content } }),
    );
    await Promise.all(changes);
    expect(await contents(connection(), `race.${ZONE}`)).toEqual([expect.stringMatching(/^A 192\.0\.2\.[78] plinth vps-.$/)]);
    await dns(connection()).deleteRecord(ZONE, `race.${ZONE}/A`);
  });

  it.skipIf(!isHere)('goes by the server’s clock where ours is off, once it knows', async () => {
    const isSimulated = connection().endpoint.kind === 'simulator';
    const now = Date.now();
    if (isSimulated) simulator.world.faults.add({ provider: 'rfc2136', kind: 'flag', flag: 'clock-ahead' });
    else vi.spyOn(Date, 'now').mockImplementation(() => now + 3_600_000);
    const client = dns(connection());
    expect((await client.account()).status).toBe('active');
    simulator.world.faults.clear();
    vi.restoreAllMocks();
    expect(await client.zones()).toHaveLength(1);
  });
});

describe('simulated only', () => {
  const at = (over: Record<string, string> = {}): DnsClient => dns({ ...simulated(), credential: { ...simulated().credential, ...over } });
  const flag = (name: string) => simulator.world.faults.add({ provider: 'rfc2136', kind: 'flag', flag: name });
  afterEach(() => void simulator.world.faults.clear());

  it('knows its keys, and what they may', async () => {
    const secret = randomBytes(32).toString('base64');
    await expect(at({ secret }).account()).rejects.toMatchObject({ kind: 'credentials', detail: { providerCode: 'BADSIG' } });
    await expect(at({ keyName: 'unknown' }).account()).rejects.toMatchObject({ kind: 'credentials', detail: { providerCode: 'BADKEY' } });
    const world = simulator.world.worlds.get('rfc2136')!;
    const account = world.account('sim-reader')!;
    world.collection<typeof account>('accounts').put({ ...account, readOnly: true });
    await expect(dns({ ...simulated(), credential: simulatedCredential('sim-reader') }).account()).rejects.toMatchObject({
      kind: 'forbidden',
    });
    flag('no-transfer');
    await expect(at().listRecords(`${ZONE}.`)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('needs no account until it is asked something', async () => {
    const client = provider.connect({ ...simulated(), credential: {} }) as Rest;
    await expect(client.send({ path: '/', body: { kind: 'zones' } })).rejects.toMatchObject({ kind: 'credentials' });
  });

  it('tells a server that fails from one that does not have the zone', async () => {
    simulator.world.faults.add({ provider: 'rfc2136', kind: 'status', status: 503, times: null });
    await expect(at().account()).rejects.toMatchObject({ kind: 'provider_down', detail: { providerCode: 'SERVFAIL' } });
    await expect(at().findZone(ZONE)).rejects.toMatchObject({ kind: 'provider_down' });
    simulator.world.faults.clear();
    const client = at();
    expect(await client.findRecords(`${ZONE}.`, ZONE)).toEqual([]);
    flag('lame');
    // It had the zone a moment ago: nothing is gone for that.
    await expect(client.findRecords(`${ZONE}.`, ZONE)).rejects.toMatchObject({ detail: { providerCode: 'NOTAUTHORITATIVE' } });
    await expect(at().account()).rejects.toMatchObject({ kind: 'not_found', detail: { field: 'zones' } });
  });
});

describe.skipIf(missing !== '')('Knot', () => {
  it('is signed to by every algorithm', async () => {
    for (const key of others) expect([key.algorithm, await dns(served(key)).account()]).toEqual([key.algorithm, { name: `1 zone: ${ZONE}`, status: 'active' }]); // prettier-ignore
  });

  it('says what a key may, and a check changes nothing', async () => {
    const serial = async () => (await provider.connect(served()) as Rest).send({ path: '/', body: { kind: 'zones' } }).then(({ body }) => JSON.stringify(body)); // prettier-ignore
    const before = await serial();
    expect(await dns(served()).account()).toMatchObject({ status: 'active' });
    expect(await serial()).toBe(before);
    const check = (key: KnotKey, over?: Record<string, string>) => dns(served(key, over)).account();
    await expect(check(noUpdate)).rejects.toMatchObject({ kind: 'forbidden', detail: { field: 'zones' } });
    await expect(check({ ...full, name: 'unknown' })).rejects.toMatchObject({ kind: 'credentials', detail: { providerCode: 'BADKEY' } });
    await expect(check({ ...full, algorithm: 'hmac-sha512' })).rejects.toMatchObject({ detail: { providerCode: 'BADKEY' } });
    const secret = randomBytes(32).toString('base64');
    await expect(check({ ...full, secret })).rejects.toMatchObject({ kind: 'credentials', detail: { providerCode: 'BADSIG' } });
    await expect(check(full, { zones: `${ZONE} absent.test` })).rejects.toMatchObject({ kind: 'not_found', message: expect.stringContaining('absent.test') as unknown }); // prettier-ignore
    await expect(create(served(noUpdate))).rejects.toMatchObject({ kind: 'credentials' });
    await expect(create(served(full, { zones: 'other.test' }))).rejects.toMatchObject({ kind: 'not_found' });
    expect(await dns(served(full, { zones: `${ZONE}, Other.test.` })).zones()).toHaveLength(2);
    expect(await dns(served()).findZone('Rfc2136.test.')).toEqual({ id: `${ZONE}.`, name: ZONE, status: 'active' });
    expect(await dns(served()).findZone('other.test')).toBeNull();
  });

  it('lists a zone by a transfer, and says what is missing where it may not', async () => {
    const { items, next } = await dns(served()).listRecords(ZONE);
    expect([items.length, next]).toEqual([many.length + 7, null]);
    expect(items).toContainEqual(expect.objectContaining({ id: `n1999.many.${ZONE}/TXT`, content: 'x'.repeat(60) }));
    await expect(dns(served(noTransfer)).listRecords(ZONE)).rejects.toMatchObject({ kind: 'forbidden', message: expect.stringContaining('action transfer') as unknown }); // prettier-ignore
    // All else goes without.
    const made = await create(served(noTransfer), { name: `quiet.${ZONE}` });
    await resource.delete(contextOf(served(noTransfer)), made.id, made.outputs);
  });

  it('tells apart a record, what a wildcard answers, and what was handed on', async () => {
    expect(await contents(served(), `free.wild.${ZONE}`)).toEqual([]);
    expect(await contents(served(), `*.wild.${ZONE}`)).toHaveLength(2);
    const { id, outputs } = await create(served(), { name: `one.wild.${ZONE}` });
    expect(await contents(served(), `one.wild.${ZONE}`)).toEqual(['A 192.0.2.1 plinth vps-a']);
    await resource.delete(contextOf(served()), id, outputs);
    expect(await contents(served(), `sub.${ZONE}`)).toEqual([`NS ns1.sub.${ZONE} null`]);
    await expect(create(served(), { name: `hand.${ZONE}` })).rejects.toMatchObject({ kind: 'conflict' });
    await expect(create(served(), { name: `sub.${ZONE}` })).rejects.toMatchObject({ kind: 'conflict' });
    for (const name of [`sub.${ZONE}`, `x.sub.${ZONE}`])
      await expect(create(served(), { name, comment: 'somebody' })).rejects.toMatchObject({ kind: 'invalid', detail: { field: 'name' } });
    await expect(create(served(), { name: `alias.${ZONE}`, comment: 'somebody' })).rejects.toMatchObject({ kind: 'conflict' });
    expect(await contents(served(), `hand.${ZONE}`)).toEqual(['A 198.51.100.9 null']);
  });

  it('is looked at before anything is sent again whose answer was lost', async () => {
    const cutOnce = () => {
      let isCut = false;
      middleman.meddle((answer, isUpdate) => (isUpdate && !isCut ? ((isCut = true), null) : answer));
    };
    const before = middleman.updates();
    cutOnce();
    const { id, outputs } = await create(served(), { name: `lost.${ZONE}` });
    // The record that was made is then set to what it is: nothing is sent for that.
    expect(middleman.updates()).toBe(before + 1);
    cutOnce();
    const old = wanted({ name: `lost.${ZONE}` });
    const inputs = { ...old, content: '192.0.2.5' };
    await resource.update!(contextOf(served()), id, { oldInputs: old, oldOutputs: outputs, inputs });
    expect(middleman.updates()).toBe(before + 2);
    expect(await contents(served(), `lost.${ZONE}`)).toEqual(['A 192.0.2.5 plinth vps-a']);
    cutOnce();
    await resource.delete(contextOf(served()), id, inputs);
    expect(middleman.updates()).toBe(before + 3);
    expect(await contents(served(), `lost.${ZONE}`)).toEqual([]);
  });

  it.each<[string, (answer: Buffer) => Buffer]>([
    [
      'that is unsigned',
      (answer) => Buffer.concat([answer.subarray(0, 10), Buffer.alloc(2), answer.subarray(12, answer.lastIndexOf('full') - 1)]),
    ],
    ['that was changed on the way', (answer) => Buffer.concat([answer.subarray(0, 7), Buffer.of(answer[7]! ^ 1), answer.subarray(8)])],
    ['that says that nothing is there', (answer) => (answer.writeUInt8((answer[3]! & 0xf0) | 3, 3), answer)],
  ])('is not believed in an answer %s', async (_what, change) => {
    const { id, outputs } = await create(served(), { name: `true.${ZONE}` });
    const context = contextOf(served());
    const state = { inputs: wanted({ name: `true.${ZONE}` }), outputs };
    expect(await resource.read(context, id, state)).not.toBeNull();
    middleman.meddle(change);
    await expect(resource.read(context, id, state)).rejects.toMatchObject({ kind: 'malformed' });
    middleman.meddle(undefined);
    await resource.delete(context, id, outputs);
  });
});

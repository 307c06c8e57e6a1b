import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../../simulator/server.ts';
import type { AccountConnection } from '../provider.ts';
import { RateBudget } from '../rate-budget.ts';
import type { Properties, ResourceContext, ResourceDefinition } from '../resource.ts';
import { findPowerDns, startPowerDns, type RealServer } from '../../test/support/powerdns.ts';
import { quietContext } from '../testing/context.ts';
import { provider } from './index.ts';
import { simulation } from './simulator.ts';

const [resource] = provider.resources as [ResourceDefinition];
const dns = (connection: AccountConnection) => provider.dns!(connection);
const found = await findPowerDns();
const budget = () => new RateBudget(10_000, 60_000);
let simulator: Simulator;
let real: RealServer | undefined;

beforeAll(async () => {
  simulator = await startSimulator({ simulations: [simulation], speed: 100 });
  if (!('root' in found)) return;
  real = await startPowerDns(found.root);
  await zoneAt(real);
}, 90_000);
afterAll(async () => {
  await simulator.close();
  await real?.close();
});

async function zoneAt({ url, apiKey }: RealServer): Promise<void> {
  const made = await fetch(`${url}/api/v1/servers/localhost/zones`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'powerdns.test.', kind: 'Native', nameservers: ['ns1.powerdns.test.'] }),
  });
  expect(made.status).toBe(201);
}

const simulated = (token = 'sim-powerdns'): AccountConnection => ({
  accountId: 'dns',
  credential: { url: 'http://127.0.0.1', apiKey: token },
  endpoint: { kind: 'simulator', baseUrl: simulator.baseUrl('powerdns') },
  budget: budget(),
});
const served = (apiKey = real!.apiKey): AccountConnection => ({
  accountId: 'dns',
  credential: { url: real!.url, apiKey },
  endpoint: { kind: 'real', baseUrl: 'https://powerdns.invalid' },
  budget: budget(),
});

const missing = 'missing' in found ? ` (no PowerDNS here: ${found.missing})` : '';
describe.each<[string, (key?: string) => AccountConnection, boolean]>([
  ['simulated', simulated, true],
  [`the real server${missing}`, served, missing === ''],
])('%s', (_where, connection, isHere) => {
  const context = (urn = 'urn:one'): ResourceContext => quietContext(provider.connect(connection()), urn);
  const wanted = (over: Properties = {}): Properties => ({
    zone: 'powerdns.test.',
    name: 'web.powerdns.test',
    type: 'A',
    content: '192.0.2.1',
    ttl: 300,
    comment: 'plinth vps-a',
    ...over,
  });

  it.skipIf(!isHere)('makes a record once, reads, changes and deletes it, each of it twice', async () => {
    const made = await resource.create(context(), wanted());
    const again = await resource.create(context(), wanted({ content: '192.0.2.2' }));
    expect(again.id).toBe(made.id);
    const state = { inputs: wanted({ content: '192.0.2.2' }), outputs: again.outputs };
    expect(await resource.read(context(), made.id, state)).toMatchObject({ inputs: state.inputs });
    expect((await resource.read(context(), `powerdns.test./${made.id}`))?.inputs).toEqual(state.inputs);
    const changed = wanted({ content: '192.0.2.3', ttl: 60 });
    const outputs = await resource.update!(context(), made.id, { oldInputs: state.inputs, oldOutputs: state.outputs, inputs: changed });
    expect(await resource.read(context(), made.id, { inputs: changed, outputs })).toMatchObject({ inputs: changed });
    expect(await dns(connection()).findRecords('powerdns.test.', 'web.powerdns.test')).toEqual([
      { id: made.id, name: 'web.powerdns.test', type: 'A', content: '192.0.2.3', comment: 'plinth vps-a', proxied: null },
    ]);
    await resource.delete(context(), made.id, outputs);
    await resource.delete(context(), made.id, outputs);
    expect(await resource.read(context(), made.id, { inputs: changed, outputs })).toBeNull();
  });

  it.skipIf(!isHere)('leaves what is somebody else’s, and tells nothing of it but its type', async () => {
    const theirs = await resource.create(
      context(),
      wanted({ name: 'theirs.powerdns.test', comment: 'plinth vps-b', content: '198.51.100.9' }),
    );
    for (const type of ['A', 'AAAA']) {
      const mine = wanted({ name: 'theirs.powerdns.test', type, content: type === 'A' ? '192.0.2.1' : '2001:db8::1' });
      const failure = String(await resource.create(context(), mine).catch((error: unknown) => error));
      expect(failure).toContain('theirs.powerdns.test is taken: a record of type A ');
      expect(failure).not.toMatch(/vps-b|198\.51/);
    }
    expect((await dns(connection()).findRecords('powerdns.test.', 'theirs.powerdns.test')).map(({ content }) => content)).toEqual([
      '198.51.100.9',
    ]);
    await dns(connection()).deleteRecord('powerdns.test.', theirs.id);
    await dns(connection()).deleteRecord('powerdns.test.', theirs.id);
  });

  it.skipIf(!isHere)('knows its zones, refuses a wrong key, and says what was sent wrongly', async () => {
    const client = dns(connection());
    expect(await client.account()).toMatchObject({ status: 'active', name: expect.stringContaining('authoritative 4.') });
    expect(await client.findZone('Powerdns.test.')).toEqual({ id: 'powerdns.test.', name: 'powerdns.test', status: 'active' });
    expect(await client.findZone('absent.test')).toBeNull();
    await expect(dns(connection('wrong key')).account()).rejects.toMatchObject({ kind: 'credentials' });
    await resource.create(context(), wanted({ name: 'text.powerdns.test', type: 'TXT', content: 'hello "you"' }));
    const beside = wanted({ name: 'text.powerdns.test', type: 'CNAME', content: 'web.powerdns.test.', comment: 'other' });
    await expect(resource.create(context(), beside)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(resource.create(context(), wanted({ zone: 'absent.test.', name: 'a.absent.test' }))).rejects.toMatchObject({
      kind: 'not_found',
    });
  });
});

/** SmartVPS's wire: what its clients have to cope with. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/server.ts';
import { simulation } from './simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 1_000, simulations: [simulation] });
});
afterAll(() => simulator.close());
afterEach(() => void simulator.world.faults.clear());

async function call(path: string, body?: unknown, user = 'sim-smart', method = 'POST'): Promise<{ status: number; text: string }> {
  const authorization = `Basic ${Buffer.from(`${user}:sim-password`).toString('base64')}`;
  const answer = await fetch(`${simulator.baseUrl('smartvps')}/api/oceansmart/${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}
type Stock = { packages: { id: string | number; name: string; ipv4: number; status: string }[] };
const stock = async (): Promise<Stock> => JSON.parse(JSON.parse((await call('ipstock')).text) as string) as Stock;

test('the stock is JSON inside a JSON string, with doubles and ids of both kinds', async () => {
  const { packages } = await stock();
  expect([packages.length, new Set(packages.map(({ id, name }) => `${id}::${name}`)).size]).toEqual([20, 18]);
  expect(packages.filter(({ id }) => String(id) === '101').map(({ id }) => typeof id)).toEqual(['string', 'number']);
  simulator.world.faults.add({ provider: 'smartvps', kind: 'flag', flag: 'plain-json' });
  expect(JSON.parse((await call('ipstock', undefined, 'sim-smart', 'GET')).text)).toMatchObject({ status: 1 });
  expect((await call('ipstock', undefined, 'nobody')).status).toBe(401);
});

test('a purchase names its package exactly, takes an address, and tells everything as text with status 200', async () => {
  const before = (await stock()).packages.find(({ name }) => name === '198.19.202.x')!.ipv4;
  const bought = await call('buyvps', { ip: '198.19.202.x', ram: '8' });
  expect(bought).toMatchObject({ status: 200, text: expect.stringMatching(/^success\|.*Your ip is: 198\.19\.202\.\d+$/) });
  expect((await stock()).packages.find(({ name }) => name === '198.19.202.x')!.ipv4).toBe(before - 1);
  const ip = bought.text.split(': ')[1]!;
  expect((await call('status', { ip })).text).toBe('error');
  const status = async (): Promise<Record<string, string>> => {
    const { text } = await call('status', { ip });
    return text === 'error' ? {} : (JSON.parse(JSON.parse(text) as string) as Record<string, string>);
  };
  await expect.poll(async () => (await status())['Password']).toMatch(/.{12}/);
  expect(await status()).toMatchObject({ IP: ip, RAM: '8', Usernane: 'Administrator', PowerStatus: 'running' });
  const password = (await status())['Password'];
  expect((await call('changeos', { ip, os: 'ubuntu' })).text).toBe('success|Request accepted');
  await expect.poll(status).toMatchObject({ OS: 'ubuntu', Usernane: 'root', ActionStatus: '' });
  expect((await status())['Password']).not.toBe(password);
  await call('stop', { ip });
  await expect.poll(status).toMatchObject({ PowerStatus: 'stopped', ActionStatus: '' });
  expect((await call('changeos', { ip, os: 'plan9' })).text).toBe('error|Invalid OS');
  expect((await call('status', { ip: '198.19.202.249' })).text).toBe('error');
  expect((await call('status', { ip }, 'sim-other')).text).toBe('error');
});

test('what is not sold is refused as text, and nothing is taken', async () => {
  for (const ip of ['198.19.202', '198.19.216', '198.19.217.x', '198.19.202.y'])
    expect(await call('buyvps', { ip, ram: '8' })).toMatchObject({ status: 200, text: expect.stringMatching(/^error\|/) });
  expect((await call('buyvps', { ip: '198.19.203.x', ram: '7' })).text).toBe('error|Invalid RAM');
  expect((await call('buyvps', { ip: '198.19.218.2', ram: '4' })).text).toContain('198.19.218.2');
  expect((await call('buyvps', { ip: '198.19.218.2', ram: '4' })).text).toBe('error|No IP available in this package');
  for (const [flag, shown] of [
    ['package-suspended', 'suspended'],
    ['package-missing', undefined],
  ] as const) {
    simulator.world.faults.add({ provider: 'smartvps', kind: 'flag', flag, objectId: '104' });
    expect((await stock()).packages.find(({ id }) => id === '104')?.status).toBe(shown);
  }
});

test('a machine is gone when its month is over, unless it is renewed', async () => {
  const address = async (ip: string): Promise<string> => (await call('buyvps', { ip, ram: '4' })).text.split(': ')[1]!;
  const [kept, ended] = [await address('198.19.205.x'), await address('198.19.206.x')];
  await expect.poll(async () => (await call('renewvps', { ip: kept })).text).toContain('success');
  simulator.world.advance(31 * 86_400_000);
  await expect.poll(async () => (await call('status', { ip: ended })).text).toBe('error');
  expect((await call('status', { ip: kept })).text).not.toBe('error');
});

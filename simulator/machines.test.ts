/** What is behind the simulated addresses: ports, TLS, /health. */
import { connect as connectTcp } from 'node:net';
import { request } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from './server.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ speed: 200 });
});
afterAll(() => simulator.close());

async function control(path: string, method = 'GET', body?: unknown): Promise<{ status: number; body: any }> {
  const headers = { 'content-type': 'application/json' };
  const url = `${simulator.origin}/_simulator${path}`;
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}
async function buy(): Promise<{ id: string; address: string }> {
  const answer = await fetch(`${simulator.baseUrl('vultr')}/v2/instances`, {
    method: 'POST',
    headers: { authorization: 'Bearer sim-machines', 'content-type': 'application/json' },
    body: JSON.stringify({ region: 'ams', plan: 'vc2-1c-1gb', os_id: 2136, label: 'answers' }),
  });
  const { instance } = (await answer.json()) as { instance: { id: string } };
  const address = async (): Promise<string> =>
    (await control('/instances?provider=vultr')).body.find(({ id }: { id: string }) => id === instance.id).ipv4;
  await expect.poll(address).toMatch(/\d/);
  return { id: instance.id, address: await address() };
}
const health = (port: number, name: string, ca: string, path = '/health'): Promise<[number, unknown]> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, servername: name, ca, path, agent: false, headers: { host: name } }, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += String(part)));
      answer.on('end', () => resolve([answer.statusCode ?? 0, JSON.parse(text)]));
    });
    asked.on('error', reject);
    asked.end();
  });
const opens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

test('a machine opens its port, then serves TLS and /health under any name, and closes when it is off', async () => {
  const { id, address } = await buy();
  await expect.poll(async () => (await control(`/machines/${address}`)).status, { timeout: 10_000 }).toBe(200);
  const { port } = (await control(`/machines/${address}`)).body;
  expect(await opens(port)).toBe(true);
  await expect.poll(async () => (await control(`/machines/${address}`)).body.serving, { timeout: 10_000 }).toBe(true);
  const { certificate } = (await control('/machines')).body;
  expect(await health(port, 'shop.example.com', certificate)).toEqual([200, { status: 'ok' }]);
  expect(await health(port, 'other.example.com', certificate, '/')).toEqual([200, { server: 'answers' }]);
  // Nobody else's word is good enough.
  const { certificate: foreign } = await other();
  await expect(health(port, 'shop.example.com', foreign)).rejects.toThrow(/self-signed|unable to verify|signature/i);

  await control('/faults', 'POST', { provider: 'vultr', kind: 'flag', flag: 'health-fails', objectId: id });
  expect(await health(port, 'shop.example.com', certificate)).toEqual([503, { status: 'failing' }]);
  await control(`/instances/vultr/${id}/power`, 'POST', { power: 'off' });
  expect((await control(`/machines/${address}`)).status).toBe(404);
  expect(await opens(port)).toBe(false);
});

async function other(): Promise<{ certificate: string }> {
  const second = await startSimulator({ simulations: [] });
  try {
    return (await (await fetch(`${second.origin}/_simulator/machines`)).json()) as { certificate: string };
  } finally {
    await second.close();
  }
}

test('an address that nobody has is not found', async () => {
  expect((await control('/machines/203.0.113.254')).status).toBe(404);
});

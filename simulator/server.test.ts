import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import type { Simulation } from '../providers/simulation.ts';
import { simulations } from './list.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from './server.ts';

/** A provider that counts: small enough to see what the simulator itself does. */
const demo: Simulation = {
  id: 'demo',
  router(world) {
    const things = world.collection<{ id: string; ripe?: boolean }>('instances');
    world.onTimer('ripen', ({ id }) => void things.put({ id: String(id), ripe: true }));
    const router = express.Router();
    router.get('/things', (_request, response) => void response.json(things.all()));
    router.post('/things', (_request, response) => {
      const thing = things.put({ id: String(world.nextInt('thing', 1)) });
      world.schedule('ripen', thing, 20_000);
      response.status(201).json(thing);
    });
    return router;
  },
  errorAnswer: (status) => ({ body: { oops: status }, headers: { 'x-demo': 'yes' } }),
};

let open: Simulator[] = [];
afterEach(async () => {
  for (const simulator of open) await simulator.close();
  open = [];
});
async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ speed: 1_000, simulations: [demo], ...options });
  open.push(simulator);
  return simulator;
}
async function call(
  simulator: Simulator,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; text: string; headers: Headers }> {
  const init = { method, headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(2_000) };
  const response = await fetch(simulator.origin + path, body === undefined ? init : { ...init, body: JSON.stringify(body) });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
const things = async (simulator: Simulator): Promise<unknown[]> =>
  JSON.parse((await call(simulator, 'GET', '/demo/things')).text) as unknown[];
const fault = (simulator: Simulator, request: object): Promise<unknown> =>
  call(simulator, 'POST', '/_simulator/faults', { provider: 'demo', ...request });

describe('faults', () => {
  it('answer an error in the provider’s shape as often as told', async () => {
    const simulator = await start();
    await fault(simulator, { kind: 'status', status: 503, retryAfterSeconds: 7, times: 2, path: '^/things' });
    for (let i = 0; i < 2; i++) {
      const { status, text, headers } = await call(simulator, 'GET', '/demo/things');
      expect([status, text, headers.get('retry-after'), headers.get('x-demo')]).toEqual([503, '{"oops":503}', '7', 'yes']);
    }
    expect((await call(simulator, 'GET', '/demo/things')).status).toBe(200);
  });
  it.each([
    ['lost-answer', 1],
    ['cut', 0],
    ['timeout', 0],
  ])('of kind %s leave the caller without an answer and %i thing made', async (kind, made) => {
    const simulator = await start();
    await fault(simulator, { kind, method: 'POST' });
    await expect(call(simulator, 'POST', '/demo/things', {})).rejects.toThrow();
    expect(await things(simulator)).toHaveLength(made);
  });
  it('of kind malformed run the call and break the answer', async () => {
    const simulator = await start();
    await fault(simulator, { kind: 'malformed', method: 'POST' });
    const { text } = await call(simulator, 'POST', '/demo/things', {});
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(await things(simulator)).toHaveLength(1);
  });
  it('as flags hold until deleted, for one object or all', async () => {
    const simulator = await start();
    const world = simulator.world.worlds.get('demo')!;
    await fault(simulator, { kind: 'flag', flag: 'stuck', objectId: '7' });
    expect([world.hasFlag('stuck', '7'), world.hasFlag('stuck', '7'), world.hasFlag('stuck', '8')]).toEqual([true, true, false]);
    await call(simulator, 'DELETE', '/_simulator/faults');
    expect(world.hasFlag('stuck', '7')).toBe(false);
  });
  it('hit exactly the call, and only the account, that they are told', async () => {
    const simulator = await start();
    await fault(simulator, { kind: 'status', status: 500, account: 'sim-a', skip: 2 });
    const statusOf = async (account: string): Promise<number> =>
      (await fetch(`${simulator.origin}/demo/things`, { headers: { authorization: `Bearer ${account}` } })).status;
    const seen: number[] = [];
    for (const account of ['sim-a', 'sim-b', 'sim-a', 'sim-b', 'sim-a', 'sim-a']) seen.push(await statusOf(account));
    expect(seen).toEqual([200, 200, 200, 200, 500, 200]);
    const logged = JSON.parse((await call(simulator, 'GET', '/_simulator/requests?account=sim-a')).text) as { status: number }[];
    expect(logged.map(({ status }) => status)).toEqual([200, 500, 200, 200]);
  });
  it('of kind hold keep a call waiting before or after it is run, until deleted', async () => {
    const simulator = await start();
    const held = async () => (JSON.parse((await call(simulator, 'GET', '/_simulator/faults')).text) as { id: string; held: number }[])[0]!;
    for (const [when, made] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      await fault(simulator, { kind: 'hold', when, method: 'POST', skip: 1 });
      const before = (await things(simulator)).length;
      await call(simulator, 'POST', '/demo/things', {});
      const waiting = call(simulator, 'POST', '/demo/things', {});
      while ((await held()).held === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      expect((await things(simulator)).length - before).toBe(1 + made);
      expect((await call(simulator, 'POST', '/demo/things', {})).status).toBe(201);
      await call(simulator, 'DELETE', `/_simulator/faults/${(await held()).id}`);
      const { status, text } = await waiting;
      expect([status, JSON.parse(text)]).toEqual([201, { id: expect.any(String) }]);
      expect((await things(simulator)).length - before).toBe(3);
    }
  });
  it('of kind hold never run a call whose caller hung up before', async () => {
    const simulator = await start();
    await fault(simulator, { kind: 'hold', when: 'before', method: 'POST' });
    await expect(call(simulator, 'POST', '/demo/things', {})).rejects.toThrow();
    await call(simulator, 'DELETE', '/_simulator/faults');
    expect(await things(simulator)).toEqual([]);
  });
  it('left to seeded dice fall the same each time', async () => {
    const rolls = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const simulator = await start();
        await fault(simulator, { kind: 'status', status: 500, chance: 0.3, seed, times: null });
        const seen: number[] = [];
        for (let i = 0; i < 40; i++) seen.push((await call(simulator, 'GET', '/demo/things')).status);
        return seen;
      }),
    );
    expect(rolls[0]).toEqual(rolls[1]);
    expect(rolls[0]).not.toEqual(rolls[2]);
    expect(rolls[0]).toContain(500);
    expect(rolls[0]).toContain(200);
  });
  it('are refused when they make no sense', async () => {
    const simulator = await start();
    for (const request of [
      { kind: 'status' },
      { kind: 'vanish' },
      { kind: 'hold' },
      { kind: 'hold', when: 'after', times: 2 },
      { kind: 'cut', path: '(' },
      { kind: 'other' },
      { kind: 'cut', provider: 'none' },
    ])
      expect(await fault(simulator, request)).toMatchObject({
        status: expect.toSatisfy((status: number) => status === 400 || status === 404),
      });
  });
});

describe('control API', () => {
  it('counts, lists requests without credentials, and resets', async () => {
    const simulator = await start();
    await call(simulator, 'POST', '/demo/things', {});
    const stats = JSON.parse((await call(simulator, 'GET', '/_simulator/stats')).text) as Record<string, unknown>;
    expect(stats['demo']).toMatchObject({ creates: 1, deletes: 0, live: 1, requests: { 201: 1 } });
    const [entry] = JSON.parse((await call(simulator, 'GET', '/_simulator/requests')).text) as object[];
    expect(entry).toMatchObject({ provider: 'demo', method: 'POST', path: '/things', status: 201 });
    expect((await call(simulator, 'POST', '/_simulator/reset', {})).status).toBe(204);
    expect(await things(simulator)).toEqual([]);
  });
  it('tells what an account holds besides instances, of one provider or all', async () => {
    const leftovers: Simulation['leftovers'] = () => [{ kind: 'firewall', id: '7', name: 'wall' }];
    const simulator = await start({ simulations: [demo, { ...demo, id: 'full', leftovers }] });
    const told = async (query: string): Promise<unknown> =>
      JSON.parse((await call(simulator, 'GET', `/_simulator/leftovers${query}`)).text) as unknown;
    expect(await told('')).toEqual([{ provider: 'full', kind: 'firewall', id: '7', name: 'wall' }]);
    expect(await told('?provider=demo')).toEqual([]);
  });
  it('refuses what a foreign page could post', async () => {
    const simulator = await start();
    expect((await fetch(`${simulator.origin}/_simulator/reset`, { method: 'POST', body: 'x' })).status).toBe(415);
  });
  it('serves its page under a strict policy', async () => {
    const { status, headers, text } = await call(await start(), 'GET', '/');
    expect([status, headers.get('content-security-policy')]).toEqual([200, expect.stringContaining("default-src 'none'")]);
    expect(text).not.toMatch(/<script>|onclick|style="/);
  });
});

describe('the world', () => {
  it('survives being killed, timers included', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'simulator-'));
    const dataFile = join(directory, 'world.sqlite');
    const first = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: { ...process.env, SIMULATOR_PORT: '0', SIMULATOR_SPEED: '20', SIMULATOR_DATA: dataFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      const origin = await new Promise<string>((resolve, reject) => {
        let out = '';
        first.stdout.on('data', (chunk: Buffer) => {
          const found = /http:\/\/[\d.]+:\d+/.exec((out += chunk.toString()));
          if (found) resolve(found[0]);
        });
        let err = '';
        first.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
        first.once('exit', () => reject(new Error(err)));
      });
      const body = JSON.stringify({ name: 'a', region: 'fra1', size: 's-1vcpu-1gb', image: 'debian-12-x64' });
      const headers = { authorization: 'Bearer sim-a', 'content-type': 'application/json' };
      expect((await fetch(`${origin}/digitalocean/v2/droplets`, { method: 'POST', headers, body })).status).toBe(202);
      first.removeAllListeners('exit');
      const ended = new Promise((resolve) => first.once('exit', resolve));
      first.kill('SIGKILL');
      await ended;
      const second = await start({ dataFile, speed: 20, simulations });
      const status = async (): Promise<unknown> =>
        (JSON.parse((await call(second, 'GET', '/_simulator/instances')).text) as { status: string }[])[0]?.status;
      expect(['new', 'active']).toContain(await status());
      await expect.poll(status, { timeout: 5_000 }).toBe('active');
    } finally {
      first.kill('SIGKILL');
      for (const simulator of open.splice(0)) await simulator.close();
      await rm(directory, { recursive: true });
    }
  });
  it('gives addresses that are unique', async () => {
    const world = (await start()).world.worlds.get('demo')!;
    const addresses = Array.from({ length: 1_000 }, () => world.allocateIpv4());
    expect(new Set(addresses).size).toBe(1_000);
    expect(addresses.every((address) => /^(203\.0\.113|198\.51\.100|192\.0\.2|198\.18)\./.test(address))).toBe(true);
  });
});

describe('clients whose paths begin at the origin', () => {
  it('find each provider’s API at the root of its own port, unknown paths in its own words, and the same world', async () => {
    const simulator = await start({ simulations, clientPort: 0 });
    const words: Record<string, unknown> = {
      cloudflare: { success: false },
      digitalocean: { id: 'not_found' },
      vultr: { error: 'Not found.', status: 404 },
      linode: { errors: [{ reason: 'Not found' }] },
      hetzner: { error: { code: 'not_found' } },
      // Who is not known is told no more, in XML.
      aws: '<Code>AuthFailure</Code>',
      gcp: { error: { code: 404 } },
      powerdns: { error: 'status 404' },
      hetznerdns: { error: { code: 'not_found' } },
      digitaloceandns: { id: 'not_found' },
      linodedns: { errors: [{ reason: 'Not found' }] },
      rfc2136: { error: expect.stringContaining('DNS over TCP') as unknown },
      route53: '<Code>MissingAuthenticationToken',
      ovh: { class: 'Client::NotFound' },
      ovhvps: { class: 'Client::NotFound' },
      smartvps: { Message: 'No HTTP resource was found.' },
      hostinger: { message: '[VPS:2002] Route is not found.' },
      stripe: { error: { type: 'invalid_request_error' } },
    };
    expect(simulations.map(({ id }) => id).toSorted()).toEqual(Object.keys(words).toSorted());
    for (const { id } of simulations) {
      const origin = simulator.clientOrigin(id)!;
      const { pathname } = new URL(simulator.baseUrl(id));
      for (const path of ['/no/such/path', '/v2/no-such-thing', '/']) {
        const asked = { headers: { authorization: 'Bearer sim-origin', 'x-api-key': 'sim-origin' } };
        const [own, mounted] = await Promise.all([fetch(origin + path, asked), fetch(simulator.origin + pathname + path, asked)]);
        const wanted = words[id];
        const status = typeof wanted === 'string' ? (id === 'route53' ? 403 : 401) : 404;
        expect([own.status, mounted.status], id).toEqual([status, status]);
        expect(own.headers.get('content-type')).toBe(mounted.headers.get('content-type'));
        for (const text of [await own.text(), await mounted.text()]) {
          if (typeof wanted === 'string') expect(text).toContain(wanted);
          else expect(JSON.parse(text), id).toMatchObject(wanted as object);
        }
      }
    }
    const key = { name: 'shared', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOqeLYVbIoKUiG4G8qSTIW1zVxLqrrSO7fkEAlkKQLi me' };
    const headers = { authorization: 'Bearer sim-origin', 'content-type': 'application/json' };
    const made = await fetch(`${simulator.clientOrigin('digitalocean')}/v2/account/keys`, {
      method: 'POST',
      headers,
      body: JSON.stringify(key),
    });
    expect(made.status).toBe(201);
    const listed = await fetch(`${simulator.baseUrl('digitalocean')}/v2/account/keys`, { headers });
    expect(await listed.json()).toMatchObject({ ssh_keys: [{ name: 'shared' }] });
  });

  it('and one whose port is taken is told, while the rest goes on', async () => {
    const told: string[] = [];
    const first = await start({ clientPort: 0 });
    const port = Number(new URL(first.clientOrigin('demo')!).port);
    const second = await start({ clientPort: port, log: (message) => void told.push(message) });
    expect(second.clientOrigin('demo')).toBeUndefined();
    expect(told).toEqual([expect.stringMatching(/demo has no port of its own: .*another program uses it/)]);
    expect(await things(second)).toEqual([]);
  });

  it('a path of no provider says where the providers are', async () => {
    const simulator = await start();
    expect(await call(simulator, 'GET', '/v2/droplets')).toMatchObject({ status: 404, text: expect.stringContaining('/demo') });
  });
});

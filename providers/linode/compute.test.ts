import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import { compute } from './compute.ts';
import { connection, context, instanceResource, serverInputs, startLinode } from './testing.ts';
import { ApiInstance } from './types.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startLinode();
});
afterAll(() => simulator.close());

const client = (token: string) => compute(connection(simulator, token));
const make = (token: string, label: string) => instanceResource.create(context(simulator, token), serverInputs(label));

describe('account', () => {
  it('tells name and balance', async () => {
    expect(await client('sim-account').account()).toMatchObject({
      status: 'active',
      balance: { currency: 'USD' },
      pendingCharges: { amount: expect.stringMatching(/^\d+\.\d\d$/), currency: 'USD' },
    });
  });
  it('refuses a wrong token', async () => {
    await expect(client('no-such-token').account()).rejects.toMatchObject({ detail: { kind: 'credentials' } });
  });
  it('tells a token without the right from a wrong one', async () => {
    const world = simulator.world.worlds.get('linode')!;
    world.accounts().put({ ...world.ensureAccount('sim-read-only'), readOnly: true });
    await expect(client('sim-read-only').account()).resolves.toBeDefined();
    await expect(make('sim-read-only', 'read-only')).rejects.toMatchObject({ detail: { kind: 'forbidden' } });
  });
});

describe('catalog', () => {
  it('lists regions, plans with regional prices, and images', async () => {
    const regions = await client('sim-catalog').regions();
    expect(regions.length).toBeGreaterThanOrEqual(30);
    expect(regions.find(({ id }) => id === 'br-gru')).toMatchObject({ country: 'BR', available: true });
    expect(regions.some(({ id }) => id.includes('edge'))).toBe(false);
    const plans = await client('sim-catalog').plans();
    expect(plans.length).toBeGreaterThanOrEqual(50);
    const nanode = plans.find(({ id }) => id === 'g6-nanode-1')!;
    expect(nanode).toMatchObject({ priceMonthly: '5.00', priceHourly: '0.0075', memoryMb: 1024, diskGb: 25, transferGb: 1000 });
    expect(nanode.regionPrices).toEqual({ 'id-cgk': '6.00', 'br-gru': '7.00' });
    expect(nanode).toMatchObject({ backupMonthly: '2.00', regionBackups: { 'br-gru': '3.00' } });
    expect(plans.find(({ id }) => id === 'g7-premium-2')!.regions).not.toContain('us-west');
    const images = await client('sim-catalog').images();
    expect(images.find(({ id }) => id === 'linode/debian12')).toMatchObject({ distribution: 'debian', family: 'linux', deprecated: false });
    expect(images.find(({ id }) => id === 'linode/centos7')).toMatchObject({ deprecated: true });
    expect(images.some(({ id }) => id.includes('kube'))).toBe(false);
  });
  it('leaves out a region where a plan is sold out', async () => {
    const world = simulator.world.worlds.get('linode')!;
    world.simulation.setStock!(world, 'g6-nanode-1', 'ca-central', false);
    const nanode = async () => (await client('sim-catalog').plans()).find(({ id }) => id === 'g6-nanode-1')!;
    expect((await nanode()).regions).not.toContain('ca-central');
    world.simulation.setStock!(world, 'g6-nanode-1', 'ca-central', true);
    expect((await nanode()).regions).toContain('ca-central');
  });
});

describe('a plan that cannot be had is out of stock, in whatever words and with whatever status', () => {
  const soldOut = (plan: string, available: boolean): void => {
    const world = simulator.world.worlds.get('linode')!;
    world.simulation.setStock!(world, plan, 'eu-central', available);
  };
  it.each([
    ['never offered there (400)', 'g7-premium-2', false],
    ['sold out there (403)', 'g6-standard-2', true],
  ])('an order of one %s', async (_how, type, gone) => {
    if (gone) soldOut(type, false);
    const made = instanceResource.create(context(simulator, 'sim-stock'), serverInputs('stock-order', { type }));
    await expect(made).rejects.toMatchObject({ detail: { kind: 'out_of_stock', httpStatus: gone ? 403 : 400 } });
    if (gone) soldOut(type, true);
  });
  it('a resize to one', async () => {
    const ctx = context(simulator, 'sim-stock');
    const oldInputs = serverInputs('stock-resize');
    const { id, outputs: oldOutputs } = await instanceResource.create(ctx, oldInputs);
    soldOut('g6-standard-2', false);
    const resized = instanceResource.update!(ctx, id, { oldInputs, oldOutputs, inputs: { ...oldInputs, type: 'g6-standard-2' } });
    await expect(resized).rejects.toMatchObject({
      detail: { kind: 'out_of_stock' },
      message: expect.stringContaining('there is no availability for the selected plan'),
    });
    soldOut('g6-standard-2', true);
  });
});

describe('instances', () => {
  it('are listed page by page, each once', async () => {
    const token = 'sim-pages';
    const world = simulator.world.worlds.get('linode')!;
    world
      .accounts()
      .put({ ...world.ensureAccount(token), instanceLimit: 2_000, createLimit: null, rateLimit: { requests: 10_000, perMs: 1_000 } });
    const api = context(simulator, token).client;
    const first = await api.call(
      { method: 'POST', path: '/linode/instances', body: { region: 'us-east', type: 'g6-nanode-1', label: 'page-0' } },
      ApiInstance,
    );
    const servers = world.collection<{ id: string; name: string }>('instances');
    const template = servers.get(String(first.id))!;
    for (let i = 1; i < 1_203; i++) servers.put({ ...template, id: String(first.id + i), name: `page-${i}` });
    const sizes: number[] = [];
    const seen = new Set<string>();
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await client(token).listInstances(cursor);
      sizes.push(page.items.length);
      for (const { id } of page.items) seen.add(id);
      cursor = page.next;
    }
    expect(sizes).toEqual([500, 500, 203]);
    expect(seen.size).toBe(1_203);
  });

  it('are found by id, and null when there is none', async () => {
    const { id } = await make('sim-find', 'find-1');
    expect(await client('sim-find').getInstance(id)).toMatchObject({
      id,
      label: 'find-1',
      status: 'running',
      plan: 'g6-standard-1',
      image: 'linode/debian12',
    });
    expect(await client('sim-find').getInstance('1')).toBeNull();
    expect(await client('sim-find').getInstance('../account')).toBeNull();
  });

  it('are switched off, on and rebooted, each once', async () => {
    const { id } = await make('sim-power', 'power-1');
    const api = client('sim-power');
    await api.power(id, 'off');
    expect((await api.getInstance(id))?.status).toBe('stopped');
    await api.power(id, 'off');
    await api.power(id, 'on');
    expect((await api.getInstance(id))?.status).toBe('running');
    await api.power(id, 'reboot');
    expect((await api.getInstance(id))?.status).toBe('running');
    const calls = simulator.world.requests
      .latest(2_000, 'linode')
      .filter(({ method, path }) => method === 'POST' && path.includes(id) && path.endsWith('/shutdown'));
    expect(calls.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('are reinstalled in place', async () => {
    const { id, outputs } = await make('sim-rebuild', 'rebuild-1');
    await client('sim-rebuild').rebuild(id, {
      image: 'linode/ubuntu24.04',
      password: 'Fresh-Horse-3-Battery',
      userData: '#cloud-config\n',
    });
    expect(await client('sim-rebuild').getInstance(id)).toMatchObject({
      image: 'linode/ubuntu24.04',
      status: 'running',
      ipv4: outputs.ipAddress,
    });
    await expect(client('sim-rebuild').rebuild(id, { image: 'linode/ubuntu24.04' })).rejects.toMatchObject({ detail: { kind: 'invalid' } });
  });

  it('tell their traffic by day', async () => {
    const { id } = await make('sim-traffic', 'traffic-1');
    const [today] = await client('sim-traffic').bandwidth(id);
    expect(today).toMatchObject({ date: new Date().toISOString().slice(0, 10) });
    expect(today!.outgoingBytes).toBeGreaterThan(today!.incomingBytes);
  });
});

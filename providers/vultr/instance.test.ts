import { expect, test, vi } from 'vitest';
import { ProviderError } from '../errors.ts';
import { InitializationError } from '../resource.ts';
import { Instance } from './schemas.ts';
import { createOf, instanceInputs, urn, withBench, type Bench, instanceResource, buy } from './testing.ts';
import { servers, UNFINISHED_TAG } from './server.ts';

const WINDOWS = { osId: 1764 };

function live(bench: Bench) {
  return bench.client.all({ path: '/v2/instances' }, 'instances', Instance);
}

test('a create returns when the server runs and has its address', () =>
  withBench(async (bench) => {
    const { id, outputs } = await createOf(bench, instanceResource, 'web', instanceInputs({ enableIpv6: true }));
    expect(outputs['mainIp']).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(outputs['mainIp']).not.toBe('0.0.0.0');
    expect(outputs['v6MainIp']).toContain(':');
    expect(outputs['tags']).toEqual(['plinth-vps-abc1-g1', 'customer']);
    const read = await instanceResource.read(bench.context(urn('web')), id, { inputs: instanceInputs({ enableIpv6: true }), outputs });
    expect(read?.inputs).toEqual(instanceInputs({ enableIpv6: true }));
    expect(read?.outputs['defaultPassword']).toBe(outputs['defaultPassword']);
  }));

test('a second create with the same identity adopts; another generation does not', () =>
  withBench(async (bench) => {
    const first = await createOf(bench, instanceResource, 'web', instanceInputs());
    const again = await createOf(bench, instanceResource, 'web', instanceInputs());
    const next = await createOf(bench, instanceResource, 'web', instanceInputs({ tags: ['plinth-vps-abc1-g2'] }));
    expect(again.id).toBe(first.id);
    expect(next.id).not.toBe(first.id);
    expect(await live(bench)).toHaveLength(2);
  }));

test('a program without an identity tag gets one that it never sees', () =>
  withBench(async (bench) => {
    const inputs = instanceInputs({ tags: ['mine'] });
    const first = await createOf(bench, instanceResource, 'foreign', inputs);
    expect(first.outputs['tags']).toEqual(['mine']);
    expect((await live(bench))[0]?.tags).toHaveLength(2);
    expect((await createOf(bench, instanceResource, 'foreign', inputs)).id).toBe(first.id);
  }));

test.each(['lost-answer', 'malformed'])('a create whose answer is lost (%s) makes one server', (kind) =>
  withBench(async (bench) => {
    await bench.fault({ kind, method: 'POST', path: '/v2/instances$' });
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    expect((await live(bench)).map((instance) => instance.id)).toEqual([id]);
  }),
);

test('a create that never reached Vultr is sent again after the window', () =>
  withBench(async (bench) => {
    await bench.fault({ kind: 'cut', method: 'POST', path: '/v2/instances$' });
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    expect((await live(bench)).map((instance) => instance.id)).toEqual([id]);
  }));

test('two servers of one identity: the oldest is adopted, the other reported', () =>
  withBench(async (bench) => {
    const body = { region: 'ewr', plan: 'vc2-1c-2gb', os_id: 2284, tags: ['plinth-vps-abc1-g1'] };
    const older = await buy(bench, body);
    // Vultr tells whole seconds.
    const second = Math.floor(Date.now() / 1000);
    await vi.waitFor(() => expect(Math.floor(Date.now() / 1000)).toBeGreaterThan(second), { timeout: 2_000, interval: 20 });
    const newer = await buy(bench, body);
    await vi.waitFor(async () => expect(await live(bench)).toHaveLength(2));
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    expect(id).toBe(older.id);
    expect(bench.warnings.join()).toContain(newer.id);
  }));

test('Windows: the password of the create is in the outputs and stays there', () =>
  withBench(async (bench) => {
    const inputs = instanceInputs(WINDOWS);
    const { id, outputs } = await createOf(bench, instanceResource, 'win', inputs);
    const [view] = bench.simulator.world.worlds.get('vultr')!.simulation.instances!(bench.simulator.world.worlds.get('vultr')!);
    expect(outputs['defaultPassword']).toBe(view?.password);
    expect(outputs['serverStatus']).toBe('ok');
    expect(outputs['tags']).not.toContain(UNFINISHED_TAG);
    expect((await live(bench))[0]?.tags).toContain(UNFINISHED_TAG);
    // A read with the password in the state takes the mark off: from now on nothing may reinstall it.
    const read = await instanceResource.read(bench.context(urn('win')), id, { inputs, outputs });
    expect(read?.outputs['defaultPassword']).toBe(view?.password);
    expect((await live(bench))[0]?.tags).not.toContain(UNFINISHED_TAG);
    await expect(createOf(bench, instanceResource, 'win', inputs)).rejects.toThrow(/password is not in the state/);
  }));

test.each([
  ['the create', '/v2/instances$'],
  ['the create and the reinstall', '/v2/instances'],
])('Windows: with the answer of %s lost, a reinstall makes a known password', (_what, path) =>
  withBench(async (bench) => {
    await bench.fault({ kind: 'lost-answer', method: 'POST', path, times: path.endsWith('$') ? 1 : 2 });
    const { id, outputs } = await createOf(bench, instanceResource, 'win', instanceInputs(WINDOWS));
    const world = bench.simulator.world.worlds.get('vultr')!;
    const views = world.simulation.instances!(world);
    expect(views).toHaveLength(1);
    expect(views[0]).toMatchObject({ id, password: outputs['defaultPassword'] });
    expect(outputs['serverStatus']).toBe('ok');
  }),
);

test('Windows: where Vultr still tells the password on reads, nothing is reinstalled', () =>
  withBench(async (bench) => {
    await bench.fault({ kind: 'flag', flag: 'password-readable' });
    await bench.fault({ kind: 'lost-answer', method: 'POST', path: '/v2/instances$' });
    const { outputs } = await createOf(bench, instanceResource, 'win', instanceInputs(WINDOWS));
    expect(String(outputs['defaultPassword'])).not.toBe('');
    const calls = await bench.calls();
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual(['POST /v2/instances']);
  }));

test('a cancel while it boots gives its id and password to the state', () =>
  withBench(async (bench) => {
    const abort = new AbortController();
    const creating = instanceResource.create(bench.context(urn('win'), abort.signal), instanceInputs(WINDOWS));
    creating.catch(() => undefined);
    await vi.waitFor(async () => expect(await live(bench)).toHaveLength(1), { timeout: 5_000 });
    abort.abort();
    const error = await creating.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(InitializationError);
    const { id, outputs } = error as InitializationError;
    expect(outputs['defaultPassword']).not.toBe('');
    // The next run updates it, which waits and keeps the password.
    const inputs = instanceInputs(WINDOWS);
    const after = await instanceResource.update!(bench.context(urn('win')), id, { oldInputs: inputs, oldOutputs: outputs, inputs });
    expect(after).toMatchObject({ serverStatus: 'ok', defaultPassword: outputs['defaultPassword'] });
  }, 150));

test('label, tags, IPv6, DDoS protection and backups change in place', () =>
  withBench(async (bench) => {
    const oldInputs = instanceInputs();
    const { id, outputs } = await createOf(bench, instanceResource, 'web', oldInputs);
    const inputs = instanceInputs({
      label: 'shop',
      tags: ['plinth-vps-abc1-g1', 'vip'],
      enableIpv6: true,
      ddosProtection: true,
      backups: 'enabled',
      backupsSchedule: { type: 'weekly', hour: 4, dow: 2 },
    });
    const after = await instanceResource.update!(bench.context(urn('web')), id, { oldInputs, oldOutputs: outputs, inputs });
    expect(after).toMatchObject({ label: 'shop', enableIpv6: true, ddosProtection: true, backups: 'enabled' });
    expect(after['tags']).toEqual(['plinth-vps-abc1-g1', 'vip']);
    expect(after['backupsSchedule']).toMatchObject({ type: 'weekly', hour: 4, dow: 2 });
    const read = await instanceResource.read(bench.context(urn('web')), id, { inputs, outputs: after });
    expect(read?.inputs).toEqual(inputs);
  }));

test('a server that is switched off can be changed and stays off', () =>
  withBench(async (bench) => {
    const oldInputs = instanceInputs();
    const { id, outputs } = await createOf(bench, instanceResource, 'web', oldInputs);
    const world = bench.simulator.world.worlds.get('vultr')!;
    world.simulation.changeBehindBack!(world, id, { power: 'off' });
    const inputs = instanceInputs({ label: 'shop' });
    const after = await instanceResource.update!(bench.context(urn('web')), id, { oldInputs, oldOutputs: outputs, inputs });
    expect(after).toMatchObject({ label: 'shop', powerStatus: 'stopped' });
  }));

test('a plan is upgraded in place, and never shrunk', () =>
  withBench(async (bench) => {
    const oldInputs = instanceInputs();
    const { id, outputs } = await createOf(bench, instanceResource, 'web', oldInputs);
    const change = (plan: string) =>
      instanceResource.update!(bench.context(urn('web')), id, { oldInputs, oldOutputs: outputs, inputs: instanceInputs({ plan }) });
    await expect(change('vc2-1c-1gb')).rejects.toThrow(/^\[vultr\/invalid\] Vultr only upgrades plans: vc2-1c-1gb/);
    expect(await change('vc2-2c-4gb')).toMatchObject({ plan: 'vc2-2c-4gb', disk: 80, vcpuCount: 2 });
  }));

test(
  'a read of a new server outlasts its 404s, and a real absence is null',
  () =>
    withBench(async (bench) => {
      const { id, outputs } = await createOf(bench, instanceResource, 'web', instanceInputs());
      await bench.fault({ kind: 'status', status: 404, method: 'GET', path: `/v2/instances/${id}$`, times: 2 });
      const state = { inputs: instanceInputs(), outputs };
      expect((await instanceResource.read(bench.context(urn('web')), id, state))?.id).toBe(id);
      await bench.fault({ kind: 'status', status: 500, method: 'GET', path: '/v2/instances', times: 20 });
      await expect(instanceResource.read(bench.context(urn('web')), id, state)).rejects.toBeInstanceOf(ProviderError);
      await fetch(`${bench.simulator.origin}/_simulator/faults?provider=vultr`, { method: 'DELETE' });
      bench.simulator.world.worlds.get('vultr')!.simulation.removeBehindBack!(bench.simulator.world.worlds.get('vultr')!, id);
      expect(await instanceResource.read(bench.context(urn('web')), id, state)).toBeNull();
    }),
  20_000,
);

test('a delete returns when it is gone, waits for a lock, and takes 404 as done', () =>
  withBench(async (bench) => {
    const made = await buy(bench, { region: 'ewr', plan: 'vc2-1c-2gb', os_id: 2284, tags: ['plinth-vps-abc1-g1'] });
    // Locked and invisible at first: neither may pass for gone.
    await instanceResource.delete(bench.context(urn('web')), made.id, {
      tags: ['plinth-vps-abc1-g1'],
      dateCreated: new Date().toISOString(),
    });
    expect(await live(bench)).toHaveLength(0);
    expect(await servers.get({ client: bench.client, signal: new AbortController().signal }, made.id)).toBeNull();
    await instanceResource.delete(bench.context(urn('web')), made.id, { tags: ['plinth-vps-abc1-g1'] });
  }));

test('refusals are told apart', () =>
  withBench(async (bench) => {
    const refused = (inputs: Record<string, string | number>) => createOf(bench, instanceResource, 'web', instanceInputs(inputs));
    await expect(refused({ plan: 'vc2-1c-1gb', osId: 1764 })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(refused({ osId: 99 })).rejects.toMatchObject({ kind: 'invalid' });
    bench.simulator.world.worlds.get('vultr')!.simulation.setStock!(bench.simulator.world.worlds.get('vultr')!, 'vc2-1c-2gb', 'ewr', false);
    await expect(refused({})).rejects.toMatchObject({ kind: 'out_of_stock' });
  }));

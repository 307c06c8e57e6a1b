import { expect, test } from 'vitest';
import { Rest } from '../kit/rest.ts';
import { RateBudget } from '../rate-budget.ts';
import { compute as computeOf } from './compute.ts';
import { createOf, instanceInputs, withBench, instanceResource, buy } from './testing.ts';
import { dialect } from './rest.ts';

test('the catalog is whole: every page of plans, which ones run Windows, installable systems', () =>
  withBench(async (bench) => {
    const compute = computeOf(bench.client);
    const plans = await compute.plans();
    expect(plans.length).toBeGreaterThan(80);
    expect(new Set(plans.map((plan) => plan.id)).size).toBe(plans.length);
    expect(plans.find((plan) => plan.id === 'vc2-1c-2gb')).toMatchObject({
      memoryMb: 2048,
      priceMonthly: '10.00',
      backupMonthly: '2.00',
      windows: true,
    });
    expect(plans.find((plan) => plan.id === 'vc2-1c-1gb')).toMatchObject({ windows: false });
    for (const region of ['ewr', 'ord', 'lhr', 'fra', 'ams', 'sgp', 'nrt'])
      expect(plans.find((plan) => plan.id === 'vhf-1c-2gb')?.regions).toContain(region);
    expect(await compute.regions()).toHaveLength(32);
    const images = await compute.images();
    expect(images.find((image) => image.id === '1764')).toMatchObject({ family: 'windows', name: 'Windows 2019 Datacenter x64' });
    expect(images.some((image) => image.name === 'Snapshot')).toBe(false);
    expect(await compute.account()).toMatchObject({ balance: { currency: 'USD' } });
  }));

test('a wrong key is a credentials error', () =>
  withBench(async (bench) => {
    const client = new Rest(dialect, { ...bench.connection, credential: { apiKey: 'WRONG' }, budget: new RateBudget(10, 10) });
    await expect(computeOf(client).account()).rejects.toMatchObject({ kind: 'credentials' });
  }));

test('lists go on over cursor pages', () =>
  withBench(async (bench) => {
    const seen: string[] = [];
    let cursor: string | undefined = '';
    while (cursor !== undefined) {
      const url = `${bench.connection.endpoint.baseUrl}/v2/plans?per_page=40&cursor=${encodeURIComponent(cursor)}`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${bench.connection.credential['apiKey']}` } });
      const body = (await answer.json()) as { plans: { id: string }[]; meta: { total: number; links: { next: string } } };
      seen.push(...body.plans.map((plan) => plan.id));
      cursor = body.meta.links.next === '' ? undefined : body.meta.links.next;
      expect(body.meta.total).toBeGreaterThan(80);
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(80);
  }));

test(
  'instances are listed whatever their number',
  () =>
    withBench(
      async (bench) => {
        const many = 520;
        for (let i = 0; i < many; i++) await buy(bench, { region: 'ewr', plan: 'vc2-1c-1gb', os_id: 2284, label: `n${i}` });
        const compute = computeOf(bench.client);
        const first = await compute.listInstances();
        expect(first.items).toHaveLength(500);
        const second = await compute.listInstances(first.next);
        expect(second).toMatchObject({ next: null });
        expect(second.items).toHaveLength(many - 500);
      },
      2_000,
      600,
    ),
  30_000,
);

test('power, reinstall of the same and of another system, traffic', () =>
  withBench(async (bench) => {
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    const compute = computeOf(bench.client);
    await compute.power(id, 'off');
    expect(await compute.getInstance(id)).toMatchObject({ status: 'stopped' });
    await compute.power(id, 'on');
    await compute.power(id, 'reboot');
    expect(await compute.getInstance(id)).toMatchObject({ status: 'running' });

    const same = await compute.rebuild(id, { image: '2284', userData: '#cloud-config\n' });
    expect(same.password).toBeTruthy();
    const other = await compute.rebuild(id, { image: '501' });
    expect(other.password).not.toBe(same.password);
    expect(await compute.getInstance(id)).toMatchObject({ image: '501', status: 'running' });
    const world = bench.simulator.world.worlds.get('vultr')!;
    expect(world.simulation.instances!(world)[0]?.password).toBe(other.password);

    const [day] = await compute.bandwidth(id);
    expect(day?.incomingBytes).toBeGreaterThan(0);
    expect(await compute.getInstance('00000000-0000-0000-0000-000000000000')).toBeNull();
  }));

test.each(['501', '1764'])('a reinstall to %s whose answer is lost still gives the password', (image) =>
  withBench(async (bench) => {
    const { id } = await createOf(bench, instanceResource, 'win', instanceInputs({ osId: 501 }));
    await bench.fault({ kind: 'lost-answer', method: image === '501' ? 'POST' : 'PATCH', path: `/v2/instances/${id}` });
    const { password } = await computeOf(bench.client).rebuild(id, { image });
    const world = bench.simulator.world.worlds.get('vultr')!;
    expect(world.simulation.instances!(world)).toMatchObject([{ id, image, password }]);
  }),
);

test('what is ours is told by its name, over every page', () =>
  withBench(async (bench) => {
    const post = (path: string, body: unknown) => bench.client.send({ method: 'POST', path, body });
    const ssh_key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me';
    for (let i = 0; i < 503; i++) await post('/v2/ssh-keys', { name: `plinth-vps-many${i}-key-0`, ssh_key });
    const script = Buffer.from('echo').toString('base64');
    for (const name of ['ops', 'plinth-vps-abc1', 'plinth-vps-abc1-key-0 [copy]']) await post('/v2/ssh-keys', { name, ssh_key });
    for (const description of ['plinth-vps-abc1', 'plinth-vps-', 'web']) await post('/v2/firewalls', { description });
    for (const name of ['plinth-vps-abc1-script', 'mine']) await post('/v2/startup-scripts', { name, script });
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    const compute = computeOf(bench.client);
    for (const name of ['plinth-vps-abc1-before-upgrade', 'by hand']) await compute.snapshots.create(id, name);
    const owned = await compute.listOwned();
    expect(owned.filter((object) => object.vpsId === 'abc1').map((object) => `${object.kind} ${object.name}`)).toEqual([
      'firewall plinth-vps-abc1',
      'startup-script plinth-vps-abc1-script',
      'snapshot plinth-vps-abc1-before-upgrade',
    ]);
    expect(owned).toHaveLength(503 + 3);
  }, 2_000));

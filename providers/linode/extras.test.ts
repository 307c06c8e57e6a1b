import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import { recordTraffic } from '../testing/traffic.ts';
import { compute } from './compute.ts';
import type { Linode } from './simulator/linodes.ts';
import { connection, context, firewallResource, instanceResource, sshKeyResource, serverInputs, startLinode } from './testing.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startLinode(2_000);
});
const traffic = recordTraffic(() => simulator);
afterAll(async () => {
  traffic.stop();
  await simulator.close();
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDOqeLYVbIoKUiG4G8qSTIW1zVxLqrrSO7fkEAlkKQLi';
const world = () => simulator.world.worlds.get('linode')!;
const linode = (id: string) => world().collection<Linode>('instances').get(id)!;
/** Whether the rescue system runs, which the API does not tell. */
const booted = (id: string) => ({ rescue: linode(id).extra.rescue, power: linode(id).power });

async function server(label: string, extra = {}) {
  const token = `sim-${label}`;
  const made = await instanceResource.create(context(simulator, token), serverInputs(label, extra));
  return { token, id: made.id, outputs: made.outputs, api: compute(connection(simulator, token)) };
}

describe('rescue', () => {
  it('boots the rescue system and back, as often as it is asked, with the disks at hand', async () => {
    const { id, api, outputs } = await server('rescue-1');
    await api.rescue!(id, 'enter');
    expect(booted(id)).toEqual({ rescue: true, power: 'on' });
    await api.rescue!(id, 'enter');
    expect(booted(id)).toMatchObject({ rescue: true });
    await api.rescue!(id, 'leave');
    expect(booted(id)).toEqual({ rescue: false, power: 'on' });
    expect(linode(id).ipv4).toBe(outputs.ipAddress);
    await api.rescue!(id, 'leave');
    expect(booted(id).rescue).toBe(false);
  });

  it('starts a server that is off, either way', async () => {
    const { id, api } = await server('rescue-off');
    await api.power(id, 'off');
    await api.rescue!(id, 'enter');
    expect(booted(id)).toEqual({ rescue: true, power: 'on' });
    await api.power(id, 'off');
    await api.rescue!(id, 'leave');
    expect(booted(id)).toEqual({ rescue: false, power: 'on' });
  });

  it('is sent once when its answer is lost', async () => {
    const { id, api } = await server('rescue-lost');
    simulator.world.faults.add({ provider: 'linode', kind: 'lost-answer', method: 'POST', path: '/rescue$' });
    await api.rescue!(id, 'enter');
    expect(booted(id).rescue).toBe(true);
    const events = world().collection<{ id: string; action: string; entity: { id: number } }>('events');
    expect(events.filter(({ action, entity }) => action === 'linode_reboot' && String(entity.id) === id)).toHaveLength(1);
  });

  it('tells when it failed', async () => {
    const { id, api } = await server('rescue-fails');
    await api.power(id, 'off');
    simulator.world.faults.add({ provider: 'linode', kind: 'flag', flag: 'action-fails', objectId: id, times: 1 });
    await expect(api.rescue!(id, 'enter')).rejects.toThrow(/linode_boot of Linode \d+ failed/);
  });
});

describe('graphs', () => {
  it('have no points yet for a new server, then percent of all cores and bytes per second', async () => {
    const { id, api } = await server('graph-1', { type: 'g6-standard-2' });
    const linodes = world().collection<Linode>('instances');
    const now = Date.now();
    linodes.put({ ...linode(id), createdMs: now });
    expect((await api.metrics!(id, now - 3_600_000, now + 60_000)).map(({ points }) => points.length)).toEqual([0, 0, 0]);

    linodes.put({ ...linode(id), createdMs: now - 40 * 86_400_000 });
    const day = await api.metrics!(id, now - 6 * 3_600_000, now);
    expect(day.map(({ metric, unit }) => `${metric} ${unit}`)).toEqual([
      'cpu percent',
      'network-in bytes_per_second',
      'network-out bytes_per_second',
    ]);
    const [cpu, incoming, outgoing] = day;
    expect(cpu!.points.length).toBeGreaterThan(60);
    for (const { value } of cpu!.points) expect(value).toBeLessThanOrEqual(100);
    // 160 kbit/s and more come in, three times as much goes out.
    expect(incoming!.points[0]!.value).toBeGreaterThanOrEqual(20_000);
    expect(incoming!.points[0]!.value).toBeLessThan(200_000);
    expect(outgoing!.points[0]!.value).toBeGreaterThan(incoming!.points[0]!.value * 2);

    const month = await api.metrics!(id, now - 35 * 86_400_000, now);
    await api.metrics!(id, 0, now);
    const months = simulator.world.requests.latest(2_000, 'linode').flatMap(({ path }) => /stats\/(\d+\/\d+)/.exec(path)?.[1] ?? []);
    // None before the server's first.
    expect(new Set(months).size).toBeGreaterThanOrEqual(2);
    expect(new Set(months).size).toBeLessThanOrEqual(3);
    for (const { points } of month) {
      const times = points.map(({ at }) => at);
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      expect(times[0]).toBeGreaterThanOrEqual(now - 35 * 86_400_000);
      expect(times[0]).toBeLessThan(now - 29 * 86_400_000);
      expect(times.filter((at) => at > now - 6 * 3_600_000)).toHaveLength(cpu!.points.length);
    }
  });

  it('are refused for a server that is not there', async () => {
    await expect(compute(connection(simulator, 'sim-graph-none')).metrics!('1', 0, Date.now())).rejects.toMatchObject({
      detail: { kind: 'not_found' },
    });
  });
});

describe('what else the account holds', () => {
  it('is told by name and tag over all pages, and nothing of others', async () => {
    const { token, api } = await server('owned-1');
    const key = async (label: string) => (await sshKeyResource.create(context(simulator, token), { label, sshKey: KEY })).id;
    const own = await key('plinth-vps-owned1-key-1');
    await key('laptop-key-1');
    await key('plinth-vps-key-1');
    const rules = { inboundPolicy: 'DROP', outboundPolicy: 'ACCEPT', inbounds: [], disabled: false };
    const wall = (label: string, tags: string[]) => firewallResource.create(context(simulator, token, label), { label, tags, ...rules });
    const firewall = await wall('plinth-fw-owned1', ['plinth-vps-owned1-g2', 'shop']);
    await wall('plinth-fw-foreign', ['shop']);
    const keys = world().collection<{ id: string; name: string; account: string }>('keys');
    for (let i = 0; i < 600; i++) keys.put({ ...keys.get(own)!, id: String(900_000 + i), name: `plinth-vps-many${i}-key-1` });
    const owned = await api.listOwned();
    expect(owned).toHaveLength(602);
    expect(owned).toContainEqual({ kind: 'ssh-key', id: own, name: 'plinth-vps-owned1-key-1', vpsId: 'owned1' });
    expect(owned).toContainEqual({ kind: 'firewall', id: firewall.id, name: 'plinth-fw-owned1', vpsId: 'owned1' });
    expect(owned).toContainEqual({ kind: 'ssh-key', id: '900599', name: 'plinth-vps-many599-key-1', vpsId: 'many599' });
    const left = world().simulation.leftovers!(world()).filter(({ name }) => name.includes('owned1') || name === 'laptop-key-1');
    expect(left.map(({ kind }) => kind).sort()).toEqual(['firewall', 'ssh-key', 'ssh-key']);
  });
});

it('every call above fits the published API', async () => {
  const found = await traffic.complaints('linode');
  if (found === undefined) return;
  expect(found.checked).toBeGreaterThan(50);
  expect(found.complaints).toEqual([]);
});

import { expect, test } from 'vitest';
import { compute as computeOf } from './compute.ts';
import { driveOf, rescueIso } from './rescue.ts';
import { IsoStatus, PublicIso } from './schemas.ts';
import { createOf, instanceInputs, withBench, type Bench, instanceResource } from './testing.ts';
import { servers } from './server.ts';

const GPARTED = '5c6f4c5e-3c3a-4b84-a4b5-6c7b1b0d7f04';

async function stateOf(bench: Bench, id: string): Promise<string> {
  return (await bench.client.one({ method: 'GET', path: `${servers.path(id)}/iso` }, 'iso_status', IsoStatus)).state;
}

async function orders(bench: Bench): Promise<string[]> {
  return (await bench.calls()).filter((call) => call.startsWith('POST') && call.includes('/iso/')).map((call) => call.replace(/.*\//, ''));
}

test('a server enters rescue and leaves it, each once however often it is asked', () =>
  withBench(async (bench) => {
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    const compute = computeOf(bench.client);
    await compute.rescue(id, 'leave');
    await Promise.all([compute.rescue(id, 'enter'), compute.rescue(id, 'enter')]);
    await compute.rescue(id, 'enter');
    expect(await stateOf(bench, id)).toBe('isomounted');
    expect(await compute.getInstance(id)).toMatchObject({ status: 'running' });
    await compute.rescue(id, 'leave');
    await compute.rescue(id, 'leave');
    expect(await stateOf(bench, id)).toBe('ready');
    expect(await compute.getInstance(id)).toMatchObject({ status: 'running' });
    const seen = await orders(bench);
    expect(seen.filter((order) => order === 'detach')).toHaveLength(1);
    // The second of two at once may have asked, and was refused.
    expect(seen.filter((order) => order === 'attach').length).toBeLessThanOrEqual(2);
  }));

test('a lost answer is looked up, a server that is off is started, a locked one waited for', () =>
  withBench(async (bench) => {
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    const compute = computeOf(bench.client);
    await compute.power(id, 'off');
    await bench.client.send({ method: 'POST', path: '/v2/snapshots', body: { instance_id: id } });
    await bench.fault({ kind: 'lost-answer', method: 'POST', path: '/iso/attach$' });
    await compute.rescue(id, 'enter');
    expect(await compute.getInstance(id)).toMatchObject({ status: 'running' });
    expect(await stateOf(bench, id)).toBe('isomounted');
    await expect(compute.rescue('00000000-0000-0000-0000-000000000000', 'enter')).rejects.toMatchObject({ kind: 'not_found' });
  }));

test('leaving takes whatever is attached', () =>
  withBench(async (bench) => {
    const { id } = await createOf(bench, instanceResource, 'web', instanceInputs());
    await bench.client.send({ method: 'POST', path: `${servers.path(id)}/iso/attach`, body: { iso_id: GPARTED } });
    await computeOf(bench.client).rescue(id, 'leave');
    expect(await stateOf(bench, id)).toBe('ready');
  }));

test.each([
  [{ state: 'ready', iso_id: null }, 'empty'],
  [{ state: 'ready', iso_id: 'mine' }, 'empty'],
  [{ state: 'ready', iso_id: 'rescue' }, 'rescue'],
  [{ state: 'isomounted', iso_id: '0' }, 'rescue'],
  [{ state: 'attached', iso_id: 'rescue' }, 'rescue'],
  [{ state: 'isomounted', iso_id: 'mine' }, 'other'],
  [{ state: 'isomounting', iso_id: 'rescue' }, 'moving'],
  [{ state: 'isounmounting', iso_id: '' }, 'moving'],
])('a drive that is told as %j is %s', (told, drive) => {
  expect(driveOf(IsoStatus.parse(told), 'rescue')).toBe(drive);
});

test('the newest rescue system for our processors is taken, by name or description', () => {
  const library = [
    { id: 'a', name: 'SystemRescue', description: '9.06 x86_64' },
    { id: 'b', name: 'SystemRescue', description: '11.00 x86_64' },
    { id: 'c', name: 'SystemRescue', description: '12.00 aarch64' },
    { id: 'd', name: 'Alma', description: 'Linux' },
  ].map((iso) => PublicIso.parse(iso));
  expect(rescueIso(library)?.id).toBe('b');
  expect(rescueIso(library.slice(2))).toBeUndefined();
});

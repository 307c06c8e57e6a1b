import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Simulator } from '../../simulator/server.ts';
import { InitializationError } from '../resource.ts';
import { checkInstance } from './instance-specs.ts';
import { context, instanceResource as resource, serverInputs, startLinode } from './testing.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startLinode();
});
afterAll(() => simulator.close());

const update = resource.update!;
const fault = (detail: object): void => void simulator.world.faults.add({ provider: 'linode', ...detail } as never);
const servers = (label: string) =>
  simulator.world.worlds.get('linode')!.simulation.instances!(simulator.world.worlds.get('linode')!).filter((each) => each.label === label);
const refusal = (kind: string) => ({ detail: expect.objectContaining({ kind }) });

describe('creating', () => {
  it('makes a running server with all the outputs', async () => {
    const ctx = context(simulator, 'sim-create');
    const { id, outputs } = await resource.create(
      ctx,
      serverInputs('create-1', { metadatas: [{ userData: Buffer.from('#cloud-config\n').toString('base64') }] }),
    );
    expect(id).toMatch(/^\d+$/);
    expect(outputs).toMatchObject({
      status: 'running',
      booted: true,
      label: 'create-1',
      region: 'eu-central',
      swapSize: 512,
      hasUserData: true,
    });
    expect(outputs.tags).toEqual(expect.arrayContaining(['plinth-vps-create1-g1', 'plinth']));
    expect(outputs.ipAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    expect(outputs.ipv6).toMatch(/\/128$/);
    expect(outputs.specs).toEqual([expect.objectContaining({ vcpus: 1, memory: 2048, disk: 51_200 })]);
    expect(outputs.disks).toHaveLength(2);
    expect(servers('create-1')[0]!.userData).toBe('#cloud-config\n');
  });

  it('adopts the server of an earlier attempt instead of making a second', async () => {
    const ctx = context(simulator, 'sim-adopt');
    const first = await resource.create(ctx, serverInputs('adopt-1'));
    const second = await resource.create(ctx, serverInputs('adopt-1'));
    expect(second.id).toBe(first.id);
    expect(servers('adopt-1')).toHaveLength(1);
  });

  it('boots a server that an earlier attempt left off', async () => {
    const ctx = context(simulator, 'sim-left-off');
    const first = await resource.create(ctx, serverInputs('off-1', { booted: false }));
    expect(first.outputs.status).toBe('offline');
    const second = await resource.create(ctx, serverInputs('off-1'));
    expect(second.id).toBe(first.id);
    expect(second.outputs.status).toBe('running');
  });

  it('finds the server whose answer was lost', async () => {
    fault({ kind: 'lost-answer', method: 'POST', path: '^/v4/linode/instances$' });
    const { outputs } = await resource.create(context(simulator, 'sim-lost'), serverInputs('lost-1'));
    expect(outputs.status).toBe('running');
    expect(servers('lost-1')).toHaveLength(1);
  });

  it('orders again only after looking, when the order never arrived', async () => {
    fault({ kind: 'cut', method: 'POST', path: '^/v4/linode/instances$' });
    await resource.create(context(simulator, 'sim-cut'), serverInputs('cut-1'));
    expect(servers('cut-1')).toHaveLength(1);
  });

  it.each([{ kind: 'status', status: 502 }, { kind: 'malformed' }])('makes one server when the answer is $kind', async (broken) => {
    fault({ ...broken, method: 'POST', path: '^/v4/linode/instances$' });
    const label = `broken-${broken.kind}`;
    await resource.create(context(simulator, `sim-${label}`), serverInputs(label));
    expect(servers(label)).toHaveLength(1);
  });

  it('takes the oldest of two and names the other', async () => {
    const ctx = context(simulator, 'sim-two');
    const inputs = serverInputs('two-1');
    const first = await resource.create(ctx, inputs);
    const body = { label: 'two-2', region: 'eu-central', type: 'g6-nanode-1', tags: inputs.tags };
    await ctx.client.send({ method: 'POST', path: '/linode/instances', body });
    const again = await resource.create(ctx, inputs);
    expect(again.id).toBe(first.id);
    expect(ctx.logs.filter((line) => /^warning: \d+ carry .*is kept/.test(line))).toHaveLength(1);
  });

  it('leaves the foreign server that has the label alone', async () => {
    await resource.create(context(simulator, 'sim-foreign'), serverInputs('foreign-1'));
    const mine = serverInputs('foreign-1', { tags: ['plinth-vps-other-g1'] });
    await expect(resource.create(context(simulator, 'sim-foreign'), mine)).rejects.toMatchObject({
      message: expect.stringMatching(/Label must be unique.*choose another, or rename/),
      ...refusal('conflict'),
    });
  });

  it('keeps the id of a server that did not boot', async () => {
    fault({ kind: 'flag', flag: 'action-fails', times: 1 });
    const made = resource.create(context(simulator, 'sim-fails'), serverInputs('fails-1'));
    await expect(made).rejects.toBeInstanceOf(InitializationError);
    const error = (await made.catch((e: unknown) => e)) as InitializationError;
    expect(error.id).toBe(servers('fails-1')[0]!.id);
    expect(error.outputs.label).toBe('fails-1');
    expect(error.message).toMatch(/failed/);
  });

  it('keeps the id when the wait is cancelled, and a retry adopts', async () => {
    const fault = simulator.world.faults.add({ provider: 'linode', kind: 'flag', flag: 'action-stuck' });
    const stuck = resource.create(context(simulator, 'sim-stuck', 'server', AbortSignal.timeout(400)), serverInputs('stuck-1'));
    const error = (await stuck.catch((e: unknown) => e)) as InitializationError;
    expect(error).toBeInstanceOf(InitializationError);
    simulator.world.faults.remove(fault.id);
    const retried = await resource.create(context(simulator, 'sim-stuck'), serverInputs('stuck-1'));
    expect(retried.id).toBe(error.id);
  });

  it.each([
    ['quota', serverInputs('refused-quota'), 'sim-refused-quota'],
    ['out_of_stock', serverInputs('refused-stock', { type: 'g7-premium-2' }), 'sim-refused'],
    ['invalid', serverInputs('refused-image', { image: 'linode/none' }), 'sim-refused'],
    ['invalid', serverInputs('refused-password', { rootPass: 'aaaaaaaaaaaa' }), 'sim-refused'],
    ['credentials', serverInputs('refused-token'), 'wrong-token'],
  ])('tells %s', async (kind, inputs, token) => {
    const world = simulator.world.worlds.get('linode')!;
    if (kind === 'quota') world.accounts().put({ ...world.ensureAccount(token), instanceLimit: 0 });
    await expect(resource.create(context(simulator, token), inputs)).rejects.toMatchObject(refusal(kind));
    expect(servers(String(inputs.label))).toHaveLength(0);
  });

  it('marks a server of a foreign program with a tag that reads hide', async () => {
    const ctx = context(simulator, 'sim-urn', 'foreign-program');
    const inputs = serverInputs('urn-1', { tags: ['web'] });
    const { id, outputs } = await resource.create(ctx, inputs);
    expect(outputs.tags).toEqual(['web']);
    expect(servers('urn-1')[0]!.tags).toHaveLength(2);
    expect((await resource.create(ctx, inputs)).id).toBe(id);
  });
});

describe('reading', () => {
  it('gives the program’s inputs back when nothing changed', async () => {
    const ctx = context(simulator, 'sim-read');
    const inputs = serverInputs('read-1');
    const { id, outputs } = await resource.create(ctx, inputs);
    const read = await resource.read(ctx, id, { inputs, outputs });
    expect(read?.inputs).toEqual(inputs);
    expect(read?.outputs).toEqual(outputs);
  });

  it('sees what changed behind our back', async () => {
    const ctx = context(simulator, 'sim-drift');
    const inputs = serverInputs('drift-1');
    const { id, outputs } = await resource.create(ctx, inputs);
    const world = simulator.world.worlds.get('linode')!;
    world.simulation.changeBehindBack!(world, id, { label: 'drift-2', plan: 'g6-standard-2', power: 'off' });
    const read = await resource.read(ctx, id, { inputs, outputs });
    expect(read?.inputs).toMatchObject({ label: 'drift-2', type: 'g6-standard-2' });
    expect(read?.outputs).toMatchObject({ status: 'offline', booted: false });
  });

  it('says gone only when it is gone', async () => {
    const ctx = context(simulator, 'sim-gone');
    const inputs = serverInputs('gone-1');
    const { id, outputs } = await resource.create(ctx, inputs);
    fault({ kind: 'status', status: 404, method: 'GET', path: `^/v4/linode/instances/${id}$`, times: null });
    await expect(resource.read(ctx, id, { inputs, outputs })).rejects.toMatchObject(refusal('malformed'));
    simulator.world.faults.clear('linode');
    fault({ kind: 'status', status: 401, method: 'GET', path: `^/v4/linode/instances/${id}$` });
    await expect(resource.read(ctx, id, { inputs, outputs })).rejects.toMatchObject(refusal('credentials'));
    const world = simulator.world.worlds.get('linode')!;
    world.simulation.removeBehindBack!(world, id);
    expect(await resource.read(ctx, id, { inputs, outputs })).toBeNull();
  });

  it('imports a server by its id', async () => {
    const ctx = context(simulator, 'sim-import');
    const { id } = await resource.create(ctx, serverInputs('import-1'));
    const read = await resource.read(ctx, id);
    expect(read?.inputs).toMatchObject({ label: 'import-1', region: 'eu-central', type: 'g6-standard-1', image: 'linode/debian12' });
  });
});

describe('changing', () => {
  const changed = async (token: string, label: string, change: object, before: object = {}) => {
    const ctx = context(simulator, token);
    const oldInputs = serverInputs(label, before as never);
    const { id, outputs: oldOutputs } = await resource.create(ctx, oldInputs);
    const inputs = { ...oldInputs, ...change };
    return { id, ctx, oldOutputs, outputs: await update(ctx, id, { oldInputs, oldOutputs, inputs }) };
  };

  it('renames, tags and sets backups without a restart', async () => {
    const { outputs } = await changed('sim-rename', 'rename-1', {
      label: 'rename-2',
      tags: ['plinth-vps-rename1-g1', 'new'],
      backupsEnabled: true,
      watchdogEnabled: false,
    });
    expect(outputs).toMatchObject({ label: 'rename-2', backupsEnabled: true, watchdogEnabled: false, status: 'running' });
    expect(outputs.tags).toEqual(expect.arrayContaining(['plinth-vps-rename1-g1', 'new']));
  });

  it('resizes up, waiting out "Linode busy.", and starts the server again', async () => {
    const { outputs, oldOutputs } = await changed('sim-resize', 'resize-1', { type: 'g6-standard-2' });
    expect(outputs).toMatchObject({ type: 'g6-standard-2', status: 'running', ipAddress: oldOutputs.ipAddress });
    expect(outputs.disks).toEqual(oldOutputs.disks);
  });

  it('refuses to shrink below the disk, and leaves the server running', async () => {
    await expect(changed('sim-shrink', 'shrink-1', { type: 'g6-nanode-1' })).rejects.toMatchObject({
      message: expect.stringContaining('25600 MB'),
      ...refusal('invalid'),
    });
    expect(servers('shrink-1')[0]!.status).toBe('running');
  });

  it('shrinks when the program allows the disk to', async () => {
    const { outputs } = await changed('sim-shrink-ok', 'shrink-ok', { type: 'g6-nanode-1', resizeDisk: true });
    expect(outputs).toMatchObject({ type: 'g6-nanode-1', status: 'running' });
    expect(outputs.disks).toEqual(expect.arrayContaining([expect.objectContaining({ size: 25_600 - 512 })]));
  });

  it('boots again when the new plan is sold out', async () => {
    await expect(changed('sim-sold-out', 'sold-out', { type: 'g7-premium-2' })).rejects.toMatchObject(refusal('out_of_stock'));
    expect(servers('sold-out')[0]!.status).toBe('running');
  });

  it('finishes a resize that was cut off after the shutdown', async () => {
    const ctx = context(simulator, 'sim-resume');
    const oldInputs = serverInputs('resume-1');
    const { id, outputs: oldOutputs } = await resource.create(ctx, oldInputs);
    const change = { oldInputs, oldOutputs, inputs: { ...oldInputs, type: 'g6-standard-2' } };
    fault({ kind: 'status', status: 400, method: 'POST', path: '/(resize|boot)$', times: null });
    await expect(update(ctx, id, change)).rejects.toThrow();
    expect(servers('resume-1')[0]!.status).toBe('offline');
    simulator.world.faults.clear('linode');
    expect(await update(ctx, id, change)).toMatchObject({ type: 'g6-standard-2', status: 'running', tags: oldOutputs.tags });
  });

  it('sends a power action once when its answer is lost', async () => {
    fault({ kind: 'lost-answer', method: 'POST', path: '/resize$' });
    const { outputs } = await changed('sim-lost-resize', 'lost-resize', { type: 'g6-standard-4' });
    expect(outputs.type).toBe('g6-standard-4');
  });

  it('sets a new password and starts the server again', async () => {
    const { outputs } = await changed('sim-password', 'password-1', { rootPass: 'Another-Horse-7-Stapler' });
    expect(outputs.status).toBe('running');
    expect(servers('password-1')[0]!.password).toBe('Another-Horse-7-Stapler');
  });

  it('moves to another region', async () => {
    const { outputs, oldOutputs } = await changed('sim-move', 'move-1', { region: 'us-east' });
    expect(outputs).toMatchObject({ region: 'us-east', status: 'running' });
    expect(outputs.ipAddress).not.toBe(oldOutputs.ipAddress);
  });
});

describe('deleting', () => {
  it('returns when the server is gone, and again', async () => {
    const ctx = context(simulator, 'sim-delete');
    const { id, outputs } = await resource.create(ctx, serverInputs('delete-1'));
    await resource.delete(ctx, id, outputs);
    expect(servers('delete-1')).toHaveLength(0);
    await resource.delete(ctx, id, outputs);
  });

  it('asks again when the deletion failed at Linode, and says so only of one that is gone', async () => {
    const ctx = context(simulator, 'sim-delete-fails');
    const { id, outputs } = await resource.create(ctx, serverInputs('delete-2'));
    simulator.world.faults.add({ provider: 'linode', kind: 'flag', flag: 'action-fails', objectId: id, times: 1 });
    await resource.delete(ctx, id, outputs);
    expect(servers('delete-2')).toHaveLength(0);
    const asked = simulator.world.requests.latest(2_000, 'linode').filter(({ method, path }) => method === 'DELETE' && path.endsWith(id));
    expect(asked.length).toBeGreaterThan(1);
  });

  it('frees the label for a new server under the same tag', async () => {
    const ctx = context(simulator, 'sim-again');
    const first = await resource.create(ctx, serverInputs('again-1'));
    await resource.delete(ctx, first.id, first.outputs);
    const second = await resource.create(ctx, serverInputs('again-1'));
    expect(second.id).not.toBe(first.id);
  });
});

describe('checking', () => {
  const problems = (inputs: object): string[] => checkInstance(inputs as never).map(({ property }) => property);
  it('accepts a sound request', () => expect(problems(serverInputs('check-1'))).toEqual([]));
  it.each([
    ['label', { label: 'ab' }],
    ['label', { label: 'two--dashes' }],
    ['rootPass', { rootPass: 'short' }],
    ['tags[0]', { tags: ['ab'] }],
    ['authorizedKeys[0]', { authorizedKeys: ['not a key'] }],
    ['metadatas[0].userData', { metadatas: [{ userData: '#cloud-config\nin clear!' }] }],
    ['metadatas[0].userData', { metadatas: [{ userData: Buffer.alloc(16_385, 'a').toString('base64') }] }],
    ['disks', { disks: [{ label: 'boot', size: 100 }] }],
  ])('refuses a bad %s', (property, inputs) => expect(problems(inputs)).toEqual([property]));
});

/** The life of servers after they exist, with the real engine, service and queue against every simulated provider. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProvider } from '../providers/list.ts';
import { sha512Crypt } from '../lib/sha512-crypt.ts';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { readConfig } from '../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { ensureOrganization } from '../server/kernel/settings.ts';
import { cloudsOf, familyOf } from './support/clouds.ts';
import { withDatabase } from './support/database.ts';
import { forEach } from './support/each.ts';
import { testEngine } from './support/engine.ts';
import { putState } from './support/put-state.ts';
import { until } from './support/until.ts';
import { KEY } from './support/ssh-key.ts';

const CLOUDS = cloudsOf('lifecycle', 2);

interface Subject {
  type: string;
  id: string;
  label: string;
  small: any;
  large: any;
  instance: any;
}

const database = withDatabase();
let dataDir: string;
let runtime: Runtime;
let customer: string;
let subjects: Subject[];

beforeAll(async () => {
  await testEngine();
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-lifecycle-'));
  const env = { DATABASE_URL: database.url, PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '500' };
  const settings = { PLINTH_LOG_LEVEL: 'silent', PLINTH_CONCURRENCY: '3', PLINTH_DESTROY_TIMEOUT_SECONDS: '8' };
  runtime = await startRuntime(readConfig({ ...env, ...settings }), () => undefined);
  const organization = await ensureOrganization(runtime.services.db, 'default');
  const token = { name: 'customer', role: 'operator' as const, organizationId: organization.id, expiresAt: null };
  customer = (await createToken(runtime.services.db, token)).secret;
  const { providers } = await call('GET', '/api/admin/providers');
  const accounts = providers.filter(({ type }: any) => CLOUDS.includes(type));
  subjects = (await Promise.all(accounts.map((account: any) => orderAt(account)))).filter((subject: Subject | null) => subject !== null);
  expect(subjects.length).toBe(CLOUDS.length);
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown, token?: string): Promise<any> {
  const headers = { authorization: `Bearer ${token ?? runtime.seeded.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(runtime.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return await response.json();
}
const act = (subject: { id: string }, body: object, token?: string) => call('POST', `/api/vps/${subject.id}/actions`, body, token);
const look = async (subject: { id: string }) => (await call('GET', `/api/vps/${subject.id}`)).instance;
const each = (work: (subject: Subject) => Promise<void>) => forEach(subjects, ({ type }) => type, work);

async function simulator(method: string, path: string, body?: unknown): Promise<any> {
  const headers = { 'content-type': 'application/json' };
  const url = `${runtime.simulatorOrigin}/_simulator${path}`;
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return response.status === 204 ? null : await response.json();
}
const simulated = async (id: string) => (await simulator('GET', '/instances')).find((instance: any) => instance.id === id);
const simulatedPower = async (id: string) => (/^(active|running|ok)/.test((await simulated(id)).status) ? 'running' : 'stopped');

/** Kinds of what an account keeps for one VPS. A key that accounts share is nobody's. */
async function kept({ id, type }: Subject): Promise<string[]> {
  const all = await simulator('GET', `/leftovers?provider=${type}`);
  return all.filter(({ name }: any) => name.includes(id)).map(({ kind }: any) => kind);
}

/** The stack as a former version left it at one provider. */
async function protectHelpers({ id }: Subject): Promise<void> {
  const { id: stackId } = (await runtime.care.find(`vps-${id}`))!;
  await putState(database.url, stackId, (present) => {
    const { deployment } = present!;
    const resources = deployment.resources!.map((each) =>
      each.custom && !each.type.startsWith('pulumi:') ? { ...each, protect: true } : each,
    );
    return { ...present!, deployment: { ...deployment, resources } };
  });
}

async function ended(answer: any): Promise<any> {
  expect(answer).toHaveProperty('operation.id');
  return await until(
    async () => {
      const { operation } = await call('GET', `/api/operations/${answer.operation.id}`);
      return ['queued', 'running'].includes(operation.status) ? undefined : operation;
    },
    { timeoutMs: 40_000, what: `${answer.operation.kind} to end` },
  );
}
async function succeeds(answer: any): Promise<any> {
  const operation = await ended(await answer);
  expect(operation).toMatchObject({ status: 'succeeded', fault: null });
  return operation;
}

async function orderAt(account: any, label = `life-${account.type}`): Promise<Subject | null> {
  const { items: plans } = await call('GET', `/api/admin/upstream/plans?providerId=${account.id}`);
  if (!plans) return null;
  const { items: images } = await call('GET', `/api/admin/upstream/images?providerId=${account.id}`);
  const kin = familyOf;
  const small = plans.find((plan: any) => plan.available && plan.regions.length > 0 && plan.memoryMb >= 1024 && plan.diskGb >= 25);
  const region = small.regions[0];
  const grown = (plan: any) => plan.diskGb > small.diskGb && plan.memoryMb > small.memoryMb && kin(plan.id) === kin(small.id);
  const large = plans.find((plan: any) => plan.available && plan.regions.includes(region) && grown(plan));
  const fits = (item: any) =>
    item.family === 'linux' && !item.deprecated && item.minDiskGb <= small.diskGb && (item.regions?.includes(region) ?? true);
  const body = { label, type: small.id, region, image: images.find(fits).id, provider_id: account.id, dns: { zone: 'plinth.test' } };
  const answer = await call('POST', '/api/vps', body);
  await succeeds(answer);
  const subject = { type: account.type, id: answer.instance.id, label, small, large, instance: undefined };
  return { ...subject, instance: await look(subject) };
}

it('starts, stops, reboots and power-cycles', async () => {
  await each(async (subject) => {
    const id = subject.instance.instance_id;
    expect(subject.instance).toMatchObject({ status: 'active', power_state: 'running', capabilities: { stop: { allowed: true } } });
    await succeeds(act(subject, { action: 'stop' }));
    expect([(await look(subject)).power_state, await simulatedPower(id)]).toEqual(['stopped', 'stopped']);
    expect((await succeeds(act(subject, { action: 'start' }))).result).toMatchObject({ steps: [] });
    expect([(await look(subject)).power_state, await simulatedPower(id)]).toEqual(['running', 'running']);
    await succeeds(act(subject, { action: 'reboot' }));
    await succeeds(act(subject, { action: 'power-cycle' }));
    expect(await look(subject)).toMatchObject({ power_state: 'running', status: 'active', instance_id: id });
  });
}, 40_000);

it('resizes up after an approved preview, and refuses down where the disk cannot shrink', async () => {
  await each(async (subject) => {
    const change = { action: 'resize', plan: subject.large.id };
    const { preview, operation, ...answer } = await call('POST', `/api/vps/${subject.id}/preview`, { change });
    expect(preview, JSON.stringify(answer)).toMatchObject({
      action: 'resize',
      data_loss: false,
      replaces_instance: false,
      interruption: true,
    });
    expect(preview.resources).toEqual([{ name: 'instance', effect: 'update' }]);
    expect(preview.price_difference).toMatch(/^\+\d/);
    const engine = await succeeds({ operation });
    expect(engine.result.changes.update).toBeGreaterThan(0);
    expect(await act(subject, { ...change, approval: 'f'.repeat(64) })).toMatchObject({ code: 'preview_outdated' });
    await succeeds(act(subject, { ...change, approval: preview.approval }));
    expect(await look(subject)).toMatchObject({ plan: subject.large.id, instance_id: subject.instance.instance_id });
    expect((await simulated(subject.instance.instance_id)).plan).toBe(subject.large.id);
    expect(await act(subject, { ...change, approval: preview.approval })).toMatchObject({ status: 409 });
    const down = await act(subject, { action: 'resize', plan: subject.small.id });
    const shrinks = down.code === undefined;
    if (shrinks) await succeeds(down);
    else expect(down).toMatchObject({ status: 409, code: 'not_supported', detail: expect.stringMatching(/disk/) });
    const plan = (shrinks ? subject.small : subject.large).id;
    expect(await look(subject)).toMatchObject({ plan, status: 'active', power_state: 'running' });
  });
}, 60_000);

it('shows what more changes at once would do than the database has connections', async () => {
  const [subject] = subjects as [Subject];
  const change = { action: 'reinstall' };
  const asked = await Promise.all(Array.from({ length: 9 }, () => call('POST', `/api/vps/${subject.id}/preview`, { change })));
  expect(asked.map(({ preview, ...answer }) => preview?.action ?? answer.code)).toEqual(asked.map(() => change.action));
  await Promise.all(asked.map(ended));
}, 60_000);

it('renames label, hostname and DNS name together', async () => {
  const [first] = subjects as [Subject];
  const { providers } = await call('GET', '/api/admin/providers');
  const neighbour = await orderAt(
    providers.find(({ type }: any) => type === first.type),
    'life-neighbour',
  );
  const canRename = ({ type }: Subject): boolean => findProvider(type)!.descriptor.capabilities.rename.can;
  const taken = act(first, { action: 'rename', label: 'life-neighbour' });
  expect(await taken).toMatchObject({ status: 409, code: canRename(first) ? 'label_taken' : 'not_supported' });
  await succeeds(call('DELETE', `/api/vps/${neighbour!.id}?grace_hours=0`));
  await each(async (subject) => {
    const label = canRename(subject) ? `${subject.label}-new` : subject.label;
    if (canRename(subject)) await succeeds(act(subject, { action: 'rename', label }));
    else expect(await act(subject, { action: 'rename', label: 'other' })).toMatchObject({ status: 409, code: 'not_supported' });
    const name = `${label}.plinth.test`;
    expect(await look(subject)).toMatchObject({ label, hostname: name, dns_name: name, instance_id: subject.instance.instance_id });
    expect((await simulated(subject.instance.instance_id)).label).toContain(label);
    const records = (await simulator('GET', '/records')).filter((record: any) => record.comment?.includes(subject.id));
    expect(new Set(records.map((record: any) => record.name))).toEqual(new Set([name]));
    const rule = { protocol: 'tcp', ports: '22', sources: ['0.0.0.0/0'] };
    const firewall = findProvider(subject.type)!.descriptor.capabilities.firewall.can ? { firewall: [rule] } : {};
    const wrong = act(subject, { action: 'configure', firewall: [rule, { ...rule, ports: '99999' }] });
    expect(await wrong).toMatchObject({ status: 422, errors: [{ field: 'firewall.1.ports' }] });
    await succeeds(act(subject, { action: 'configure', tags: ['gold'], ssh_keys: [KEY], ...firewall }));
    expect((await look(subject)).tags).toEqual(['gold']);
    const beside = await kept(subject);
    expect(beside.includes('firewall')).toBe('firewall' in firewall);
    // What stands beside a server is not protected as it is, also where a former version left it so.
    await protectHelpers(subject);
    await succeeds(act(subject, { action: 'configure', ssh_keys: [], ...('firewall' in firewall ? { firewall: null } : {}) }));
    expect(await kept(subject)).not.toContain('ssh-key');
  });
}, 60_000);

it('reinstalls with a new password that can be shown once again', async () => {
  await each(async (subject) => {
    const reveal = async () => (await call('POST', `/api/vps/${subject.id}/reveal-password`, { reason: 'for the test' })).password;
    const before = await look(subject);
    // Where names are ids, another server of the same name has the same one.
    const made = (await simulated(before.instance_id)).createdAt;
    const old = await reveal();
    const { preview, operation } = await call('POST', `/api/vps/${subject.id}/preview`, { change: { action: 'reinstall' } });
    expect(preview).toMatchObject({ data_loss: true, interruption: true });
    const engine = await succeeds({ operation });
    expect(engine.result.steps.some((step: any) => step.op === 'replace')).toBe(preview.replaces_instance);
    await succeeds(act(subject, { action: 'reinstall' }));
    const after = await look(subject);
    expect(after.status).toBe('active');
    const isAnother = (await simulated(after.instance_id)).createdAt !== made;
    expect(isAnother).toBe(preview.replaces_instance);
    if (preview.replaces_instance) expect(after).toMatchObject({ generation: before.generation + 1 });
    else expect(after).toMatchObject({ generation: before.generation, instance_id: before.instance_id });
    const password = await reveal();
    expect(password).not.toBe(old);
    expect(password.length).toBeGreaterThan(11);
    const { userData } = await simulated(after.instance_id);
    const hash = /\$6\$([^$]+)\$[./A-Za-z0-9]{86}/.exec(userData)!;
    expect(sha512Crypt(password, hash[1]!)).toBe(hash[0]);
    expect(userData).not.toContain(password);
    let fresh = password;
    if (after.capabilities['reset-password'].allowed) {
      const brought = { action: 'reset-password', root_pass: 'Fr3sh-enough-now' };
      const isMade = findProvider(after.provider)!.descriptor.newPassword === 'made';
      if (isMade) expect(await act(subject, brought)).toMatchObject({ status: 422, errors: [{ field: 'root_pass' }] });
      await succeeds(act(subject, isMade ? { action: 'reset-password' } : brought));
      fresh = await reveal();
      expect((await simulated(after.instance_id)).password).toBe(fresh);
      if (isMade) expect(fresh).not.toBe(password);
      else expect(fresh).toBe('Fr3sh-enough-now');
    } else expect(after.capabilities['reset-password']).toMatchObject({ code: 'not_supported', reason: expect.any(String) });
    // What comes later keeps the new password.
    await succeeds(act(subject, { action: 'configure', tags: ['silver'] }));
    const shown = await call('POST', `/api/vps/${subject.id}/reveal-password`, { reason: 'for the test', again: true });
    expect(shown.password).toBe(fresh);
  });
}, 90_000);

it('suspends, blocks the customer, and returns to the former power state', async () => {
  await each(async (subject) => {
    const stopped = subject === subjects[0];
    if (stopped) await succeeds(act(subject, { action: 'stop' }));
    expect(await act(subject, { action: 'suspend', reason: 'mine' }, customer)).toMatchObject({ status: 403 });
    await succeeds(act(subject, { action: 'suspend', reason: 'unpaid invoice 12' }));
    const suspended = await look(subject);
    expect(suspended).toMatchObject({ status: 'suspended', power_state: 'stopped', suspension: { reason: 'unpaid invoice 12' } });
    expect(suspended.capabilities.start).toMatchObject({ allowed: false, code: 'suspended', reason: expect.stringContaining('unpaid') });
    expect(await act(subject, { action: 'start' }, customer)).toMatchObject({ status: 409, code: 'suspended' });
    expect(await call('DELETE', `/api/vps/${subject.id}`, undefined, customer)).toMatchObject({ status: 409, code: 'suspended' });
    await succeeds(act(subject, { action: 'unsuspend' }));
    expect(await look(subject)).toMatchObject({ status: 'active', power_state: stopped ? 'stopped' : 'running', suspension: null });
    expect(await simulatedPower((await look(subject)).instance_id)).toBe(stopped ? 'stopped' : 'running');
  });
}, 60_000);

it('protects from deletion, holds for maintenance, and restores within the grace', async () => {
  const [subject] = subjects as [Subject];
  const path = `/api/vps/${subject.id}`;
  await call('PATCH', path, { delete_protection: true, notes: 'Important.' });
  expect(await call('DELETE', path)).toMatchObject({ status: 409, code: 'delete_protected' });
  await call('PATCH', path, { delete_protection: false, maintenance: 'host moves' });
  expect(await act(subject, { action: 'reboot' }, customer)).toMatchObject({ status: 409, code: 'maintenance' });
  expect((await call('PATCH', path, { maintenance: null })).instance).toMatchObject({ maintenance: null, notes: 'Important.' });
  expect(await call('DELETE', `${path}?grace_hours=24`)).toMatchObject({ operation: null, instance: { status: 'terminating' } });
  expect(await act(subject, { action: 'start' })).toMatchObject({ status: 409, code: 'vps_terminating' });
  expect(await call('POST', `${path}/retry`)).toMatchObject({ status: 409 });
  expect((await call('POST', `${path}/undo`)).instance).toMatchObject({ status: 'active', terminate_due_at: null });
  expect(await call('POST', `${path}/undo`)).toMatchObject({ status: 409, code: 'not_terminating' });
  // Under its former name, for one version.
  expect(await call('POST', `${path}/restore`)).toMatchObject({ status: 409, code: 'not_terminating' });
}, 30_000);

it('never says terminated while the provider keeps the server, and proves it when it is gone', async () => {
  await each(async (subject) => {
    const { instance_id } = await look(subject);
    const kept = await simulator('POST', '/faults', {
      provider: subject.type,
      kind: 'flag',
      flag: 'keep-on-delete',
      objectId: instance_id,
    });
    const seen = new Set<string>();
    // The end of a grace, not a person, begins the destruction of one of them.
    const graced = subject === subjects[0];
    const begun = await call('DELETE', `/api/vps/${subject.id}?grace_hours=${graced ? 0.0003 : 0}`);
    expect(begun.operation === null).toBe(graced);
    await until(
      async () => {
        const { status } = await look(subject);
        seen.add(status);
        return status === 'leaked';
      },
      { timeoutMs: 40_000, what: 'the leak to show' },
    );
    expect(seen).not.toContain('terminated');
    const leaked = await look(subject);
    expect(leaked.evidence).toMatchObject({
      clean: false,
      monthly_cost: { monthly: expect.stringMatching(/^\d/), currency: expect.stringMatching(/^[A-Z]{3}$/) },
    });
    const { operations } = await call('GET', `/api/operations?vps_id=${subject.id}&kind=destroy`);
    expect(operations[0].fault).toMatchObject({ kind: 'leaked', message: expect.stringContaining('a month') });
    await simulator('DELETE', `/faults/${kept.id}`);
    await succeeds(call('DELETE', `/api/vps/${subject.id}`));
    const gone = await look(subject);
    expect(gone).toMatchObject({ status: 'terminated', evidence: { clean: true, monthly_cost: null } });
    expect(gone.evidence.checks.map((check: any) => check.result)).toEqual(['gone', 'gone', 'gone', 'gone']);
    expect(gone.capabilities.start).toMatchObject({ allowed: false, code: 'vps_gone' });
    expect(await simulated(instance_id)).toBeUndefined();
  });
  expect(await simulator('GET', '/instances')).toEqual([]);
}, 90_000);

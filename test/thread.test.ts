/** The whole thread with the real engine and the simulated providers: ordered, active, revealed, destroyed, gone. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProvider } from '../providers/list.ts';
import { endingOf } from '../providers/manners.ts';
import { readConfig } from '../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { CLOUDS } from './support/clouds.ts';
import { withDatabase } from './support/database.ts';
import { testEngine } from './support/engine.ts';
import { until } from './support/until.ts';

const database = withDatabase();
let dataDir: string;
let runtime: Runtime;

beforeAll(async () => {
  await testEngine();
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-thread-'));
  const env = { DATABASE_URL: database.url, PLINTH_DATA_DIR: dataDir, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '200' };
  runtime = await startRuntime(readConfig({ ...env, PLINTH_LOG_LEVEL: 'silent', PLINTH_CONCURRENCY: '2' }), () => undefined);
});
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown): Promise<any> {
  const headers = { authorization: `Bearer ${runtime.seeded.adminToken}`, 'content-type': 'application/json' };
  const response = await fetch(runtime.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return await response.json();
}

const ended = (id: string) =>
  until(
    async () => {
      const { operation } = await call('GET', `/api/operations/${id}`);
      return ['queued', 'running'].includes(operation.status) ? undefined : operation;
    },
    { timeoutMs: 50_000, everyMs: 100, what: `operation ${id} to end` },
  );

const endsWhen = (provider: string) => endingOf(findProvider(provider)!.descriptor).when;

it('takes a server of every simulated provider from order to gone', async () => {
  const { providers } = await call('GET', '/api/admin/providers');
  const orders: any[] = [];
  for (const account of providers) {
    const { items: plans } = await call('GET', `/api/admin/upstream/plans?providerId=${account.id}`);
    const { items: images } = await call('GET', `/api/admin/upstream/images?providerId=${account.id}`);
    const plan = plans?.find((item: any) => item.available && item.regions.length > 0 && item.memoryMb >= 2048);
    // What a person provides waits for that person.
    if (!plan || endsWhen(account.type) === 'person') continue;
    const region = plan.regions[0];
    const fits = (item: any) =>
      item.family === 'linux' && !item.deprecated && item.minDiskGb <= plan.diskGb && (item.regions?.includes(region) ?? true);
    const body = {
      label: `thread-${account.type}`,
      type: plan.id,
      region,
      image: images.find(fits).id,
      provider_id: account.id,
      dns: { zone: 'plinth.test' },
    };
    orders.push(await call('POST', '/api/vps', body));
  }
  expect(orders.map(({ instance }) => instance.provider)).toEqual(expect.arrayContaining([...CLOUDS, 'hostinger', 'smartvps']));
  for (const { instance, operation } of orders) {
    expect(await ended(operation.id)).toMatchObject({ status: 'succeeded', fault: null });
    const { instance: active } = await call('GET', `/api/vps/${instance.id}`);
    expect(active).toMatchObject({
      status: 'active',
      simulated: true,
      dns_name: `${instance.label}.plinth.test`,
      ipv4: expect.any(String),
    });
    // What the provider mails to the seller is not Plinth's to show.
    if (findProvider(instance.provider)!.descriptor.newPassword === 'mailed') {
      expect(active.password_available).toBe(false);
      continue;
    }
    const shown = await call('POST', `/api/vps/${instance.id}/reveal-password`, { reason: 'hand over' });
    expect(shown.password.length).toBeGreaterThan(11);
    expect((await call('POST', `/api/vps/${instance.id}/reveal-password`, { reason: 'again' })).code).toBe('already_revealed');
    const { events } = await call('GET', `/api/operations/${operation.id}/events`);
    expect(JSON.stringify(events)).not.toContain(shown.password);
    expect(events.map((event: any) => event.seq)).toEqual(events.map((_: any, index: number) => index + 1));
  }
  const gone = await Promise.all(orders.map(({ instance }) => call('DELETE', `/api/vps/${instance.id}?grace_hours=0`)));
  for (const { instance, operation } of gone) {
    expect(await ended(operation.id)).toMatchObject({ status: 'succeeded', fault: null });
    const after = (await call('GET', `/api/vps/${instance.id}`)).instance;
    expect([after.provider, after.status]).toEqual([after.provider, endsWhen(after.provider) === 'now' ? 'terminated' : 'ending']);
  }
}, 180_000);

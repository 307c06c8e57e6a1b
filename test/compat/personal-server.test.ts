/** A user's own server: signed in, by the two routes alone, from nothing to a server that answers under its name, and to none. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { askHealth, askPort } from '../../server/kernel/http/machine-door.ts';
import { type Browser, signedUp } from '../support/people.ts';
import { until } from '../support/until.ts';
import { compatService } from './support.ts';

/** New servers phone home, so the port is known before. */
const port = await new Promise<number>((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = probe.address() as AddressInfo;
    probe.close(() => done(free));
  });
});
const { call, servers, runtime } = compatService({ PORT: String(port), PLINTH_TRUST_PROXY: 'loopback' });

/** `from`: the address that a proxy before us tells. */
async function user(email: string, name: string, from?: string): Promise<Browser> {
  const { origin, seeded } = runtime();
  const headers: Record<string, string> = from === undefined ? {} : { 'x-forwarded-for': from };
  return await signedUp(origin!, seeded.adminToken!, { email, name, password: 'correct horse battery staple 9' }, headers);
}
const records = async (): Promise<any[]> => (await (await fetch(`${runtime().simulatorOrigin}/_simulator/records`)).json()) as any[];
const leftovers = async (): Promise<any[]> =>
  (await (await fetch(`${runtime().simulatorOrigin}/_simulator/leftovers?provider=hostinger`)).json()) as any[];

it('takes a user from nothing to a server that answers under its name, and to none', { timeout: 180_000 }, async () => {
  const ada = await user('ada@people.test', 'Ada Lovelace');
  expect((await ada.ask('GET', '/api/vps/status')).body).toMatchObject({ success: false, error: 'No VPS' });

  const made = await ada.ask('POST', '/api/vps/provision', {});
  expect(made.status, JSON.stringify(made.body)).toBe(202);
  expect(made.body).toMatchObject({
    success: true,
    status: 'pending',
    hostname: expect.stringMatching(/^ada-lovelace\./),
    plan_id: 'hostingercom-vps-kvm1-usd-1m',
    data_center_id: 9,
  });
  const again = await ada.ask('POST', '/api/vps/provision', {});
  expect(again).toMatchObject({ status: 409, body: { success: false, error: 'User already has a VPS' } });

  const seen = new Set<string>();
  const ready = await until(
    async () => {
      const { body } = await ada.ask('GET', '/api/vps/status');
      seen.add(body.status);
      if (body.status === 'error') throw new Error(JSON.stringify(body));
      return body.status === 'ready' ? body : undefined;
    },
    { timeoutMs: 120_000, what: 'the server to be ready' },
  );
  expect(seen).toContain('configuring');
  const { hostname } = made.body;
  expect(ready).toMatchObject({
    success: true,
    hostname,
    url: `https://${hostname}`,
    hostinger_vm_id: expect.any(Number),
    hostinger_order_id: expect.any(Number),
    plan_id: 'hostingercom-vps-kvm1-usd-1m',
    data_center_id: 9,
    credentials: { username: 'ada-lovelace', password: expect.stringMatching(/.{12}/), shown_once: true },
  });
  const server = (await servers()).find((each) => each.provider === 'hostinger');
  expect(server).toMatchObject({ id: String(ready.hostinger_vm_id), ipv4: ready.ip_address, password: ready.credentials.password });
  expect((await records()).find((each) => each.name === hostname && each.type === 'A')).toMatchObject({ content: ready.ip_address });

  // The script had the user's values and a hash, and neither its password nor its secret; it is gone from the provider.
  expect(server.userData).toContain(`HOSTNAME='${hostname}'`);
  expect(server.userData).toMatch(/SSH_PASSWORD='\$6\$/);
  expect(server.userData).not.toContain(ready.credentials.password);
  expect((await leftovers()).filter(({ kind }) => kind === 'script')).toEqual([]);
  const setup = await runtime().services.db.vpsSetup.findUniqueOrThrow({ where: { vpsId: made.body.vps_id } });
  expect(setup).toMatchObject({ finishedOk: true, fetchedAt: expect.any(Date), readyAt: expect.any(Date) });
  const token = /\/api\/setup\/([A-Za-z0-9_-]+)/.exec(server.userData)![1]!;
  expect((await call('POST', `/api/setup/${token}`)).status).toBe(404);

  // Its TLS and /health really answer there; this machine's own address is no customer's.
  const { machines } = runtime().services;
  expect(await askHealth(machines, ready.ip_address, hostname, '/health')).toBeNull();
  expect(await askHealth(machines, '127.0.0.1', hostname, '/health')).toContain('not a public address');
  expect(await askHealth(undefined, '127.0.0.1', hostname, '/health')).toContain('not a public address');
  expect(await askPort(undefined, '169.254.169.254', 80)).toContain('not a public address');

  // Told in the older system's words, to the letter.
  const { notifications } = (await ada.ask('GET', '/api/notifications')).body;
  const words = notifications.filter((each: any) => each.vps_id === made.body.vps_id).map((each: any) => each.message);
  expect(words).toEqual(expect.arrayContaining(['Your VPS is being provisioned...', `Your VPS is ready! IP: ${ready.ip_address}`]));

  // Once, and to its owner.
  expect((await ada.ask('GET', '/api/vps/status')).body.credentials).toBeUndefined();
  const bob = await user('bob@people.test', 'Bob');
  expect((await bob.ask('GET', '/api/vps/status')).status).toBe(404);

  const { body: operations } = await call('GET', `/api/operations?vps_id=${made.body.vps_id}`);
  const { body: told } = await call('GET', `/api/operations/${operations.operations[0].id}/events`);
  const passed = told.events
    .filter((each: any) => each.type === 'readiness' && each.data.state === 'passed')
    .map((each: any) => each.data.check);
  expect(passed).toEqual(['the end of its script', 'port 443', 'https /health']);

  // Its end is ordered by the same route: it comes with the paid month.
  expect(await bob.ask('DELETE', '/api/vps/provision')).toMatchObject({ status: 404, body: { success: false, error: 'No VPS' } });
  const ended = await ada.ask('DELETE', '/api/vps/provision');
  expect(ended).toMatchObject({ status: 200, body: { success: true, message: 'VPS is being deleted' } });
  const ending = async () => {
    const { body } = await ada.ask('GET', '/api/vps/status');
    return /^It ends on \d{4}-\d\d-\d\d\.$/.test(body.message) ? body : undefined;
  };
  expect(await until(ending, { timeoutMs: 60_000, what: 'its end to be ordered' })).toMatchObject({ status: 'ready', hostname });
  expect((await ada.ask('POST', '/api/vps/provision', {})).body.error).toBe('User already has a VPS');
  await fetch(`${runtime().simulatorOrigin}/_simulator/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceMs: 33 * 86_400_000 }),
  });
  const hourAgo = new Date(Date.now() - 3_600_000);
  await runtime().services.db.vps.update({ where: { id: made.body.vps_id }, data: { endsAt: hourAgo, updatedAt: hourAgo } });
  const none = async () => (await ada.ask('GET', '/api/vps/status')).status === 404;
  await until(none, { timeoutMs: 60_000, what: 'it to be gone' });
  expect((await servers()).filter(({ id }) => id === server.id)).toEqual([]);
  expect((await records()).filter(({ name }) => name === hostname)).toEqual([]);
});

it('makes one server of fifty equal requests at once, and answers the others clearly', { timeout: 120_000 }, async () => {
  // In Brazil: São Paulo is the nearest of the data centres.
  const eve = await user('eve@people.test', 'Eve Many', '200.147.3.157');
  const all = await Promise.all(Array.from({ length: 50 }, () => eve.ask('POST', '/api/vps/provision', {})));
  expect(all.filter(({ status }) => status === 202)).toHaveLength(1);
  expect(all.find(({ status }) => status === 202)!.body).toMatchObject({ data_center_id: 14 });
  const others = all.filter(({ status }) => status !== 202).map(({ status, body }) => `${status} ${body.error}`);
  expect(new Set(others)).toEqual(new Set(['409 User already has a VPS']));
});

it('is not ready while its health check fails, and goes on from there', { timeout: 180_000 }, async () => {
  const flag = await fetch(`${runtime().simulatorOrigin}/_simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'hostinger', kind: 'flag', flag: 'health-fails', times: null }),
  });
  const { id } = (await flag.json()) as { id: string };
  const dan = await user('dan@people.test', 'Dan Slow');
  const { body: made } = await dan.ask('POST', '/api/vps/provision', { plan: 'hostingercom-vps-kvm2-usd-1m', data_center_id: 19 });
  expect(made).toMatchObject({ plan_id: 'hostingercom-vps-kvm2-usd-1m', data_center_id: 19 });
  const waiting = async (): Promise<boolean> => {
    const { body } = await call('GET', `/api/operations?vps_id=${made.vps_id}`);
    const { body: told } = await call('GET', `/api/operations/${body.operations[0].id}/events`);
    return told.events.some(
      (each: any) => each.type === 'readiness' && each.data.check === 'https /health' && each.data.state === 'waiting',
    );
  };
  await until(waiting, { timeoutMs: 90_000, what: 'the health check' });
  expect((await dan.ask('GET', '/api/vps/status')).body).toMatchObject({ status: 'configuring', ip_address: expect.any(String) });
  await fetch(`${runtime().simulatorOrigin}/_simulator/faults/${id}`, { method: 'DELETE' });
  await until(async () => (await dan.ask('GET', '/api/vps/status')).body.status === 'ready', { timeoutMs: 60_000, what: 'it to be ready' });
});

it('takes the name, the host name, the key and the backups that were asked for, and names the field that is wrong', async () => {
  const fay = await user('fay@people.test', 'Fay Particular');
  const key = { name: 'laptop', key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMm2o1b5vYb3gYc2m0aFf3Xh6cJ9yZ8m1x0uQ5w7n2Kd fay@laptop' };
  for (const [body, field] of [
    [{ public_key: { key: 'no key' } }, 'public_key.key'],
    [{ hostname: 'fay.of-somebody-else.test' }, 'hostname'],
    [{ hostname: 'a.b.c' }, 'hostname'],
    [{ plan: 'none-such' }, 'plan'],
    [{ template_id: 999_999 }, 'template_id'],
    [{ data_center_id: 999 }, 'data_center_id'],
  ] as const) {
    const refused = await fay.ask('POST', '/api/vps/provision', body);
    expect([refused.status, refused.body.success, refused.body.error], field).toEqual([422, false, expect.stringContaining(field)]);
  }
  expect((await fay.ask('GET', '/api/vps/status')).status).toBe(404);
  const made = await fay.ask('POST', '/api/vps/provision', { username: 'Fay & Co', public_key: key, enable_backups: true });
  expect(made).toMatchObject({ status: 202, body: { success: true, hostname: expect.stringMatching(/^fay-co\./) } });
  const row = await runtime().services.db.vps.findUniqueOrThrow({ where: { id: made.body.vps_id } });
  expect(row).toMatchObject({ label: 'fay-co', spec: { compute: { backups: true } } });
  expect(JSON.stringify(row.spec)).toContain(key.key.split(' ')[1]);
});

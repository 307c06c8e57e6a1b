/** The console of a VPS, from its route and its command to the line at the simulated cloud, where something is typed and read. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProvider } from '../providers/list.ts';
import { withDatabase } from './support/database.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Shop, shopOf } from './support/shop.ts';
import { until } from './support/until.ts';

const CLOUDS = ['hetzner', 'ovh'];
const WITHOUT = 'digitalocean';
const database = withDatabase();
let plinth: Plinth;
let shop: Shop;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0' });
  shop = shopOf(plinth);
}, 120_000);
afterAll(() => plinth?.stop());

async function made(cloud: string): Promise<{ id: string; password: string }> {
  const { instance, operation } = await shop.order(cloud, `console-${cloud}`);
  expect(await shop.ended(operation.id)).toMatchObject({ status: 'succeeded' });
  const { password } = await shop.call('POST', `/api/vps/${instance.id}/reveal-password`, { reason: 'to sign in on the line' });
  return { id: instance.id, password };
}
const open = (id: string): Promise<any> => shop.call('POST', `/api/vps/${id}/console`, {});

it.each(CLOUDS)('%s: types on it and reads', { timeout: 120_000 }, async (cloud) => {
  const { id, password } = await made(cloud);
  const told = await open(id);
  expect(told).toMatchObject({ httpStatus: 200, simulated: true, url: expect.stringMatching(/^ws:/) });
  const line = new WebSocket(told.url);
  let read = '';
  line.addEventListener('message', ({ data }) => (read += data));
  const reads = (words: string) => until(async () => read.includes(words), { what: `"${words}" on the line of ${cloud}` });
  await reads('login: ');
  for (const [typed, answer] of [
    ['root\r', 'Password: '],
    [`${password}\r`, ':~# '],
    ['echo there is somebody\r', '\r\nthere is somebody\r\n'],
  ] as const) {
    line.send(typed);
    await reads(answer);
  }
  line.close();
  // What was used once opens nothing more.
  const again = new WebSocket(told.url);
  const refused = Promise.withResolvers<void>();
  again.addEventListener('error', () => refused.resolve());
  again.addEventListener('open', () => refused.reject(new Error('The address opened the line twice.')));
  await refused.promise;
  // Who opened it is kept, and the address is not.
  const { db } = plinth.runtime.services;
  const rows = await db.$queryRaw<{ told: string }[]>`
    SELECT a::text AS "told" FROM "audit_event" a WHERE "action" = 'vps.console-opened' AND "target" = ${id}`;
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(new URL(told.url).pathname.split('/').at(-1));

  const input = `root\r${password}\recho by command\rexit\r`;
  const typed = await plinth.cli(['vps', 'console', `console-${cloud}`, '--connect'], { input });
  expect(typed, typed.err).toMatchObject({ code: 0, out: expect.stringContaining('\r\nby command\r\n') });
  const shown = await plinth.cli(['vps', 'console', `console-${cloud}`]);
  expect(shown, shown.err).toMatchObject({ code: 0, out: expect.stringMatching(/address +ws:/) });
});

it(
  'is refused with the reason where there is none, where it ends, and to a customer whose server is suspended',
  { timeout: 120_000 },
  async () => {
    const { id } = await made(WITHOUT);
    const { capabilities } = findProvider(WITHOUT)!.descriptor;
    expect(await open(id)).toMatchObject({ httpStatus: 409, code: 'not_supported', detail: (capabilities.console as any).reason });
    expect((await shop.vps(id)).features.console).toMatchObject({ allowed: false, code: 'not_supported' });
    const mine = (await shop.call('POST', '/api/admin/organizations', { name: 'Watchers' })).organization.id;
    const other = await shop.order(CLOUDS[0]!, 'console-held', { organization_id: mine });
    expect(await shop.ended(other.operation.id)).toMatchObject({ status: 'succeeded' });
    const path = `/api/vps/${other.instance.id}`;
    const { operation } = await shop.call('POST', `${path}/actions`, { action: 'suspend', reason: 'unpaid' });
    expect(await shop.ended(operation.id)).toMatchObject({ status: 'succeeded' });
    const { secret } = await plinth.json('token', 'create', 'watcher', '--role', 'operator', '--organization', 'Watchers');
    const asked = await plinth.cli(['vps', 'console', 'console-held'], { env: { PLINTH_TOKEN: secret } });
    expect(asked).toMatchObject({ code: 6, err: expect.stringContaining('It is suspended: unpaid') });
    expect((await shop.call('DELETE', path)).operation).toBeDefined();
    expect(await open(other.instance.id)).toMatchObject({ httpStatus: 409, code: expect.stringMatching(/^vps_/) });
  },
);

/** The console of a VPS, from its route and its command to the line at the simulated cloud, where something is typed and read. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LINE_END } from '../contract/console-line.ts';
import { findProvider } from '../providers/list.ts';
import { authenticate, createToken } from '../server/identity/tokens/authenticate.ts';
import { sealTicket } from '../server/vps/console/ticket.ts';
import { type Line, openLine } from './support/console-line.ts';
import { withDatabase } from './support/database.ts';
import { Browser } from './support/people.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { type Shop, shopOf } from './support/shop.ts';
import { until } from './support/until.ts';
import { viewScreen, type Viewer } from './support/vnc.ts';

const SERIAL = 'ovh';
const SCREEN = 'hetzner';
const WITHOUT = 'digitalocean';
const database = withDatabase();
let plinth: Plinth;
let shop: Shop;

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_DRIFT_SECONDS: '0' });
  shop = shopOf(plinth);
  for (const cloud of [SERIAL, SCREEN]) servers.set(cloud, await made(cloud));
}, 180_000);
afterAll(() => plinth?.stop());

const servers = new Map<string, { id: string; password: string }>();
const server = (cloud: string) => servers.get(cloud)!;
const bearer = (secret = plinth.adminToken) => ({ authorization: `Bearer ${secret}` });

async function made(cloud: string): Promise<{ id: string; password: string }> {
  const { instance, operation } = await shop.order(cloud, `console-${cloud}`);
  expect(await shop.ended(operation.id)).toMatchObject({ status: 'succeeded' });
  const { password } = await shop.call('POST', `/api/vps/${instance.id}/reveal-password`, { reason: 'to sign in on the line' });
  return { id: instance.id, password };
}
const open = (id: string): Promise<any> => shop.call('POST', `/api/vps/${id}/console`, {});

const typing = (password: string) =>
  [
    ['root\r', 'Password: '],
    [`${password}\r`, ':~# '],
    ['echo there is somebody\r', '\r\nthere is somebody\r\n'],
  ] as const;
const openings = (id: string) => plinth.runtime.services.db.$queryRaw<{ told: string }[]>`
  SELECT a::text AS "told" FROM "audit_event" a WHERE "action" = 'vps.console-opened' AND "target" = ${id}`;

it('types on a serial line and reads, at its own address and by command', { timeout: 120_000 }, async () => {
  const { id, password } = server(SERIAL);
  const told = await open(id);
  expect(told).toMatchObject({ httpStatus: 200, simulated: true, kind: 'serial', url: expect.stringMatching(/^ws:/) });
  const line = new WebSocket(told.url);
  let read = '';
  line.addEventListener('message', ({ data }) => (read += data));
  const reads = (words: string) => until(async () => read.includes(words), { what: `"${words}" on the line` });
  await reads('login: ');
  for (const [typed, answer] of typing(password)) {
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
  const rows = await openings(id);
  expect(rows).toHaveLength(1);
  expect(JSON.stringify(rows)).not.toContain(new URL(told.url).pathname.split('/').at(-1));

  const input = `root\r${password}\recho by command\rexit\r`;
  const typed = await plinth.cli(['vps', 'console', `console-${SERIAL}`, '--connect'], { input });
  expect(typed, typed.err).toMatchObject({ code: 0, out: expect.stringContaining('\r\nby command\r\n') });
  const shown = await plinth.cli(['vps', 'console', `console-${SERIAL}`]);
  expect(shown, shown.err).toMatchObject({ code: 0, out: expect.stringMatching(/address +ws:/) });
});

it('a screen is looked at in a browser, not typed on in a terminal', async () => {
  const { id } = server(SCREEN);
  const typed = await plinth.cli(['vps', 'console', `console-${SCREEN}`, '--connect'], { input: '' });
  expect(typed).toMatchObject({ code: 2, err: expect.stringContaining(`Open it in a browser: ${plinth.origin}/console/${id}`) });
});

it('through Plinth: a serial line and a screen, each opening in the trail once', { timeout: 60_000 }, async () => {
  const { id, password } = server(SERIAL);
  const before = (await openings(id)).length;
  const { relay } = await open(id);
  const line = await openLine({ origin: plinth.origin, vpsId: id, ticket: relay, headers: bearer() });
  expect(await line.greeting).toEqual({ kind: 'serial', password: null });
  await until(() => line.text().includes('login: '), { what: 'the login' });
  for (const [typed, answer] of typing(password)) {
    line.socket.send(Buffer.from(typed));
    await until(() => line.text().includes(answer), { what: answer });
  }
  line.socket.close();
  const rows = await openings(id);
  expect(rows).toHaveLength(before + 1);
  expect(JSON.stringify(rows)).not.toContain(relay);

  const screen = server(SCREEN);
  const told = await open(screen.id);
  const viewed = Promise.withResolvers<Viewer>();
  const { socket, greeting } = await openLine({
    origin: plinth.origin,
    vpsId: screen.id,
    ticket: told.relay,
    headers: bearer(),
    connected: (opened) => viewed.resolve(viewScreen(opened, told.password)),
  });
  expect(await greeting).toEqual({ kind: 'vnc', password: told.password });
  const viewer = await viewed.promise;
  expect(viewer.name).toContain(`console-${SCREEN}`);
  expect((await viewer.picture()).some(({ pixels }) => pixels.some((dot) => dot !== 0))).toBe(true);
  viewer.type('root\r');
  expect((await viewer.changes()).length).toBeGreaterThan(0);
  socket.close();
});

it('a ticket is for who asked, for one server, once, and for a minute', { timeout: 60_000 }, async () => {
  const { id } = server(SERIAL);
  const { services } = plinth.runtime;
  const ask = async (ticket: string, vpsId = id, headers = bearer()) => {
    const { closed, socket } = await openLine({ origin: plinth.origin, vpsId, ticket, headers });
    setTimeout(() => socket.close(), 2_000).unref();
    return await closed;
  };
  const { relay } = await open(id);
  const { secret } = await plinth.json('token', 'create', 'somebody else', '--role', 'operator');
  expect(await ask(relay, id, bearer(secret))).toBe(LINE_END.ticket);
  expect(await ask(relay, server(SCREEN).id)).toBe(LINE_END.ticket);
  expect(await ask(`${relay}x`)).toBe(LINE_END.ticket);
  expect(await ask('')).toBe(LINE_END.ticket);
  const me = (await authenticate(services.db, plinth.adminToken))!;
  const line = { kind: 'serial', url: 'ws://127.0.0.1:9/', password: null, subprotocol: null, real: false } as const;
  expect(await ask(sealTicket(services.secrets, me, id, line, -1))).toBe(LINE_END.ticket);
  // A real provider's address is of the world outside, and encrypted: nothing else is even connected to.
  let connections = 0;
  const inside = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0);
  await once(inside, 'listening');
  const { port } = inside.address() as AddressInfo;
  for (const url of [`ws://127.0.0.1:${port}/`, `wss://127.0.0.1:${port}/`, `wss://[::1]:${port}/`, `wss://localhost:${port}/`])
    expect(await ask(sealTicket(services.secrets, me, id, { ...line, url, real: true })), url).toBe(LINE_END.refused);
  inside.close();
  expect(connections).toBe(0);
  const first = await openLine({ origin: plinth.origin, vpsId: id, ticket: relay, headers: bearer() });
  expect(await ask(relay)).toBe(LINE_END.ticket);
  first.socket.close();
});

it('lets a browser in from its own pages only, and ends with the sign-in', { timeout: 60_000 }, async () => {
  const { id } = server(SERIAL);
  const page = new Browser(plinth.origin);
  expect((await page.ask('POST', '/api/session', { keep: false }, bearer())).status).toBe(200);
  const { relay } = await page.must(200, 'POST', `/api/vps/${id}/console`, {});
  const cookie = [...page.jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const asked = { origin: page.origin, vpsId: id, ticket: relay };
  await expect(openLine({ ...asked, headers: {} })).rejects.toThrow('401 unauthenticated');
  const foreign: Record<string, string>[] = [
    { cookie },
    { cookie, origin: 'https://evil.example' },
    { cookie, origin: 'null' },
    { cookie, origin: page.origin, 'sec-fetch-site': 'cross-site' },
  ];
  for (const headers of foreign)
    await expect(openLine({ ...asked, headers }), JSON.stringify(headers)).rejects.toThrow('403 foreign_request');
  const line = await openLine({ ...asked, headers: { cookie, origin: page.origin } });
  await until(() => line.text().includes('login: '), { what: 'the login' });
  await page.must(204, 'DELETE', '/api/session');
  expect(await line.closed).toBe(LINE_END.rights);
});

it('takes the right, ends with it, and is for so many at once', { timeout: 60_000 }, async () => {
  const { id } = server(SERIAL);
  const asked = { origin: plinth.origin, vpsId: id, ticket: '' };
  const viewer = await plinth.json('token', 'create', 'a viewer', '--role', 'viewer');
  await expect(openLine({ ...asked, headers: bearer(viewer.secret) })).rejects.toThrow('403 forbidden');
  await shop.call('POST', '/api/admin/organizations', { name: 'Owners' });
  const far = await plinth.json('token', 'create', 'far away', '--role', 'operator', '--organization', 'Owners');
  await expect(openLine({ ...asked, headers: bearer(far.secret) })).rejects.toThrow('404 not_found');
  // It counts from this machine only, which is where it is used.
  const { organizationId } = (await plinth.runtime.services.db.vps.findUnique({ where: { id } }))!;
  const own = { name: 'at home', role: 'operator', organizationId, expiresAt: null } as const;
  const { row, secret } = await createToken(plinth.runtime.services.db, { ...own, addresses: ['127.0.0.0/8', '::1'] });
  const mine = bearer(secret);
  const lines: Line[] = [];
  for (let i = 0; i < 4; i += 1) {
    const answer = await fetch(`${plinth.origin}/api/vps/${id}/console`, { method: 'POST', headers: mine });
    const { relay } = (await answer.json()) as { relay: string };
    lines.push(await openLine({ ...asked, ticket: relay, headers: mine }));
  }
  const another = await openLine({ ...asked, headers: mine });
  expect(await another.closed).toBe(LINE_END.many);
  lines[0]!.socket.close();
  await lines[0]!.closed;
  const room = await until(
    async () => {
      const { closed } = await openLine({ ...asked, headers: mine });
      return (await closed) === LINE_END.many ? undefined : 'room';
    },
    { what: 'the place of the line that was closed' },
  );
  expect(room).toBe('room');
  await shop.call('DELETE', `/api/tokens/${row.id}`);
  expect(await Promise.all(lines.slice(1).map(({ closed }) => closed))).toEqual([LINE_END.rights, LINE_END.rights, LINE_END.rights]);
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
    const other = await shop.order(SCREEN, 'console-held', { organization_id: mine });
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

it('says goodbye when its process stops', { timeout: 60_000 }, async () => {
  const { id } = server(SERIAL);
  const { relay } = await open(id);
  const line = await openLine({ origin: plinth.origin, vpsId: id, ticket: relay, headers: bearer() });
  await until(() => line.text().includes('login: '), { what: 'the login' });
  await plinth.runtime.stop();
  expect(await line.closed).toBe(LINE_END.stopping);
});

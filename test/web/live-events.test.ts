/** The line to the server is cut again and again while events come: the page shows each exactly once, in order. */
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { appendEvents, endQueued } from '../../server/store/operations.ts';
import { visit } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { until } from '../support/until.ts';

const dashboard = withDashboard({ engine: false });
const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

/** A wire that can be cut: everything through it breaks off at once. */
async function makeWire(target: string): Promise<{ origin: string; cut: () => void; refuse: (refusing: boolean) => void }> {
  const sockets = new Set<Socket>();
  let refusing = false;
  const server: Server = createServer((client) => {
    if (refusing) return void client.destroy();
    const upstream = connect(Number(new URL(target).port), '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => (sockets.delete(socket), other.destroy()));
    }
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  closers.push(async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut, refuse: (value) => void (refusing = value) };
}

async function orderVps(label: string): Promise<string> {
  const headers = { authorization: `Bearer ${dashboard.token}`, 'content-type': 'application/json' };
  const ask = async (path: string): Promise<any> => (await fetch(`${dashboard.origin}${path}`, { headers })).json();
  const { providers, available } = await ask('/api/admin/providers');
  const account = providers.find((each: any) => available.find((one: any) => one.type === each.type).roles.includes('compute'));
  const plans = (await ask(`/api/admin/upstream/plans?providerId=${account.id}`)).items;
  const images = (await ask(`/api/admin/upstream/images?providerId=${account.id}`)).items;
  const plan = plans.find((each: any) => each.available && each.regions.length > 0 && each.diskGb >= 25);
  const image = images.find(
    (each: any) => each.family === 'linux' && !each.deprecated && each.minDiskGb <= 25 && (each.regions?.includes(plan.regions[0]) ?? true),
  );
  const body = JSON.stringify({ label, type: plan.id, region: plan.regions[0], image: image.id, provider_id: account.id });
  const answer = (await (await fetch(`${dashboard.origin}/api/vps`, { method: 'POST', headers, body })).json()) as any;
  return answer.operation.id;
}

test('a cut stream loses nothing and doubles nothing', async () => {
  const id = await orderVps('cut-often');
  const { db } = dashboard.runtime.services;
  const wire = await makeWire(dashboard.origin);
  const { page, context } = await visit(dashboard.browser, { origin: wire.origin, token: dashboard.token });
  await page.goto(`/operations/${id}`);
  await page.getByText('Events: live').waitFor();
  const say = (from: number, to: number) =>
    db.$transaction((tx) =>
      appendEvents(
        tx,
        id,
        null,
        Array.from({ length: to - from }, (_, n) => ({
          type: 'progress',
          data: { urn: null, message: `line ${from + n}` },
          at: new Date(),
        })),
      ),
    );
  await db.$transaction((tx) => appendEvents(tx, id, null, [{ type: 'attempt-started', data: { attempt: 1 }, at: new Date() }]));
  for (let round = 0; round < 5; round += 1) {
    await say(round * 20, round * 20 + 10);
    if (round % 2 === 0) await page.locator(`text="line ${round * 20 + 9}"`).waitFor({ state: 'attached' });
    wire.refuse(round === 3);
    wire.cut();
    await say(round * 20 + 10, round * 20 + 20);
    if (round === 3) await page.getByText(/Events: (connection lost|asking)/).waitFor();
    wire.refuse(false);
  }
  await endQueued(db, id, 'cancelled', new Date());
  await db.$transaction((tx) => appendEvents(tx, id, null, [{ type: 'cancelled', data: {}, at: new Date() }]));
  await page.getByText('Events: complete').waitFor();
  const lines = await until(async () => {
    const shown = await page.getByRole('list', { name: 'Log', includeHidden: true }).locator('li span').allTextContents();
    return shown.length >= 100 ? shown : null;
  });
  expect(lines).toEqual(Array.from({ length: 100 }, (_, n) => `line ${n}`));
  await context.close();
});

/** The line to the server is cut again and again: the page shows each event exactly once, and lists follow what changes. */
import { expect, test } from 'vitest';
import { appendEvents, endQueued } from '../../server/vps/operations/store.ts';
import { visit } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { until } from '../support/until.ts';
import { makeWire } from '../support/wire.ts';
import { updateVps } from '../../server/vps/store.ts';

const dashboard = withDashboard({ engine: false });
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
    if (round % 2 === 0)
      await page
        .locator('ol[aria-label=Log]')
        .getByText(`line ${round * 20 + 9}`, { exact: true })
        .waitFor({ state: 'attached' });
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

const vpsOf = (n: number): string => n.toString(36).padStart(16, '0');
const setStatus = (n: number, status: string) => updateVps(dashboard.runtime.services.db, vpsOf(n), { status });
/** Sooner than any question by the clock: only the stream can have told. */
const TOLD = { timeout: 8_000 };

test('lists follow every change as it happens, through cuts', async () => {
  await seedVpses(dashboard.runtime, 20);
  const wire = await makeWire(dashboard.origin);
  const { page, context } = await visit(dashboard.browser, { origin: wire.origin, token: dashboard.token });
  await page.goto('/vps?q=many-');
  const row = (n: number) => page.getByRole('row', { name: new RegExp(`many-${String(n).padStart(5, '0')}`) });
  await row(7).getByText('Active').or(row(7).getByText('Error')).or(row(7).getByText('Provisioning')).first().waitFor();
  await page.getByText('Live: changes show at once').waitFor({ state: 'attached' });
  await setStatus(7, 'suspended');
  await row(7).getByText('Suspended').waitFor(TOLD);
  for (const [round, status] of ['active', 'error', 'suspended'].entries()) {
    wire.refuse(true);
    wire.cut();
    await setStatus(7 + round, status);
    await page.getByText(/Connection lost|No live connection/).waitFor({ state: 'attached' });
    wire.refuse(false);
    await row(7 + round)
      .getByText(status === 'active' ? 'Active' : status === 'error' ? 'Error' : 'Suspended')
      .waitFor(TOLD);
    await page.getByText('Live: changes show at once').waitFor({ state: 'attached' });
  }
  await context.close();
}, 60_000);

test('where no stream can be had, the lists ask by the clock', async () => {
  const { page, context } = await dashboard.visit();
  await page.route('**/api/events*', (route) => route.abort());
  await page.goto('/vps?q=many-00012');
  await page.getByText('No live connection: asking every few seconds').waitFor({ state: 'attached' });
  await setStatus(12, 'leaked');
  await page
    .getByRole('row', { name: /many-00012/ })
    .getByText('Leaked')
    .waitFor();
  await context.close();
}, 60_000);

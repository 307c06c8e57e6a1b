/** Without a connection: nothing is sent later that was clicked now, what is shown says how old it is, and the app stays. */
import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { visit } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { until } from '../support/until.ts';
import { makeWire } from '../support/wire.ts';

const dashboard = withDashboard({ engine: false });
const LIVE = 'Live: changes show at once';

async function seed(): Promise<void> {
  if ((await dashboard.runtime.services.db.vps.count()) === 0) await seedVpses(dashboard.runtime, 6);
}
const idOf = (n: number): string => n.toString(36).padStart(16, '0');

/** Every request that changes something, as `METHOD /path`. */
function changesOf(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (!['GET', 'HEAD'].includes(request.method())) sent.push(`${request.method()} ${new URL(request.url()).pathname}`);
  });
  return sent;
}

test('what was clicked without a network is never sent, not even when the network is back', async () => {
  await seed();
  const { page, context } = await dashboard.visit();
  const sent = changesOf(page);
  await page.goto(`/vps/${idOf(0)}`);
  await page.getByText(LIVE).waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByLabel('Type many-00000 to confirm').fill('many-00000');
  await context.setOffline(true);
  await page.getByLabel('Type many-00000 to confirm').press('Enter');
  const confirm = page.getByRole('button', { name: 'Delete the VPS' });
  await until(async () => (await confirm.getAttribute('aria-disabled')) === 'true');
  await confirm.focus();
  await page.getByRole('tooltip').getByText('nothing is sent later').waitFor();
  await confirm.click({ force: true });
  await page.getByRole('button', { name: 'Keep it' }).click();
  await page.getByText('This device is offline.').waitFor();
  const menu = page.getByRole('button', { name: 'Power', exact: true });
  expect(await menu.getAttribute('aria-disabled')).toBe('true');

  await context.setOffline(false);
  await page.getByText('This device is offline.').waitFor({ state: 'detached' });
  await page.getByText(LIVE).waitFor({ state: 'attached' });
  expect(await menu.getAttribute('aria-disabled')).toBe(null);
  // Whatever waited for the network has gone out when the next question is answered.
  await page.getByRole('link', { name: 'Drift and inventory' }).click();
  await page.getByText('Nobody has looked yet', { exact: true }).waitFor();
  expect(sent).toEqual([]);
  expect(await dashboard.runtime.services.db.operation.count()).toBe(0);
  await context.close();
});

test('the dot is true within three seconds, whether the network goes or the line falls silent', async () => {
  await seed();
  const wire = await makeWire(dashboard.origin);
  const { page, context } = await visit(dashboard.browser, { origin: wire.origin, token: dashboard.token });
  const dot = (text: string | RegExp, timeout?: number) =>
    page
      .getByRole('status')
      .getByText(text)
      .waitFor({ state: 'attached', ...(timeout === undefined ? {} : { timeout }) });
  const vps = await dashboard.runtime.services.db.vps.findFirstOrThrow();
  const asked = { kind: 'reboot', status: 'queued', vpsId: vps.id, organizationId: vps.organizationId, actor: 'first admin', request: {} };
  const { id } = await dashboard.runtime.services.db.operation.create({ data: { id: randomUUID(), ...asked } });
  await page.goto(`/operations/${id}`);
  await dot('Events: live');
  await dot(LIVE);
  wire.hold(true);
  await dot(/No word from Plinth/, 3_500);
  wire.hold(false);
  await dot(LIVE);
  await context.setOffline(true);
  await dot('Not connected', 3_000);
  await dot('Events: no connection', 3_000);
  await context.setOffline(false);
  await dot(LIVE);
  wire.refuse(true);
  wire.cut();
  await dot(/Connection lost/, 3_000);
  await page.getByText('Plinth does not answer.').waitFor();
  wire.refuse(false);
  await page.getByText('Plinth does not answer.').waitFor({ state: 'detached' });
  await dot(LIVE);
  await context.close();
});

test('a page that was never opened does not lose the app without a network, and comes with it', async () => {
  await seed();
  const { page, context } = await dashboard.visit();
  await page.goto('/vps');
  await page.getByText(LIVE).waitFor({ state: 'attached' });
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Jobs' }).click();
  await page.getByText('This part of the dashboard could not be loaded.').waitFor();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('region', { name: 'Notices' }).getByText('This part of the dashboard could not be loaded.').waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'VPSes' }).click();
  await page.getByRole('link', { name: 'many-00005' }).waitFor();
  await page.getByRole('link', { name: 'Jobs' }).click();
  await page.getByRole('main').getByText('This part of the dashboard could not be loaded.').waitFor();
  await context.setOffline(false);
  await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
  await context.close();
});

test('what cannot be drawn is told in its place; the rest of the page and the frame go on', async () => {
  await seed();
  const { page, context } = await dashboard.visit();
  await page.route('**/api/vps/*/resources', (route) => route.fulfill({ json: { resources: [null] } }));
  await page.goto(`/vps/${idOf(1)}`);
  await page.getByText('This part of the page could not be shown.').waitFor();
  await page.getByRole('region', { name: 'About' }).waitFor();
  await page.unroute('**/api/vps/*/resources');
  // Now the page itself.
  await page.route(`**/api/vps/${idOf(2)}`, (route) => route.fulfill({ json: { instance: { id: idOf(2), label: 'many-00002' } } }));
  await page.goto(`/vps/${idOf(2)}`);
  await page.getByRole('main').getByText('This part of the page could not be shown.').waitFor();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText('Where they are').waitFor();
  await context.close();
});

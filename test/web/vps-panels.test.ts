/** The panels of a VPS at each simulated cloud: snapshots made, restored and deleted, backups, graphs, rescue, reverse names. */
import type { Page } from 'playwright-core';
import { cloudsOf } from '../support/clouds.ts';
import { beforeAll, expect, test } from 'vitest';
import { seriousProblems } from '../support/axe.ts';
import { itemOf } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { Shop } from '../support/shop.ts';

const LONG = { timeout: 60_000 };
const dashboard = withDashboard();
let shop: Shop;
let vpses: any[];

beforeAll(async () => {
  shop = new Shop(
    () => dashboard.origin,
    async () => dashboard.token,
    dashboard.runtime.simulatorOrigin!,
  );
  const clouds = await shop.clouds(cloudsOf('vps-panels', 2));
  vpses = await Promise.all(
    clouds.map(async (cloud) => {
      const { instance, operation } = await shop.order(cloud, `panel-${cloud}`);
      await shop.ended(operation.id, 110_000);
      return await shop.vps(instance.id);
    }),
  );
}, 150_000);

const opened = async (vps: { id: string; label: string }, tab = '') => {
  const visitor = await dashboard.visit();
  await visitor.page.goto(`/vps/${vps.id}${tab}`);
  await visitor.page.getByRole('heading', { name: vps.label }).waitFor();
  return visitor;
};
const part = (page: Page, name: string) => page.getByRole('navigation', { name: 'Parts of this VPS' }).getByRole('link', { name }).click();
const able = (feature: string, can: boolean): any => vpses.find(({ features }) => features[feature].allowed === can);
const provider = (account: string): string => vpses.find(({ provider_id: id }) => id === account).provider;
/** The operation that the page opens after an order, among the others. */
const done = (page: Page, name: string) =>
  page.getByRole('region', { name, exact: true }).locator('[aria-current="true"]').getByText('Succeeded').waitFor(LONG);

test('a snapshot is made, restored with the name typed, and deleted', { timeout: 150_000 }, async () => {
  const vps = able('snapshots', true);
  const { page, complaints, context } = await opened(vps);
  await part(page, 'Snapshots');
  await page.getByText('None yet.').waitFor();
  await page.getByRole('button', { name: 'Make a snapshot' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('before the upgrade');
  await dialog.getByLabel('Note').fill('ticket 4711');
  expect(await seriousProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Make it' }).click();
  const row = page.getByRole('row', { name: /before the upgrade/ });
  await row.getByText('Available').waitFor(LONG);
  await row.getByText('ticket 4711').waitFor();
  await row.getByRole('cell', { name: /^[\d.]+ GB$/ }).waitFor();
  await page.getByText(/Keeping them costs .*\d.* per month/).waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  await page.setViewportSize({ width: 375, height: 800 });
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.setViewportSize({ width: 1280, height: 900 });

  await page.getByText('is under way').waitFor({ state: 'detached', ...LONG });
  const restore = await itemOf(row, /^Restore…/);
  await expect.poll(() => restore.getAttribute('aria-disabled'), LONG).toBeNull();
  await restore.click();
  await dialog.getByRole('button', { name: 'See what it means' }).click();
  await dialog.getByText('Everything on the disk is lost.').waitFor();
  await dialog.getByText(/written since the snapshot "before the upgrade" is lost/).waitFor();
  const go = dialog.getByRole('button', { name: 'Restore snapshot now' });
  expect(await go.getAttribute('aria-disabled')).toBe('true');
  await dialog.getByLabel(`Type ${vps.label} to confirm`).fill(vps.label);
  await go.click();
  await done(page, 'Restore snapshot');
  expect(await shop.vps(vps.id)).toMatchObject({ status: 'active', ipv4: vps.ipv4, instance_id: vps.instance_id });

  await part(page, 'Snapshots');
  const ordered = page.getByText(`From the snapshot “before the upgrade” of ${vps.label}`);
  for (const list of [page.url(), '/snapshots']) {
    await page.goto(list);
    await (await itemOf(row, /^New server from it…/)).click();
    await ordered.waitFor();
  }
  expect(await page.getByLabel('Image').count()).toBe(0);
  expect(await seriousProblems(page)).toEqual([]);
  await page.getByLabel('Name', { exact: true }).fill('a-copy');
  await page.getByRole('button', { name: 'Create the VPS' }).click();
  await page.getByRole('heading', { name: 'a-copy' }).waitFor();
  await expect.poll(async () => (await shop.call('GET', '/api/vps?q=a-copy')).instances[0]?.status, LONG).toBe('active');
  expect(await shop.servers('a-copy')).toMatchObject([{ copyOf: expect.stringContaining(`plinth-vps-${vps.id}-`) }]);

  await page.goto(`/vps/${vps.id}?tab=snapshots`);
  const remove = await itemOf(row, /^Delete…/);
  await expect.poll(() => remove.getAttribute('aria-disabled'), LONG).toBeNull();
  await remove.click();
  await dialog.getByLabel('Type before the upgrade to confirm').fill('before the upgrade');
  await dialog.getByRole('button', { name: 'Delete the snapshot' }).click();
  await page.getByText('None yet.').waitFor(LONG);
  expect((await shop.call('GET', `/api/vps/${vps.id}/snapshots`)).snapshots).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

test('backups are switched on with their price, and off', { timeout: 150_000 }, async () => {
  const vps = able('backups', true);
  const { page, complaints, context } = await opened(vps, '?tab=snapshots');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Switch backups on' }).click();
  await dialog.getByRole('button', { name: 'See what it means' }).click();
  await dialog.getByText(/The price goes from .* to .* per month/).waitFor();
  await dialog.getByRole('button', { name: 'Configure now' }).click();
  await done(page, 'Configure');
  expect((await shop.vps(vps.id)).backups).toBe(true);
  await part(page, 'Snapshots');
  await page.getByRole('button', { name: 'Switch backups off' }).click();
  await dialog.getByText('may delete those there are at once').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(complaints).toEqual([]);
  await context.close();
});

test('what the provider cannot be asked about is said, and the record is shown', { timeout: 60_000 }, async () => {
  const vps = able('snapshots', true);
  const fault = await shop.fault({ provider: vps.provider, kind: 'status', status: 503, method: 'GET', times: null });
  const { page, context } = await opened(vps, '?tab=snapshots');
  await page.getByText('Only what is recorded here; the provider was not read.').waitFor(LONG);
  await page.getByText('No snapshot is recorded.').waitFor();
  await shop.control('DELETE', `/faults/${fault.id}`);
  await context.close();
});

test('graphs are drawn with their numbers beside them, and where there are none it says why', { timeout: 60_000 }, async () => {
  const vps = able('metrics', true);
  const { page, complaints, context } = await opened(vps);
  await part(page, 'Graphs');
  await page.getByText(/went out this month/).waitFor();
  const use = page.getByRole('region', { name: 'Processor and network' });
  // The cloud measures a whole day every two minutes, an hour every few seconds; this server is young.
  await use.getByLabel('Time of the graphs').selectOption('1');
  await use.getByRole('img', { name: /^Processor: .* on average/ }).waitFor(LONG);
  await use.getByText('As a table').first().click();
  await use.getByRole('region', { name: 'The numbers of the graph' }).first().getByRole('columnheader', { name: 'Processor' }).waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  const without = able('metrics', false);
  if (without) {
    await page.goto(`/vps/${without.id}?tab=graphs`);
    await page.getByText(without.features.metrics.reason).waitFor();
  }
  expect(complaints).toEqual([]);
  await context.close();
});

test('the rescue system is entered and left; where there is none, the menu says why', { timeout: 150_000 }, async () => {
  const vps = able('rescue', true);
  const { page, complaints, context } = await opened(vps);
  await page.getByRole('button', { name: 'Power', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Boot the rescue system' }).click();
  await done(page, 'Rescue');
  await page.getByText('It runs the provider’s rescue system since').waitFor();
  await page.getByRole('button', { name: 'Power', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Leave the rescue system' }).click();
  await done(page, 'Unrescue');
  await page.getByText('It runs the provider’s rescue system since').waitFor({ state: 'detached' });
  const without = able('rescue', false);
  if (without) {
    await page.goto(`/vps/${without.id}`);
    await page.getByRole('button', { name: 'Power', exact: true }).click();
    await page.getByRole('menuitem', { name: without.features.rescue.reason }).waitFor();
  }
  expect(complaints).toEqual([]);
  await context.close();
});

test('the addresses lead back to the name when that is switched on', { timeout: 120_000 }, async () => {
  const vps = able('reverse_dns', true);
  const { page, complaints, context } = await opened(vps, '?tab=network');
  await page.getByRole('button', { name: 'Switch reverse DNS on' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(`will lead back to ${vps.dns_name}`).waitFor();
  await dialog.getByRole('button', { name: 'See what it means' }).click();
  await dialog.getByRole('button', { name: 'Configure now' }).click();
  await done(page, 'Configure');
  expect(await shop.vps(vps.id)).toMatchObject({ reverse_dns: true });
  await part(page, 'Network');
  await page.getByRole('button', { name: 'Switch reverse DNS off' }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('an order asks only for what the chosen provider can, and says what backups cost', { timeout: 60_000 }, async () => {
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/vps/new');
  for (const { provider_id: account, features } of vpses) {
    await page.getByLabel('Account').selectOption(account);
    await page
      .getByText(/\d.* per month$/)
      .first()
      .waitFor();
    await page.getByLabel('DNS zone').selectOption({ index: 1 });
    for (const [feature, label] of [
      ['reverse_dns', 'Reverse DNS: the addresses lead back to the name'],
      ['backups', 'Backups by the provider'],
      ['firewall', 'Firewall: let only SSH, HTTP, HTTPS and ping in'],
    ] as const) {
      const { allowed, reason } = features[feature];
      expect([provider(account), label, await page.getByLabel(label).isEnabled()]).toEqual([provider(account), label, allowed]);
      if (!allowed) await page.getByText(reason).waitFor();
    }
  }
  const price = async (): Promise<number> =>
    Number((await page.locator('[aria-live="polite"]', { hasText: 'per month' }).textContent())!.replaceAll(/[^\d.]/g, ''));
  await page.getByLabel('Account').selectOption(able('backups', true).provider_id);
  await page.getByLabel('Backups by the provider').and(page.locator(':enabled')).waitFor();
  await page.locator('[aria-live="polite"]', { hasText: 'per month' }).waitFor();
  const without = await price();
  await page.getByLabel('Backups by the provider').check();
  await expect.poll(price).toBeGreaterThan(without);
  expect(await seriousProblems(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

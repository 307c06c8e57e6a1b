/** What the README says has a page has one: a stack's history with export and rollback, all states checked, the master key. */
import { beforeAll, expect, test } from 'vitest';
import { allAccounts } from '../../server/accounts/accounts.ts';
import { itemOf } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { Shop } from '../support/shop.ts';

const LONG = { timeout: 60_000 };
const dashboard = withDashboard();
let vps: any;

beforeAll(async () => {
  const shop = new Shop(
    () => dashboard.origin,
    async () => dashboard.token,
    dashboard.runtime.simulatorOrigin!,
  );
  const [cloud] = await shop.clouds();
  const { instance, operation } = await shop.order(cloud!, 'kept');
  await shop.ended(operation.id);
  const refresh = await shop.call('POST', `/api/vps/${instance.id}/refresh`);
  await shop.ended(refresh.operation.id);
  vps = instance;
}, 120_000);

test('the history of a stack: exported, gone back to with a reason, and audited', { timeout: 120_000 }, async () => {
  const { page, complaints, context } = await dashboard.visit();
  await page.goto(`/vps/${vps.id}`);
  await page.getByRole('navigation', { name: 'Parts of this VPS' }).getByRole('link', { name: 'Stack' }).click();
  const versions = page.getByRole('list', { name: 'Versions' }).getByRole('listitem');
  await versions.first().waitFor();
  expect(await versions.count()).toBeGreaterThanOrEqual(2);
  await versions.first().getByText('In force').waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), versions.last().getByRole('button', { name: 'Export' }).click()]);
  expect(file.suggestedFilename()).toMatch(/vps-.*-version-\d+\.json$/);
  expect(await versions.first().getByRole('button', { name: 'Go back to it' }).getAttribute('aria-disabled')).toBe('true');
  await versions.last().getByRole('button', { name: 'Go back to it' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('to see that it works');
  await dialog.getByRole('button', { name: 'Put it in force' }).click();
  await page.getByText(/^The state of version \d+ is in force again\.$/).waitFor(LONG);
  await page.goto(`/vps/${vps.id}`);
  await page.getByText('to see that it works').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('all states are checked on request, and the master key shows what it seals', { timeout: 60_000 }, async () => {
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/settings');
  const key = page.getByRole('region', { name: 'Master key' });
  await key.getByText('Present', { exact: true }).waitFor();
  await key.getByText(/seals \d+ values?/).waitFor();
  expect(await key.getByRole('button', { name: 'Move to the present key' }).getAttribute('aria-disabled')).toBe('true');
  const states = page.getByRole('region', { name: 'States of the stacks' });
  await states.getByRole('button', { name: 'Check all' }).click();
  await states.getByText('1 stack checked: all of them are sound.').waitFor(LONG);
  expect(complaints).toEqual([]);
  await context.close();
});

test('a plan, a region and an image of an account lead to the form of a new VPS with it', { timeout: 60_000 }, async () => {
  const accounts = await allAccounts(dashboard.runtime.services);
  const { id } = accounts.find(({ provider }) => provider === 'hetzner')!;
  const { page, context, complaints } = await dashboard.visit();
  for (const [tab, row, item, field] of [
    ['Plans', 'cpx31', 'New VPS with it…', 'plan'],
    ['Regions', 'hel1', 'New VPS there…', 'region'],
    ['Images', 'debian-12', 'New VPS with it…', 'image'],
  ] as const) {
    await page.goto(`/admin/providers/${id}`);
    await page.getByRole('button', { name: tab, exact: true }).click();
    await (
      await itemOf(
        page
          .getByRole('row')
          .filter({ has: page.getByText(row, { exact: true }) })
          .first(),
        item,
      )
    ).click();
    await page.getByRole('heading', { name: 'Create a VPS' }).waitFor();
    const chosen =
      field === 'plan'
        ? page.getByRole('radio', { name: new RegExp(row) })
        : page.getByRole('combobox', { name: field === 'region' ? 'Region' : 'Image' });
    if (field === 'plan') await expect.poll(() => chosen.isChecked()).toBe(true);
    else await expect.poll(() => chosen.inputValue()).toBe(row);
  }
  expect(complaints).toEqual([]);
  await context.close();
});

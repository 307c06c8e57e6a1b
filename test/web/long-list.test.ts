/** A long list: an event costs a row, not every page; what is loading is not called nothing; what is chosen stays chosen. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { seriousProblems } from '../support/axe.ts';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { until } from '../support/until.ts';
import { updateVps } from '../../server/vps/store.ts';

const dashboard = withDashboard({ engine: false });
const COUNT = 1_200;
const idOf = (n: number): string => n.toString(36).padStart(16, '0');
const row = (page: Page, n: number) => page.getByRole('row', { name: new RegExp(`many-${String(n).padStart(5, '0')}`) });
const setStatus = (n: number, status: string) => updateVps(dashboard.runtime.services.db, idOf(n), { status, powerState: 'running' });

async function seed(): Promise<void> {
  if ((await dashboard.runtime.services.db.vps.count()) === 0) await seedVpses(dashboard.runtime, COUNT);
}

/** Down to the end, until every page is there. */
async function scrollThrough(page: Page): Promise<void> {
  await page.getByRole('table', { name: 'VPSes' }).waitFor();
  await until(async () => {
    await page.getByRole('table', { name: 'VPSes' }).evaluate((box) => {
      const { scrollHeight } = box as unknown as { scrollHeight: number };
      (box as unknown as { scrollTop: number }).scrollTop = scrollHeight;
    });
    return (await row(page, 0).count()) > 0;
  });
}

test('an event costs the row that it is about, however long the list is', async () => {
  await seed();
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/vps');
  await scrollThrough(page);
  await page.getByText('Live: changes show at once').waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
  let bytes = 0;
  const asked: string[] = [];
  page.on('response', async (response) => {
    const { pathname, search } = new URL(response.url());
    if (!pathname.startsWith('/api/') || pathname === '/api/events') return;
    asked.push(pathname + search);
    bytes += (await response.body().catch(() => Buffer.alloc(0))).length;
  });
  // Six reboots have about so many changes of operations and VPSes.
  for (let n = 0; n < 6; n += 1) for (const status of ['suspended', 'error', 'suspended']) await setStatus(n, status);
  for (let n = 0; n < 6; n += 1) await row(page, n).getByText('Suspended').waitFor({ timeout: 8_000 });
  await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
  expect(asked.filter((each) => each.startsWith('/api/vps?') && !each.includes('ids='))).toEqual([]);
  expect(asked.length).toBeLessThan(15);
  expect(bytes).toBeLessThan(100_000);
  expect(complaints).toEqual([]);
  await context.close();
});

test('for who wants less motion the list is as high as its rows at once, not a frame later', async () => {
  await seed();
  const { page, context } = await dashboard.visit();
  await page.goto('/vps');
  await scrollThrough(page);
  const motion = await page.evaluate<string[]>(
    `[...document.querySelectorAll('[role="table"] *')].map((each) => getComputedStyle(each)).filter(({ transitionDuration: of, transitionProperty: what }) => of !== '0s' && what !== 'none').map(({ transitionProperty }) => transitionProperty)`,
  );
  expect(motion).toEqual([]);
  await context.close();
});

test('a row goes when it matches no more, and comes when it does', async () => {
  await seed();
  await setStatus(100, 'suspended');
  const { page, context } = await dashboard.visit();
  await page.goto('/vps?status=leaked&sort=label');
  await page.getByText('No VPS matches').waitFor();
  await page.getByText('Live: changes show at once').waitFor({ state: 'attached' });
  for (const n of [300, 100, 200]) await setStatus(n, 'leaked');
  await page.getByText('3 VPSes match.').waitFor({ timeout: 8_000 });
  // How many match may be told before the row whose event comes last.
  const shown = async () => (await page.getByRole('row').getByRole('link').allTextContents()).map((text) => Number(text.slice(-5)));
  await expect.poll(shown, { timeout: 8_000 }).toEqual([100, 200, 300]);
  await setStatus(200, 'active');
  await row(page, 200).waitFor({ state: 'detached', timeout: 8_000 });
  await page.getByText('2 VPSes match.').waitFor();
  await context.close();
});

test('what is still loading is not called nothing', async () => {
  await seed();
  const { page, context } = await dashboard.visit();
  const { promise: held, resolve: let_go } = Promise.withResolvers<void>();
  await page.route('**/api/vps?*', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/vps?q=many-0000');
  await page.getByText('Loading VPSes').waitFor();
  expect(await page.getByText(/\bmatch(es)?\b/).count()).toBe(0);
  let_go();
  await page.getByText('10 VPSes match.').waitFor();
  await context.close();
});

test('all that match can be chosen, and the choice stays over opening a row', async () => {
  await seed();
  const { page, context } = await dashboard.visit();
  await page.goto('/vps?q=many-00');
  await page.getByText('1,000 VPSes match.').waitFor();
  await page.getByLabel('Select all loaded').check();
  await page.getByText('200 VPSes selected').waitFor();
  await page.getByRole('button', { name: 'Select all 1,000 that match' }).click();
  await page.getByText('All 1,000 VPSes that match selected').waitFor();
  await page.getByRole('row').getByRole('link').first().click();
  await page.getByRole('region', { name: 'About' }).waitFor();
  await page.goBack();
  await page.getByText('All 1,000 VPSes that match selected').waitFor();
  await page.getByRole('toolbar').getByRole('button', { name: 'Refresh' }).click();
  const asked = page.waitForRequest((request) => request.url().endsWith('/api/bulk/preview'));
  await page.getByRole('button', { name: 'Dry run' }).click();
  expect((await asked).postDataJSON().selection).toEqual({ filter: { q: 'many-00' } });
  await page
    .getByRole('button', { name: 'Cancel' })
    .or(page.getByRole('button', { name: 'Not now' }))
    .first()
    .click();
  // One row by hand ends the choice of all.
  await page.getByRole('row').getByRole('checkbox').nth(1).uncheck();
  await page.getByText('199 VPSes selected').waitFor();
  await page.getByRole('searchbox').fill('many-0');
  await page.getByText('1,200 VPSes match.').waitFor();
  expect(await page.getByText('All 1,').count()).toBe(0);
  await context.close();
});

test('the menu of a row asks nothing before it is opened, and works by keys', async () => {
  await seed();
  await setStatus(7, 'active');
  const { page, complaints, context } = await dashboard.visit();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto('/vps?q=many-0000&sort=label');
  const menu = page.getByRole('button', { name: 'Actions for many-00007' });
  await menu.waitFor();
  const [cell, box] = await Promise.all([menu.locator('..').boundingBox(), page.getByRole('table', { name: 'VPSes' }).boundingBox()]);
  expect(cell!.width).toBe(44);
  expect(box!.x + box!.width - cell!.x - cell!.width).toBeLessThan(18);
  expect(asked.filter((path) => path === `/api/vps/${idOf(7)}`)).toEqual([]);
  await menu.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Open', exact: true }).waitFor();
  // Who opened it moves the focus, and so does the menu when it is drawn: one after the other.
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Open');
  await page.getByRole('menuitem', { name: 'Change' }).waitFor();
  expect(asked).toContain(`/api/vps/${idOf(7)}`);
  await page.getByRole('menuitem', { name: 'Change' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('menuitem', { name: 'Suspend…' }).waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  await page.getByRole('menuitem', { name: 'Give to another organization…' }).press('Enter');
  const dialog = page.getByRole('dialog', { name: /many-00007/ });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Actions for many-00007');
  await page.setViewportSize({ width: 375, height: 800 });
  // The list is drawn anew for the width, a moment after the window has it.
  await expect.poll(async () => (await menu.boundingBox())?.x).toBeLessThan(375 - 36);
  expect(complaints).toEqual([]);
  await context.close();
});

test('a view of it is saved under a name, is there again after a reload, and can be forgotten', async () => {
  await seed();
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/vps?status=error&sort=label');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Save this view…' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Broken ones');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.goto('/vps?region=fra1');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Broken ones' }).click();
  await page.waitForURL((url) => url.search === '?status=error&sort=label' || url.search === '?sort=label&status=error');
  await page.getByRole('button', { name: 'Broken ones' }).click();
  await page.getByRole('menuitem', { name: 'Forget “Broken ones”' }).click();
  await page.getByRole('button', { name: 'Views' }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

/** Pages in people's words: names for ids, price and customer, English times, a lasting image, and two people at one note. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { updateVps } from '../../server/vps/store.ts';

const PATIENT = { timeout: 15_000 };
const dashboard = withDashboard({ engine: false });
let id: string;

beforeAll(async () => {
  await seedVpses(dashboard.runtime, 1);
  const { db } = dashboard.runtime.services;
  const vps = await updateVps(db, '0'.repeat(16), { status: 'active', instanceId: 'i-1' });
  id = vps.id;
  for (const kind of ['plans', 'regions', 'images'])
    await fetch(`${dashboard.origin}/api/admin/upstream/${kind}?providerId=${vps.accountId}`, {
      headers: { authorization: `Bearer ${dashboard.token}` },
    });
}, 60_000);

test('a VPS’s page says who it is for, what it costs and what its ids are called', async () => {
  const { page, context, complaints } = await dashboard.visit();
  await page.goto(`/vps/${id}`);
  const about = page.getByRole('region', { name: 'About' });
  for (const text of ['default', 'DigitalOcean', '1 vCPU, 1 GB, 25 GB disk', /^US\$\d+\.\d\d a month/, /Ubuntu 24\.04/])
    await about.getByText(text).first().waitFor();
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Resize' }).click();
  const options = page.getByRole('dialog').getByLabel('Plan').locator('option');
  await expect.poll(() => options.count(), PATIENT).toBeGreaterThan(3);
  // What the service refuses is not offered: this provider never shrinks a disk.
  const smaller = (await options.allTextContents()).filter((text) => Number(/(\d+) GB, US/.exec(text)?.[1]) < 25);
  expect(smaller.length).toBeGreaterThan(0);
  for (const text of smaller) expect(text).toContain('its disk is smaller');
  for (const option of await options.all())
    if ((await option.textContent())!.includes('disk is smaller')) expect(await option.isDisabled()).toBe(true);
  expect(complaints).toEqual([]);
  await context.close();
});

test('times are English in any browser', async () => {
  const { page, context } = await dashboard.visit({ locale: 'de-DE' });
  await page.goto(`/vps/${id}`);
  const time = page.getByRole('region', { name: 'About' }).locator('time').first();
  await time.waitFor();
  expect(`${await time.textContent()} ${await time.getAttribute('title')}`).not.toMatch(/vor |Uhr|tag,|MEZ|\d\. [A-ZÄ]/);
  await context.close();
});

const LASTING = /Ubuntu \d[02468]\.04|Debian \d+/;

test('the proposed image is kept up for years', async () => {
  const { page, context } = await dashboard.visit();
  await page.goto('/vps/new');
  const account = page.getByLabel('Account');
  await account.waitFor();
  const seen = new Set<boolean>();
  for (const option of await account.locator('option').all()) {
    await account.selectOption((await option.getAttribute('value'))!);
    const images = page.getByLabel('Image');
    const image = images.locator('option:checked');
    await image.waitFor({ state: 'attached' });
    // A provider may name no release of what it has, only whose it is.
    const released = (await images.locator('option').allTextContents()).some((name) => LASTING.test(name));
    expect(await image.textContent()).toMatch(released ? LASTING : /^Ubuntu$/);
    seen.add(released);
  }
  expect(seen).toEqual(new Set([true, false]));
  await context.close();
});

test('two people at one note: the later one sees what the first wrote before anything is lost', async () => {
  const [one, two] = await Promise.all([dashboard.visit(), dashboard.visit()]);
  for (const { page } of [one, two]) {
    await page.goto(`/vps/${id}`);
    await page.getByLabel('Notes', { exact: true }).waitFor();
  }
  await two.page.getByLabel('Notes', { exact: true }).fill('from the second');
  await one.page.getByLabel('Notes', { exact: true }).fill('from the first');
  await one.page.getByRole('button', { name: 'Save notes' }).click();
  await expect
    .poll(async () => (await dashboard.runtime.services.db.vps.findUniqueOrThrow({ where: { id } })).notes, PATIENT)
    .toBe('from the first');
  const elsewhere = (page: Page) => page.getByRole('alert').filter({ hasText: 'Somebody else has changed the notes' });
  expect(await elsewhere(one.page).count()).toBe(0);
  const theirs = elsewhere(two.page);
  const save = two.page.getByRole('button', { name: 'Save notes' });
  // Told by the stream of changes; without one, by the refusal.
  await theirs.getByText('from the first').waitFor();
  await theirs.getByRole('button', { name: 'Both' }).click();
  await save.click();
  await expect
    .poll(async () => (await dashboard.runtime.services.db.vps.findUniqueOrThrow({ where: { id } })).notes, PATIENT)
    .toBe('from the first\nfrom the second');
  await one.context.close();
  await two.context.close();
});

test('staff who open the portal are told where they see what a customer sees', async () => {
  const { page, context, complaints } = await dashboard.visit();
  await page.goto('/portal');
  await page.getByRole('link', { name: 'To the customers at the desk' }).click();
  await page.waitForURL('**/customers');
  await page.getByRole('heading', { name: 'Customers' }).first().waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('the first field of the sign-in waits for the address', async () => {
  const { page, context } = await dashboard.visit({ signedIn: false });
  await page.goto('/sign-in');
  await expect.poll(() => page.evaluate('document.activeElement.name'), PATIENT).toBe('email');
  await context.close();
});

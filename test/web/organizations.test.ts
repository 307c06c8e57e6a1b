/** Customers as the operator adds them on the settings page, a token bound to one, and a VPS for one. */
import { expect, test } from 'vitest';
import { seriousProblems } from '../support/axe.ts';
import { withDashboard } from '../support/dashboard.ts';

const dashboard = withDashboard({ engine: false });

test('an organization is added once, a token is bound to it, and a VPS made for it', async () => {
  const { db } = dashboard.runtime.services;
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/settings');
  const list = page.getByRole('region', { name: 'Organizations' });
  const dialog = page.getByRole('dialog');
  const add = async (name: string): Promise<void> => {
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Add it' }).click();
  };
  await page.getByRole('button', { name: 'New organization' }).click();
  expect(await dialog.getByRole('button', { name: 'Add it' }).getAttribute('aria-disabled')).toBe('true');
  await add('not valid!');
  await dialog.getByText(/beginning and ending with a letter or digit\. /).waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  await add('acme');
  await list.getByRole('row', { name: /^acme 0 / }).waitFor();
  const acme = await db.organization.findFirstOrThrow({ where: { name: 'acme' } });

  await page.getByRole('button', { name: 'New organization' }).click();
  await add('acme');
  await dialog.getByText('There is an organization "acme" already. Choose another name.').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await seriousProblems(page)).toEqual([]);

  await page.getByRole('button', { name: 'New token' }).click();
  await dialog.getByLabel('Name').fill('theirs');
  await dialog.getByLabel('For').selectOption('acme');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByText('bound to acme').waitFor();
  expect(await db.apiToken.findFirstOrThrow({ where: { name: 'theirs' } })).toMatchObject({ organizationId: acme.id });

  await page.goto('/vps/new');
  await page.getByLabel('Name', { exact: true }).fill('theirs');
  await page.getByLabel('For', { exact: true }).selectOption('acme');
  await page.getByRole('button', { name: 'Create the VPS' }).click();
  await page.getByRole('heading', { name: 'theirs' }).waitFor();
  expect(await db.vps.findFirstOrThrow({ where: { label: 'theirs' } })).toMatchObject({ organizationId: acme.id });
  expect(complaints.filter((each) => !/409|422/.test(each))).toEqual([]);
  await context.close();
});

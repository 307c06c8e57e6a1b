/** A bulk run as a person starts it: chosen in the list, looked at beforehand, followed on its page, taken back. */
import { afterAll, expect, test } from 'vitest';
import { startBulkRuns } from '../../server/bulk/sweep.ts';
import { seriousProblems } from '../support/axe.ts';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { updateVps } from '../../server/vps/store.ts';

/** No engine: what is ordered stays queued, and a termination with grace needs none. */
const dashboard = withDashboard({ engine: false });
let runs: { stop(): Promise<void> } | undefined;
afterAll(() => runs?.stop());

test('from the list, through the dry run, to its page', { timeout: 180_000 }, async () => {
  await seedVpses(dashboard.runtime, 6);
  const { services } = dashboard.runtime;
  await updateVps(services.db, '0'.repeat(16), { deleteProtection: true });
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/vps');
  for (const label of ['many-00000', 'many-00001', 'many-00002'])
    await page.getByRole('row', { name: label }).getByRole('checkbox').check();

  await page.getByRole('toolbar').getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  // What can be taken back is chosen already, for many as for one.
  expect(await dialog.getByLabel('When').inputValue()).toBe('24');
  await dialog.getByLabel('Try it on so many first').fill('1');
  await dialog.getByLabel('Note').fill('not paid');
  await dialog.getByRole('button', { name: 'Dry run' }).click();
  await dialog.getByRole('region', { name: 'Dry run' }).getByText('1 refused').waitFor();
  await dialog.getByText('many-00000').waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  const go = dialog.getByRole('button', { name: 'Delete 2 VPSes' });
  expect(await go.getAttribute('aria-disabled')).toBe('true');
  await dialog.getByLabel('Type delete 2 to confirm').fill('delete 2');
  await go.click();

  await page.getByRole('heading', { name: 'Destroy of 3 VPSes' }).waitFor();
  await page.getByText('2 pending').waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('first admin paused it.').waitFor();
  // From now on somebody does the work.
  runs = startBulkRuns(services);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('2 succeeded').waitFor({ timeout: 20_000 });
  await page.getByText('Finished', { exact: true }).waitFor();
  await page.getByLabel('State').selectOption('refused');
  await page
    .getByRole('row', { name: /many-00000 Refused/ })
    .getByText('Delete protection is on')
    .waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Bulk runs' }).click();
  await page.getByText('not paid').waitFor();

  await page.goto('/vps?status=terminating');
  await page.getByRole('row', { name: 'many-00001' }).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Undo termination' }).click();
  await dialog.getByLabel(/All VPSes that match/).check();
  await dialog.getByRole('button', { name: 'Dry run' }).click();
  await dialog.getByRole('button', { name: 'Keep 2 VPSes' }).click();
  await page.getByText('2 succeeded').waitFor({ timeout: 20_000 });
  await page.getByText('all that matched status: terminating').waitFor();

  await page.goto('/vps');
  await page.getByRole('row', { name: 'many-00003' }).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Repair drift' }).waitFor();
  await page.getByRole('menuitem', { name: 'Reinstall' }).click();
  await dialog.getByLabel('Image').waitFor();
  await dialog.getByRole('button', { name: 'Dry run' }).click();
  await dialog.getByRole('region', { name: 'Dry run' }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

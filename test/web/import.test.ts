/** A server that nobody's VPS is, taken in from the drift page: looked at first, then imported. */
import { expect, test } from 'vitest';
import { openAccount } from '../../server/accounts/accounts.ts';
import { seriousProblems } from '../support/axe.ts';
import { itemOf } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { Shop, ZONE } from '../support/shop.ts';
import { Vendor } from '../support/vendors.ts';

const LONG = { timeout: 60_000 };
const dashboard = withDashboard();

test('an unmanaged server is imported after its preview', { timeout: 180_000 }, async () => {
  const { services, simulatorOrigin } = dashboard.runtime;
  const shop = new Shop(
    () => dashboard.origin,
    async () => dashboard.token,
    simulatorOrigin!,
  );
  const provider = (await shop.clouds())[0]!;
  const { type, region, image, provider_id: id } = (await shop.template(provider)) as Record<string, string>;
  const account = (await services.db.account.findUnique({ where: { id: id! } }))!;
  const vendor = new Vendor(provider, `${simulatorOrigin}/${provider}`, openAccount(services, account).credential);
  const order = { label: 'bought-elsewhere', tags: ['web'], backups: false, password: 'Known-Secret-4711' };
  const made = await vendor.make({ ...order, region: region!, plan: type!, image: image! });

  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/drift');
  await page.getByRole('button', { name: 'Look now' }).click();
  const row = page.getByRole('row', { name: /bought-elsewhere/ });
  await row.waitFor(LONG);
  await (await itemOf(row, 'Import…')).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Label').fill('taken-in');
  await dialog.getByLabel('DNS zone').fill(ZONE);
  await dialog.getByLabel('Its password').fill('Known-Secret-4711');
  await dialog.getByRole('button', { name: 'Show what happens' }).click();
  await dialog.getByText('The server gets one more tag').waitFor(LONG);
  await dialog.getByText(`taken-in.${ZONE}`).waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Import the server' }).click();

  await page.getByRole('heading', { name: 'taken-in' }).waitFor(LONG);
  await page.getByText('Active', { exact: true }).waitFor(LONG);
  expect((await shop.servers()).map((server) => server.id)).toEqual([made.id]);
  expect((await vendor.find(made.id))!.tags).toHaveLength(2);
  expect(complaints).toEqual([]);
  await context.close();
});

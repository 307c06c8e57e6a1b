/** The pages that older systems' people know, at their addresses, doing the work of those systems. */
import { expect, test } from 'vitest';
import { seriousProblems } from '../support/axe.ts';
import { PAGES } from '../../web/desk/lib/pages.ts';
import { withDashboard } from '../support/dashboard.ts';

const LONG = { timeout: 90_000 };
const dashboard = withDashboard({ speed: 200, env: { SVPS_SYNC_SECONDS: '0' } });
/** What a refusal on purpose leaves in the browser's console. */
const unexpected = (complaints: readonly string[]): string[] => complaints.filter((each) => !/ 409| 422/.test(each));

test('the trading desk makes a server for a trading account by its form, once, and asks the provider', { timeout: 180_000 }, async () => {
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/trading-desk');
  await page.getByText('Vultr Connected').waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  const dialog = page.getByRole('dialog');
  const order = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Auto-Provision (Vultr)' }).click();
    await dialog.getByLabel('Trading account').fill('4711');
    await dialog.getByLabel('Region').selectOption({ label: 'New Jersey (US brokers)' });
    const plans = await dialog.getByLabel('Plan').getByRole('option').allTextContents();
    expect(plans.slice(1).map((words) => /^(\w+): \d+ vCPU, \d+ GB, .*\d\.\d\d.* a month \(/.exec(words)?.[1])).toEqual([
      'Basic',
      'Standard',
      'Performance',
    ]);
    await dialog.getByLabel('Plan').selectOption('vc2-1c-2gb');
    await dialog.getByLabel('Windows version').selectOption({ label: 'Windows Server 2022' });
    await dialog.getByRole('button', { name: 'Provision it' }).click();
  };
  await order();
  await page.getByText('VPS provisioning started').waitFor(LONG);
  const row = page.getByRole('row', { name: /^4711 mt5-4711 / });
  await row.getByText('Active').waitFor(LONG);
  await row.getByText(/^\d+\.\d+\.\d+\.\d+$/).waitFor();
  await page.getByRole('button', { name: 'Sync Vultr Status' }).click();
  await page.getByText('One server asked for.').waitFor(LONG);

  await order();
  await dialog.getByText(/VPS instance already exists for this MT5 account/).waitFor(LONG);
  expect(await seriousProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  // The same for every other provider.
  await page.getByLabel('Provider').selectOption('hetzner');
  await page.getByText('Hetzner Connected').waitFor();
  await page.getByRole('button', { name: /^Auto-Provision \(Hetzner/ }).waitFor();
  expect(unexpected(complaints)).toEqual([]);
  await context.close();
});

test('each of their pages stands in the navigation while one is on it, and nothing else is marked then', async () => {
  const { page, context } = await dashboard.visit();
  const marked = page.getByRole('navigation', { name: 'Main' }).locator('[aria-current="page"]');
  for (const { to, label } of PAGES.filter(({ older }) => older)) {
    await page.goto(to);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect([to, await marked.allTextContents()]).toEqual([to, [label]]);
  }
  await page.goto('/vps/new');
  await page.getByRole('heading', { level: 1 }).waitFor();
  expect(await marked.allTextContents()).toEqual(['VPSes']);
  await context.close();
});

test('a plan of an account is sold with a markup, changed, and deleted', { timeout: 90_000 }, async () => {
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/admin#vps-plans');
  const plans = page.getByRole('region', { name: 'VPS plans' });
  await plans.getByText('Standard 1GB - Primary Linode Account').waitFor();
  await plans.getByText('Standard 1GB - Primary DigitalOcean Account').waitFor();
  await plans.getByRole('button', { name: 'New plan' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Two of two');
  await dialog.getByLabel('Account').selectOption({ label: 'Primary DigitalOcean Account' });
  await dialog.getByLabel('The provider’s plan').selectOption('s-2vcpu-4gb');
  await dialog.getByLabel('Region').selectOption('nyc1');
  await dialog.getByLabel('Base price, a month').fill('24');
  await dialog.getByLabel('Markup, a month').fill('6.5');
  expect(await seriousProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Sell it' }).click();
  const row = plans.getByRole('row', { name: /^Two of two/ });
  await row.getByText(/30\.50/).waitFor();
  await row.getByText('nyc1').waitFor();
  await row.getByRole('button', { name: 'Change Two of two' }).click();
  await dialog.getByLabel('Markup, a month').fill('7');
  await dialog.getByLabel('It is sold').uncheck();
  await dialog.getByRole('button', { name: 'Save it' }).click();
  await row.getByText(/31\.00/).waitFor();
  await row.getByText('No', { exact: true }).waitFor();
  await row.getByRole('button', { name: 'Delete Two of two' }).click();
  await dialog.getByRole('textbox').fill('Two of two');
  await dialog.getByRole('button', { name: 'Delete it' }).click();
  await row.waitFor({ state: 'detached' });
  expect(unexpected(complaints)).toEqual([]);
  await context.close();
});

test('the stock of exact packages is brought up to date, shown with prices by memory, and ordered from', { timeout: 90_000 }, async () => {
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/dashboard/ipStock');
  await page.getByRole('button', { name: 'Sync now' }).click();
  await page.getByText(/^18 new, 0 brought up to date/).waitFor(LONG);
  const row = page.getByRole('row', { name: /^198\.19\.201\.x / });
  await row.getByText(/8GB \S*18\.20/).waitFor();
  await row.getByText('20', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Order 198.19.217.x' }).isDisabled()).toBe(true);
  await row.getByRole('button', { name: 'Order 198.19.201.x' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Customer').fill('4711');
  await dialog.getByLabel('Memory').selectOption('8GB');
  expect(await seriousProblems(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Order it' }).click();
  await page.getByText(/^Order \d+ of \S*18\.20\S* is placed\./).waitFor(LONG);
  // It is held for them.
  await row.getByText('19', { exact: true }).waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  expect(unexpected(complaints)).toEqual([]);
  await context.close();
});

test('the documented product of the server shop stands on its page, with its price', { timeout: 90_000 }, async () => {
  const product = { name: 'VPS Starter', server_type: 'vps', cpu_cores: 2, ram_gb: 4, storage_gb: 80, price_monthly: 29.99 };
  const made = await fetch(`${dashboard.origin}/api/v1/dedicated-servers/products`, {
    method: 'POST',
    headers: { authorization: `Bearer ${dashboard.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...product, provisioning_type: 'manual', provisioning_module: 'manual', stock_count: 3 }),
  });
  expect(made.status).toBe(201);
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/admin/dedicated-servers/products');
  const row = page.getByRole('row', { name: /^VPS Starter / });
  await row.getByText(/29\.99/).waitFor(LONG);
  await row.getByText('3 of 3').waitFor();
  expect(await seriousProblems(page)).toEqual([]);
  expect(unexpected(complaints)).toEqual([]);
  await context.close();
});

/** Changes of one VPS as a person makes them: each seen beforehand, done, and seen afterwards on the page and at the provider. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { seriousProblems } from '../support/axe.ts';
import { itemOf } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { Shop } from '../support/shop.ts';
import { until } from '../support/until.ts';

const LONG = { timeout: 60_000 };
const dashboard = withDashboard();
let shop: Shop;
let vps: { id: string; label: string };

beforeAll(async () => {
  shop = new Shop(
    () => dashboard.origin,
    async () => dashboard.token,
    dashboard.runtime.simulatorOrigin!,
  );
  const [cloud] = await shop.clouds();
  const { instance, operation } = await shop.order(cloud!, 'changing');
  await shop.ended(operation.id);
  vps = instance;
}, 120_000);

const opened = async () => {
  const visitor = await dashboard.visit();
  await visitor.page.goto(`/vps/${vps.id}`);
  await visitor.page.getByRole('heading', { name: vps.label }).waitFor();
  return visitor;
};
const part = (page: Page, name: string) => page.getByRole('navigation', { name: 'Parts of this VPS' }).getByRole('link', { name }).click();
const choose = async (page: Page, menu: string, item: string): Promise<void> => {
  await page.getByRole('button', { name: menu, exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
/** The operation that the page opens after an order, among the others. */
const done = (page: Page, name: string) =>
  page.getByRole('region', { name, exact: true }).locator('[aria-current="true"]').getByText('Succeeded').waitFor(LONG);

test('a firewall is set up from presets and rules of one’s own, shown line by line, and switched off', { timeout: 150_000 }, async () => {
  const { page, complaints, context } = await opened();
  await part(page, 'Network');
  await page.getByText('everything may come in that the server itself answers').waitFor();
  await page.getByRole('button', { name: 'Set up a firewall' }).click();
  const dialog = page.getByRole('dialog');
  const next = dialog.getByRole('button', { name: 'See what it means' });
  expect(await next.getAttribute('aria-disabled')).toBe('true');
  // The service sees this browser at a loopback address, which is no source for a firewall of the Internet.
  expect(await dialog.getByRole('button', { name: 'SSH from my address' }).getAttribute('aria-disabled')).toBe('true');
  await dialog.getByRole('button', { name: 'Web: HTTP and HTTPS' }).click();
  await dialog.getByText('No rule lets SSH in (TCP 22)').waitFor();
  await dialog.getByRole('button', { name: 'Another rule' }).click();
  const own = dialog.getByRole('group', { name: 'Rule 3' });
  await own.getByLabel('Ports').fill('22');
  await own.getByLabel('From').fill('203.0.113.0/33');
  await own.getByText('goes beyond /32').waitFor();
  expect(await next.getAttribute('aria-disabled')).toBe('true');
  await own.getByLabel('From').fill('203.0.113.7, 2001:db8::/32');
  await dialog.getByRole('button', { name: 'Remove rule 1' }).click();
  expect(await seriousProblems(page)).toEqual([]);
  await next.click();
  const changes = dialog.getByRole('list', { name: 'What changes' });
  await changes.getByText('TCP 22 from 203.0.113.7/32, 2001:db8::/32').waitFor();
  expect(await changes.getByRole('listitem').allTextContents()).toEqual([
    expect.stringContaining('Removed: No firewall: everything may come in'),
    expect.stringContaining('Added: TCP 443 from anywhere'),
    expect.stringContaining('Added: TCP 22 from 203.0.113.7/32, 2001:db8::/32'),
  ]);
  await dialog.getByRole('button', { name: 'Configure now' }).click();
  await done(page, 'Configure');
  expect((await shop.vps(vps.id)).firewall).toEqual([
    { protocol: 'tcp', ports: '443', sources: ['0.0.0.0/0', '::/0'] },
    { protocol: 'tcp', ports: '22', sources: ['203.0.113.7/32', '2001:db8::/32'] },
  ]);

  await part(page, 'Network');
  const rules = page.getByRole('region', { name: 'Firewall rules' });
  await rules.getByText('203.0.113.7/32, 2001:db8::/32').waitFor();
  await page.getByRole('button', { name: 'Switch off' }).click();
  await dialog.getByRole('button', { name: 'See what it means' }).click();
  await dialog.getByRole('button', { name: 'Configure now' }).click();
  await done(page, 'Configure');
  expect((await shop.vps(vps.id)).firewall).toBeNull();
  expect(complaints).toEqual([]);
  await context.close();
});

test('tags are changed, with the same steps', { timeout: 90_000 }, async () => {
  const { page, complaints, context } = await opened();
  await choose(page, 'Change', 'Tags…');
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('button', { name: 'See what it means' }).getAttribute('aria-disabled')).toBe('true');
  await dialog.getByLabel('Tags').fill('shop, customer-7');
  await dialog.getByRole('button', { name: 'See what it means' }).click();
  await dialog.getByText('keeps running').waitFor();
  await dialog.getByRole('button', { name: 'Configure now' }).click();
  await done(page, 'Configure');
  for (const name of ['shop', 'customer-7'])
    await page.getByRole('region', { name: 'About' }).getByRole('link', { name, exact: true }).waitFor();
  expect((await shop.servers('customer-7')).length).toBe(1);
  expect(complaints).toEqual([]);
  await context.close();
});

test('suspended it is off with the reason shown, and afterwards on again', { timeout: 120_000 }, async () => {
  const { page, complaints, context } = await opened();
  await choose(page, 'Change', 'Suspend…');
  await page.getByLabel('Reason').fill('invoice 7 is not paid');
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
  await page.getByText('invoice 7 is not paid').first().waitFor();
  await done(page, 'Suspend');
  const power = async (): Promise<string> => (await shop.vps(vps.id)).power_state;
  expect(await power()).toBe('stopped');
  await page.getByRole('button', { name: 'Power', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Start.*suspended/ }).waitFor();
  await page.keyboard.press('Escape');
  await choose(page, 'Change', 'End the suspension');
  await done(page, 'Unsuspend');
  expect(await power()).toBe('running');
  expect(complaints).toEqual([]);
  await context.close();
});

test('its end can be put off and taken back', { timeout: 90_000 }, async () => {
  const { page, complaints, context } = await opened();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog');
  // What can be taken back is chosen already.
  expect(await dialog.getByLabel('When').inputValue()).toBe('24');
  await dialog.getByLabel('Make a final snapshot first and keep it').check();
  await dialog.getByLabel(`Type ${vps.label} to confirm`).fill(vps.label);
  await dialog.getByRole('button', { name: 'Delete the VPS' }).click();
  await page.getByText('Until then that can be taken back. A final snapshot of it will be made first and kept.').waitFor();
  expect(await shop.vps(vps.id)).toMatchObject({ status: 'terminating', final_snapshot: true });
  await page.getByRole('button', { name: 'Undo termination' }).click();
  await page.getByText(`${vps.label} stays.`).waitFor();
  await until(async () => (await shop.vps(vps.id)).status === 'active');
  await page.getByText('Active', { exact: true }).waitFor();
  expect(await shop.servers(vps.label)).toHaveLength(1);
  expect(complaints).toEqual([]);
  await context.close();
});

test('it is given to another organization, with the reason in both audit trails', { timeout: 60_000 }, async () => {
  const { organization } = await shop.call('POST', '/api/admin/organizations', { name: 'acme' });
  const { page, complaints, context } = await opened();
  await choose(page, 'Change', 'Give to another organization…');
  const dialog = page.getByRole('dialog');
  const give = dialog.getByRole('button', { name: 'Give it away' });
  await dialog.getByLabel('New owner').selectOption({ label: 'acme (0 VPSes)' });
  expect(await give.getAttribute('aria-disabled')).toBe('true');
  await dialog.getByLabel('Reason').fill('acme bought the shop');
  await give.click();
  await page.getByText(`${vps.label} belongs to “acme” now.`).waitFor();
  expect((await shop.vps(vps.id)).organization_id).toBe(organization.id);
  const { events } = await shop.call('GET', `/api/audit?target=${vps.id}`);
  expect(events.map(({ action }: any) => action)).toEqual(expect.arrayContaining(['vps.given-away', 'vps.taken-over']));
  expect(complaints).toEqual([]);
  await context.close();
});

test('of its end a final snapshot stays, until that is deleted too', { timeout: 120_000 }, async () => {
  const { page, complaints, context } = await opened();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('When').selectOption('0');
  await dialog.getByLabel('Make a final snapshot first and keep it').check();
  await dialog.getByLabel(`Type ${vps.label} to confirm`).fill(vps.label);
  await dialog.getByRole('button', { name: 'Delete the VPS' }).click();
  await page.getByText('Only what is kept is left').waitFor(LONG);
  await page.getByText('Terminated', { exact: true }).first().waitFor();
  expect(await shop.servers(vps.label)).toEqual([]);
  // A tombstone: nothing on it looks alive, and nothing says that nothing is left.
  await page.getByRole('link', { name: /^Kept as asked: 1 snapshot, US\$\d+\.\d\d a month$/ }).waitFor();
  await page.getByText('Asked for by').waitFor();
  for (const alive of ['Nothing is left', 'not made yet', 'Firewall', 'Power'])
    expect([alive, await page.getByText(alive, { exact: true }).count()]).toEqual([alive, 0]);
  expect(await page.getByRole('button', { name: /^(Copy|Delete|Reveal|Power|Change)/ }).count()).toBe(0);
  expect(await page.getByRole('navigation', { name: 'Parts of this VPS' }).getByRole('link').allTextContents()).toEqual([
    'Operations',
    'Snapshots',
  ]);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Snapshots' }).click();
  await page.getByText(/^Kept at the providers: 1 snapshot, US\$\d+\.\d\d a month\.$/).waitFor();
  await page.getByLabel('Only what is kept of terminated VPSes').check();
  await page
    .getByRole('row', { name: /Terminated.*Final snapshot/ })
    .getByRole('link', { name: vps.label })
    .click();
  const kept = page.getByRole('row', { name: /Final snapshot/ });
  await kept.getByText('Available').waitFor();
  expect(await (await itemOf(kept, /^Restore…/)).getAttribute('aria-disabled')).toBe('true');
  await page.getByRole('menuitem', { name: /^Delete…/ }).click();
  const typed = dialog.getByLabel(/^Type .* to confirm$/);
  await typed.fill(/^Type (.*) to confirm$/.exec((await dialog.locator('label').textContent())!)![1]!);
  await dialog.getByRole('button', { name: 'Delete the snapshot' }).click();
  await page.getByText('Nothing is kept of it.').waitFor(LONG);
  expect(complaints).toEqual([]);
  await context.close();
});

/** The seller at the desk, in a real browser over the real service, engine, simulator and payments. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { itemOf, openBrowser, visit } from '../support/browser.ts';
import { payThere, sound } from '../support/customer.ts';
import { enterBill } from '../support/bills.ts';
import { buildDashboard } from '../support/dashboard.ts';
import { withDatabase } from '../support/database.ts';
import { staffAtDesk } from '../support/people.ts';
import { type Plinth, someServer, startPlinth } from '../support/plinth.ts';
import { type Customer, Selling } from '../support/selling.ts';

/** A folder for pictures of every page on the way, where one is wanted. */
const PICTURES = process.env['PLINTH_PICTURES'];
const database = withDatabase();
let plinth: Plinth;
let browser: Browser;
let shop: Selling;

beforeAll(async () => {
  [plinth, browser] = await Promise.all([startPlinth(database.url), openBrowser(), buildDashboard()]);
  shop = new Selling(() => plinth);
  await shop.open();
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await plinth?.stop();
});

async function look(page: Page, name: string): Promise<void> {
  await sound(page, name);
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

/** At the desk, as the first admin. */
const atDesk = (width = 1280, dark = false) => visit(browser, { origin: plinth.origin, token: plinth.adminToken, width, dark });

test('coupons are made, used and ended; the seller and a customer are changed', { timeout: 120_000 }, async () => {
  const customer = await shop.customer();
  const product = await shop.product({ name: 'VPS S' });
  const { page, complaints, context } = await atDesk();

  await page.goto('/coupons');
  await page.getByText('No coupon.').waitFor();
  await page.getByRole('button', { name: 'New coupon' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Code').fill('spring-25');
  await dialog.getByLabel('Percent').fill('25');
  await dialog.getByLabel('VPS S').check();
  await dialog.getByLabel('Servers in all').fill('3');
  await dialog.getByText('The same as code').click();
  await dialog.getByRole('button', { name: 'plinth', exact: true }).click();
  expect(await dialog.getByTestId('as-code').textContent()).toMatch(/^plinth coupon create SPRING-25 25% --applies=recurring .*--max=3/);
  await look(page, 'coupon-new');
  await dialog.getByRole('button', { name: 'Make it' }).click();
  const row = page.getByRole('row', { name: /SPRING-25/ });
  await row.getByText('25 %').waitFor();
  await row.getByText('VPS S').waitFor();
  expect((await shop.quote(customer, product.id)).status).toBe(201);
  await look(page, 'coupons');
  const quoted = await shop.call(
    'POST',
    '/api/quotes',
    { items: [{ product_id: product.id, label: 'a' }], coupon: 'SPRING-25' },
    customer.token,
  );
  expect(quoted.body.quote.total).toBe('8.93');
  await (await itemOf(row, 'End it…')).click();
  await dialog.getByLabel(/SPRING-25/).fill('SPRING-25');
  await dialog.getByRole('button', { name: 'End it' }).click();
  await row.getByText('Ended').waitFor();
  const refused = await shop.call(
    'POST',
    '/api/quotes',
    { items: [{ product_id: product.id, label: 'b' }], coupon: 'SPRING-25' },
    customer.token,
  );
  expect(refused.status).toBeGreaterThanOrEqual(400);

  await page.goto('/taxes');
  await page.getByRole('region', { name: 'Seller' }).getByRole('button', { name: 'Change' }).click();
  await dialog.getByLabel('Bank, as it is printed').fill('DE00 1234 5678');
  await look(page, 'seller');
  await dialog.getByRole('button', { name: 'Save it' }).click();
  await page.getByText('DE00 1234 5678').waitFor();
  expect((await shop.ok('GET', '/api/admin/seller')).seller.bank).toBe('DE00 1234 5678');

  const public_key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMm2o1b5vYb3gYc2m0aFf3Xh6cJ9yZ8m1x0uQ5w7n2Kd';
  await shop.call('POST', '/api/ssh-keys', { name: 'laptop', public_key }, customer.token);
  await page.goto(`/customers/${customer.id}`);
  const keys = page.getByRole('region', { name: 'SSH keys' });
  await keys.getByText('never used').waitFor();
  await keys.getByText(`added by ${customer.name}`).waitFor();
  await keys.getByRole('button', { name: 'Remove laptop' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await keys.getByText('None kept.').waitFor();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await dialog.getByLabel('Shown as').fill('Ada & Sons');
  await dialog.getByRole('button', { name: 'Save it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Ada & Sons' }).waitFor();
  await page.getByRole('region', { name: 'Billing' }).getByRole('button', { name: 'Change' }).click();
  const country = dialog.getByLabel('Country', { exact: true });
  await country.fill('D');
  expect(await dialog.getByRole('button', { name: 'Save it' }).getAttribute('aria-disabled')).toBe('true');
  await country.fill('at');
  await dialog.getByLabel(/^Address/).fill('Ring 1\n\n1010 Wien');
  await look(page, 'customer-billing');
  await dialog.getByRole('button', { name: 'Save it' }).click();
  await page.getByText('Ring 1, 1010 Wien, AT').waitFor();
  await look(page, 'customer');
  expect(complaints).toEqual([]);
  await context.close();
});

test('a set-up profile is written, looked at as a server gets it, and published in versions', { timeout: 120_000 }, async () => {
  const { page, complaints, context } = await atDesk();
  await page.goto('/setup-profiles');
  await page.getByText('Comes with Plinth').waitFor();
  await look(page, 'profiles');
  await page.getByRole('button', { name: 'New profile' }).click();
  await page.getByLabel('Name', { exact: true }).fill('bot');
  await page.getByRole('button', { name: 'Another variable' }).click();
  await page.getByLabel('Variable 1').fill('app_name');
  await page.getByRole('button', { name: 'Another file' }).click();
  await page.getByLabel('File 1', { exact: true }).fill('config');
  await page.getByLabel('Path').fill('/etc/bot.json');
  await page.getByLabel('Written as').selectOption('json');
  await page.getByLabel('Content of file 1').fill('{"name": {{APP_NAME}}}\n');
  await page.getByLabel('Script, in Bash').fill('put config\nsystemctl restart "$APP_NAME"\n');
  const preview = page.getByRole('region', { name: 'What a server would get' });
  // A value that would break out of its place is refused, at its field.
  await preview.getByLabel('APP_NAME').fill('two words');
  await preview.getByRole('button', { name: 'Show it' }).click();
  await preview.getByRole('alert').waitFor();
  expect(await preview.getByLabel('APP_NAME').getAttribute('aria-invalid')).toBe('true');
  await preview.getByLabel('APP_NAME').fill('herald');
  await preview.getByRole('button', { name: 'Show it' }).click();
  await preview.getByRole('region', { name: '/etc/bot.json, 0644' }).getByText('{"name": "herald"}').waitFor();
  await look(page, 'profile-editor');
  await page.getByRole('button', { name: 'Publish it' }).click();
  const card = page.getByRole('region', { name: 'bot' });
  await card.getByText('Version 1').waitFor();
  await card.getByRole('button', { name: 'New version' }).click();
  await page.getByLabel('In one sentence').fill('A bot.');
  await page.getByRole('button', { name: 'Publish it' }).click();
  await card.getByText('Version 2').waitFor();
  expect((await shop.ok('GET', '/api/setup-profiles/bot')).profile.versions.map((each: any) => each.template.description)).toEqual([
    'A bot.',
    '',
  ]);
  expect(complaints.filter((text) => !/status of 422/.test(text))).toEqual([]);
  await context.close();
});

test('planned work is told to whom it is about, moved, and called off; on a dark phone', { timeout: 120_000 }, async () => {
  const { page, complaints, context } = await atDesk(390, true);
  await page.goto('/planned-work');
  await page.getByText('Nothing is planned.').waitFor();
  await page.getByRole('button', { name: 'Plan work' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Title').fill('New switches');
  await dialog.getByLabel(/^What is done/).fill('Your server is off the network for ten minutes.');
  await dialog.getByLabel('From').fill('2031-03-01T02:00');
  await dialog.getByLabel('To').fill('2031-03-01T04:00');
  const { account_id: account } = await shop.somewhere();
  await dialog.getByLabel('Account').selectOption(account as string);
  await dialog.getByRole('group').getByRole('checkbox').first().check();
  await look(page, 'work-new');
  await dialog.getByRole('button', { name: 'Plan it and tell them' }).click();
  const row = page.getByRole('row', { name: /New switches/ });
  await row.getByText('Planned', { exact: true }).waitFor();
  await row.getByText('for 2 h 00 min').waitFor();
  await look(page, 'work');
  await (await itemOf(row, 'Change…')).click();
  expect(await dialog.getByLabel('From').inputValue()).toBe('2031-03-01T02:00');
  await dialog.getByLabel('To').fill('2031-03-01T03:00');
  await dialog.getByRole('button', { name: 'Change it and tell them' }).click();
  await row.getByText('for 1 h 00 min').waitFor();
  await (await itemOf(row, 'Call off…')).click();
  await dialog.getByRole('button', { name: 'Call it off' }).click();
  await page.getByText('Nothing is planned.').waitFor();
  await page.getByLabel('Also what is over').check();
  await row.getByText('Cancelled').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('the seller’s day: product, margin, order, manual task, refund, acting as the customer, audit', { timeout: 240_000 }, async () => {
  const account = await rack();
  const { page, complaints, context, code } = await staffAtDesk(plinth, browser, 'grace@seller.test');
  const dialog = page.getByRole('dialog');
  const customer = await shop.customer();
  await ofAnother();

  // A product with its price, its place and what is left of it.
  await page.goto('/products');
  await page.getByRole('button', { name: 'New product' }).click();
  await dialog.getByLabel('Name').fill('Server by hand');
  await dialog.getByRole('button', { name: 'Add it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Server by hand' }).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1)!;
  await page.getByRole('button', { name: 'New price' }).click();
  await dialog.getByLabel('Amount, without tax').fill('25');
  await dialog.getByRole('button', { name: 'Set it' }).click();
  await page.getByRole('button', { name: 'Another place' }).click();
  await dialog.getByLabel('Account').selectOption({ label: account });
  await dialog.getByLabel('Plan').selectOption('small');
  await dialog.getByRole('button', { name: 'Add it' }).click();
  await page.getByText('€15.00 (60 %)').waitFor();
  await page.getByRole('button', { name: 'Show it to everybody' }).click();
  await page.getByText('Public', { exact: true }).waitFor();
  await look(page, 'day-product');

  // A customer orders and pays; a person makes the server.
  const { order } = await bought(customer, id);
  await page.goto('/tasks');
  const task = page.getByRole('region', { name: /^Provide the server/ });
  await task.getByLabel('IPv4 address').fill('203.0.113.7');
  await task.getByLabel('password', { exact: true }).fill('hush-4711-rack');
  await look(page, 'day-task');
  await task.getByRole('button', { name: 'It is done' }).click();
  await page.goto(`/orders/${order.id}`);
  await page.getByText('Fulfilled').waitFor({ timeout: 60_000 });
  await page.getByText('€25.00').first().waitFor();
  await look(page, 'day-order');

  // Some of the money goes back, once the second factor is shown.
  await page.goto('/payments');
  await (await itemOf(page.getByRole('region', { name: 'Payments' }).getByRole('row').nth(1), 'Refund…')).click();
  await dialog.getByLabel('Amount in EUR').fill('5.00');
  await dialog.getByLabel(/^Why/).fill('a day late');
  await dialog.getByRole('button', { name: /^Refund/ }).click();
  await dialog.getByLabel('Code of your authenticator').fill(code());
  await look(page, 'day-factor');
  await dialog.getByRole('button', { name: 'Show it' }).click();
  await dialog.getByText('Shown. Now do it again.').waitFor();
  await dialog.getByRole('button', { name: /^Refund/ }).click();
  await page.getByRole('region', { name: 'Refunds' }).getByText('Succeeded').waitFor({ timeout: 60_000 });
  await look(page, 'day-refund');

  await page.goto('/reports');
  await page.getByRole('row').getByText('€25.00').first().waitFor();
  await look(page, 'day-revenue');
  await page.getByLabel('Report', { exact: true }).selectOption('margin');
  await page.getByRole('row', { name: /Server by hand/ }).waitFor();
  await look(page, 'day-margin');
  await enterBill(page, account, () => look(page, 'day-bill'));

  // Their own pages, as they see them.
  await page.goto(`/customers/${customer.id}`);
  await page.getByRole('button', { name: 'Act as this customer' }).click();
  await dialog.getByLabel('Why').fill('ticket 7');
  await dialog.getByRole('button', { name: 'Open their portal' }).click();
  await page.waitForURL(/\/portal/);
  // Theirs alone: the seller's own sight of all servers is left at the desk.
  await page.getByText(`You act as ${customer.name}`).waitFor();
  await page.getByText('by-hand').first().waitFor();
  expect(await page.getByText('of-another').count()).toBe(0);
  await look(page, 'day-acting');
  await page.goto('/portal/activity');
  await page
    .getByText(/Grace Hopper/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Back to the desk' }).click();
  await page.waitForURL(new RegExp(`/customers/${customer.id}`));
  await page.getByRole('button', { name: 'Act as this customer' }).waitFor();
  expect(await page.evaluate("sessionStorage.getItem('plinth.acting')")).toBe(null);
  expect(await plinth.runtime.services.db.impersonation.count({ where: { endedAt: null } })).toBe(0);

  // And all of it is in the trail, under the name of who did it.
  await page.goto('/audit');
  for (const action of [/^Product.created$/, /^Refund.requested$/, /^Impersonation.started$/])
    await page.getByRole('row').filter({ hasText: 'Grace' }).getByText(action).first().waitFor();
  await page.getByText('The chain is intact').waitFor();
  await look(page, 'day-audit');
  expect(complaints.filter((text) => !/status of 403/.test(text))).toEqual([]);
  await context.close();
});

test('the palette finds anything by its id or number, and leads to it', { timeout: 120_000 }, async () => {
  const { db } = plinth.runtime.services;
  const customer = await shop.customer();
  const { order, product } = await paid(customer);
  const { invoiceId } = await db.order.findUniqueOrThrow({ where: { id: order.id } });
  const { subscriptionId, vpsId } = await db.orderItem.findFirstOrThrow({ where: { orderId: order.id } });
  const operation = await db.operation.findFirstOrThrow({ where: { vpsId: vpsId! } });
  const payment = await db.payment.findFirstOrThrow({ where: { organizationId: customer.id } });
  const invoice = await db.invoice.findUniqueOrThrow({ where: { id: invoiceId! } });
  const { ticket } = (await shop.call('POST', '/api/tickets', { subject: 'No route', text: 'Since this morning.' }, customer.token)).body;
  const { userId } = await db.member.findFirstOrThrow({ orderBy: { createdAt: 'desc' } }).catch(() => ({ userId: null }));
  const there = `/customers/${customer.id}`;
  const places: readonly (readonly [typed: string, to: string])[] = [
    [vpsId!, `/vps/${vpsId}`],
    [operation.id, `/operations/${operation.id}`],
    [order.id, `/orders/${order.id}`],
    [subscriptionId!, `${there}#${subscriptionId}`],
    [invoice.id, `${there}#${invoice.id}`],
    [invoice.number!, `${there}#${invoice.id}`],
    [payment.id, `${there}#${payment.id}`],
    [ticket.id, `/tickets?ticket=${ticket.id}`],
    [customer.id, there],
    [product.id, `/products/${product.id}`],
    ...(userId === null ? [] : ([[userId, '/customers/']] as const)),
  ];
  const { page, complaints, context } = await atDesk();
  await page.goto('/audit');
  for (const [typed, to] of places) {
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(typed);
    const found = page.getByRole('option');
    await found.first().waitFor();
    expect([typed, await found.count()]).toEqual([typed, 1]);
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => `${url.pathname}${url.search}${url.hash}`.startsWith(to));
    if (to.includes('#')) await page.locator('tr[aria-current="true"]').waitFor();
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('taxes');
  await page.getByRole('option', { name: 'Seller and taxes g z' }).waitFor();
  await page.keyboard.press('Escape');
  for (const keys of [['g', 'i'], ['g', 'Shift+B'], ['c']]) for (const key of keys) await page.keyboard.press(key);
  await page.waitForURL(/\/vps\/new$/);
  expect(complaints).toEqual([]);
  await context.close();
});

/** A server that is sold and made. */
async function paid(customer: Customer): Promise<{ order: any; product: any }> {
  const product = await shop.product({ name: 'Found VPS' });
  const order = await shop.order(customer, product.id);
  await shop.pay(order);
  return { order: await shop.orderIs(order.id, 'fulfilled'), product };
}

/** A server that another organization has. */
async function ofAnother(): Promise<void> {
  const other = await shop.customer({ internal: true });
  await plinth.json('vps', 'create', 'of-another', ...(await someServer(plinth)), '--organization', other.id);
}

/** An account whose servers people provide, priced in the seller's currency. @returns its name */
async function rack(): Promise<string> {
  const name = 'Our rack in Fulda';
  const { available } = await shop.ok('GET', '/api/admin/providers');
  const byHand = available.find((each: any) => each.type === 'manual');
  await shop.ok('POST', '/api/admin/providers', { name, type: byHand.type, api_key: {}, configuration: { currency: 'EUR' } });
  return name;
}

/** Ordered and paid on the provider's page, as a customer does. */
async function bought(customer: Customer, productId: string) {
  const order = await shop.order(customer, productId, { label: 'by-hand' });
  const { attempt } = await shop.ok(
    'POST',
    `/api/invoices/${order.invoice_id}/pay`,
    { return_url: `${plinth.origin}/portal` },
    customer.token,
  );
  const { page, context } = await visit(browser, { origin: plinth.origin });
  await page.goto(attempt.url);
  await payThere(page);
  await page.waitForURL(new RegExp(`^${plinth.origin}`));
  await context.close();
  return { order: await shop.orderIs(order.id, 'paid', 'provisioning') };
}

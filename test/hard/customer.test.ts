/**
 * A customer's whole life in a real browser, over the real service, engine, simulator, payment page and mailbox: signing up,
 * ordering, paying, getting in, another size, not paying, paying, the end and its proof. At a desk in English, on a phone in German.
 */
import type { VpsSpec } from '../../stacks/spec.ts';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, visit } from '../support/browser.ts';
import { addAuthenticator, becomeCustomer, begin, type Language, payThere, sound, wordsOf } from '../support/customer.ts';
import { buildDashboard } from '../support/dashboard.ts';
import { withDatabase } from '../support/database.ts';
import { LONG } from '../support/long.ts';
import { type Plinth, startPlinth } from '../support/plinth.ts';
import { Selling } from '../support/selling.ts';
import { until } from '../support/until.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMm2o1b5vYb3gYc2m0aFf3Xh6cJ9yZ8m1x0uQ5w7n2Kd ada@laptop';
const DAY_MS = 86_400_000;
/** A folder for pictures of every page on the way, where one is wanted. */
const PICTURES = process.env['PLINTH_PICTURES'];
const database = withDatabase();
let plinth: Plinth;
let browser: Browser;
let shop: Selling;

beforeAll(async () => {
  [plinth, browser] = await Promise.all([startPlinth(database.url, { SIMULATOR_SPEED: '20' }), openBrowser(), buildDashboard()]);
  shop = new Selling(() => plinth);
  await shop.open();
  const place = await shop.somewhere();
  const larger = await largerPlan(place);
  const sold = (amount: string) => [
    { interval: 'month', currency: 'EUR', amount },
    { interval: 'year', currency: 'EUR', amount: `${Number(amount) * 10}` },
  ];
  const features = (cpus: number) => [`${cpus} vCPU`, `${cpus * 2} GB memory`, `${cpus * 25} GB SSD`, '4 TB traffic'];
  const template = { variables: [{ name: 'WHO', type: 'word', description: 'Whose' }], script: 'echo "$WHO"\n', checks: [] };
  await shop.ok('POST', '/api/setup-profiles', { name: 'hello', template });
  await shop.product(
    { name: 'VPS S', setup_profiles: ['hello'], sort: 1, recommended: true, description: 'For a site or a bot.', features: features(1) },
    { prices: sold('6.90'), candidates: [place] },
  );
  const { id: large } = await shop.product(
    { name: 'VPS M', sort: 2, description: 'For a shop and its database.', features: features(2) },
    { prices: sold('12.90'), candidates: [larger] },
  );
  const monthly = (amount: string) => ({ interval: 'month', currency: 'EUR', amount });
  await shop.ok('PUT', `/api/products/${large}/options`, {
    options: [{ key: 'backups', kind: 'backups', name: 'Daily copies', max: 1, prices: [monthly('2.00')] }],
  });
  await shop.ok('POST', '/api/coupons', { code: 'HALF', percent: '50' });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await plinth?.stop();
});

/** At the same account, so that a server can grow into it. */
async function largerPlan(place: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { items } = await shop.ok('GET', `/api/admin/upstream/plans?providerId=${place['account_id']}`);
  const small = items.find(({ id }: any) => id === place['plan']);
  const [region] = place['regions'] as string[];
  const bigger = items.find(
    (each: any) =>
      each.available &&
      each.regions.includes(region) &&
      each.diskGb >= small.diskGb &&
      each.memoryMb > small.memoryMb &&
      each.vcpus >= small.vcpus,
  );
  return { ...place, plan: bigger.id };
}

async function look(page: Page, name: string): Promise<void> {
  await sound(page, name);
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

// The narrow one in the other language is the harder one.
const WALKS: readonly { language: Language; width: number; dark: boolean }[] = [
  ...(LONG ? [{ language: 'en' as const, width: 1280, dark: false }] : []),
  { language: 'de', width: 390, dark: true },
];

test.each(WALKS)(
  'from signing up to the proof of the end: $language at $width',
  { timeout: 400_000 },
  async ({ language, width, dark }) => {
    const words = wordsOf(language);
    const shot = (name: string) => look(page, `${language}-${width}-${name}`);
    const locale = language === 'de' ? 'de-DE' : 'en-GB';
    const { page, context, complaints } = await visit(browser, { origin: plinth.origin, width, dark, locale, height: 900 });
    const email = `ada-${language}@customers.test`;
    await becomeCustomer(page, { origin: plinth.origin, adminToken: plinth.adminToken, email, name: 'Ada Lovelace', language });
    const organization = await organizationOf(email);
    const clock = await shop.clock(new Date().toISOString(), { id: organization, name: '', token: '' });
    await shot('home-empty');

    await keepKey(page, language, shot);
    // Order on one page, with the price of the moment.
    await page.goto('/portal/order');
    await page.getByRole('radio', { name: /VPS S/ }).check({ force: true });
    await page.getByLabel(words.order.label).fill(`web-${language}`);
    await page.getByRole('checkbox', { name: 'laptop' }).check();
    const pay = page.getByRole('button', { name: begin(words.order.pay) });
    await until(async () => ((await pay.getAttribute('aria-disabled')) === null ? true : undefined), { what: 'a price' });
    expect(await page.getByTestId('total').textContent()).toMatch(/8[.,]21/);
    // What is to be set up with it is chosen here too, and says what it lacks.
    await page.getByLabel(words.setup.setUp).selectOption('hello');
    await expect.poll(() => pay.getAttribute('aria-disabled')).toBe('true');
    await page.getByLabel('Whose').fill('ada');
    await expect.poll(() => pay.getAttribute('aria-disabled')).toBeNull();
    await shot('order');
    // A coupon counts at once, one that is none is said, and without it all is as before.
    const code = page.getByLabel(words.order.coupon);
    const total = () =>
      page
        .getByTestId('total')
        .textContent({ timeout: 2_000 })
        .catch(() => null);
    await code.fill('half');
    await page.getByRole('button', { name: words.order.couponUse }).click();
    await expect.poll(total).toMatch(/4[.,]11/);
    await code.fill('NEVER-WAS');
    await page.getByRole('button', { name: words.order.couponUse }).click();
    await expect.poll(() => code.getAttribute('aria-invalid')).toBe('true');
    await shot('coupon');
    await code.fill('');
    await page.getByRole('button', { name: words.order.couponRemove }).click();
    await expect.poll(total).toMatch(/8[.,]21/);
    await pay.click();
    await page.getByRole('heading', { name: /^Pay/ }).waitFor();
    await payThere(page);

    // At once on the server's page, with the steps of its making.
    await page.waitForURL(/\/portal\/servers\//, { timeout: 60_000 });
    await page.getByRole('region', { name: words.server.stepsOf }).waitFor();
    await shot('building');
    await page
      .getByTestId('ssh')
      .getByText(/^ssh \w+@\d/)
      .waitFor({ timeout: 90_000 });
    await page.getByText(begin(words.server.renews)).waitFor();
    const address = new URL(page.url()).pathname;

    // The password, once, after the second factor.
    const secret = await addAuthenticator(page, language);
    await shot('account');
    await page.goto(address);
    await page.getByRole('button', { name: words.server.showPassword }).click();
    const { generateSync } = await import('otplib');
    await nextCode(page, words.server.codeFromApp, () => generateSync({ secret }));
    await page.getByRole('button', { name: words.server.show, exact: true }).click();
    expect(await page.getByTestId('password').textContent()).toMatch(/\S{8,}/);
    await page.getByRole('button', { name: words.server.hide }).click();
    await shot('server');

    // Another size, paid today for the days that are left.
    await page.getByRole('button', { name: words.server.change }).click();
    await page.getByRole('dialog').getByRole('radio', { name: /VPS M/ }).check({ force: true });
    await page.getByTestId('change-price').getByText(begin(words.server.payToday)).waitFor();
    await shot('change');
    await page.getByRole('button', { name: words.server.changeNow }).click();
    await page.getByRole('heading', { name: /^Pay/ }).waitFor();
    await payThere(page);
    await page.getByText('VPS M', { exact: true }).first().waitFor({ timeout: 90_000 });

    await addCopies(page, language, shot);
    await useParts(page, address, { language, label: `web-${language}`, shot });
    await reinstall(page, address, { language, label: `web-${language}`, shot });

    // Nobody pays: switched off; paid: on again.
    const subscription = await standing(organization);
    await page.goto('/portal/billing?part=methods');
    await page.getByRole('button', { name: words.billing.remove }).click();
    await page.getByText(words.billing.noMethods).waitFor();
    await shot('methods');
    const due = Date.parse(`${subscription.period.end}T00:00:00Z`);
    await shop.advance(clock, new Date(due + 4 * DAY_MS).toISOString());
    await page.goto(address);
    await page.getByText(begin(words.pay.unpaidSuspended.replace('{label}', `web-${language}`))).waitFor({ timeout: 60_000 });
    await shot('unpaid');
    await page.goto('/portal');
    await page.getByText(begin(words.pay.unpaidSuspended.replace('{label}', `web-${language}`))).waitFor();
    await shot('home-unpaid');
    await page.getByRole('alert').getByRole('button').first().click();
    await page.getByRole('heading', { name: /^Pay/ }).waitFor();
    await payThere(page);
    await page.waitForURL(/\/portal\/servers\//, { timeout: 60_000 });
    await page.getByRole('button', { name: words.server.stop }).waitFor({ timeout: 90_000 });
    await page.getByText(begin(words.server.renews)).waitFor({ timeout: 60_000 });

    // The end, and the proof to keep.
    await page.goto('/portal/billing');
    await page.getByRole('listitem').first().waitFor();
    await shot('invoices');
    await page.goto(address);
    await page.getByRole('button', { name: words.server.cancel, exact: true }).click();
    await page.getByRole('radio', { name: begin(words.server.nowOption) }).check();
    await shot('cancel');
    await page.getByLabel(begin(words.server.typeName.replace('{label}', `web-${language}`))).fill(`web-${language}`);
    await page.getByRole('button', { name: words.server.cancelNow }).click();
    const ended = Date.parse((await shop.ok('GET', `/api/test-clocks/${clock.id}`)).clock.at);
    await shop.advance(clock, new Date(ended + 3_600_000).toISOString());
    await page.getByText(words.server.nothingLeft).waitFor({ timeout: 120_000 });
    await shot('proof');
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: words.server.keepProof }).click();
    expect((await saving).suggestedFilename()).toContain(`web-${language}`);
    for (const part of ['team', 'api', 'activity', 'help']) {
      await page.goto(`/portal/${part}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined);
      await shot(part);
    }
    expect(complaints.filter((text) => !/401|403|409|Failed to load resource/.test(text))).toEqual([]);
    await context.close();
  },
);

/** A public key from its file; the private one beside it does not leave the page. */
async function keepKey(page: Page, language: Language, shot: Parts['shot']): Promise<void> {
  const { keys } = wordsOf(language);
  await page.goto('/portal/keys');
  await page.getByText(keys.none).waitFor();
  await page.getByLabel(keys.publicKey, { exact: true }).fill('-----BEGIN OPENSSH PRIVATE KEY-----');
  await page.getByText(keys.privateKeyRemedy).waitFor();
  const add = page.getByRole('button', { name: keys.add });
  expect(await add.getAttribute('aria-disabled')).toBe('true');
  await page.getByLabel(keys.file).setInputFiles({ name: 'laptop.pub', mimeType: 'text/plain', buffer: Buffer.from(`${KEY}\n`) });
  await add.click();
  await page.getByRole('listitem').getByText('laptop', { exact: true }).waitFor();
  await shot('keys');
  await page.getByRole('button', { name: keys.renameTitle.replace('{name}', 'laptop') }).waitFor();
}

/** More of an option: priced before it is asked for, paid, and there. */
async function addCopies(page: Page, language: Language, shot: Parts['shot']): Promise<void> {
  const { server } = wordsOf(language);
  await page.getByRole('button', { name: server.options }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: 'Daily copies' }).check();
  const price = dialog.getByTestId('change-price');
  await price.getByText(begin(server.payToday)).waitFor();
  expect(await price.textContent()).toMatch(/14[.,]90/);
  await shot('options');
  await dialog.getByRole('button', { name: server.changeNow }).click();
  await page.getByRole('heading', { name: /^Pay/ }).waitFor();
  await payThere(page);
  await page.getByText('1 × Daily copies', { exact: false }).waitFor({ timeout: 90_000 });
}

interface Parts {
  readonly language: Language;
  readonly label: string;
  readonly shot: (name: string) => Promise<void>;
}

/** What a server's page has besides: who may reach it, what it used, and (at the desk) what there is to go back to. */
async function useParts(page: Page, address: string, { language, label, shot }: Parts): Promise<void> {
  const { order, panel } = wordsOf(language);
  const dialog = page.getByRole('dialog');
  const preset = (name: RegExp) => dialog.getByRole('button', { name });
  await page.goto(`${address}?part=network`);
  await page.getByRole('button', { name: panel.setUpFirewall }).click();
  await preset(/^Web/).click();
  const save = dialog.getByRole('button', { name: panel.saveFirewall });
  // Whoever would lock themselves out is asked.
  await dialog.getByLabel(panel.locksOut).waitFor();
  expect(await save.getAttribute('aria-disabled')).toBe('true');
  await preset(/^SSH (from anywhere|von überall)/).click();
  await shot('firewall');
  await save.click();
  await page.getByText('22', { exact: true }).waitFor({ timeout: 90_000 });
  await shot('network');
  await page.goto(`${address}?part=graphs`);
  await page.getByText(begin(panel.month)).waitFor({ timeout: 30_000 });
  await shot('graphs');
  await page.goto(`${address}?part=snapshots`);
  await page.getByText(panel.noSnapshots).waitFor();
  await shot('snapshots');
  if (language === 'de') return;
  await page.getByRole('button', { name: panel.makeSnapshot }).click();
  await dialog.getByLabel(panel.snapshotName).fill('before the update');
  await dialog.getByRole('button', { name: panel.make, exact: true }).click();
  const kept = page.getByRole('list', { name: panel.snapshots }).getByRole('listitem');
  await kept.getByText('Ready').waitFor({ timeout: 90_000 });
  const restore = kept.getByRole('button', { name: panel.restore });
  await until(async () => ((await restore.getAttribute('aria-disabled')) === null ? true : undefined), { timeoutMs: 60_000 });
  await restore.click();
  await dialog.getByRole('textbox').fill(label);
  await shot('restore');
  await dialog.getByRole('button', { name: panel.restoreAction }).click();
  await dialog.waitFor({ state: 'detached' });
  await until(async () => ((await restore.getAttribute('aria-disabled')) === null ? true : undefined), {
    timeoutMs: 90_000,
    what: 'the disk to be restored',
  });
  // A copy of it is an order, of the same product to begin with.
  await kept.getByRole('button', { name: begin(panel.newServer) }).click();
  await page.getByRole('heading', { name: order.copy }).waitFor();
  await page.getByTestId('quote').waitFor({ timeout: 30_000 });
  expect(await page.getByRole('alert').count()).toBe(0);
  await shot('copy');
  await page.getByRole('button', { name: order.copyDrop }).click();
  await page.getByRole('heading', { name: order.system }).waitFor();
}

/** Another system, with a key picked from those that are kept, once the present disk is kept too. */
async function reinstall(page: Page, address: string, { language, label, shot }: Parts): Promise<void> {
  const { keys, server } = wordsOf(language);
  await page.goto(address);
  await page.getByRole('main').getByRole('button', { name: server.more, exact: true }).click();
  await page.getByRole('menuitem', { name: server.reinstall }).click();
  const dialog = page.getByRole('dialog');
  const picker = dialog.getByRole('group', { name: keys.pickAgain });
  await picker.getByRole('checkbox', { name: 'laptop' }).check();
  await dialog.getByText('Debian', { exact: true }).click();
  await dialog.getByRole('checkbox', { name: server.snapshotFirst }).check();
  await dialog.getByLabel(begin(server.typeNameFirst.replace('{label}', label))).fill(label);
  await shot('reinstall');
  await dialog.getByRole('button', { name: server.reinstallAction }).click();
  await dialog.getByText(server.snapshotMaking).waitFor();
  await dialog.waitFor({ state: 'detached', timeout: 90_000 });
  const id = address.split('/').at(-1)!;
  const done = { kind: 'reinstall', status: 'succeeded', vpsId: id };
  await until(() => plinth.runtime.services.db.operation.findFirst({ where: done }).then((found) => found ?? undefined), {
    timeoutMs: 90_000,
    what: 'the server to be reinstalled',
  });
  const latest = { where: { vpsId: id }, orderBy: { createdAt: 'desc' }, take: 2, select: { kind: true, status: true } } as const;
  expect(await plinth.runtime.services.db.operation.findMany(latest)).toEqual(
    ['reinstall', 'snapshot'].map((kind) => ({ kind, status: 'succeeded' })),
  );
  const { spec } = await plinth.runtime.services.db.vps.findUniqueOrThrow({ where: { id } });
  const { sshPublicKeys, compute } = spec as unknown as VpsSpec;
  expect(sshPublicKeys).toEqual([KEY.replace('ada@laptop', 'laptop')]);
  expect(compute.image).toMatch(/debian/i);
}

/** A code that was not shown yet: each counts once. */
async function nextCode(page: Page, label: string, code: () => string): Promise<void> {
  const first = code();
  const next = await until(() => Promise.resolve(code() === first ? undefined : code()), {
    timeoutMs: 40_000,
    everyMs: 250,
    what: 'the next code',
  });
  await page.getByLabel(label).fill(next);
}

async function organizationOf(email: string): Promise<string> {
  const { db } = plinth.runtime.services;
  return (await db.member.findFirstOrThrow({ where: { user: { email } } })).organizationId;
}

async function standing(organizationId: string): Promise<any> {
  const { db } = plinth.runtime.services;
  const { id } = await until(async () => (await db.subscription.findFirst({ where: { organizationId, status: 'active' } })) ?? undefined, {
    what: 'an active subscription',
  });
  return (await shop.subscription(id)).subscription;
}

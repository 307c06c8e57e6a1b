/** What a page leads to can be done by who sees it, and what waits for somebody is told: guide, roles, failures. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { createToken } from '../../server/identity/tokens/authenticate.ts';
import { simulatedCredential } from '../../providers/rfc2136/credential.ts';
import { visit } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { updateVps } from '../../server/vps/store.ts';
import { GRANTS, type MemberRole, type StaffRole } from '../../contract/permissions.ts';
import { type Place, PLACES } from '../../web/portal/places.ts';
import { shellWords } from '../../web/portal/words/shell.ts';
import { VPS_ACTIONS } from '../../contract/lifecycle.ts';
import { permissionOf } from '../../server/vps/changes/permissions.ts';
import { RIGHTS } from '../../web/kit/api/generated/rights.ts';
import { ACTION_RIGHTS } from '../../web/desk/lib/action-rights.ts';
import { PAGES } from '../../web/desk/lib/pages.ts';
import { pagesOfTurn } from '../support/pages.ts';

const PATIENT = { timeout: 15_000 };
/** What a page says in place of what it has. */
const REFUSED = /needs the permission|acts for one organization/;
const dashboard = withDashboard({ engine: false });
let ids: string[];

beforeAll(async () => {
  await seedVpses(dashboard.runtime, 12);
  ids = (await dashboard.runtime.services.db.vps.findMany({ orderBy: { label: 'asc' } })).map(({ id }) => id);
}, 60_000);

const as = async (role: 'viewer' | 'operator' | 'admin', bound = false) => {
  const { db } = dashboard.runtime.services;
  const organizationId = bound ? (await db.organization.findFirstOrThrow()).id : null;
  const { secret } = await createToken(db, { name: `${role}-${bound}`, role, organizationId, expiresAt: null });
  return { ...(await visit(dashboard.browser, { origin: dashboard.origin, token: secret })), secret };
};

test.each([
  ['viewer', false],
  ['operator', false],
  ['admin', true],
] as const)('%s (of one organization: %s) is led to nothing that refuses', { timeout: 120_000 }, async (role, bound) => {
  const { page, context } = await as(role, bound);
  await page.goto('/');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  const create = page.getByRole('button', { name: 'Create a VPS' });
  await create.waitFor();
  expect(await create.getAttribute('aria-disabled')).toBe('true');
  const places = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  await expect.poll(() => places.count(), PATIENT).toBeLessThan(12);
  // Each place that is still shown has something to show.
  const shown = await Promise.all((await places.all()).map((each) => each.getAttribute('href')));
  for (const path of shown) {
    await page.goto(path!);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect([path, await page.getByText(REFUSED).count()]).toEqual([path, 0]);
  }
  expect(await page.getByRole('link', { name: /Create (a|the first) VPS/ }).count()).toBe(0);
  await context.close();
});

/** A person's own token, for all that their role gives. */
async function person(name: string, of: { staffRole: StaffRole } | { member: MemberRole; organizationId: string }) {
  const { db } = dashboard.runtime.services;
  const who = { id: randomUUID(), email: `${name}@example.com`, name, handle: name };
  const { id: userId } = await db.user.create({ data: { ...who, staffRole: 'staffRole' in of ? of.staffRole : null } });
  const organizationId = 'member' in of ? of.organizationId : null;
  if ('member' in of) await db.member.create({ data: { userId, organizationId: of.organizationId, role: of.member } });
  const { secret } = await createToken(db, { name, role: null, organizationId, expiresAt: null, userId, scopes: ['*'] });
  return await visit(dashboard.browser, { origin: dashboard.origin, token: secret });
}

test('the desk knows which permission each action needs', () => {
  expect(ACTION_RIGHTS).toEqual(Object.fromEntries(VPS_ACTIONS.map((action) => [action, permissionOf(action)])));
});

const STAFF = ['support', 'billing', 'readonly', 'operator'] as const;
test.each(STAFF)('staff with the role %s see what their role may see, and no page asks for more', { timeout: 200_000 }, async (role) => {
  const { page, context, complaints } = await person(`${role}-of-staff`, { staffRole: role });
  const mine = PAGES.filter(({ needs }) => needs.every((each) => GRANTS.staff[role].has(each)));
  await page.goto('/');
  const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  const wanted = mine.filter(({ aside }) => aside === undefined).map(({ to }) => to);
  const shown = () =>
    links.evaluateAll((all: any[]) => all.map((each) => each.getAttribute('href') as string).filter((to) => to !== '/simulator'));
  await expect.poll(shown, PATIENT).toEqual(wanted);
  for (const { to } of pagesOfTurn(mine, STAFF.indexOf(role), STAFF.length)) {
    await page.goto(to);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle', { timeout: 500 }).catch(() => undefined);
    expect([to, await page.getByText(REFUSED).count()]).toEqual([to, 0]);
  }
  expect(complaints).toEqual([]);
  await context.close();
});

/** Changes nothing: what is looked at, and how. */
const LOOKS = /^(Actions for|Copy|Open|Show|All|Also|Begin)\b/;
const SELLERS = ['support', 'billing', 'readonly'] as const;
/** Where the seller's people can do most, and what stands there when there is something to do it to; the others take turns. */
const selling = async (turn: number): Promise<(readonly [path: string, ready: string])[]> => {
  const { db } = dashboard.runtime.services;
  const [product, organization] = [await db.product.findFirstOrThrow(), await db.organization.findFirstOrThrow()];
  const others = [
    ['/coupons', 'SPRING'],
    ['/setup-profiles', 'Its script'],
    ['/taxes', 'Time zone'],
  ] as const;
  return [
    [`/products/${product.id}`, 'Reserved'],
    [`/customers/${organization.id}`, 'Billed to'],
    ...pagesOfTurn(others, turn, others.length),
  ];
};
test.each(SELLERS)('%s is offered nothing to do that the service would refuse', async (role) => {
  const call = { code: 'SPRING', percent: '10', applies: 'recurring' };
  const headers = { authorization: `Bearer ${dashboard.token}`, 'content-type': 'application/json' };
  await fetch(`${dashboard.origin}/api/coupons`, { method: 'POST', headers, body: JSON.stringify(call) });
  const { page, context } = await person(`${role}-who-sells`, { staffRole: role });
  const mine = GRANTS.staff[role];
  let found = 0;
  for (const [path, ready] of await selling(SELLERS.indexOf(role) + 1)) {
    // Nobody's page asks for what they may not see.
    if (path === '/taxes' && !mine.has('tax:read')) continue;
    await page.goto(path);
    await page.getByRole('main').getByText(ready).first().waitFor();
    const menu = page.getByRole('main').getByRole('button', { name: /^Actions for / });
    if ((await menu.count()) > 0) {
      await menu.first().click();
      await page.getByRole('menuitem').first().waitFor();
    }
    const buttons = page.locator('main button:not([aria-disabled]), [role=menuitem]:not([aria-disabled])');
    const shown: { calls: string; text: string }[] = await buttons.evaluateAll((all: any[]) =>
      all.map((each) => ({
        calls: each.closest('[data-calls]')?.dataset.calls ?? '',
        text: each.getAttribute('aria-label') ?? each.textContent,
      })),
    );
    const refused = shown.filter(({ calls, text }) =>
      calls === ''
        ? !LOOKS.test(text)
        : calls.split(' ').some((each) => !RIGHTS[each as keyof typeof RIGHTS].some((right) => mine.has(right))),
    );
    expect([path, refused]).toEqual([path, []]);
    found += shown.filter(({ calls }) => calls !== '').length;
  }
  // What each of them may: write, sell, and nothing.
  expect(found > 0).toBe(role !== 'readonly');
  await context.close();
});

const MEMBERS = ['owner', 'operator', 'billing', 'viewer'] as const;
test.each(MEMBERS)('a member with the role %s finds in the portal what the role may see', { timeout: 120_000 }, async (role) => {
  const { id: organizationId } = await dashboard.runtime.services.db.organization.findFirstOrThrow();
  const { page, context, complaints } = await person(`${role}-of-one`, { member: role, organizationId });
  const mine: readonly Place[] = PLACES.filter(({ needs }) => needs.some((each) => GRANTS.member[role].has(each)));
  expect(mine.some(({ word }) => word === 'keys')).toBe(role !== 'billing');
  await page.goto('/portal');
  const links = page.getByRole('navigation', { name: shellWords.all.en.main }).getByRole('link');
  await expect.poll(() => links.allTextContents(), PATIENT).toEqual(mine.map(({ word }) => shellWords.all.en[word]));
  for (const { to } of pagesOfTurn(mine, MEMBERS.indexOf(role), MEMBERS.length)) {
    await page.goto(to);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle', { timeout: 500 }).catch(() => undefined);
  }
  expect(complaints).toEqual([]);
  await context.close();
});

test('the operator of Plinth is led everywhere', async () => {
  const { page, context } = await dashboard.visit();
  await page.goto('/');
  await page.getByRole('link', { name: 'Create a VPS' }).waitFor();
  const places = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  await expect.poll(() => places.count(), PATIENT).toBeGreaterThanOrEqual(11);
  await context.close();
});

test('errors and failures that nothing has mended wait for somebody, of whatever role, and no longer than that', async () => {
  const { db } = dashboard.runtime.services;
  await db.vps.updateMany({ data: { status: 'active' } });
  const { organizationId } = await db.vps.findFirstOrThrow();
  const began = Date.now();
  const operate = (vpsId: string, kind: string, status: string, afterMs: number) => {
    const createdAt = new Date(began + afterMs);
    const row = { id: randomUUID(), vpsId, organizationId, kind, status, actor: 'somebody', request: {}, createdAt, finishedAt: createdAt };
    return db.operation.create({ data: { ...row, fault: { kind: 'quota', message: 'The quota is used up.', retryable: false } } });
  };
  await updateVps(db, ids[0]!, { status: 'error' });
  await operate(ids[1]!, 'resize', 'failed', 0);
  await operate(ids[1]!, 'preview', 'succeeded', 10);
  await operate(ids[2]!, 'reboot', 'failed', 0);
  await operate(ids[2]!, 'reboot', 'succeeded', 10);
  const { page, context, complaints } = await as('viewer');
  await page.goto('/');
  const waits = page.getByRole('region', { name: 'Waits for you' });
  await waits.getByText('1 VPS is in error.').waitFor();
  await waits.getByText('Resize of many-00001 failed').waitFor();
  expect(await waits.getByText('many-00002').count()).toBe(0);
  await waits.getByRole('link', { name: 'Why' }).click();
  await page.getByText('The quota is used up.').first().waitFor();
  await operate(ids[1]!, 'resize', 'succeeded', 20);
  await updateVps(db, ids[0]!, { status: 'active' });
  await page.goto('/');
  await page.getByText('Where they are').waitFor();
  expect(await waits.count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test('the guide to the first VPS ends: with many, and once a drift was settled whatever way', async () => {
  const { db } = dashboard.runtime.services;
  await db.vps.updateMany({ data: { status: 'active' } });
  const { page, context } = await dashboard.visit();
  const guide = page.getByRole('heading', { name: /first VPS/ });
  await page.goto('/');
  await page.getByText('Where they are').waitFor();
  expect(await guide.count()).toBe(0);
  await db.operation.deleteMany();
  await db.vps.deleteMany({ where: { id: { not: ids[0]! } } });
  await page.goto('/');
  await guide.waitFor();
  const { accountId } = await db.vps.findUniqueOrThrow({ where: { id: ids[0]! } });
  const at = new Date();
  const drift = { kind: 'changed', state: 'resolved', fingerprint: 'x', differences: [], resolution: 'repaired', resolvedAt: at };
  await db.drift.create({ data: { id: randomUUID(), vpsId: ids[0]!, accountId, ...drift, firstSeenAt: at, lastSeenAt: at } });
  await page.goto('/');
  await page.getByText('Where they are').waitFor();
  await expect.poll(() => guide.count(), PATIENT).toBe(0);
  await context.close();
});

test('an account is added and gets a new key, and what may be left out of it is', { timeout: 60_000 }, async () => {
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/admin');
  await page.getByRole('button', { name: 'Add an account' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Provider').selectOption('rfc2136');
  await dialog.getByLabel('Name', { exact: true }).fill('Own name server');
  const fill = async (token: string): Promise<void> => {
    const { host, zones, keyName, secret } = simulatedCredential(token);
    for (const [label, text] of [
      ['Name server', host],
      ['Zones', zones],
      ['Key name', keyName],
      ['Secret', secret],
    ] as const)
      await dialog.getByLabel(label, { exact: true }).fill(text!);
    // Typed, and taken back.
    await dialog.getByLabel('Port (optional)').fill('5');
    await dialog.getByLabel('Port (optional)').fill('');
  };
  await fill('sim-dialog');
  await dialog.getByText('The same as code').click();
  for (const way of ['curl', 'plinth']) {
    await dialog.getByRole('button', { name: way, exact: true }).click();
    const code = await dialog.getByTestId('as-code').textContent();
    expect(code).toContain('$ENV.RFC2136_SECRET');
    expect(code).not.toContain(simulatedCredential('sim-dialog')['secret']);
  }
  await dialog.getByRole('button', { name: 'Try the key and add' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'Own name server' }).click();
  await page.getByRole('button', { name: 'Rotate key' }).click();
  await fill('sim-rotated');
  await dialog.getByRole('button', { name: 'Try the key and replace' }).click();
  await dialog.waitFor({ state: 'detached' });
  const account = await dashboard.runtime.services.db.account.findFirst({ where: { name: 'Own name server' } });
  expect(account).toMatchObject({ provider: 'rfc2136', last4: simulatedCredential('sim-rotated')['secret']!.slice(-4) });
  expect(complaints).toEqual([]);
  await context.close();
});

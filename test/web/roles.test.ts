/** What a page leads to can be done by who sees it, and what waits for somebody is told: guide, roles, failures. */
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { createToken } from '../../server/identity/tokens/authenticate.ts';
import { visit } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { updateVps } from '../../server/vps/store.ts';

const PATIENT = { timeout: 15_000 };
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
  await expect.poll(() => places.count(), PATIENT).toBeLessThan(8);
  // Each place that is still shown has something to show.
  const shown = await Promise.all((await places.all()).map((each) => each.getAttribute('href')));
  for (const path of shown) {
    await page.goto(path!);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect([path, await page.getByText(/^This (needs the role|token is bound)/).count()]).toEqual([path, 0]);
  }
  expect(await page.getByRole('link', { name: /Create (a|the first) VPS/ }).count()).toBe(0);
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

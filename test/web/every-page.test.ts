/** Every page, in both themes, on a phone, and for who may only look: nothing serious for axe, no complaint, no policy broken. */
import { expect, test } from 'vitest';
import { createToken } from '../../server/auth/tokens.ts';
import { seriousProblems } from '../support/axe.ts';
import { visit } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { everyPage } from '../support/pages.ts';
import { seedBulkRun, seedVpses } from '../support/seed-vpses.ts';

const dashboard = withDashboard({ engine: false });

async function seed(): Promise<void> {
  if ((await dashboard.runtime.services.db.vps.count()) > 0) return;
  await seedVpses(dashboard.runtime, 300);
  await seedBulkRun(dashboard.runtime);
}

test.each([
  ['a wide light window', { width: 1280, dark: false }],
  ['a dark phone', { width: 375, dark: true }],
] as const)('every page is fit for all on %s', async (_, look) => {
  await seed();
  const { page, complaints, context } = await dashboard.visit(look);
  for (const { path, ready } of await everyPage(dashboard.runtime)) {
    await page.goto(path);
    await page.getByText(ready).first().waitFor();
    expect([path, await seriousProblems(page)]).toEqual([path, []]);
    expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, true]);
  }
  expect(complaints).toEqual([]);
  await context.close();
});

test('who may only look is told so, and asks for nothing that is refused', async () => {
  const { services } = dashboard.runtime;
  await seed();
  const { secret } = await createToken(services.db, { name: 'looker', role: 'viewer', organizationId: null, expiresAt: null });
  const { page, complaints, context } = await visit(dashboard.browser, { origin: dashboard.origin, token: secret });
  for (const { path } of await everyPage(dashboard.runtime)) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
  }
  await page.goto('/admin#providers');
  await page.getByText('This needs the role admin; the token “looker” has viewer.').first().waitFor();
  const add = page.getByRole('button', { name: 'Add an account' });
  expect(await add.getAttribute('aria-disabled')).toBe('true');
  expect(complaints).toEqual([]);
  await context.close();
});

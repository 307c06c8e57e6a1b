/** Every page, in both themes, on a phone, and for who may only look: nothing serious for axe, no complaint, no policy broken. */
import { expect, test } from 'vitest';
import { createToken } from '../../server/identity/tokens/authenticate.ts';
import { seriousProblems } from '../support/axe.ts';
import { visit } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { LONG } from '../support/long.ts';
import { everyPage, pagesOfTurn, portalPages } from '../support/pages.ts';
import { seedBulkRun, seedVpses } from '../support/seed-vpses.ts';

const dashboard = withDashboard({ engine: false });

async function seed(): Promise<void> {
  if ((await dashboard.runtime.services.db.vps.count()) > 0) return;
  await seedVpses(dashboard.runtime, 300);
  await seedBulkRun(dashboard.runtime);
}

/** The long run: every page in each of them. */
const ALL_LOOKS = [390, 1280, 1920].flatMap((width) => [false, true].map((dark) => ({ width, dark })));
const LOOKS = LONG
  ? ALL_LOOKS
  : [
      { width: 1280, dark: false },
      { width: 375, dark: true },
    ];

test.each(LOOKS.map((look, turn) => ({ ...look, turn })))(
  'every page is fit for all at $width, dark: $dark',
  { timeout: 600_000 },
  async ({ turn, ...look }) => {
    await seed();
    const { page, complaints, context } = await dashboard.visit(look);
    for (const { path, ready } of pagesOfTurn(await everyPage(dashboard.runtime), turn, 2)) {
      await page.goto(path);
      await page.getByText(ready).first().waitFor();
      expect([path, await seriousProblems(page)]).toEqual([path, []]);
      expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, true]);
    }
    expect(complaints).toEqual([]);
    await context.close();
  },
);

test('who may only look is told so, and asks for nothing that is refused', { timeout: 400_000 }, async () => {
  const { services } = dashboard.runtime;
  await seed();
  const { secret } = await createToken(services.db, { name: 'looker', role: 'viewer', organizationId: null, expiresAt: null });
  const { page, complaints, context } = await visit(dashboard.browser, { origin: dashboard.origin, token: secret });
  for (const { path } of pagesOfTurn(await everyPage(dashboard.runtime), 0, 2)) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    // The stream of events never ends, so the page is never idle: what it asks for at first it asks for at once.
    await page.waitForLoadState('networkidle', { timeout: 500 }).catch(() => undefined);
  }
  await page.goto('/admin#providers');
  await page.getByText('This needs the permission account:read; “looker” does not have it.').first().waitFor();
  const add = page.getByRole('button', { name: 'Add an account' });
  expect(await add.getAttribute('aria-disabled')).toBe('true');
  expect(complaints).toEqual([]);
  await context.close();
});

const PORTAL_LOOKS = (LONG ? ALL_LOOKS : LOOKS.map(({ width, dark }) => ({ width: Math.max(width, 390), dark }))).map((look, turn) => ({
  ...look,
  turn,
  locale: look.dark ? 'de-DE' : 'en-GB',
}));
test.each(PORTAL_LOOKS)('every page of the portal is fit for all at $width, $locale', { timeout: 600_000 }, async ({ turn, ...look }) => {
  await seed();
  const { services } = dashboard.runtime;
  const { id: organizationId } = await services.db.organization.findFirstOrThrow({ where: { name: 'default' } });
  const { secret } = await createToken(services.db, { name: `member ${turn}`, role: 'admin', organizationId, expiresAt: null });
  const { page, complaints, context } = await visit(dashboard.browser, { origin: dashboard.origin, token: secret, ...look });
  for (const path of pagesOfTurn(await portalPages(dashboard.runtime), turn, 2)) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle', { timeout: 500 }).catch(() => undefined);
    expect.soft([path, await seriousProblems(page)]).toEqual([path, []]);
    for (const width of [1920, look.width]) {
      await page.setViewportSize({ width, height: 900 });
      expect.soft([path, width, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, width, true]);
    }
  }
  expect(complaints).toEqual([]);
  await context.close();
});

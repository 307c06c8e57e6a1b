/** Every page, in both themes and on a phone: nothing serious for axe, nothing in the console, nothing against the policy. */
import { describe, expect, test } from 'vitest';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { seriousProblems } from '../support/axe.ts';
import { everyPage } from '../support/pages.ts';

const dashboard = withDashboard({ engine: false });

describe('pages', () => {
  test.each([
    ['light', 1280, false],
    ['dark', 1280, true],
    ['phone', 375, false],
  ] as const)('%s: no serious problem for people with other abilities, no complaint', async (_, width, dark) => {
    if ((await dashboard.runtime.services.db.vps.count()) === 0) await seedVpses(dashboard.runtime, 300);
    const { page, complaints, context } = await dashboard.visit({ width, dark });
    for (const { path, ready } of await everyPage(dashboard.runtime)) {
      await page.goto(path);
      await page.getByText(ready).first().waitFor();
      expect([path, await seriousProblems(page)]).toEqual([path, []]);
      expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([path, true]);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });
});

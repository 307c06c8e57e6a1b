/** Every page at every width, with contents as long as they may be: none is wider than its window, and none cuts what it lists. */
import { beforeAll, expect, test } from 'vitest';
import { withDashboard } from '../support/dashboard.ts';
import { everyPage, pagesOfTurn } from '../support/pages.ts';
import { seedLong } from '../support/seed-long.ts';
import { seedBulkRun, seedVpses } from '../support/seed-vpses.ts';

const dashboard = withDashboard({ engine: false });
beforeAll(async () => {
  await seedVpses(dashboard.runtime, 60);
  await seedBulkRun(dashboard.runtime);
  await seedLong(dashboard.runtime);
}, 60_000);

/** What sticks out of the page, so that a failure names it. */
const STICKING_OUT = `(() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const scrolls = (node) => node && node !== document.body && (/(auto|scroll|hidden|clip)/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
  return [...document.querySelectorAll('main *')]
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1 && !scrolls(node.parentElement))
    .slice(0, 3)
    .map((node) => node.tagName + '.' + node.className + ': ' + node.textContent.slice(0, 40));
})()`;
/** Lists that a person would have to push sideways. */
const PUSHED = `[...document.querySelectorAll('[role=table], [role=region][aria-label="Audit trail"], [role=region][aria-label="Snapshots"]')]
  .filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.getAttribute('aria-label'))`;

const WIDTHS = [390, 1280, 768, 1920];

test.each(WIDTHS)('no page is wider than a window of %i', { timeout: 240_000 }, async (width) => {
  const { page, context } = await dashboard.visit({ width });
  const wrong: unknown[] = [];
  for (const { path, ready } of pagesOfTurn(await everyPage(dashboard.runtime), WIDTHS.indexOf(width), WIDTHS.length / 2)) {
    await page.goto(path);
    await page.getByText(ready).first().waitFor();
    await page.waitForLoadState('networkidle', { timeout: 400 }).catch(() => undefined);
    const wider = (await page.evaluate('document.documentElement.scrollWidth')) as number;
    if (wider > width) wrong.push([path, wider, await page.evaluate(STICKING_OUT)]);
    const pushed = (await page.evaluate(PUSHED)) as string[];
    if (pushed.length > 0) wrong.push([path, 'has to be pushed sideways', pushed]);
  }
  expect(wrong).toEqual([]);
  await context.close();
});

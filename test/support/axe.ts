import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds serious or critical under WCAG 2.2 A and AA, one line each. */
export async function seriousProblems(page: Page): Promise<string[]> {
  // Through the debugger, as the page's own policy refuses foreign scripts.
  await page.evaluate(AXE);
  // What the fixed head of a page happens to cover in part, once scrolled, is no button that is too small.
  await page.evaluate('scrollTo(0, 0)');
  return await page.evaluate(async () => {
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await (globalThis as any).axe.run((globalThis as any).document, { runOnly: { type: 'tag', values: tags } });
    return violations
      .filter((each: any) => each.impact === 'serious' || each.impact === 'critical')
      .map((each: any) =>
        `${each.id}: ${each.nodes.map((node: any) => `${node.target} ${node.failureSummary}`).join(' | ')}`.slice(0, 600),
      );
  });
}

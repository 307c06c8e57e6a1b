/** The drift page says that all is well only when a look has ended and its findings are there. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { allAccounts } from '../../server/accounts/accounts.ts';
import { insertDrift } from '../../server/drift/store.ts';
import { claimSweep, endSweep, ensureSweep } from '../../server/kernel/schedule/store.ts';
import { withDashboard } from '../support/dashboard.ts';
import { seedVpses } from '../support/seed-vpses.ts';
import { until } from '../support/until.ts';

// No worker: the test is the sweep, and begins and ends it when it likes.
const dashboard = withDashboard({ engine: false });
const CLEAR = 'Every server is as recorded';
const NO_STRAYS = 'Nothing: every server and DNS record';
/** Sooner than any question by the clock while nothing moves. */
const TOLD = { timeout: 4_000 };

const sweep = {
  // The page says that it looks from the click on; the request may still be on its way.
  begin: () => until(() => claimSweep(dashboard.runtime.services.db, 'drift', 'test', 60_000)),
  end: (outcome: string, message = 'All read.') =>
    endSweep(dashboard.runtime.services.db, 'drift', 'test', { outcome, message, result: null, durationMs: 5 }, 0),
};

/** Notes whether one of the texts is ever shown from now on, for however short. */
async function watchFor(page: Page, texts: readonly string[]): Promise<() => Promise<boolean>> {
  await page.evaluate(`{
    window.seen = false;
    const texts = ${JSON.stringify(texts)};
    const look = () => { window.seen ||= texts.some((text) => document.body.innerText.includes(text)); };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    look();
  }`);
  return () => page.evaluate('window.seen');
}

test('between “Look now” and the findings nothing is called clear, and the findings come by themselves', async () => {
  const { services } = dashboard.runtime;
  await ensureSweep(services.db, 'drift', 0, 0);
  await seedVpses(dashboard.runtime, 3);
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/drift');
  await page.getByText('Nobody has looked yet', { exact: true }).waitFor();
  const lead = (text: string) => page.getByRole('main').getByRole('status').getByText(text).first();
  await page.getByRole('button', { name: 'Look now' }).click();
  await lead('Looking …').waitFor();
  await sweep.begin();
  await sweep.end('ok');
  await page.getByText(CLEAR).waitFor(TOLD);
  await page.getByText(NO_STRAYS).waitFor(TOLD);

  await page.getByRole('button', { name: 'Look now' }).click();
  await lead('Looking …').waitFor();
  const called = await watchFor(page, [CLEAR, NO_STRAYS]);
  await sweep.begin();
  // Long enough for several answers while it runs.
  for (let answers = 0; answers < 3; answers += 1) await page.waitForResponse((response) => response.url().includes('/api/admin/drift'));
  const account = (await allAccounts(services))[0]!;
  await insertDrift(services.db, {
    vpsId: (2).toString(36).padStart(16, '0'),
    accountId: account.id,
    kind: 'changed',
    state: 'suspected',
    fingerprint: 'f',
    checkOperationId: null,
    differences: [{ object: 'instance', name: 'vps-instance', field: 'power', recorded: 'running', actual: 'stopped' }],
    at: new Date(),
  });
  await page.getByRole('article', { name: 'Drift of many-00002' }).waitFor(TOLD);
  expect(await called()).toBe(false);
  await sweep.end('ok');
  await lead('As the providers were').waitFor(TOLD);
  await page.getByText(NO_STRAYS).waitFor(TOLD);
  expect(await page.getByText(CLEAR).count()).toBe(0);
  expect(complaints).toEqual([]);
  await context.close();
});

test('a look that failed or saw only a part calls nothing clear', async () => {
  const { services } = dashboard.runtime;
  await services.db.drift.deleteMany();
  const { page, context } = await dashboard.visit();
  await page.goto('/drift');
  for (const outcome of ['partial', 'failed']) {
    await page.getByRole('button', { name: 'Look now' }).click();
    await page.getByText('Looking …').first().waitFor();
    await sweep.begin();
    await sweep.end(outcome, `The key was refused: ${outcome}.`);
    await page.getByText(`The key was refused: ${outcome}.`).waitFor(TOLD);
    await page.getByRole('region', { name: 'What no record accounts for' }).getByText('did not see everything').waitFor();
    expect(await page.getByText(CLEAR).count()).toBe(0);
  }
  await context.close();
});

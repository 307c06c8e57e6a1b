/** What a new operator does, in a real browser: sign in, follow the guide, watch, reveal, resize, repair a drift, delete. */
import { expect, test } from 'vitest';
import { withDashboard } from '../support/dashboard.ts';
import { until } from '../support/until.ts';

// The first look is the person's, however long it took to get there.
const dashboard = withDashboard({ env: { PLINTH_DRIFT_SECONDS: '0' } });

test('from an empty database to an active VPS, its password, a resize, a drift, and the proof of its end', async () => {
  const { page, complaints, context } = await dashboard.visit({ signedIn: false });
  await page.goto('/');
  await page.getByLabel('Token').fill('plinth_wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('This token is unknown, expired or revoked').waitFor();
  // The browser itself writes a line for the refused request.
  expect(complaints.splice(0)).toHaveLength(1);
  await page.getByLabel('Token').fill(dashboard.token);
  await page.getByRole('button', { name: 'Sign in' }).click();

  await page.getByRole('heading', { name: 'From here to your first VPS' }).waitFor();
  await page.getByRole('link', { name: 'Create the first VPS' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Web_1');
  await page.getByText('Lower-case letters a-z, digits and inner hyphens only').waitFor();
  await page.getByLabel('Name', { exact: true }).fill('web-1');
  await page.getByText('“web-1” is free.').waitFor();
  await page.getByLabel('DNS zone').selectOption({ index: 1 });
  await page.getByText('DNS records A and AAAA').waitFor();
  expect(
    await page
      .getByText(/per month/)
      .last()
      .textContent(),
  ).toMatch(/\d/);
  await page.getByText('The same as code').click();
  for (const [way, says] of [
    ['curl', '/api/vps'],
    ['plinth', 'plinth vps create'],
    ['Pulumi', 'new local.Command("web-1"'],
  ] as const) {
    await page.getByRole('button', { name: way, exact: true }).click();
    const text = await page.getByTestId('as-code').textContent();
    expect([text, text]).toEqual([expect.stringContaining(says), expect.stringContaining('"label": "web-1"')]);
  }
  await page.getByRole('button', { name: 'Create the VPS' }).click();

  await page.getByRole('heading', { name: 'web-1' }).waitFor();
  await page.getByText(/^Created.*random password/).waitFor();
  await page.getByText('Succeeded').first().waitFor({ timeout: 40_000 });
  await page.getByText('Active', { exact: true }).waitFor();
  const resources = page.getByRole('list', { name: 'Resources in the order they are built' });
  await resources.getByText('vps-instance').waitFor();

  await page.getByRole('button', { name: 'Reveal password' }).click();
  await page.getByLabel('Reason').fill('hand-over to the customer');
  await page.getByRole('button', { name: 'Show it' }).click();
  const password = await page.getByTestId('password').textContent();
  expect(password!.length).toBeGreaterThan(10);
  await page.getByText(/Hidden again in \d+ s/).waitFor();
  await page.getByRole('button', { name: 'Hide now' }).click();
  expect(await page.content()).not.toContain(password!.trim());
  await page.getByText('hand-over to the customer').waitFor();

  await page.getByRole('button', { name: 'Change' }).click();
  await page.getByRole('menuitem', { name: 'Resize…' }).click();
  const plans = page.getByRole('combobox', { name: 'Plan' });
  const now = await plans.inputValue();
  await until(async () => (await plans.locator('option').count()) > 1);
  const larger = await plans.locator('option:not([disabled])').evaluateAll((options, id) => {
    const values = options.map((option) => (option as unknown as { value: string }).value);
    return values[values.indexOf(id) + 2]!;
  }, now);
  await plans.selectOption(larger);
  await page.getByRole('button', { name: 'See what it means' }).click();
  await page.getByText(/The price goes from/).waitFor();
  await page.getByRole('button', { name: 'Resize now' }).click();
  await page.getByRole('region', { name: 'Resize' }).getByText('Succeeded').first().waitFor({ timeout: 40_000 });
  await page.getByRole('region', { name: 'About' }).getByText(larger).waitFor();

  // Somebody switches it off in the vendor's console; the guide shows where.
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('link', { name: 'Break it' }).click();
  const server = page.getByRole('row', { name: /web-1/ });
  await server.getByRole('button', { name: 'Switch off' }).click();
  await server.getByRole('button', { name: 'Switch on' }).waitFor();
  await page
    .getByText(/^POST /)
    .first()
    .waitFor();
  await page.getByRole('link', { name: 'Drift and inventory' }).first().click();
  await page.getByText('Nobody has looked yet', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Look now' }).click();
  const drift = page.getByRole('article', { name: 'Drift of web-1' });
  await drift.getByText('stopped').waitFor({ timeout: 30_000 });
  await until(async () => (await drift.getByText('Confirmed').count()) > 0, { timeoutMs: 30_000 });
  await drift.getByRole('button', { name: 'Repair: as recorded' }).click();
  await page.getByText('Every server is as recorded').waitFor({ timeout: 40_000 });

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'VPSes' }).click();
  await page.getByRole('link', { name: 'web-1' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const confirm = page.getByRole('button', { name: 'Delete the VPS' });
  expect(await confirm.getAttribute('aria-disabled')).toBe('true');
  await page.getByLabel('When').selectOption('0');
  await page.getByLabel('Type web-1 to confirm').fill('web-1');
  await confirm.click();
  await page.getByText('Terminated', { exact: true }).first().waitFor({ timeout: 40_000 });
  await page.getByText('Nothing is kept of it.').waitFor();
  await page.getByText('Nothing is left').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
}, 120_000);

test('two browsers see the same, live', async () => {
  const [one, two] = await Promise.all([dashboard.visit(), dashboard.visit({ width: 390, height: 800 })]);
  await one.page.goto('/vps/new');
  await one.page.getByLabel('Name', { exact: true }).fill('shared');
  await one.page.getByText('“shared” is free.').waitFor();
  await one.page.getByRole('button', { name: 'Create the VPS' }).click();
  await one.page.waitForURL(/operation=/);
  await two.page.goto(one.page.url());
  const steps = async (page: typeof one.page): Promise<string> =>
    (
      await page
        .getByRole('region', { name: /^Steps of attempt/ })
        .getByRole('listitem')
        .allTextContents()
    ).join('|');
  await Promise.all([one, two].map(({ page }) => page.getByText('Events: complete').waitFor({ timeout: 40_000 })));
  const same = await until(async () => ((await steps(one.page)) === (await steps(two.page)) ? await steps(one.page) : ''));
  expect(same).toContain('vps-instance');
  expect([...one.complaints, ...two.complaints]).toEqual([]);
  await Promise.all([one.context.close(), two.context.close()]);
});

/** Exceptions to an account's drift policy, set and taken away on the settings page. */
import { expect, test } from 'vitest';
import { seriousProblems } from '../support/axe.ts';
import { withDashboard } from '../support/dashboard.ts';
import { until } from '../support/until.ts';

const dashboard = withDashboard({ engine: false });

test('a rule for one plan and one kind of difference', async () => {
  const { page, complaints, context } = await dashboard.visit();
  await page.goto('/settings');
  const rules = page.getByRole('region', { name: 'Exceptions for drift' });
  await rules.getByText('No plan and no kind of difference.').waitFor();
  const add = rules.getByRole('button', { name: 'Add' });
  expect(await add.getAttribute('aria-disabled')).toBe('true');
  const plans = rules.getByLabel('Plan');
  await until(async () => (await plans.locator('option').count()) > 1, { timeoutMs: 30_000, what: 'the plans' });
  await plans.selectOption({ index: 1 });
  const plan = await plans.inputValue();
  await rules.getByLabel('Difference').selectOption('power');
  await rules.getByLabel('What to do').selectOption('repair');
  await add.click();
  await rules.getByText(`Power of ${plan} at`).waitFor();
  const set = await dashboard.runtime.services.db.driftRule.findMany();
  expect(set).toMatchObject([{ plan, field: 'power', policy: 'repair' }]);
  expect(await seriousProblems(page)).toEqual([]);
  await rules.getByRole('button', { name: /Remove the rule: Power of/ }).click();
  await rules.getByText('No plan and no kind of difference.').waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

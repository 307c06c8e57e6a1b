/** Entering a provider's bill at the desk, in a real browser. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What a provider without an API charged, line by line, and its correction. */
export async function enterBill(page: Page, account: string, look: () => Promise<void>): Promise<void> {
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: `Enter the bill of ${account}` }).click();
  await dialog.getByRole('button', { name: 'Another line' }).click();
  const first = dialog.getByRole('group', { name: 'Line 1' });
  await first.getByLabel('What it says').fill('Rack, March');
  await first.getByLabel('Amount').fill('12.5x');
  const keep = dialog.getByRole('button', { name: 'Keep the bill' });
  expect(await keep.getAttribute('aria-disabled')).toBe('true');
  await first.getByLabel('Amount').fill('12.50');
  await first.getByLabel('Currency').fill('eur');
  await look();
  await keep.click();
  const row = page.getByRole('row', { name: new RegExp(`^${account}`) });
  await row.getByText('its bill').waitFor();
  await row.getByText('€12.50').first().waitFor();
  await page.getByRole('button', { name: `Correct the bill of ${account}` }).click();
  expect(await first.getByLabel('What it says').inputValue()).toBe('Rack, March');
  await first.getByLabel('Amount').fill('13');
  await keep.click();
  await row.getByText('€13.00').first().waitFor();
  expect(await row.getByText('€12.50').count()).toBe(0);
}

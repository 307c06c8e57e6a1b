/** /api/docs in a real browser: it shows every route, under its policy, and loads nothing of others. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from './support/database.ts';
import { openBrowser } from './support/browser.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';

const database = withDatabase();
let plinth: Plinth;
let browser: Browser;

beforeAll(async () => {
  [plinth, browser] = await Promise.all([startPlinth(database.url), openBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await plinth?.stop();
});

it('shows every route without a foreign request or a breach of its policy', { timeout: 120_000 }, async () => {
  const page = await browser.newPage();
  const asked: string[] = [];
  const said: string[] = [];
  page.on('request', (request) => void asked.push(request.url()));
  page.on('console', (message) => void (message.type() === 'error' && said.push(`${message.text()} ${message.location().url}`)));
  page.on('pageerror', (error) => void said.push(String(error)));
  await page.goto(`${plinth.origin}/api/docs`);
  const list = page.locator('.opblock-tag-section h3');
  await list.first().waitFor({ timeout: 60_000 });
  expect(said).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(plinth.origin) && !url.startsWith('data:'))).toEqual([]);
  expect(await list.count()).toBeGreaterThan(20);
});

it('may run no script but its own', async () => {
  const response = await fetch(`${plinth.origin}/api/docs`);
  const policy = response.headers.get('content-security-policy')!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).toMatch(/script-src 'self'(;|$)/);
  expect(await response.text()).not.toMatch(/<script(?! src="\/api\/docs\/)|https?:\/\//);
});

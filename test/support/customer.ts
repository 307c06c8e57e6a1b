/** A customer in a real browser, in either language: what they press, by the very words of the portal. */
import { generateSync } from 'otplib';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { billingWords } from '../../web/portal/words/billing.ts';
import { frontWords } from '../../web/portal/words/front.ts';
import { keyWords } from '../../web/portal/words/keys.ts';
import { orderWords } from '../../web/portal/words/order.ts';
import { panelWords } from '../../web/portal/words/panels.ts';
import { payWords } from '../../web/portal/words/pay.ts';
import { teamWords } from '../../web/portal/words/people.ts';
import { setupWords } from '../../web/features/vps/words/setup.ts';
import { serverWords } from '../../web/portal/words/server.ts';
import { shellWords } from '../../web/portal/words/shell.ts';
import { peopleWords } from '../../web/features/people/words/people.ts';
import { seriousProblems } from './axe.ts';
import { inMail } from './people.ts';

export type Language = 'en' | 'de';
export const PASSWORD = 'a password for customers';

/** The words of all parts, in one language. */
export function wordsOf(language: Language) {
  return {
    billing: billingWords.all[language],
    front: frontWords.all[language],
    keys: keyWords.all[language],
    order: orderWords.all[language],
    panel: panelWords.all[language],
    pay: payWords.all[language],
    people: peopleWords.all[language],
    server: serverWords.all[language],
    setup: setupWords.all[language],
    shell: shellWords.all[language],
    team: teamWords.all[language],
  };
}

/** The beginning of a message, up to its first value: enough to find it by. */
export const begin = (message: string): RegExp =>
  new RegExp(
    `^${message
      .split('{')[0]!
      .trimEnd()
      .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`,
  );

/** Nothing serious by axe, and nothing wider than the window. */
export async function sound(page: Page, what: string): Promise<void> {
  // Every page on the way is looked at, whatever an earlier one had.
  expect.soft(await seriousProblems(page), what).toEqual([]);
  const [wide, window] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [number, number];
  expect.soft(wide, `${what} is wider than its window`).toBeLessThanOrEqual(window);
}

interface Newcomer {
  readonly origin: string;
  readonly adminToken: string;
  readonly email: string;
  readonly name: string;
  readonly language: Language;
}

/** From nothing to the first page of the portal. */
export async function becomeCustomer(page: Page, { origin, adminToken, email, name, language }: Newcomer): Promise<void> {
  const { front, people, shell } = wordsOf(language);
  await page.goto('/sign-up');
  await page.getByLabel(people.email).fill(email);
  await page.getByLabel(people.name, { exact: true }).fill(name);
  await page.getByLabel(people.password).fill(PASSWORD);
  await sound(page, 'sign-up');
  await page.getByRole('button', { name: front.signUp }).click();
  await page.getByText(front.openLink).waitFor();
  const link = new URL(await inMail(origin, adminToken, email, /(https?:\/\/\S+\/verify#\S+)/));
  await page.goto(link.pathname + link.hash);
  await page.getByText(front.confirmed).waitFor();
  await page.getByRole('link', { name: people.toSignIn }).click();
  await page.getByLabel(people.email).fill(email);
  await page.getByLabel(people.password).fill(PASSWORD);
  await sound(page, 'sign-in');
  await page.getByRole('button', { name: front.continue, exact: true }).click();
  await page.getByText(shell.noServers).waitFor();
}

/** On the simulated payment page, with the card that works. */
export async function payThere(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Pay', exact: true }).click();
}

/** An authenticator, on the account's page. @returns its secret */
export async function addAuthenticator(page: Page, language: Language): Promise<string> {
  const { people } = wordsOf(language);
  await page.goto('/portal/account');
  await page.getByLabel(people.yourPassword).fill(PASSWORD);
  await page.getByRole('button', { name: people.setUpAuthenticator }).click();
  const shown = page.getByRole('img', { name: people.pictureAlt }).locator('xpath=following::code[1]');
  const secret = (await shown.textContent())!.trim();
  await page.getByLabel(people.code, { exact: true }).fill(generateSync({ secret }));
  await page.getByRole('button', { name: people.turnOn }).click();
  await page.getByText(people.isOn).waitFor();
  return secret;
}

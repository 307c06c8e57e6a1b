/**
 * People in a real browser: from nothing to an account with an authenticator and a passkey, an invitation, a session that is
 * ended from elsewhere, and signing in at an OpenID Connect provider. After it all nothing of what signs in is readable.
 */
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Provider } from 'oidc-provider';
import { generateSync } from 'otplib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriousProblems } from '../support/axe.ts';
import { openBrowser, visit } from '../support/browser.ts';
import { buildDashboard } from '../support/dashboard.ts';
import { withDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { staffAtDesk } from '../support/people.ts';
import { type Plinth, startPlinth } from '../support/plinth.ts';
import { until } from '../support/until.ts';

const PASSWORD = 'a password for people';
const database = withDatabase();
let plinth: Plinth;
let browser: Browser;
let origin: string;
let issuer: Server;
/** Whatever was shown or sent and must stand nowhere. */
const secrets: Record<string, string> = { password: PASSWORD };

beforeAll(async () => {
  const port = await freePort();
  [plinth, browser] = await Promise.all([startWithOidc(port), openBrowser(), buildDashboard()]);
  origin = `http://localhost:${port}`;
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await plinth?.stop();
  issuer?.close();
});

/** A provider of identity that lets in whoever types a name, with that name as their address. */
async function startWithOidc(port: number): Promise<Plinth> {
  issuer = createServer();
  await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
  const url = `http://localhost:${(issuer.address() as AddressInfo).port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: 'plinth',
        client_secret: 'a secret of the client',
        redirect_uris: [`http://localhost:${port}/api/sign-in/oidc/callback`],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@idp.test`, email_verified: true, name: `${id} of the provider` }),
    }),
  });
  issuer.on('request', provider.callback());
  const settings = {
    PORT: String(port),
    PLINTH_OIDC_ISSUER: url,
    PLINTH_OIDC_CLIENT_ID: 'plinth',
    PLINTH_OIDC_CLIENT_SECRET: 'a secret of the client',
  };
  return await startPlinth(database.url, { ...settings, PLINTH_OIDC_NAME: 'The company’s sign-on', PLINTH_LOG_LEVEL: 'silent' });
}

/** The newest link of that page that the mailbox shows for an address. */
async function linkIn(mailbox: Page, address: string, page: string): Promise<string> {
  await mailbox.goto('/mailbox');
  const mail = mailbox
    .getByRole('region')
    .filter({ hasText: address })
    .getByRole('link', { name: `/${page}#` })
    .first();
  await mail.waitFor({ timeout: 30_000 });
  const href = (await mail.getAttribute('href'))!;
  secrets[`${page} of ${address}`] = href.split('#')[1]!;
  return href;
}

async function signUp(page: Page, email: string, name: string): Promise<void> {
  await page.goto('/sign-up');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign up' }).click();
  await page.getByText('Open the link in the mail').waitFor();
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /sign-out/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Plinth' }).waitFor();
}

const overview = (page: Page) => page.getByRole('heading', { name: 'Overview' }).waitFor();

test('a person signs up, adds an authenticator and a passkey, asks another in, and ends a session', { timeout: 300_000 }, async () => {
  const staff = await visit(browser, { origin, token: plinth.adminToken });
  const { page, context, complaints } = await visit(browser, { origin });
  await signUp(page, 'ada@people.test', 'Ada Lovelace');
  await page.goto(await linkIn(staff.page, 'ada@people.test', 'verify'));
  await page.getByText('It is confirmed').waitFor();
  expect(page.url()).not.toContain('#');
  await signIn(page, 'ada@people.test');
  await overview(page);

  await page.goto('/me');
  await page.getByLabel('Your password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set up an authenticator' }).click();
  const secret = (await page
    .getByRole('img', { name: /as a picture/ })
    .locator('xpath=following::code[1]')
    .textContent())!.trim();
  secrets['totp'] = secret;
  await page.getByLabel('Code', { exact: true }).fill(generateSync({ secret }));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const codes = (await page.getByText(/^[\w-]{11}( [\w-]{11}){9}$/).textContent())!.split(' ');
  secrets['recovery code'] = codes[0]!;
  expect(await seriousProblems(page)).toEqual([]);

  await signOut(page);
  await signIn(page, 'ada@people.test');
  await page.getByLabel('Code', { exact: true }).fill(codes[0]!);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await overview(page);

  const devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  });
  await page.goto('/me');
  await page.getByLabel('Name of the passkey').fill('My phone');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText('My phone').waitFor();
  await signOut(page);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await overview(page);

  await page.goto('/me');
  await page.getByLabel('Their e-mail').fill('grace@people.test');
  await page.getByLabel('Role').selectOption('operator');
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByText('grace@people.test').waitFor();
  const guest = await visit(browser, { origin });
  await guest.page.goto(await linkIn(staff.page, 'grace@people.test', 'invitation'));
  await guest.page.getByText('invites grace@people.test to ada-lovelace').waitFor();
  await guest.page.getByLabel('Name').fill('Grace Hopper');
  await guest.page.getByLabel('Password').fill(PASSWORD);
  await guest.page.getByRole('button', { name: 'Make an account and accept' }).click();
  await guest.page.getByText('You are a member').waitFor();
  await signIn(guest.page, 'grace@people.test');
  await overview(guest.page);
  await guest.page.goto('/me');
  await guest.page.getByRole('button', { name: 'Act for ada-lovelace' }).click();
  await guest.page.getByText('acting for it').waitFor();

  // What she may do changes with her role.
  await guest.page.goto('/portal/team');
  const ownRow = guest.page.getByRole('listitem').filter({ hasText: 'grace@people.test' });
  await ownRow.getByText('Operator').waitFor();
  await page.goto('/portal/team');
  await page.getByLabel('Role: Grace Hopper').selectOption('viewer');
  await until(
    async () => {
      await guest.page.reload();
      return ownRow.getByText('Viewer').isVisible();
    },
    { what: 'the new role to count' },
  );

  // Ended from another browser of hers, the open page is led to the sign-in within five seconds.
  const second = await visit(browser, { origin });
  await signIn(second.page, 'grace@people.test');
  await overview(second.page);
  await second.page.getByText('Live: changes show at once').waitFor({ state: 'attached' });
  await guest.page.goto('/me');
  await guest.page.getByRole('button', { name: 'End', exact: true }).first().click();
  const began = Date.now();
  await second.page.getByText('Your sign-in has ended').waitFor({ timeout: 15_000 });
  expect(Date.now() - began).toBeLessThan(5_000);

  secrets['session'] = decodeURIComponent((await context.cookies()).find(({ name }) => name === 'plinth.session_token')!.value).split(
    '.',
  )[0]!;
  const readable = await page.evaluate(
    'JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href])',
  );
  for (const [name, value] of Object.entries(secrets)) expect(readable, name).not.toContain(value);
  expect(complaints.filter((text) => !/401|403|Failed to load resource/.test(text))).toEqual([]);
  await Promise.all([context, guest.context, second.context, staff.context].map((each) => each.close()));
});

test('a person signs in at the OpenID Connect provider', { timeout: 120_000 }, async () => {
  const { page, context } = await visit(browser, { origin });
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'The company’s sign-on' }).click();
  await page.locator('input[name=login]').fill('bob');
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]').click();
  await overview(page);
  await page.goto('/me');
  await page.getByText('bob@idp.test').waitFor();
  const identity = await plinth.runtime.services.db.identity.findFirstOrThrow({ where: { providerId: 'oidc' } });
  expect(identity.accountId).toBe('bob');
  // Nothing is asked of the provider afterwards, so no token of it is kept.
  expect([identity.accessToken, identity.refreshToken, identity.idToken]).toEqual([null, null, null]);
  await context.close();
});

test('what signs in stands nowhere readable', { timeout: 120_000 }, async () => {
  expect(Object.keys(secrets).length).toBeGreaterThanOrEqual(6);
  const { db } = plinth.runtime.services;
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`;
  const forms = Object.entries(secrets).flatMap(([name, value]) =>
    [value, Buffer.from(value).toString('base64').replaceAll('=', ''), Buffer.from(value).toString('hex')].map((text) => ({ name, text })),
  );
  await until(async () => ((await db.mailDelivery.count({ where: { status: 'waiting' } })) === 0 ? true : undefined), {
    what: 'mails to be sent',
  });
  let rows = 0;
  for (const { name } of tables)
    for (const { row } of await db.$queryRawUnsafe<{ row: string }[]>(`SELECT t::text AS row FROM ${name} t`)) {
      rows += 1;
      for (const { name: secret, text } of forms) expect(row.includes(text), `${name} holds the ${secret}`).toBe(false);
    }
  expect(rows).toBeGreaterThan(50);
  for (const file of await readdir(plinth.dataDir, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = await readFile(join(file.parentPath, file.name));
    for (const { name: secret, text } of forms) expect(bytes.includes(text), `${file.name} holds the ${secret}`).toBe(false);
  }
});

test('a view of the VPS list is kept with the person, also one that the browser had before', { timeout: 120_000 }, async () => {
  const { page, complaints, context } = await staffAtDesk(plinth, browser, 'mary@seller.test');
  await page.goto('/vps');
  const old = JSON.stringify([{ name: 'Old ones', search: { status: 'stopped' } }]);
  await page.evaluate((text) => localStorage.setItem('plinth.vps-views', text), old);
  await page.goto('/vps?status=error&sort=label');
  const views = page.getByRole('button', { name: 'Views' });
  await views.click();
  await page.getByRole('menuitem', { name: 'Old ones' }).waitFor();
  expect(await page.evaluate(() => localStorage.getItem('plinth.vps-views'))).toBe(null);
  await page.getByRole('menuitem', { name: 'Save this view…' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Broken ones');
  // What does not get there is not lost: the name stays typed, and the reason stands beside it.
  await page.route('**/api/me/views/**', (route) => route.abort());
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await page.unroute('**/api/me/views/**');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('button', { name: 'Broken ones' }).waitFor();
  // The same person in another browser, where the list cannot be read at first.
  const second = await visit(browser, { origin: plinth.origin });
  await second.context.addCookies(await context.cookies());
  await second.page.route('**/api/me/views?*', (route) =>
    route.fulfill({ status: 503, json: { code: 'unavailable', detail: 'Not now.' } }),
  );
  await second.page.goto('/vps');
  await second.page.getByRole('button', { name: 'Views' }).click();
  await second.page.getByText('Not now.').waitFor({ timeout: 30_000 });
  await second.page.unroute('**/api/me/views?*');
  await second.page.getByRole('menuitem', { name: 'Try again' }).click();
  await second.page.getByRole('button', { name: 'Views' }).click();
  expect(await second.page.getByRole('menuitem').allTextContents()).toEqual(['Broken ones', 'Old ones', 'Save this view…']);
  await second.page.getByRole('menuitem', { name: 'Broken ones' }).click();
  await second.page.waitForURL((url) => url.searchParams.get('status') === 'error' && url.searchParams.get('sort') === 'label');
  await second.context.close();
  const other = await staffAtDesk(plinth, browser, 'other@seller.test');
  await other.page.goto('/vps');
  await other.page.getByRole('button', { name: 'Views' }).click();
  await other.page.getByText('You keep none yet.').waitFor();
  await other.context.close();
  expect(complaints.filter((each) => !each.includes('ERR_FAILED'))).toEqual([]);
  await context.close();
});

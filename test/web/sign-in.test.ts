/** Signing in: what a browser keeps of a token, what its session is good for, when that ends, and where a person comes back to. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { BrowserContext } from 'playwright-core';
import { expect, test } from 'vitest';
import { openSession } from '../../server/identity/sessions/sessions.ts';
import { createToken } from '../../server/identity/tokens/authenticate.ts';
import { revokeToken } from '../../server/identity/tokens/store.ts';
import { ensureOrganization } from '../../server/kernel/settings.ts';
import { visit } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { until } from '../support/until.ts';

const dashboard = withDashboard({ engine: false });
const NAME = 'plinth_session';

const makeToken = (name: string) =>
  createToken(dashboard.runtime.services.db, { name, role: 'operator', organizationId: null, expiresAt: null });

async function cookieOf(context: BrowserContext): Promise<string> {
  const found = (await context.cookies()).find(({ name }) => name === NAME);
  if (!found) throw new Error('No session cookie.');
  return `${NAME}=${found.value}`;
}

/** As a program would send it: only with what is given. */
const ask = (headers: Record<string, string>, method = 'GET', path = '/api/session', body?: string) =>
  fetch(`${dashboard.origin}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });

test('a browser keeps nothing of a token that a script could read, and forgets all when it signs out', async () => {
  const { page, context } = await dashboard.visit({ signedIn: false });
  await page.goto('/sign-in');
  await page.getByLabel('Token').fill(dashboard.token);
  await page.getByLabel('Keep me signed in in this browser').check();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  const readable = await page.evaluate(
    'JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href])',
  );
  const session = (await context.cookies()).find(({ name }) => name === NAME)!;
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
  expect(session.expires * 1000 - Date.now()).toBeGreaterThan(29 * 86_400_000);
  for (const secret of [dashboard.token, session.value, ...session.value.split('.')]) expect(readable).not.toContain(secret);
  const rows = await dashboard.runtime.services.db.browserSession.findMany();
  expect(JSON.stringify(rows.map(({ hash, ...row }) => [row, Buffer.from(hash).toString('base64url')]))).not.toContain(
    session.value.split('.')[1],
  );

  await page.reload();
  await page.getByText('Live: changes show at once').waitFor({ state: 'attached' });
  const stolen = await cookieOf(context);
  expect((await ask({ cookie: stolen, 'x-plinth-dashboard': '1' })).status).toBe(200);
  await page.getByRole('button', { name: /sign-out/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Plinth' }).waitFor();
  expect(await context.cookies()).toEqual([]);
  expect((await ask({ cookie: stolen, 'x-plinth-dashboard': '1' })).status).toBe(401);
  await context.close();
});

test('a session without “keep” ends with the browser, and over TLS it is for this host alone', async () => {
  const { context } = await dashboard.visit();
  expect((await context.cookies()).find(({ name }) => name === NAME)!.expires).toBe(-1);
  await context.close();

  const { services } = dashboard.runtime;
  const { row } = await makeToken('tls');
  const app = express();
  const config = { ...services.config, publicUrl: 'https://plinth.example' };
  app.get('/', async (request, response) => {
    await openSession(services.db, { config, request, response }, row.id, true);
    response.end();
  });
  const server = createServer(app);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await new Promise((done) => server.close(done));
  const line = answer.headers.getSetCookie().find((each) => each.includes('HttpOnly'))!;
  expect(line).toMatch(/^__Host-plinth_session=[0-9a-f]{24}\.[\w-]{43}; /);
  expect(line).toContain('; Secure');
  expect(line).toContain('; SameSite=Strict');
  expect(line).not.toContain('Domain');
});

test('a session counts for the dashboard’s own requests only', async () => {
  const { context } = await dashboard.visit();
  const cookie = await cookieOf(context);
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'planted', role: 'admin' });
  const own = { cookie, 'x-plinth-dashboard': '1' };
  for (const headers of [
    { cookie },
    { ...own, 'sec-fetch-site': 'cross-site' },
    { ...own, 'sec-fetch-site': 'same-site' },
    { ...own, 'sec-fetch-site': 'none' },
  ]) {
    const refused = await ask({ ...json, ...headers }, 'POST', '/api/tokens', body);
    expect([headers, refused.status, ((await refused.json()) as any).code]).toEqual([headers, 403, 'foreign_request']);
    expect((await ask(headers, 'GET', '/api/audit')).status).toBe(403);
  }
  expect(await dashboard.runtime.services.db.apiToken.count({ where: { name: 'planted' } })).toBe(0);
  expect((await ask({ ...own, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
  // Who sends a token is judged by it, not by the cookie beside it.
  expect((await ask({ ...own, authorization: 'Bearer plinth_wrong' })).status).toBe(401);
  expect((await ask({ ...own, authorization: 'Basic x' })).status).toBe(401);
  // Wrong secrets, whole or in part.
  const [id, secret = ''] = cookie.slice(NAME.length + 1).split('.');
  const wrong = ['', 'x', id!, `${id}.`, `${id}.${'A'.repeat(43)}`, `${'0'.repeat(24)}.${secret}`];
  for (const value of wrong) expect((await ask({ ...own, cookie: `${NAME}=${value}` })).status).toBe(401);
  // A session makes no further one: it would outlive the first.
  expect((await ask({ ...own, ...json }, 'POST', '/api/session', '{}')).status).toBe(409);
  // The state protocol knows tokens only.
  expect((await ask(own, 'GET', '/api/user')).status).toBe(401);
  await context.close();
});

test('with its token a session ends within five seconds, and the person comes back to the same page', async () => {
  const { services } = dashboard.runtime;
  const { row, secret } = await makeToken('short');
  const { page, context } = await dashboard.visit({ signedIn: false });
  await page.goto('/vps?q=web');
  await page.getByLabel('Token').fill(secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Live: changes show at once').waitFor({ state: 'attached' });
  expect(new URL(page.url()).pathname).toBe('/vps');
  await revokeToken(services.db, row.id, new Date());
  await page.getByText('Your sign-in has ended').waitFor({ timeout: 5_000 });
  const shown = new URL(page.url());
  expect([shown.pathname, shown.searchParams.get('next')]).toEqual(['/sign-in', '/vps?q=web']);

  await page.getByLabel('Token').fill((await makeToken('next')).secret);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'VPSes' }).waitFor();
  expect(page.url()).toBe(`${dashboard.origin}/vps?q=web`);
  await context.close();
});

test.each([
  '/sign-in?next=%2Fvps',
  '/sign-in?next=%2Fsign-in%3Fnext%3D%252Fvps',
  '//elsewhere.example/vps',
  '/\\elsewhere.example',
  'https://elsewhere.example',
  'javascript:alert(1)',
])('signing in leads neither elsewhere nor to signing in: %s', async (next) => {
  const { page, context } = await dashboard.visit({ signedIn: false });
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await page.getByLabel('Token').fill(dashboard.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await until(() => page.url() === `${dashboard.origin}/`);
  await context.close();
});

test('an address of no page is told in the frame, whose navigation leads on, and not before signing in', async () => {
  const { db } = dashboard.runtime.services;
  const { id: organizationId } = await ensureOrganization(db, 'default');
  const { secret: member } = await createToken(db, { name: 'member', role: 'admin', organizationId, expiresAt: null });
  for (const [token, path, other] of [
    [dashboard.token, '/no/such/page', 'Drift and inventory'],
    [member, '/portal/no/such/page', 'Help'],
  ] as const) {
    const { page, context, complaints } = await visit(dashboard.browser, { origin: dashboard.origin, token });
    await page.goto(path);
    await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor();
    expect(await page.title()).toMatch(/^There is nothing at this address · /);
    expect(await page.getByRole('main').count()).toBe(1);
    await page.getByRole('navigation').getByRole('link', { name: other, exact: true }).click();
    await page.getByRole('heading', { name: other, exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  }
  const stranger = await dashboard.visit({ signedIn: false });
  await stranger.page.goto('/no/such/page');
  await stranger.page.getByRole('heading', { name: 'Sign in to Plinth' }).waitFor();
  await stranger.context.close();
});

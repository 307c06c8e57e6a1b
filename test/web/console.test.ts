/**
 * A server's console in a real browser, from the button of its page on: a serial line on which somebody types, and a screen, each
 * through Plinth from the simulated cloud.
 */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { consoleWords } from '../../web/console/words/console.ts';
import { serverWords } from '../../web/portal/words/server.ts';
import { seriousProblems } from '../support/axe.ts';
import { visit, type Visitor } from '../support/browser.ts';
import { withDashboard } from '../support/dashboard.ts';
import { Shop } from '../support/shop.ts';
import { createToken } from '../../server/identity/tokens/authenticate.ts';

const dashboard = withDashboard({ speed: 1000 });
const SERIAL = 'ovh';
const SCREEN = 'hetzner';
const servers: Record<string, { id: string; label: string; password: string }> = {};
let customer: string;

beforeAll(async () => {
  const shop = new Shop(
    () => dashboard.origin,
    async () => dashboard.token,
    dashboard.runtime.simulatorOrigin!,
  );
  const { organization } = await shop.call('POST', '/api/admin/organizations', { name: 'Watchers' });
  const token = { name: 'ada', role: 'operator', organizationId: organization.id, expiresAt: null } as const;
  customer = (await createToken(dashboard.runtime.services.db, token)).secret;
  for (const cloud of [SERIAL, SCREEN]) {
    const { instance, operation } = await shop.order(cloud, `watched-${cloud}`, { organization_id: organization.id });
    expect(await shop.ended(operation.id, 110_000)).toMatchObject({ status: 'succeeded' });
    servers[cloud] = { id: instance.id, label: instance.label, password: await shop.password(instance.id) };
  }
}, 180_000);

/** The tab that the button of the server's page opens. */
async function opened({ page, context }: Visitor, path: string, name: string): Promise<Page> {
  await page.goto(path);
  const opening = context.waitForEvent('page');
  await page.getByRole('link', { name }).click();
  return await opening;
}

/** Complaints of all its tabs, from their first line on. */
function complaintsOf({ context }: Visitor): string[] {
  const heard: string[] = [];
  context.on('weberror', (error) => heard.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text())) heard.push(message.text());
  });
  return heard;
}

test('a customer types on the serial line and reads, in German and in the dark', { timeout: 60_000 }, async () => {
  const server = servers[SERIAL]!;
  const words = consoleWords.all.de;
  const visitor = await visit(dashboard.browser, { origin: dashboard.origin, token: customer, dark: true, locale: 'de-DE' });
  const heard = complaintsOf(visitor);
  const tab = await opened(visitor, `/portal/servers/${server.id}`, serverWords.all.de.console);
  await tab.getByText(words.connected, { exact: true }).waitFor();
  await tab.getByRole('heading', { name: server.label }).waitFor();
  const read = () => tab.locator('.xterm-accessibility').innerText();
  await expect.poll(read).toContain('login:');
  await tab.keyboard.type('root\n');
  await expect.poll(read).toContain('Password:');
  await tab.keyboard.type(`${server.password}\n`);
  await expect.poll(read).toContain(':~#');
  await tab.keyboard.type('echo somebody is here\n');
  await expect.poll(read).toMatch(/\nsomebody is here\s*\n/);
  expect(await read()).not.toContain(server.password);
  expect(await seriousProblems(tab)).toEqual([]);
  // The keys lead out again.
  await tab.locator('.xterm-helper-textarea').focus();
  await tab.keyboard.press('Control+F6');
  expect(await tab.evaluate('document.activeElement.textContent')).toBe(words.fullscreen);
  await tab.setViewportSize({ width: 375, height: 700 });
  expect(await tab.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(heard).toEqual([]);
  // The line ends with the rights, says so, and is opened again when they are back.
  await dashboard.runtime.services.db.apiToken.updateMany({ where: { name: 'ada' }, data: { revokedAt: new Date() } });
  await tab.getByText(words.endRights).waitFor();
  await dashboard.runtime.services.db.apiToken.updateMany({ where: { name: 'ada' }, data: { revokedAt: null } });
  await tab.getByRole('button', { name: words.again }).click();
  await tab.getByText(words.connected, { exact: true }).waitFor();
  expect(heard.filter((text) => !text.includes('401'))).toEqual([]);
  await visitor.context.close();
});

test('staff see a screen that is not blank, and type into it', { timeout: 60_000 }, async () => {
  const server = servers[SCREEN]!;
  const words = consoleWords.all.en;
  const visitor = await dashboard.visit();
  const heard = complaintsOf(visitor);
  const tab = await opened(visitor, `/vps/${server.id}`, 'Console');
  await tab.getByText(words.connected, { exact: true }).waitFor();
  const lit = () =>
    tab.evaluate(`(() => {
      const canvas = document.querySelector('canvas');
      if (!canvas || canvas.width === 0) return 0;
      const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      let lit = 0;
      for (let at = 0; at < dots.length; at += 4) if (dots[at] > 100) lit += 1;
      return lit;
    })()`) as Promise<number>;
  await expect.poll(lit).toBeGreaterThan(50);
  const before = await lit();
  await tab.keyboard.type('root');
  await expect.poll(lit).toBeGreaterThan(before);
  const typed = await lit();
  await tab.getByRole('button', { name: words.paste }).click();
  await tab.getByLabel(words.pasteText).fill('WWWW');
  await tab.getByRole('button', { name: words.typeIt }).click();
  await expect.poll(lit).toBeGreaterThan(typed + 30);
  expect(await seriousProblems(tab)).toEqual([]);
  // As after a boot: the login is there once more.
  const full = await lit();
  await tab.getByRole('button', { name: words.ctrlAltDel }).click();
  await expect.poll(lit).toBeGreaterThan(full + 50);
  expect(heard).toEqual([]);
  await visitor.context.close();
});

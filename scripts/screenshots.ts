/**
 * Pictures of every page of desk and portal at phone, desktop and wide width in both themes, with something to see: servers at
 * every simulated provider, one that drifted, one that is being made, a shop and a customer of it.
 *
 *   node scripts/run.mjs scripts/screenshots.ts <folder> [--docs] [--width=phone|desktop|wide] [--theme=light|dark] [--only=vps,portal]
 *
 * With --docs the main ones also go to docs/images, small.
 */
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { type BenchService, order, startService } from '../bench/support/service.ts';
import { openBrowser, visit } from '../test/support/browser.ts';
import { everyPage, type PageToVisit, portalPages } from '../test/support/pages.ts';
import { furnishShop, type ShopWindow } from './screenshots-shop.ts';

const WIDTHS = { phone: [390, 844], desktop: [1280, 860], wide: [1920, 1080] } as const;
const MAIN: readonly string[] = ['overview', 'vps', 'create', 'drift', 'customer', 'portal', 'portal-order', 'portal-server'];
/** What opens on a page, by the name of that page. */
const DIALOGS: readonly { name: string; on: string; open: (page: Page) => Promise<void> }[] = [
  { name: 'snapshot-restore', on: 'vps-snapshots', open: restoring },
  { name: 'firewall-edit', on: 'vps-network', open: (page) => page.getByRole('button', { name: 'Edit the rules' }).click() },
  { name: 'firewall-preview', on: 'vps-network', open: comparing },
  { name: 'vps-end', on: 'vps-network', open: (page) => page.getByRole('button', { name: 'Delete', exact: true }).click() },
  { name: 'vps-power', on: 'vps-network', open: (page) => page.getByRole('button', { name: 'Power', exact: true }).click() },
];
const NAMES = ['shop-1', 'shop-2', 'mail-1', 'blog-1', 'build-1', 'staging-1', 'test-1'];

const folder = process.argv[2];
if (!folder) {
  console.error('Name the folder for the pictures: node scripts/run.mjs scripts/screenshots.ts <folder> [--docs]');
  process.exit(1);
}
const option = (name: string): string | undefined => process.argv.find((each) => each.startsWith(`--${name}=`))?.split('=')[1];
const docs = process.argv.includes('--docs') ? fileURLToPath(new URL('../docs/images', import.meta.url)) : null;
spawnSync(process.execPath, [fileURLToPath(new URL('build-web.mjs', import.meta.url))], { stdio: 'inherit' });
await Promise.all([folder, ...(docs ? [docs] : [])].map((each) => mkdir(each, { recursive: true })));
const service = await startService({ SIMULATOR_SPEED: '30', PLINTH_CONCURRENCY: '2' });
const browser = await openBrowser();
try {
  // The newest server is the one whose panels are shown.
  const shop = await furnishShop(service);
  await furnish(service);
  const desk = [...(await everyPage(service.runtime)), { name: 'customer', path: `/customers/${shop.customerId}`, ready: 'Ada Lovelace' }];
  const portal = await portalPictures(service, shop);
  for (const [name, [width, height]] of Object.entries(WIDTHS).filter(([each]) => each === (option('width') ?? each)))
    for (const theme of ['light', 'dark'].filter((each) => each === (option('theme') ?? each))) {
      const look = { width, height, dark: theme === 'dark' };
      await takeAll(desk, `${name}-${theme}`, { ...look, token: service.token });
      await takeAll(portal, `${name}-${theme}`, { ...look, token: shop.token });
    }
} finally {
  await browser.close();
  await service.stop();
}

/** Servers, a drift, and work under way. */
async function furnish({ call, finished, orders, runtime }: BenchService): Promise<void> {
  const bodies = [...(await orders()).values()];
  const made: { vpsId: string; operationId: string }[] = [];
  for (const [index, label] of NAMES.entries())
    made.push(await order(service, { ...bodies[index % bodies.length]!, label, dns: { enabled: true, zone: 'plinth.test' } }));
  for (const { operationId } of made) await finished(operationId);
  const { instance } = await call<{ instance: { instance_id: string; provider: string } }>('GET', `/api/vps/${made[0]!.vpsId}`);
  const headers = { 'content-type': 'application/json' };
  const power = `${runtime.simulatorOrigin}/_simulator/instances/${instance.provider}/${instance.instance_id}/power`;
  await fetch(power, { method: 'POST', headers, body: JSON.stringify({ power: 'off' }) });
  await call('POST', '/api/admin/sweeps/drift/run');
  for (let tries = 0; tries < 200; tries += 1) {
    const { drifts } = await call<{ drifts: { state: string }[] }>('GET', '/api/admin/drift');
    if (drifts.some(({ state }) => state === 'confirmed')) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  await furnishPanels(service, made.at(-1)!.vpsId);
  await order(service, { ...bodies[0]!, label: 'new-customer' });
}

/** A firewall and a snapshot for the VPS whose panels are shown. */
async function furnishPanels({ call, finished }: BenchService, id: string): Promise<void> {
  const act = async (body: object): Promise<void> => {
    const { operation } = await call<{ operation: { id: string } }>('POST', `/api/vps/${id}/actions`, body);
    await finished(operation.id);
  };
  const anywhere = ['0.0.0.0/0', '::/0'];
  const rules = [
    { protocol: 'tcp', ports: '22', sources: ['203.0.113.0/24', '2001:db8::/48'] },
    { protocol: 'tcp', ports: '443', sources: anywhere },
    { protocol: 'icmp', sources: anywhere },
  ];
  await act({ action: 'configure', firewall: rules });
  await act({ action: 'snapshot', name: 'before the upgrade', note: 'ticket 4711' });
}

async function restoring(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^Actions for / })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Restore…' }).click();
  await page.getByRole('button', { name: 'See what it means' }).click();
  await page.getByText('Everything on the disk is lost.').waitFor();
}

async function comparing(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Edit the rules' }).click();
  const first = page.getByRole('group', { name: 'Rule 1' });
  await first.getByLabel('From').fill('203.0.113.7');
  await page.getByRole('button', { name: 'See what it means' }).click();
  await page.getByRole('list', { name: 'What changes' }).waitFor();
}

/** By the last word of their address. */
async function portalPictures({ runtime }: BenchService, { customerId }: ShopWindow): Promise<PageToVisit[]> {
  const { name } = await runtime.services.db.organization.findUniqueOrThrow({ where: { id: customerId } });
  return (await portalPages(runtime, name)).map((path) => {
    const words = path.replace(/servers\/[^?]+/, 'server').match(/[a-z-]+/g)!;
    return { name: words.filter((word) => word !== 'part').join('-'), path, ready: path.endsWith('/order') ? 'To pay today' : /./ };
  });
}

async function takeAll(
  pages: readonly PageToVisit[],
  name: string,
  look: { width: number; height: number; dark: boolean; token: string },
): Promise<void> {
  const { page, context } = await visit(browser, { origin: service.origin, ...look });
  const only = option('only')?.split(',');
  for (const { name: what, path, ready } of pages.filter((each) => only?.includes(each.name) ?? true)) {
    await page.goto(path);
    await page
      .getByText(ready)
      .first()
      .waitFor()
      .catch((error: Error) => console.error(`${path}: ${error.message.split('\n')[0]}`));
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.waitForLoadState('networkidle', { timeout: 800 }).catch(() => undefined);
    await page.screenshot({ path: join(resolve(folder!), `${what}-${name}.png`), fullPage: look.width < 600 });
    for (const dialog of DIALOGS.filter(({ on }) => on === what))
      await takeDialog(page, dialog, path, name).catch((error: Error) => console.error(`${dialog.name}: ${error.message.split('\n')[0]}`));
    if (docs && MAIN.includes(what) && name === 'desktop-light') await page.screenshot({ path: join(docs, `${what}.png`) });
  }
  await context.close();
}

async function takeDialog(page: Page, { name: what, open }: (typeof DIALOGS)[number], path: string, name: string): Promise<void> {
  await open(page);
  await page.screenshot({ path: join(resolve(folder!), `${what}-${name}.png`) });
  await page.goto(path);
}

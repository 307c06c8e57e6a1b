/**
 * Pictures of every page at phone and desktop width in both themes, with something to see: servers at every simulated
 * provider, one that drifted, one that is being made.
 *
 *   node scripts/screenshots.ts <folder> [--docs]
 *
 * With --docs the main ones also go to docs/images, small.
 */
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchService, order, startService } from '../bench/support/service.ts';
import { openBrowser, visit } from '../test/support/browser.ts';
import { everyPage, type PageToVisit } from '../test/support/pages.ts';

const WIDTHS = { phone: [390, 844], desktop: [1280, 860] } as const;
const MAIN: readonly string[] = ['overview', 'vps', 'create', 'drift'];
const NAMES = ['shop-1', 'shop-2', 'mail-1', 'blog-1', 'build-1', 'staging-1'];

const folder = process.argv[2];
if (!folder) {
  console.error('Name the folder for the pictures: node scripts/screenshots.ts <folder> [--docs]');
  process.exit(1);
}
const docs = process.argv.includes('--docs') ? fileURLToPath(new URL('../docs/images', import.meta.url)) : null;
spawnSync(process.execPath, [fileURLToPath(new URL('build-web.mjs', import.meta.url))], { stdio: 'inherit' });
await Promise.all([folder, ...(docs ? [docs] : [])].map((each) => mkdir(each, { recursive: true })));
const service = await startService({ SIMULATOR_SPEED: '30' });
const browser = await openBrowser();
try {
  await furnish(service);
  const pages = await everyPage(service.runtime);
  for (const [name, [width, height]] of Object.entries(WIDTHS))
    for (const dark of [false, true]) await takeAll(pages, `${name}-${dark ? 'dark' : 'light'}`, { width, height, dark });
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
  await order(service, { ...bodies[0]!, label: 'new-customer' });
}

async function takeAll(pages: readonly PageToVisit[], name: string, look: { width: number; height: number; dark: boolean }): Promise<void> {
  const { page, context } = await visit(browser, { ...service, ...look });
  for (const { name: what, path, ready } of pages) {
    await page.goto(path);
    await page.getByText(ready).first().waitFor();
    await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
    await page.screenshot({ path: join(resolve(folder!), `${what}-${name}.png`), fullPage: look.width < 600 });
    if (docs && MAIN.includes(what) && name === 'desktop-light') await page.screenshot({ path: join(docs, `${what}.png`) });
  }
  await context.close();
}

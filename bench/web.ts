/**
 * Figures of the dashboard in a real browser: how much JavaScript the first page takes, what axe and the console say about
 * every page, and how smoothly ten thousand rows scroll. One JSON line on standard output.
 */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { seriousProblems } from '../test/support/axe.ts';
import { openBrowser, visit } from '../test/support/browser.ts';
import { everyPage } from '../test/support/pages.ts';
import { seedVpses } from '../test/support/seed-vpses.ts';
import { progress, quantile, round } from './support/figures.ts';
import { startService } from './support/service.ts';

const FEW = 50;
const ROWS = 10_000;
/** Of each list; a short one is gone through again and again. */
const FRAMES = 1_500;
const dist = new URL('../web/dist/', import.meta.url);

progress('building the dashboard');
const built = performance.now();
spawnSync(process.execPath, [fileURLToPath(new URL('../scripts/build-web.mjs', import.meta.url))], { stdio: 'inherit' });
const buildSeconds = (performance.now() - built) / 1_000;
const service = await startService({ PLINTH_ROLE: 'http' });
const browser = await openBrowser();
try {
  const { page, complaints, context } = await visit(browser, service);
  await seedVpses(service.runtime, FEW);
  progress(`scrolling ${FEW} rows`);
  const few = await scrollTable(page);
  progress(`adding ${ROWS - FEW} VPSes`);
  await seedVpses(service.runtime, ROWS - FEW, FEW);
  progress('measuring the first load');
  const first = await firstLoad(page, '/', 'Where they are');
  const { organization } = await service.call<{ organization: { id: string } }>('POST', '/api/admin/organizations', { name: 'buyer' });
  const asked = { name: 'buyer', role: 'admin', organization_id: organization.id };
  const { secret } = await service.call<{ secret: string }>('POST', '/api/tokens', asked);
  const buyer = await visit(browser, { origin: service.origin, token: secret });
  const portal = await firstLoad(buyer.page, '/portal', 'No server yet');
  await buyer.context.close();
  progress('visiting every page');
  let serious = 0;
  let pages = 0;
  for (const { path, ready } of await everyPage(service.runtime)) {
    await page.goto(path);
    await page.getByText(ready).first().waitFor();
    serious += (await seriousProblems(page)).length;
    pages += 1;
  }
  progress(`scrolling ${ROWS} rows`);
  const many = await scrollTable(page);
  console.log(
    JSON.stringify({
      bench: 'web',
      build_s: round(buildSeconds),
      ...first,
      portal_first_js_gzip_kib: portal.first_js_gzip_kib,
      portal_first_js_br_kib: portal.first_js_br_kib,
      portal_first_load_ms: portal.first_load_ms,
      pages,
      axe_serious: serious,
      console_errors: complaints.length,
      ...many,
      few_frame_p50_ms: few.frame_p50_ms,
      few_frame_p95_ms: few.frame_p95_ms,
      p95_many_to_few: round(many.frame_p95_ms / few.frame_p95_ms),
    }),
  );
  await context.close();
} finally {
  await browser.close();
  await service.stop();
}

/** All scripts and styles that an audience's first page takes until nothing more comes, gzipped one by one. */
async function firstLoad(page: Page, address: string, ready: string) {
  const loaded = new Set<string>();
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    // The brand's few colours are an answer of the service, no file.
    if (/\.(js|css)$/.test(pathname) && !pathname.startsWith('/api/')) loaded.add(pathname.slice(1));
  });
  const started = performance.now();
  await page.goto(address);
  await page.getByText(ready).first().waitFor();
  const ms = performance.now() - started;
  // The stream of changes stays open, so the network is never idle: nothing new for a while is the end.
  for (let seen = -1; seen !== loaded.size;) {
    seen = loaded.size;
    await page.waitForTimeout(1_000);
  }
  const size = async (ending: string, packed: (text: Buffer) => Buffer): Promise<number> => {
    const files = await Promise.all([...loaded].filter((name) => name.endsWith(ending)).map((name) => readFile(new URL(name, dist))));
    return round(files.reduce((sum, file) => sum + packed(file).length, 0) / 1024);
  };
  const zipped = (text: Buffer): Buffer => gzipSync(text, { level: 9 });
  return {
    first_js_gzip_kib: await size('.js', zipped),
    // As a browser of today gets it.
    first_js_br_kib: await size('.js', brotliCompressSync),
    first_css_gzip_kib: await size('.css', zipped),
    first_load_ms: Math.round(ms),
  };
}

/** Scrolls down through the rows as they load, from the end back up, and measures the time between frames. */
async function scrollTable(page: Page) {
  await page.goto('/vps');
  await page
    .getByRole('table')
    .getByText(/^many-/)
    .first()
    .waitFor();
  const frames = await page.evaluate<number[]>(`new Promise((resolve) => {
    const table = document.querySelector('[role="table"]');
    const gaps = [];
    let before = performance.now();
    let way = 400;
    let still = 0;
    const step = (now) => {
      gaps.push(now - before);
      before = now;
      const top = table.scrollTop;
      table.scrollTop = top + way;
      still = table.scrollTop === top ? still + 1 : 0;
      const loading = table.getAttribute('aria-rowcount') - 1 > Math.round(table.scrollHeight / 44);
      if (still > 0 && !(loading && way > 0)) way = -way;
      if (gaps.length >= ${FRAMES}) resolve(gaps.slice(2));
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
  const rows = await page.evaluate<number>(`document.querySelectorAll('[role="table"] [role="row"]').length`);
  const height = await page.evaluate<number>(`document.querySelector('[role="table"] [role="rowgroup"]:last-child').offsetHeight`);
  return {
    rows_scrolled: Math.round(height / 44),
    rows_drawn: rows,
    frame_p50_ms: round(quantile(frames, 0.5)),
    frame_p95_ms: round(quantile(frames, 0.95)),
    frames_over_50ms: round(frames.filter((gap) => gap > 50).length / frames.length),
  };
}

/** A real Chromium for tests: Debian's where there is one, else the one that the packages brought. */
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The caller closes it. */
export async function openBrowser(): Promise<Browser> {
  const installed = await installedChromium();
  if (installed) return await chromium.launch({ executablePath: installed, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const { default: packed } = await import('@sparticuz/chromium');
  return await chromium.launch({ executablePath: await packed.executablePath(), args: packed.args });
}

async function installedChromium(): Promise<string | null> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(directory, name);
      if (
        await access(path, constants.X_OK).then(
          () => true,
          () => false,
        )
      )
        return path;
    }
  }
  return null;
}

export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the console and of scripts, warnings of the policy too; empty is good. */
  readonly complaints: string[];
}

interface VisitOptions {
  readonly origin: string;
  /** Signed in with it; absent: not signed in. */
  readonly token?: string;
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

/** A person of their own: nothing is shared with other visitors of the browser. */
export async function visit(browser: Browser, { origin, token, width = 1280, height = 900, dark = false }: VisitOptions): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
  });
  context.setDefaultTimeout(15_000);
  if (token !== undefined) await context.addInitScript((secret) => sessionStorage.setItem('plinth.token', secret), token);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  return { page, context, complaints };
}

/** A folder for one test run's data, and how to remove it. */
export async function scratchFolder(name: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `plinth-${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

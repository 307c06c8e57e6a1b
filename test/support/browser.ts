/** A real Chromium for tests: Debian's where there is one, else the one that the packages brought. */
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { lock } from '../../lib/process-lock.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/**
 * Not those that the package proposes: a graphics card that is emulated draws a list in seconds where plain software takes
 * milliseconds, and without web security a page may do what no person's browser allows.
 */
const ARGS = ['--no-sandbox', '--no-zygote', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'];

/** The caller closes it. */
export async function openBrowser(): Promise<Browser> {
  const installed = await installedChromium();
  if (installed) return await chromium.launch({ executablePath: installed, args: ARGS });
  // Told that it runs in the cloud function it is made for, the package brings the system libraries too.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs24.x';
  const { default: packed } = await import('@sparticuz/chromium');
  // Several test files start at once, and each would run what another is still unpacking.
  const unpacking = await lock(join(tmpdir(), 'plinth-chromium.lock'));
  const executablePath = await packed.executablePath().finally(() => unpacking.release());
  return await chromium.launch({ executablePath, args: ARGS });
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

/** Opens the menu of a row. @returns the item of it; one that is off ends with the reason */
export async function itemOf(row: Locator, name: string | RegExp): Promise<Locator> {
  await row.getByRole('button', { name: /^Actions for / }).click();
  return row.page().getByRole('menuitem', { name });
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
  readonly locale?: string;
}

/** A person of their own: nothing is shared with other visitors of the browser. */
export async function visit(
  browser: Browser,
  { origin, token, width = 1280, height = 900, dark = false, locale = 'en-GB' }: VisitOptions,
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale,
    timezoneId: 'Europe/Berlin',
  });
  context.setDefaultTimeout(15_000);
  if (token !== undefined) await context.addCookies(await signIn(origin, token));
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    // Another suite makes and removes network devices; the browser then drops what it has under way.
    if (message.text().includes('ERR_NETWORK_CHANGED')) return;
    if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text())) complaints.push(`${page.url()}: ${message.text()}`);
  });
  return { page, context, complaints };
}

/** The cookies that signing in with the token gives. */
async function signIn(origin: string, token: string): Promise<{ name: string; value: string; url: string }[]> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${origin}/api/session`, { method: 'POST', headers, body: '{}' });
  if (!answer.ok) throw new Error(`Signing in failed: ${await answer.text()}`);
  return answer.headers.getSetCookie().map((line) => {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    return { name, value: decodeURIComponent(value), url: origin };
  });
}

/** A folder for one test run's data, and how to remove it. */
export async function scratchFolder(name: string): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `plinth-${name}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

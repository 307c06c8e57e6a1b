/** People for tests: a browser's jar of cookies, and the mailbox by which links come. */
import { generateSync } from 'otplib';
import type { Browser as Chromium } from 'playwright-core';
import { expect } from 'vitest';
import { visit } from './browser.ts';
import type { Plinth } from './plinth.ts';
import { until } from './until.ts';

export interface Answered {
  readonly status: number;
  readonly body: any;
  readonly headers: Headers;
}

/** A browser with the dashboard's page open: cookies, its header, its origin. */
export class Browser {
  readonly origin: string;
  readonly jar = new Map<string, string>();
  readonly agent: string;

  constructor(origin: string, agent = 'Mozilla/5.0 (Test) Firefox/150.0') {
    this.origin = origin.replace('127.0.0.1', 'localhost');
    this.agent = agent;
  }

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    const response = await fetch(new URL(path, this.origin), {
      method,
      redirect: 'manual',
      headers: {
        'x-plinth-dashboard': '1',
        origin: this.origin,
        'user-agent': this.agent,
        cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) this.#take(cookie);
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text, headers: response.headers };
  }

  /** @throws what was answered when it is not `status` */
  async must(status: number, method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.ask(method, path, body);
    expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBe(status);
    return answer.body;
  }

  #take(cookie: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) this.jar.delete(name!);
    else this.jar.set(name!, value!);
  }
}

/** The mails of one address, newest first, as the mailbox shows them to an admin. */
export async function mailsTo(origin: string, adminToken: string, address: string): Promise<any[]> {
  const response = await fetch(`${origin}/api/mailbox`, { headers: { authorization: `Bearer ${adminToken}` } });
  const { mails } = (await response.json()) as { mails: any[] };
  return mails.filter((each) => each.to.includes(address));
}

/** Waits for a mail whose text matches; answers the first group. */
export async function inMail(origin: string, adminToken: string, address: string, pattern: RegExp): Promise<string> {
  return await until(
    async () => {
      for (const mail of await mailsTo(origin, adminToken, address)) {
        const found = pattern.exec(mail.text);
        if (found) return found[1]!;
      }
      return undefined;
    },
    { timeoutMs: 60_000, what: `a mail to ${address} with ${pattern}` },
  );
}

/** Somebody who signed up, followed the link of the mail, and signed in. `headers` go with the sign-up. */
export async function signedUp(
  origin: string,
  adminToken: string,
  { email, password, name }: { readonly email: string; readonly password: string; readonly name: string },
  headers: Record<string, string> = {},
): Promise<Browser> {
  const own = new Browser(origin);
  const { status, body } = await own.ask('POST', '/api/sign-up', { email, password, name }, headers);
  expect(status, JSON.stringify(body)).toBe(200);
  const secret = await inMail(origin, adminToken, email, /\/verify#([\w.-]+)/);
  await own.must(204, 'POST', '/api/sign-up/verify', { secret });
  await own.must(200, 'POST', '/api/sign-in', { email, password });
  return own;
}

/** An authenticator for who is signed in: its key, and the recovery codes. */
export async function withAuthenticator(own: Browser, password: string): Promise<{ secret: string; codes: string[] }> {
  const { uri, recovery_codes: codes } = await own.must(200, 'POST', '/api/me/second-factor', { password });
  const secret = new URL(uri).searchParams.get('secret')!;
  await own.must(204, 'POST', '/api/me/second-factor/confirm', { code: generateSync({ secret }) });
  return { secret, codes };
}

/** At the desk as a person of staff with a password and an authenticator that was not shown for long. */
export async function staffAtDesk(plinth: Plinth, browser: Chromium, email: string) {
  const password = 'a password for sellers';
  const person = await signedUp(plinth.origin, plinth.adminToken, { email, password, name: 'Grace Hopper' });
  const { secret } = await withAuthenticator(person, password);
  const { db } = plinth.runtime.services;
  await db.user.update({ where: { email }, data: { staffRole: 'superadmin' } });
  // As if it had been shown long ago: a code counts once, and for ten minutes.
  await db.usedTotp.deleteMany({});
  await db.authEntry.updateMany({ where: { secondFactorAt: { not: null } }, data: { secondFactorAt: null } });
  const visitor = await visit(browser, { origin: plinth.origin });
  await visitor.context.addCookies([...person.jar].map(([name, value]) => ({ name, value, url: plinth.origin })));
  return { ...visitor, code: () => generateSync({ secret }) };
}

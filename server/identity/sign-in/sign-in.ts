/**
 * Signing in, for the routes: the library within one transaction, what Plinth adds to it (a handle and an organization for
 * everyone, the audit trail, mails, limits by address and by account), and its refusals in our words.
 */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response } from 'express';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db } from '../../kernel/database.ts';
import { Limiter, type Verdict } from '../../kernel/http/limiter.ts';
import type { MailOrder } from '../../kernel/mail.ts';
import { Refusal, refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { readSetting, settingOnce } from '../../kernel/settings.ts';
import { openInvitationOf } from '../invitations/store.ts';
import { freeHandle } from '../users/handle.ts';
import { addPersonalOrganization, userById } from '../users/store.ts';
import { baseOf, callerOf, mustBeOwnPage, passCookies } from './door.ts';
import { endSessions, seePlace } from './entries-store.ts';
import type { Library, LibraryUser } from './library.ts';
import { inUnit, thisUnit, type Unit } from './unit.ts';

/** Tries per minute and account (an address of mail), from wherever they come. */
const PER_ACCOUNT = 10;
/** No answer to a question about an address comes sooner, so that its time tells nothing. */
const FLOOR_MS = 400;
const SECRET = 'secret.sign-in';

export interface Asked {
  /** The library's own path, for example `/sign-in/email`. */
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** The account that is tried, for its limit. */
  readonly account?: string;
  /** Its answer must take the same time whoever is asked for. */
  readonly evenly?: true;
  /** With the providers of identity, which it asks for at its start. */
  readonly oidc?: true;
  /** Who may be made; none: nobody. */
  readonly mayCreate?: (tx: Db, email: string, isProved: boolean) => Promise<void>;
  /** After the library's part, in its transaction; only when it agreed. */
  readonly after?: (unit: Unit, body: Record<string, unknown>) => Promise<void>;
}
export interface Told {
  readonly body: Record<string, unknown>;
  readonly location: string | null;
  readonly opened: Unit['opened'];
}

export class SignIn {
  readonly #services: Services;
  readonly #libraries = new Map<string, Promise<Library>>();
  readonly #accounts: Limiter;
  readonly #addresses: Limiter;

  constructor(services: Services) {
    this.#services = services;
    const { signInsPerMinute } = services.config.limits;
    this.#accounts = new Limiter(services.db, services.log, 'sign-in-account', signInsPerMinute === 0 ? 0 : PER_ACCOUNT);
    this.#addresses = new Limiter(services.db, services.log, 'sign-in-address', signInsPerMinute);
  }

  /**
   * Asks the library in one transaction and hands its cookies on.
   * @throws Refusal in our words
   */
  async ask(request: Request, response: Response, asked: Asked): Promise<Told> {
    const { config, db } = this.#services;
    if (asked.method !== 'GET') mustBeOwnPage(config, request);
    const base = baseOf(config, request);
    const caller = callerOf(config, request);
    await this.count(caller.address, asked.account);
    const started = performance.now();
    try {
      const library = await this.#library(base, asked.oidc === true);
      const locale = request.acceptsLanguages('en', 'de') || 'en';
      const parts = { ...caller, base, locale, mayCreate: async (email: string, proved: boolean) => await mayCreate(asked, email, proved) };
      const { answer, opened } = await inUnit(db, parts, async (unit) => {
        const answer = await read(await library.call(requestOf(base, request, caller.address, asked)));
        // The session behind the password alone was taken back.
        if (answer.body['twoFactorRedirect'] === true) delete unit.opened;
        if (answer.status < 400) {
          if (unit.opened) await this.#welcome(unit, unit.opened);
          await asked.after?.(unit, answer.body);
        }
        return { answer, opened: unit.opened };
      });
      if (answer.status >= 400) throw refusalOf(answer.status, answer.body);
      passCookies(response, answer.cookies, base);
      return { body: answer.body, location: answer.location, opened };
    } finally {
      if (asked.evenly) await delay(Math.max(0, FLOOR_MS - (performance.now() - started)));
    }
  }

  /** Takes a try of an address of the network, and of an account. @throws Refusal 429 */
  async count(address: string, account?: string): Promise<void> {
    const keys: [Limiter, string][] = [[this.#addresses, address]];
    if (account !== undefined) keys.push([this.#accounts, account.toLowerCase()]);
    for (const [limiter, key] of keys) {
      const verdict = await limiter.take(createHash('sha256').update(key).digest('base64url'));
      if (!verdict.allowed) throw tooMany(verdict);
    }
  }

  /** One for each address that people use; there is one, but for a machine's several names in development. */
  #library(base: string, withOidc: boolean): Promise<Library> {
    const { config, db, secrets, log } = this.#services;
    const key = `${base} ${withOidc}`;
    let library = this.#libraries.get(key);
    if (library) return library;
    if (this.#libraries.size > 8) this.#libraries.clear();
    library = (async () => {
      // A quarter of a second of work that a start need not wait for.
      const { openLibrary } = await import('./library.ts');
      const oidc = withOidc ? (config.oidc ?? null) : null;
      return openLibrary({ base, db, secret: await this.#secret(), secrets, log, oidc, wishes: this.#wishes() });
    })();
    this.#libraries.set(key, library);
    library.catch(() => this.#libraries.delete(key));
    return library;
  }

  /** Forgets what was learnt of a provider of identity that was not there. */
  forgetOidc(): void {
    for (const key of this.#libraries.keys()) if (key.endsWith(' true')) this.#libraries.delete(key);
  }

  /** Made once; sealed, so that it moves with the master key. */
  async #secret(): Promise<string> {
    const { db, secrets } = this.#services;
    const place = { table: 'setting', column: 'value', id: SECRET };
    const stored =
      (await readSetting(db, SECRET)) ?? (await settingOnce(db, SECRET, secrets.seal(place, randomBytes(32).toString('base64url'))));
    return secrets.open(place, stored as string);
  }

  #wishes() {
    const mail = (kind: MailOrder['kind'], user: LibraryUser, data: Record<string, string>) => this.#mail(kind, user, data);
    const { config } = this.#services;
    return {
      sendProof: (user: LibraryUser, token: string) => mail('verify-address', user, { link: `${thisUnit().base}/verify#${token}` }),
      sendReset: (user: LibraryUser, token: string) => mail('password-reset', user, { link: `${thisUnit().base}/reset#${token}` }),
      tellTaken: (user: LibraryUser) => mail('address-taken', user, { link: `${thisUnit().base}/sign-in` }),
      passwordChanged: async (userId: string) => {
        const { tx } = thisUnit();
        await endSessions(tx, userId, { allBut: null });
        const user = (await userById(tx, userId))!;
        await this.#audit(user, 'user.password-reset');
        await mail('password-changed', user, {});
      },
      handleFor: (email: string, name: string) => freeHandle(thisUnit().tx, config.reservedNames, email, name),
      created: async (user: LibraryUser) => {
        const { tx } = thisUnit();
        const organizationId = await addPersonalOrganization(tx, user.id);
        await this.#audit(user, 'user.created', organizationId);
      },
      isDisabled: async (userId: string) => (await userById(thisUnit().tx, userId))?.disabledAt !== null,
    };
  }

  async #welcome({ tx, address, agent }: Unit, opened: NonNullable<Unit['opened']>): Promise<void> {
    const user = (await userById(tx, opened.userId))!;
    await this.#audit(user, 'session.opened');
    const isNew = await seePlace(tx, user.id, `${address}|${agent.replaceAll(/[\d.]+/g, '')}`);
    if (isNew) await this.#mail('new-place', user, { address, agent: agent === '' ? '?' : agent, link: `${thisUnit().base}/me` });
  }

  async #mail(kind: MailOrder['kind'], user: LibraryUser, data: Record<string, string>): Promise<void> {
    const { tx, locale } = thisUnit();
    const stored = await userById(tx, user.id);
    const to = { address: user.email, name: user.name };
    await this.#services.mail(tx, { kind, to, locale: stored?.locale ?? locale, userId: user.id, organizationId: null, data });
  }

  async #audit(user: { id: string; name: string }, action: string, organizationId: string | null = null): Promise<void> {
    const { tx, address } = thisUnit();
    await appendAudit(tx, { actor: user.name, action, target: user.id, organizationId, data: { address } });
  }
}

const made = new WeakMap<object, SignIn>();
/** One for each process. */
export function signInOf(services: Services): SignIn {
  let signIn = made.get(services.secrets);
  if (!signIn) made.set(services.secrets, (signIn = new SignIn(services)));
  return signIn;
}

async function mayCreate({ mayCreate: rule }: Asked, email: string, isProved: boolean): Promise<void> {
  if (!rule) throw new Refusal(403, 'sign_up_closed', 'Nobody can become a user by this.');
  await rule(thisUnit().tx, email, isProved);
}

/** By the setting: anybody, who has an open invitation to this address and proved it, or nobody. */
export function signUpRule(services: Services): NonNullable<Asked['mayCreate']> {
  return async (tx, email, isProved) => {
    const { signUp } = services.config;
    if (signUp === 'open' || (signUp === 'invitation' && isProved && (await openInvitationOf(tx, email)) !== null)) return;
    throw signUpClosed(signUp);
  };
}

export function signUpClosed(signUp: string): Refusal {
  const remedy = signUp === 'closed' ? 'Ask the operator of Plinth.' : 'Ask for an invitation, and use its link.';
  return new Refusal(403, 'sign_up_closed', `Nobody can sign up here by themselves. ${remedy}`);
}

function requestOf(base: string, request: Request, address: string, { path, method = 'POST', query, body }: Asked): globalThis.Request {
  const url = new URL(`${base}/api/auth${path}`);
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
  const headers = new Headers({ origin: base, 'x-plinth-client': address, 'user-agent': request.get('user-agent') ?? '' });
  const cookie = request.get('cookie');
  if (cookie !== undefined) headers.set('cookie', cookie);
  if (method === 'GET') return new globalThis.Request(url, { method, headers });
  headers.set('content-type', 'application/json');
  return new globalThis.Request(url, { method, headers, body: JSON.stringify(body ?? {}) });
}

async function read(answer: globalThis.Response) {
  const text = await answer.text();
  const parsed: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {};
  const body = (Array.isArray(parsed) ? { items: parsed } : parsed) as Record<string, unknown>;
  return { status: answer.status, body, cookies: answer.headers.getSetCookie(), location: answer.headers.get('location') };
}

function tooMany({ resetMs }: Verdict): Refusal {
  const seconds = Math.max(1, Math.ceil(resetMs / 1000));
  return new Refusal(429, 'too_many_sign_ins', `Too many tries. Wait ${seconds} s, then try again.`, [], {
    'retry-after': String(seconds),
  });
}

const REFUSALS: Readonly<Record<string, () => Refusal>> = {
  INVALID_EMAIL_OR_PASSWORD: () => new Refusal(401, 'sign_in_refused', 'The address or the password is wrong.'),
  EMAIL_NOT_VERIFIED: () =>
    new Refusal(403, 'address_not_verified', 'Open the link in the mail that was sent to this address first, or have it sent again.'),
  USER_DISABLED: () => new Refusal(403, 'user_disabled', 'This user may not sign in any more. Ask the operator of Plinth.'),
  INVALID_TOKEN: () => new Refusal(400, 'link_invalid', 'This link was used, has expired or is not whole. Ask for a new one.'),
  TOKEN_EXPIRED: () => new Refusal(400, 'link_invalid', 'This link was used, has expired or is not whole. Ask for a new one.'),
  USER_NOT_FOUND: () => new Refusal(400, 'link_invalid', 'This link was used, has expired or is not whole. Ask for a new one.'),
  INVALID_CODE: () => new Refusal(401, 'code_refused', 'This code is wrong or was used. Take the next one that your authenticator shows.'),
  INVALID_BACKUP_CODE: () => new Refusal(401, 'code_refused', 'This recovery code is wrong or was used.'),
  INVALID_TWO_FACTOR_COOKIE: () => new Refusal(401, 'sign_in_expired', 'This sign-in took too long. Begin again.'),
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: () => new Refusal(429, 'too_many_codes', 'Too many wrong codes. Begin the sign-in again.'),
  ACCOUNT_TEMPORARILY_LOCKED: () =>
    new Refusal(429, 'too_many_codes', 'Too many wrong codes. Wait 15 minutes, then try again.', [], { 'retry-after': '900' }),
  PASSWORD_TOO_SHORT: () => refuseField('password', 'is shorter than 10 characters', 'Take a longer one.'),
  PASSWORD_TOO_LONG: () => refuseField('password', 'is longer than 200 characters', 'Take a shorter one.'),
  INVALID_PASSWORD: () => refuseField('password', 'is not this user’s password', 'Type the present one.', 422, 'password_refused'),
  INVALID_EMAIL: () => refuseField('email', 'is not an address', 'Send one, as in ada@example.com.'),
  TOTP_ALREADY_ENABLED: () => new Refusal(409, 'second_factor_on', 'A second factor is on already. Turn it off first.'),
  TOTP_NOT_ENABLED: () => new Refusal(409, 'second_factor_off', 'There is no second factor. Set one up first.'),
  TWO_FACTOR_NOT_ENABLED: () => new Refusal(409, 'second_factor_off', 'There is no second factor. Set one up first.'),
  BACKUP_CODES_NOT_ENABLED: () => new Refusal(409, 'second_factor_off', 'There is no second factor. Set one up first.'),
  CHALLENGE_NOT_FOUND: () => new Refusal(400, 'challenge_expired', 'This took too long, or was done already. Begin again.'),
  PASSKEY_NOT_FOUND: () => new Refusal(401, 'sign_in_refused', 'This passkey is not known here.'),
  PASSKEY_UNVERIFIED: () => new Refusal(401, 'sign_in_refused', 'The passkey did not ask for its owner (PIN or fingerprint).'),
  SESSION_NOT_FRESH: () => new Refusal(403, 'session_not_fresh', 'This needs a sign-in of the last day. Sign in again.'),
};

function refusalOf(status: number, body: Record<string, unknown>): Refusal {
  const code = typeof body['code'] === 'string' ? body['code'] : '';
  const known = REFUSALS[code]?.();
  if (known) return known;
  if (status >= 500) throw new Error(`the sign-in library failed: ${code || status}`);
  // What the library will not take and our own schema did, such as an address of unusual form.
  const field = status === 400 || status === 404 ? [{ field: 'body', rule: 'was refused', remedy: 'Correct it, and begin again.' }] : [];
  return new Refusal(status === 404 ? 400 : status, 'sign_in_refused', 'This was refused. Begin again.', field);
}

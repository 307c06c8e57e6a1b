/** Where a browser stands: the dashboard's address, who may have caused the request, and the cookies of a signed-in person. */
import type { Request, Response } from 'express';
import type { Config } from '../../kernel/config.ts';
import { addressOf } from '../../kernel/http/limits.ts';
import { Refusal } from '../../kernel/problem.ts';
import { DASHBOARD_HEADER } from '../sessions/sessions.ts';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Tells the dashboard's scripts that there is a session; holds nothing. */
const HINT = 'plinth_signed_in';

/**
 * The address that people use, without a slash at its end. In development the one that was asked for, when it is this machine's:
 * a header that others choose must not end up in a mail.
 * @throws Refusal 421 when it is neither known nor of this machine
 */
export function baseOf(config: Config, request: Request): string {
  if (config.publicUrl !== undefined) return new URL(config.publicUrl).origin;
  const host = request.get('host') ?? '';
  const url = URL.parse(`${request.protocol}://${host}`);
  if (url && (LOOPBACK.has(url.hostname) || url.hostname === config.host)) return url.origin;
  throw new Refusal(421, 'unknown_address', 'People sign in at the address of PLINTH_PUBLIC_URL only. Set it to the one that you use.');
}

/**
 * Signing in is for this very page: no other may have a browser do it, with its own account or with somebody else's.
 * @throws Refusal 403
 */
export function mustBeOwnPage(config: Config, request: Request): void {
  const origin = request.get('origin');
  const site = request.get('sec-fetch-site');
  if ((origin === undefined || origin === baseOf(config, request)) && (site === undefined || site === 'same-origin' || site === 'none'))
    return;
  throw new Refusal(403, 'foreign_request', 'Another site may have caused this request. Sign in on the page of Plinth itself.');
}

/** What is looked at of a request to find out whom its cookie signs in. */
export interface Asking {
  get(header: string): string | undefined;
  /** Came over TLS. */
  readonly secure: boolean;
}

/** Requests that a cookie identifies say by a header, which no foreign page can set, that the dashboard made them. */
export function saysDashboard(request: Pick<Asking, 'get'>): boolean {
  return request.get(DASHBOARD_HEADER) !== undefined && ['same-origin', undefined].includes(request.get('sec-fetch-site'));
}

export const isSecure = (base: string): boolean => base.startsWith('https:');
const nameOf = (secure: boolean): string => `${secure ? '__Secure-' : ''}plinth.session_token`;

/** The session's token that a request carries, or null. Its signature is the library's; what counts is that the token is known. */
export function tokenOfCookie(config: Config, request: Asking): string | null {
  const header = request.get('cookie') ?? '';
  if (!header.includes('plinth.session_token=')) return null;
  const name = nameOf(config.publicUrl?.startsWith('https:') === true || request.secure);
  const value = header
    .split('; ')
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
  if (value === undefined) return null;
  return /^([A-Za-z0-9]{32})\./.exec(value)?.[1] ?? null;
}

/** Hands the library's cookies on, and tells the page whether there is a session. */
export function passCookies(response: Response, cookies: readonly string[], base: string): void {
  for (const cookie of cookies) response.append('set-cookie', cookie);
  const session = cookies.findLast((cookie) => cookie.startsWith(`${nameOf(isSecure(base))}=`));
  if (session === undefined) return;
  const common = { path: '/', sameSite: 'strict', secure: isSecure(base) } as const;
  const seconds = /max-age=(\d+)/i.exec(session)?.[1];
  if (seconds === '0') response.clearCookie(HINT, common);
  else response.cookie(HINT, '1', { ...common, ...(seconds === undefined ? {} : { maxAge: Number(seconds) * 1000 }) });
}

/** Has the browser forget a person's session. */
export function clearUserCookies(config: Config, request: Request, response: Response): void {
  const secure = config.publicUrl?.startsWith('https:') === true || request.secure;
  response.clearCookie(nameOf(secure), { path: '/', sameSite: 'lax', secure, httpOnly: true });
  response.clearCookie(HINT, { path: '/', sameSite: 'strict', secure });
}

/** Network and browser, for people: `203.0.113.7`, not a port or a form of IPv6 in IPv4. */
export function callerOf(config: Config, request: Request): { address: string; agent: string } {
  return { address: addressOf(config)(request), agent: (request.get('user-agent') ?? '').slice(0, 300) };
}

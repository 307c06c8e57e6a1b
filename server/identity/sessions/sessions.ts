/**
 * Browsers that are signed in. A token is exchanged for a cookie that no script can read; it holds a secret of its own, of
 * which the database has the SHA-256, and counts only while the token does.
 *
 * A cookie is sent by the browser whoever causes the request. So it counts only for requests that say that the dashboard
 * made them, by a header that no foreign page can set, and that the browser does not call foreign.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import { timeIn, timeNow } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import type { Db } from '../../kernel/database.ts';
import { insertSession, sessionById } from './store.ts';
import { hashOf, principalOf } from '../tokens/authenticate.ts';

/** Sent by the dashboard with every request. Another origin would have to ask first, and is refused. */
export const DASHBOARD_HEADER = 'x-plinth-dashboard';
/** Tells the dashboard's scripts that there is a session; holds nothing. */
const HINT = 'plinth_signed_in';
const FORM = /^([0-9a-f]{24})\.([A-Za-z0-9_-]{43})$/;
const DAY_MS = 86_400_000;

/** Where cookies are read and written. */
export interface Door {
  readonly request: Request;
  readonly response: Response;
  readonly config: Config;
}

const isSecure = ({ config, request }: { readonly config: Config; readonly request: Pick<Request, 'secure'> }): boolean =>
  config.publicUrl?.startsWith('https:') === true || request.secure;
/** A browser takes a `__Host-` cookie from this very host only, over TLS. */
const nameOf = (secure: boolean): string => (secure ? '__Host-plinth_session' : 'plinth_session');

/** Signs the browser in: for 30 days with `keep`, else until it is closed and for a day at most. */
export async function openSession(db: Db, door: Door, tokenId: string, keep: boolean): Promise<void> {
  const [id, secret] = [randomBytes(12).toString('hex'), randomBytes(32).toString('base64url')];
  const now = timeNow();
  const lifeMs = keep ? 30 * DAY_MS : DAY_MS;
  await insertSession(db, { id, tokenId, hash: hashOf(secret), expiresAt: timeIn(lifeMs) }, now);
  const secure = isSecure(door);
  const common = { path: '/', sameSite: 'strict', secure, ...(keep ? { maxAge: lifeMs } : {}) } as const;
  door.response.cookie(nameOf(secure), `${id}.${secret}`, { ...common, httpOnly: true });
  door.response.cookie(HINT, '1', common);
}

/** Has the browser forget its cookies. */
export function clearCookies(door: Door): void {
  const secure = isSecure(door);
  const common = { path: '/', sameSite: 'strict', secure } as const;
  door.response.clearCookie(nameOf(secure), { ...common, httpOnly: true });
  door.response.clearCookie(HINT, common);
}

/**
 * Who the cookie of a request signs in, or null: none, wrong, ended and of a token that counts no more are not told apart.
 * @throws Refusal 403 when another site may have caused the request.
 */
export async function principalOfCookie(
  { db, config, recent }: Pick<Services, 'db' | 'config' | 'recent'>,
  request: { get(header: string): string | undefined; readonly secure: boolean },
): Promise<Principal | null> {
  const name = nameOf(isSecure({ config, request }));
  const value = (request.get('cookie') ?? '')
    .split('; ')
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
  if (value === undefined) return null;
  if (request.get(DASHBOARD_HEADER) === undefined || !['same-origin', undefined].includes(request.get('sec-fetch-site')))
    throw new Refusal(
      403,
      'foreign_request',
      `A sign-in in the browser counts for the dashboard's own requests only. Send a token instead: Authorization: Bearer plinth_….`,
    );
  const [, id, secret] = FORM.exec(value) ?? [];
  if (id === undefined || secret === undefined) return null;
  const now = timeNow();
  const row = await recent.get(`browser/${id}`, () => sessionById(db, id));
  const equal = timingSafeEqual(row?.hash ?? Buffer.alloc(32), hashOf(secret));
  if (!row || !equal || row.expiresAt <= now) return null;
  const principal = await principalOf(db, row.token, now);
  return principal && { ...principal, sessionId: row.id };
}

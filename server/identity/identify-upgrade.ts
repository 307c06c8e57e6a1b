/** Who asks for a connection to be taken over by another protocol, which browsers ask for without a page's own headers. */
import type { IncomingMessage } from 'node:http';
import type { Config } from '../kernel/config.ts';
import { callerAddressOf } from '../kernel/http/limits.ts';
import { Refusal } from '../kernel/problem.ts';
import { serving } from '../kernel/request-context.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { DASHBOARD_HEADER, principalOfCookie } from './sessions/sessions.ts';
import type { Asking } from './sign-in/door.ts';
import { principalOfUser } from './sign-in/principal.ts';
import { authenticate } from './tokens/authenticate.ts';

/**
 * By a bearer token, or by the cookie of a browser whose page is of this very installation: a foreign page can have a browser ask,
 * with the cookie, but not say where it came from. null: nobody, or what does not count.
 * @throws Refusal 403 when a cookie came from anywhere else
 */
export async function identifyUpgrade(services: Services, request: IncomingMessage): Promise<Principal | null> {
  const { authorization, cookie, origin, ...headers } = request.headers;
  const address = callerAddressOf(services.config)(request);
  const context = { actor: null, scope: null, address, userAgent: headers['user-agent'] ?? null, requestId: null };
  return await serving(context, async () => {
    if (authorization !== undefined) {
      const token = /^Bearer ([^\s]+)$/i.exec(authorization)?.[1];
      return token === undefined ? null : await authenticate(services.db, token, services.recent);
    }
    if (cookie === undefined) return null;
    if (origin === undefined || !isOwn(services.config, origin, headers.host))
      throw new Refusal(403, 'foreign_request', 'Another site may have caused this request. Open the page of Plinth itself.');
    const asking: Asking = {
      secure: origin.startsWith('https:'),
      // The page's origin says what its header says elsewhere.
      get: (name) => (name === DASHBOARD_HEADER ? '1' : name === 'cookie' ? cookie : (headers[name] as string | undefined)),
    };
    return (await principalOfUser(services, asking)) ?? (await principalOfCookie(services, asking));
  });
}

/** Without a public address the one that was asked for: a cookie goes to the host that set it, whatever name led there. */
function isOwn({ publicUrl }: Config, origin: string, host: string | undefined): boolean {
  if (publicUrl !== undefined) return origin === new URL(publicUrl).origin;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

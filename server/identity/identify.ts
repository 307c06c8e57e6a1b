/** Who a request comes from: a token it carries, a person's session, or the session of a browser that showed a token. */
import type { Request } from 'express';
import { actingAs } from './impersonation/acting.ts';
import { principalOfCookie } from './sessions/sessions.ts';
import { principalOfUser } from './sign-in/principal.ts';
import { authenticate } from './tokens/authenticate.ts';
import type { Principal, Services } from '../kernel/services.ts';

/** null: nobody, or a token or session that does not count. @throws Refusal 403 when another site may have caused the request. */
export async function identify(services: Services, request: Request): Promise<Principal | null> {
  return await actingAs(services.db, request, await presented(services, request));
}

async function presented(services: Services, request: Request): Promise<Principal | null> {
  const { db, recent } = services;
  const header = request.get('authorization');
  // Who sends a token is asked for that one only.
  if (header === undefined) return (await principalOfUser(services, request)) ?? (await principalOfCookie(services, request));
  const token = /^Bearer ([^\s]+)$/i.exec(header)?.[1];
  return token === undefined ? null : await authenticate(db, token, recent);
}

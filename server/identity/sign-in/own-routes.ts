/** /api/me: what a person who signed in sees and changes about themselves. */
import type { Request, Response } from 'express';
import {
  Ended,
  Me,
  MePatch,
  OrganizationChoice,
  PasskeyAdd,
  PasskeyList,
  PasskeyOptions,
  PasskeyParams,
  PasswordChange,
  PasswordProof,
  RecoveryCodes,
  SecondFactorCode,
  SessionList,
  SessionParams,
  TwoFactorSetUp,
} from '../../../contract/people.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { type Answer, type Route, type RouteContext, route } from '../../kernel/http/route.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { deletePasskey, hasPassword, membershipsOf, passkeysOf, updateUser, userById } from '../users/store.ts';
import { chooseOrganization, endSessions, sessionsOfUser } from './entries-store.ts';
import { type Asked, signInOf } from './sign-in.ts';

const OWN = { permission: 'session:own', unrepeated: true } as const;
/** What the sign-in library changes. */
const ASKED = { ...OWN, apart: 'by the sign-in library' } as const;

/** @throws Refusal 403 to a token: it has no password, no sessions and no second factor. */
export function mustBePerson(principal: Principal): { userId: string; sessionId: string; name: string } {
  const { actor, sessionId } = principal;
  if (actor.kind !== 'user' || sessionId === undefined)
    throw new Refusal(403, 'person_only', 'This is about a person who signed in; a token has none of it. Sign in on the dashboard.');
  return { userId: actor.id, sessionId, name: actor.name };
}

/** The person who signed in, or whose own token this is. @throws Refusal for tokens of nobody and of service accounts */
export function personOf(principal: Principal): string {
  const { kind, onBehalfOf } = principal.actor;
  return kind === 'token' && onBehalfOf?.kind === 'user' ? onBehalfOf.id : mustBePerson(principal).userId;
}

export function ownRoutes(services: Services): Route[] {
  const ask = (request: Request, response: Response, asked: Asked) => signInOf(services).ask(request, response, asked);
  return [...profileRoutes(services), ...sessionsRoutes(services), ...factorRoutes(services, ask), ...passkeyRoutes(services, ask)];
}

type Ask = (request: Request, response: Response, asked: Asked) => Promise<{ body: Record<string, unknown> }>;

function profileRoutes(services: Services): Route[] {
  const present = async (principal: Principal, db: Db = services.db) => {
    const { userId } = mustBePerson(principal);
    const user = (await userById(db, userId))!;
    const memberships = await membershipsOf(db, userId);
    return {
      id: user.id,
      email: user.email,
      name: user.name,
      handle: user.handle,
      locale: user.locale,
      time_zone: user.timeZone,
      staff_role: user.staffRole,
      two_factor: user.twoFactorEnabled,
      has_password: await hasPassword(services.db, userId),
      second_factor_at: principal.secondFactorAt?.toISOString() ?? null,
      memberships: memberships.map(({ organization, role }) => ({
        organization_id: organization.id,
        organization_name: organization.name,
        role,
      })),
    };
  };
  return [
    route({
      ...OWN,
      method: 'get',
      path: '/api/me',
      id: 'getMe',
      summary: 'The person who is signed in, and what they are a member of',
      responses: { 200: { description: 'You.', schema: Me } },
      handler: async ({ principal }) => ({ status: 200, body: await present(principal) }),
    }),
    route({
      ...OWN,
      method: 'patch',
      path: '/api/me',
      id: 'changeMe',
      summary: 'Change your name, language and time zone',
      body: MePatch,
      responses: { 200: { description: 'You, as you are now.', schema: Me } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const { userId } = mustBePerson(principal);
        if (body.time_zone !== undefined && !isTimeZone(body.time_zone))
          throw refuseField('time_zone', 'is no time zone', 'Send a name of the IANA list, as in Europe/Berlin.');
        const { time_zone: timeZone, ...rest } = body;
        await updateUser(tx, userId, { ...rest, ...(timeZone === undefined ? {} : { timeZone }) });
        await appendAudit(tx, {
          actor: principal.name,
          action: 'user.changed',
          target: userId,
          organizationId: null,
          data: { fields: Object.keys(body) },
        });
        return { status: 200, body: await present(principal, tx) };
      },
    }),
    route({
      ...OWN,
      method: 'post',
      path: '/api/me/organization',
      id: 'chooseOrganization',
      summary: 'Act for another organization of yours in this session',
      body: OrganizationChoice,
      responses: { 204: { description: 'From the next request on.' } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const { userId, sessionId } = mustBePerson(principal);
        const memberships = await membershipsOf(tx, userId);
        if (!memberships.some(({ organizationId }) => organizationId === body.organization_id))
          throw notFound('organization', body.organization_id);
        await chooseOrganization(tx, sessionId, body.organization_id);
        return { status: 204 };
      },
    }),
  ];
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function sessionsRoutes(services: Services): Route[] {
  const end = async (tx: Db, principal: Principal, which: { only: string } | { allBut: string }): Promise<number> => {
    const { userId, name } = mustBePerson(principal);
    const ended = await endSessions(tx, userId, which);
    if (ended > 0)
      await appendAudit(tx, { actor: name, action: 'session.ended', target: userId, organizationId: null, data: { sessions: ended } });
    return ended;
  };
  return [
    route({
      ...OWN,
      method: 'get',
      path: '/api/me/sessions',
      id: 'listMySessions',
      summary: 'Where you are signed in',
      responses: { 200: { description: 'Newest first.', schema: SessionList } },
      handler: async ({ principal }) => {
        const { userId, sessionId } = mustBePerson(principal);
        const rows = await sessionsOfUser(services.db, services.secrets, userId);
        const sessions = rows.map(({ id, createdAt, expiresAt, address, agent }) => ({
          id,
          created_at: createdAt.toISOString(),
          expires_at: expiresAt.toISOString(),
          address,
          agent,
          is_this: id === sessionId,
        }));
        return { status: 200, body: { sessions } };
      },
    }),
    route({
      ...OWN,
      method: 'delete',
      path: '/api/me/sessions/:id',
      id: 'endMySession',
      summary: 'End one of your sessions; what it has open ends within seconds',
      params: SessionParams,
      responses: { 204: { description: 'Ended.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        if ((await end(tx, principal, { only: params.id })) === 0) throw notFound('session', params.id);
        return { status: 204 };
      },
    }),
    route({
      ...OWN,
      method: 'delete',
      path: '/api/me/sessions',
      id: 'endMyOtherSessions',
      summary: 'End every session of yours but this one',
      responses: { 200: { description: 'How many.', schema: Ended } },
      transaction: true,
      handler: async ({ principal, tx }) => ({
        status: 200,
        body: { ended: await end(tx, principal, { allBut: mustBePerson(principal).sessionId }) },
      }),
    }),
  ];
}

type Own<B> = RouteContext<unknown, unknown, B>;

function passwordRoute(services: Services, ask: Ask): Route {
  return route({
    ...ASKED,
    method: 'post',
    path: '/api/me/password',
    id: 'changeMyPassword',
    summary: 'Change your password; your other sessions end',
    body: PasswordChange,
    responses: { 204: { description: 'Changed.' } },
    handler: async ({ principal, body, request, response }) => {
      const { userId, name } = mustBePerson(principal);
      const changed = { path: '/change-password', body: { currentPassword: body.present, newPassword: body.password } };
      await ask(request, response, {
        ...changed,
        after: async ({ tx }) => {
          await endSessions(tx, userId, { allBut: principal.sessionId! });
          const user = (await userById(tx, userId))!;
          const to = { address: user.email, name: user.name };
          await services.mail(tx, { kind: 'password-changed', to, locale: user.locale, userId, organizationId: null, data: {} });
          await appendAudit(tx, { actor: name, action: 'user.password-changed', target: userId, organizationId: null, data: {} });
        },
      });
      return { status: 204 };
    },
  });
}

function factorRoutes(services: Services, ask: Ask): Route[] {
  const audited: Audited = (principal, action) => {
    const { userId, name } = mustBePerson(principal);
    return ({ tx }) => appendAudit(tx, { actor: name, action, target: userId, organizationId: null, data: {} });
  };
  const setUp = async ({ principal, body, request, response }: Own<{ password: string }>): Promise<Answer> => {
    const told = await ask(request, response, {
      path: '/two-factor/enable',
      body: { ...body, method: 'totp' },
      after: audited(principal, 'second-factor.begun'),
    });
    const uri = String(told.body['totpURI']);
    const { default: qrcode } = await import('qrcode');
    const picture = await qrcode.toString(uri, { type: 'svg', margin: 1 });
    return { status: 200, body: { uri, picture, recovery_codes: told.body['backupCodes'] } };
  };
  return [
    passwordRoute(services, ask),
    route({
      ...ASKED,
      method: 'post',
      path: '/api/me/second-factor',
      id: 'beginSecondFactor',
      summary: 'Begin to set up an authenticator; it counts once a code of it was confirmed',
      body: PasswordProof,
      responses: { 200: { description: 'Shown once: the secret and the recovery codes.', schema: TwoFactorSetUp } },
      handler: async (context) => {
        mustBePerson(context.principal);
        context.response.setHeader('cache-control', 'no-store, no-transform');
        return await setUp(context);
      },
    }),
    route({
      ...ASKED,
      method: 'post',
      path: '/api/me/second-factor/confirm',
      id: 'confirmSecondFactor',
      summary: 'Confirm the authenticator with a code of it',
      body: SecondFactorCode,
      responses: { 204: { description: 'From now on a code is asked for at every sign-in with the password.' } },
      handler: async ({ principal, body, request, response }) => {
        await ask(request, response, {
          path: '/two-factor/verify-totp',
          body: { code: body.code },
          after: audited(principal, 'second-factor.on'),
        });
        return { status: 204 };
      },
    }),
    route({
      ...ASKED,
      method: 'post',
      path: '/api/me/second-factor/recovery-codes',
      id: 'renewRecoveryCodes',
      summary: 'Make new recovery codes; the former ones count no more',
      body: PasswordProof,
      responses: { 200: { description: 'Shown once.', schema: RecoveryCodes } },
      handler: async ({ principal, body, request, response }) => {
        response.setHeader('cache-control', 'no-store, no-transform');
        const after = audited(principal, 'second-factor.codes-renewed');
        const told = await ask(request, response, { path: '/two-factor/generate-backup-codes', body, after });
        return { status: 200, body: { recovery_codes: told.body['backupCodes'] } };
      },
    }),
    offRoute(audited, ask),
  ];
}

type Audited = (principal: Principal, action: string) => NonNullable<Asked['after']>;

function offRoute(audited: Audited, ask: Ask): Route {
  return route({
    ...ASKED,
    method: 'post',
    path: '/api/me/second-factor/off',
    id: 'turnSecondFactorOff',
    summary: 'Turn the second factor off; needs one that was shown in the last ten minutes',
    body: PasswordProof,
    responses: { 204: { description: 'Off.' } },
    handler: async ({ principal, body, request, response }) => {
      mustBePerson(principal);
      mustBeFresh(principal);
      await ask(request, response, { path: '/two-factor/disable', body, after: audited(principal, 'second-factor.off') });
      return { status: 204 };
    },
  });
}

const FRESH_MS = 600_000;
/** @throws Refusal 403 when no second factor was shown in this session lately */
export function mustBeFresh({ secondFactorAt }: Principal): void {
  if (secondFactorAt && timeNow().getTime() - secondFactorAt.getTime() <= FRESH_MS) return;
  throw new Refusal(403, 'second_factor_needed', 'This needs a second factor of the last ten minutes: POST /api/sign-in/second-factor.');
}

function passkeyRoutes(services: Services, ask: Ask): Route[] {
  const list = async (userId: string) => ({
    passkeys: (await passkeysOf(services.db, userId)).map(({ id, name, createdAt }) => ({
      id,
      name,
      created_at: createdAt?.toISOString() ?? null,
    })),
  });
  return [
    route({
      ...OWN,
      method: 'get',
      path: '/api/me/passkeys',
      id: 'listMyPasskeys',
      summary: 'Your passkeys',
      responses: { 200: { description: 'Oldest first.', schema: PasskeyList } },
      handler: async ({ principal }) => ({ status: 200, body: await list(mustBePerson(principal).userId) }),
    }),
    route({
      ...ASKED,
      method: 'post',
      path: '/api/me/passkeys/options',
      id: 'getPasskeyOptions',
      summary: 'What the browser makes a passkey of',
      responses: { 200: { description: 'For navigator.credentials.create.', schema: PasskeyOptions } },
      handler: async ({ principal, request, response }) => {
        mustBePerson(principal);
        const { body } = await ask(request, response, { path: '/passkey/generate-register-options', method: 'GET' });
        return { status: 200, body: { public_key: body } };
      },
    }),
    route({
      ...ASKED,
      method: 'post',
      path: '/api/me/passkeys',
      id: 'addPasskey',
      summary: 'Add the passkey that the browser made',
      body: PasskeyAdd,
      responses: { 200: { description: 'All of yours.', schema: PasskeyList } },
      handler: async ({ principal, body, request, response }) => {
        const { userId, name } = mustBePerson(principal);
        const after: Asked['after'] = ({ tx }) =>
          appendAudit(tx, { actor: name, action: 'passkey.added', target: userId, organizationId: null, data: { name: body.name } });
        await ask(request, response, { path: '/passkey/verify-registration', body, after });
        return { status: 200, body: await list(userId) };
      },
    }),
    route({
      ...OWN,
      method: 'delete',
      path: '/api/me/passkeys/:id',
      id: 'deletePasskey',
      summary: 'Forget a passkey of yours',
      params: PasskeyParams,
      responses: { 204: { description: 'It signs nobody in any more.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const { userId, name } = mustBePerson(principal);
        if (!(await deletePasskey(tx, userId, params.id))) throw notFound('passkey', params.id);
        await appendAudit(tx, {
          actor: name,
          action: 'passkey.deleted',
          target: userId,
          organizationId: null,
          data: { passkey: params.id },
        });
        return { status: 204 };
      },
    }),
  ];
}

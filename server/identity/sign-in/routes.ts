/** /api/sign-up, /api/sign-in, /api/password-reset, /api/setup: for people who are not signed in yet. */
import type { Request, Response } from 'express';
import {
  Address,
  EmailOnly,
  LinkSecret,
  PasskeyAnswer,
  PasskeyOptions,
  PasswordReset,
  PasswordSignIn,
  SecondFactorCode,
  SetUp,
  SignInAnswer,
  SignInCallbackQuery,
  SignInOptions,
  SignUp,
  SignUpAnswer,
} from '../../../contract/people.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { type Route, route, STREAMED } from '../../kernel/http/route.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { acceptInvitation, invitationByHash } from '../invitations/store.ts';
import { hashOf } from '../tokens/authenticate.ts';
import { setStaffRole, updateUser, userByEmail } from '../users/store.ts';
import { baseOf } from './door.ts';
import { isSetupSecret, needsSetup, takeSetup } from './setup.ts';
import { type Asked, type SignIn, signInOf, signUpClosed, signUpRule } from './sign-in.ts';

/** Who calls these is not known, so nothing that names one is kept for a repetition. */
const PUBLIC = { permission: 'public', unrepeated: true } as const;

export function signInRoutes(services: Services): Route[] {
  const signIn = (): SignIn => signInOf(services);
  return [
    route({
      ...PUBLIC,
      method: 'get',
      path: '/api/sign-in',
      id: 'getSignInOptions',
      summary: 'How one may sign in and sign up here',
      responses: { 200: { description: 'For the sign-in page.', schema: SignInOptions } },
      handler: async () => {
        const { signUp, oidc } = services.config;
        return { status: 200, body: { sign_up: signUp, oidc: oidc?.name ?? null, needs_setup: await needsSetup(services.db) } };
      },
    }),
    ...signUpRoutes(services, signIn),
    ...passwordRoutes(services, signIn),
    ...otherRoutes(services, signIn),
  ];
}

function signUpRoutes(services: Services, signIn: () => SignIn): Route[] {
  return [
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/sign-up',
      id: 'signUpWithPassword',
      summary: 'Become a user; the answer is the same for an address that has one',
      body: SignUp,
      responses: { 200: { description: 'A link was sent to the address, or the invitation’s link proved it.', schema: SignUpAnswer } },
      apart: 'by the sign-in library',
      handler: async ({ body, request, response }) => {
        const { invitation: secret, ...person } = body;
        const invitation = secret === undefined ? null : await invitationByHash(services.db, hashOf(secret));
        if (secret !== undefined && invitation?.email !== person.email)
          throw new Refusal(400, 'link_invalid', 'This invitation was used, has expired, or is for another address.');
        if (invitation === null && services.config.signUp !== 'open') throw signUpClosed(services.config.signUp);
        const asked: Asked = {
          path: '/sign-up/email',
          body: person,
          account: person.email,
          evenly: true,
          mayCreate: invitation === null ? signUpRule(services) : async () => undefined,
          after: async ({ tx }) => {
            const user = invitation && (await userByEmail(tx, person.email));
            // The link came by mail to this very address. Somebody who was here before keeps their own password.
            if (!user || !invitation || user.emailVerified) return;
            await updateUser(tx, user.id, { emailVerified: true });
            if (await acceptInvitation(tx, invitation, user.id)) {
              const entry = {
                actor: user.name,
                action: 'invitation.accepted',
                target: invitation.id,
                organizationId: invitation.organizationId,
              };
              await appendAudit(tx, { ...entry, data: { user: user.id, role: invitation.role } });
            }
          },
        };
        await signIn().ask(request, response, asked);
        return { status: 200, body: { next: invitation === null ? 'open_mail' : 'sign_in' } };
      },
    }),
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/sign-up/verify',
      id: 'verifyAddress',
      summary: 'Prove an address by the link that was sent to it',
      body: LinkSecret,
      responses: { 204: { description: 'Proved. Sign in now.' } },
      apart: 'by the sign-in library',
      handler: async ({ body, request, response }) => {
        await signIn().ask(request, response, { path: '/verify-email', method: 'GET', query: { token: body.secret } });
        return { status: 204 };
      },
    }),
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/sign-up/resend',
      id: 'resendProof',
      summary: 'Have the link that proves an address sent again',
      body: EmailOnly,
      responses: { 204: { description: 'Sent, if there is somebody who waits for it.' } },
      apart: 'by the sign-in library',
      handler: async ({ body, request, response }) => {
        await signIn().ask(request, response, { path: '/send-verification-email', body, account: body.email, evenly: true });
        return { status: 204 };
      },
    }),
    setUpRoute(services, signIn),
  ];
}

function setUpRoute(services: Services, signIn: () => SignIn): Route {
  return route({
    ...PUBLIC,
    method: 'post',
    path: '/api/setup',
    id: 'setUp',
    summary: 'Make the first superadmin, with the secret of the link that the first start leaves',
    body: SetUp,
    responses: { 200: { description: 'Made. Sign in now.', schema: SignUpAnswer } },
    apart: 'by the sign-in library',
    handler: async ({ body, request, response }) => {
      const { secret, ...person } = body;
      if (!isSetupSecret(services, secret) || !(await needsSetup(services.db)))
        throw new Refusal(403, 'link_invalid', 'This link does not count, or was used. Start Plinth again for a new one.');
      await signIn().ask(request, response, {
        path: '/sign-up/email',
        body: person,
        account: person.email,
        mayCreate: async () => undefined,
        after: async ({ tx }) => {
          await takeSetup(tx);
          const user = (await userByEmail(tx, person.email))!;
          await updateUser(tx, user.id, { emailVerified: true });
          await setStaffRole(tx, user.id, 'superadmin');
          await appendAudit(tx, {
            actor: user.name,
            action: 'staff.made',
            target: user.id,
            organizationId: null,
            data: { role: 'superadmin' },
          });
        },
      });
      return { status: 200, body: { next: 'sign_in' } };
    },
  });
}

function passwordRoutes(_services: Services, signIn: () => SignIn): Route[] {
  return [
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/sign-in',
      id: 'signInWithPassword',
      summary: 'Sign in with address and password',
      body: PasswordSignIn,
      responses: { 200: { description: 'Signed in by a cookie, or a second factor is asked for.', schema: SignInAnswer } },
      apart: 'by the sign-in library',
      handler: async ({ body, request, response }) => {
        const { keep, ...credential } = body;
        const asked = { path: '/sign-in/email', body: { ...credential, rememberMe: keep }, account: body.email };
        const { opened } = await signIn().ask(request, response, asked);
        return { status: 200, body: { signed_in: opened !== undefined, next: opened === undefined ? 'second_factor' : null } };
      },
    }),
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/sign-in/second-factor',
      id: 'showSecondFactor',
      summary: 'Show the second factor: at a sign-in, or anew within a session',
      body: SecondFactorCode,
      responses: { 200: { description: 'Signed in.', schema: SignInAnswer } },
      apart: 'by the sign-in library',
      handler: async ({ body, request, response }) => {
        const path = body.kind === 'recovery' ? '/two-factor/verify-backup-code' : '/two-factor/verify-totp';
        await signIn().ask(request, response, { path, body: { code: body.code } });
        return { status: 200, body: { signed_in: true, next: null } };
      },
    }),
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/password-reset',
      id: 'askForPasswordReset',
      summary: 'Have a link sent that sets a new password; the answer is the same for an unknown address',
      body: EmailOnly,
      responses: { 204: { description: 'Sent, if there is a user of this address.' } },
      apart: 'by the sign-in library',
      handler: async ({ body, request, response }) => {
        await signIn().ask(request, response, { path: '/request-password-reset', body, account: body.email, evenly: true });
        return { status: 204 };
      },
    }),
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/password-reset/confirm',
      id: 'resetPassword',
      summary: 'Set a new password by the link; every session of the user ends',
      body: PasswordReset,
      responses: { 204: { description: 'Set. Sign in now.' } },
      apart: 'by the sign-in library',
      handler: async ({ body, request, response }) => {
        await signIn().ask(request, response, { path: '/reset-password', body: { token: body.secret, newPassword: body.password } });
        return { status: 204 };
      },
    }),
  ];
}

function otherRoutes(services: Services, signIn: () => SignIn): Route[] {
  return [
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/sign-in/passkey/options',
      id: 'getPasskeySignInOptions',
      summary: 'What the browser asks a passkey for',
      responses: { 200: { description: 'For navigator.credentials.get.', schema: PasskeyOptions } },
      apart: 'by the sign-in library',
      handler: async ({ request, response }) => {
        const { body } = await signIn().ask(request, response, { path: '/passkey/generate-authenticate-options', method: 'GET' });
        // Who holds the key must show a PIN or a finger: it stands for both factors.
        return { status: 200, body: { public_key: { ...body, userVerification: 'required' } } };
      },
    }),
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/sign-in/passkey',
      id: 'signInWithPasskey',
      summary: 'Sign in with a passkey; no second factor is asked for',
      body: PasskeyAnswer,
      responses: { 200: { description: 'Signed in by a cookie.', schema: SignInAnswer } },
      apart: 'by the sign-in library',
      handler: async ({ body, request, response }) => {
        await signIn().ask(request, response, { path: '/passkey/verify-authentication', body });
        return { status: 200, body: { signed_in: true, next: null } };
      },
    }),
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/sign-in/oidc',
      id: 'signInWithOidc',
      summary: 'Where to go for signing in at the OpenID Connect provider',
      responses: { 200: { description: 'Open this address.', schema: Address } },
      apart: 'by the sign-in library',
      handler: async ({ request, response }) => ({ status: 200, body: { url: await oidcAddress(services, signIn(), request, response) } }),
    }),
    route({
      ...PUBLIC,
      method: 'get',
      path: '/api/sign-in/oidc/callback',
      id: 'returnFromOidc',
      summary: 'Where the OpenID Connect provider sends the browser back to',
      query: SignInCallbackQuery,
      responses: { 303: { description: 'To the dashboard, signed in, or to the sign-in page.' } },
      handler: async ({ query, request, response }) => {
        const { scope: _, session_state: __, ...told } = query;
        const asked = { path: '/callback/oidc', method: 'GET', query: told, oidc: true, mayCreate: signUpRule(services) } as const;
        const failed = await signIn()
          .ask(request, response, asked)
          .then(
            ({ opened, location }) => (opened ? null : (/[?&]error=(\w{1,60})/.exec(location ?? '')?.[1] ?? 'refused')),
            (error: unknown) => (error instanceof Refusal ? error.code : Promise.reject(error)),
          );
        response.redirect(303, failed === null ? '/' : `/sign-in?problem=${encodeURIComponent(failed)}`);
        return STREAMED;
      },
    }),
  ];
}

async function oidcAddress(services: Services, signIn: SignIn, request: Request, response: Response): Promise<string> {
  if (!services.config.oidc) throw new Refusal(404, 'not_found', 'There is no OpenID Connect provider here.');
  const base = baseOf(services.config, request);
  const body = { provider: 'oidc', callbackURL: base, errorCallbackURL: `${base}/sign-in`, disableRedirect: true };
  const ask = () => signIn.ask(request, response, { path: '/sign-in/social', body, oidc: true });
  const told = await ask().catch(() => {
    // It may have been away when its addresses were asked for.
    signIn.forgetOidc();
    return ask().catch(() => null);
  });
  const url = told?.body['url'];
  if (typeof url !== 'string') throw new Refusal(502, 'oidc_unavailable', 'The OpenID Connect provider does not answer. Try again later.');
  return url;
}

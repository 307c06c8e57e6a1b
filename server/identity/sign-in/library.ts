/**
 * The only file that knows the sign-in library (better-auth). It is asked like a service of its own, by path and body, always
 * within a unit (unit.ts); its defaults that would not do are changed here:
 * - sessions and links stay in sealed entries, found by SHA-256 (its own tables hold their tokens in clear);
 * - links are hashed once more, tokens of identity providers are encrypted;
 * - a code of an authenticator counts once (its own check takes the same code again for a minute and a half);
 * - it counts no limits: ours are in the database, for all processes (sign-in.ts).
 */
import { randomUUID } from 'node:crypto';
import { passkey } from '@better-auth/passkey';
import { createOTP } from '@better-auth/utils/otp';
import { betterAuth, type BetterAuthOptions } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { symmetricDecrypt } from 'better-auth/crypto';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { twoFactor } from 'better-auth/plugins/two-factor';
import type { Logger } from 'pino';
import { timeNow } from '../../kernel/clock.ts';
import type { Config } from '../../kernel/config.ts';
import type { Database } from '../../kernel/database.ts';
import type { SecretBox } from '../../kernel/secrets.ts';
import { entriesOf, sealedTotpSecret, setSecondFactorAt, useTotpStep } from './entries-store.ts';
import { clientOfUnit, thisUnit } from './unit.ts';

export const OIDC = 'oidc';
export const PASSWORD = { least: 10, most: 200 } as const;
const PERIOD_S = 30;
const DAY_S = 86_400;

/** What the library asks of the rest of Plinth. */
export interface Wishes {
  /** Called within a unit. */
  readonly sendProof: (user: LibraryUser, token: string) => Promise<void>;
  readonly sendReset: (user: LibraryUser, token: string) => Promise<void>;
  readonly tellTaken: (user: LibraryUser) => Promise<void>;
  readonly passwordChanged: (userId: string) => Promise<void>;
  /** The handle of a new person. */
  readonly handleFor: (email: string, name: string) => Promise<string>;
  readonly created: (user: LibraryUser) => Promise<void>;
  readonly isDisabled: (userId: string) => Promise<boolean>;
}
export interface LibraryUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly emailVerified: boolean;
}

export interface LibraryParts {
  readonly base: string;
  readonly db: Database;
  /** Sealed in the database; signs cookies and encrypts second factors. */
  readonly secret: string;
  readonly secrets: SecretBox;
  readonly log: Logger;
  readonly oidc: Config['oidc'] | null;
  readonly wishes: Wishes;
}

export interface Library {
  /** Must be called within a unit. */
  call(request: Request): Promise<Response>;
}

const refuse = (status: 'FORBIDDEN' | 'UNAUTHORIZED', code: string): APIError => new APIError(status, { code, message: code });

export function openLibrary(parts: LibraryParts): Library {
  const { base, db, secret, secrets, log, oidc, wishes } = parts;
  const secure = base.startsWith('https:');
  const auth = betterAuth({
    appName: 'Plinth',
    baseURL: base,
    basePath: '/api/auth',
    secret,
    telemetry: { enabled: false },
    // Its own words may hold addresses; what matters is in the audit trail.
    logger: {
      log: (level, message) =>
        log.debug(
          { level },
          `sign-in: ${String(message)
            .slice(0, 100)
            .replaceAll(/\S+@\S+/g, '…')}`,
        ),
    },
    database: prismaAdapter(clientOfUnit(db), { provider: 'postgresql' }),
    secondaryStorage: entriesOf(secrets, () => thisUnit().tx),
    rateLimit: { enabled: false },
    trustedOrigins: [base],
    advanced: {
      cookiePrefix: 'plinth',
      useSecureCookies: secure,
      database: { generateId: () => randomUUID() },
      ipAddress: { ipAddressHeaders: ['x-plinth-client'] },
    },
    user: {
      modelName: 'user',
      additionalFields: {
        handle: { type: 'string', required: false, input: false },
        locale: { type: 'string', required: false, input: true },
        staffRole: { type: 'string', required: false, input: false },
      },
    },
    account: {
      modelName: 'identity',
      encryptOAuthTokens: true,
      // Somebody else's word for an address does not open an account that is here already.
      accountLinking: { enabled: false, disableImplicitLinking: true },
    },
    session: { expiresIn: 7 * DAY_S, disableSessionRefresh: true, freshAge: DAY_S },
    verification: { storeIdentifier: 'hashed' },
    ...passwordsAndProofs(wishes),
    databaseHooks: ownHooks(wishes),
    hooks: { after: afterEach },
    plugins: pluginsOf(base, oidc),
  });
  return { call: (request) => auth.handler(request) };
}

/** What a second factor and a passkey leave in the session, and that no code counts twice. */
const afterEach = createAuthMiddleware(async (ctx) => {
  const unit = thisUnit();
  const { returned } = ctx.context;
  // A redirection is thrown as well.
  const failed = returned instanceof Error && ((returned as { statusCode?: number }).statusCode ?? 500) >= 400;
  const opened = ctx.context.newSession;
  const strong = /^\/(two-factor\/verify-|passkey\/verify-authentication)/.test(ctx.path);
  if (failed) return;
  const userId = opened?.user.id ?? ctx.context.session?.user.id;
  if (ctx.path === '/two-factor/verify-totp' && userId !== undefined && !(await countOnce(ctx, userId))) {
    if (opened) await ctx.context.internalAdapter.deleteSession(opened.session.token);
    throw refuse('UNAUTHORIZED', 'INVALID_CODE');
  }
  const token = opened?.session.token ?? ctx.context.session?.session.token;
  if (strong && token !== undefined) await setSecondFactorAt(unit.tx, token, timeNow());
  if (opened) unit.opened = { token: opened.session.token, userId: opened.user.id, secondFactor: strong };
});

/** Finds the step that a good code is of, and uses it up. */
async function countOnce(ctx: Parameters<Parameters<typeof createAuthMiddleware>[0]>[0], userId: string): Promise<boolean> {
  const { tx } = thisUnit();
  const data = await sealedTotpSecret(tx, userId);
  if (data === null) return false;
  const otp = createOTP(await symmetricDecrypt({ key: ctx.context.secretConfig, data }), { digits: 6, period: PERIOD_S });
  const now = Math.floor(timeNow().getTime() / 1000 / PERIOD_S);
  const code = String((ctx.body as { code?: unknown }).code);
  for (const step of [now, now - 1, now + 1, now - 2, now + 2])
    if ((await otp.hotp(step)) === code) return await useTotpStep(tx, userId, BigInt(step));
  return false;
}

function passwordsAndProofs(wishes: Wishes): Pick<BetterAuthOptions, 'emailAndPassword' | 'emailVerification'> {
  return {
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      autoSignIn: false,
      minPasswordLength: PASSWORD.least,
      maxPasswordLength: PASSWORD.most,
      resetPasswordTokenExpiresIn: 3600,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }) => wishes.sendReset(user, token),
      onPasswordReset: ({ user }) => wishes.passwordChanged(user.id),
      onExistingUserSignUp: ({ user }) => wishes.tellTaken(user),
    },
    emailVerification: {
      sendOnSignUp: true,
      expiresIn: DAY_S,
      sendVerificationEmail: ({ user, token }) => wishes.sendProof(user, token),
    },
  };
}

/** Whoever the library makes or lets in passes here. */
function ownHooks(wishes: Wishes): NonNullable<BetterAuthOptions['databaseHooks']> {
  return {
    user: {
      create: {
        before: async (user) => {
          await thisUnit().mayCreate(user.email, user.emailVerified);
          return { data: { ...user, handle: await wishes.handleFor(user.email, user.name) } };
        },
        after: (user) => wishes.created(user),
      },
    },
    account: { create: { before: withoutTokens }, update: { before: withoutTokens } },
    session: {
      create: {
        before: async (session) => {
          if (await wishes.isDisabled(session.userId)) throw refuse('FORBIDDEN', 'USER_DISABLED');
        },
      },
    },
  };
}

/** A provider of identity says who somebody is; nothing is asked of it in their name, so its tokens are not kept at all. */
async function withoutTokens<T extends object>(identity: T) {
  const tokens = ['accessToken', 'refreshToken', 'idToken'].filter((name) => name in identity);
  return { data: { ...identity, ...Object.fromEntries(tokens.map((name) => [name, null])) } };
}

function pluginsOf(base: string, oidc: LibraryParts['oidc']) {
  return [
    twoFactor({ issuer: 'Plinth', twoFactorTable: 'twoFactor', totpOptions: { digits: 6, period: PERIOD_S } }),
    passkey({
      rpID: new URL(base).hostname,
      rpName: 'Plinth',
      origin: base,
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      authentication: {
        afterVerification: async ({ verification }) => {
          if (!verification.authenticationInfo.userVerified) throw refuse('UNAUTHORIZED', 'PASSKEY_UNVERIFIED');
        },
      },
    }),
    ...(oidc
      ? [
          genericOAuth({
            config: [
              {
                providerId: OIDC,
                name: oidc.name,
                discoveryUrl: `${oidc.issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
                clientId: oidc.clientId,
                clientSecret: oidc.clientSecret,
                scopes: ['openid', 'email', 'profile'],
                redirectURI: `${base}/api/sign-in/oidc/callback`,
                pkce: true,
                requireIdTokenVerification: true,
              },
            ],
          }),
        ]
      : []),
  ];
}

/** People, their sign-in, sessions, second factors and invitations, on the wire. */
import { z } from 'zod';
import { OrganizationId, Timestamp } from './ids.ts';
import { MEMBER_ROLES, STAFF_ROLES } from './permissions.ts';

export const UserId = z.uuid('a user id is a UUID').brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;

/** One plain address; quoted parts, comments and lists are refused. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(
    /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'is not one plain address, as in ada@example.com',
  )
  .meta({ examples: ['ada@example.com'] });
const NewPassword = z
  .string()
  .min(10, 'has fewer than 10 characters')
  .max(200)
  .meta({ examples: ['correct horse battery staple'] });
const Password = z.string().min(1).max(200);
const PersonName = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .meta({ examples: ['Ada Lovelace'] });
const Secret = z.string().min(16).max(2_000);
const Locale = z.enum(['en', 'de']);

/** What the sign-in page offers. */
export const SignInOptions = z.strictObject({
  sign_up: z.enum(['open', 'invitation', 'closed']),
  /** The words on the button; null: there is no other place to sign in from. */
  oidc: z.string().nullable(),
  /** Nobody has set up this installation yet: a superadmin is made with the link of the first start. */
  needs_setup: z.boolean(),
});

export const SignUp = z.strictObject({
  email: Email,
  password: NewPassword,
  name: PersonName,
  locale: Locale.optional(),
  /** The secret of an invitation's link; it proves the address as well. */
  invitation: Secret.optional(),
});
export const SetUp = z.strictObject({ secret: Secret, email: Email, password: NewPassword, name: PersonName });
/** The same whether the address was free or not. */
export const SignUpAnswer = z.strictObject({ next: z.enum(['open_mail', 'sign_in']) });
export const LinkSecret = z.strictObject({ secret: Secret });
export const EmailOnly = z.strictObject({ email: Email });
/** `keep`: for a week; else until the browser is closed, and for a day at most. */
export const PasswordSignIn = z.strictObject({ email: Email, password: Password, keep: z.boolean().default(false) });
export const SignInAnswer = z.strictObject({ signed_in: z.boolean(), next: z.enum(['second_factor']).nullable() });
/** What the other place to sign in from sends the browser back with. */
export const SignInCallbackQuery = z.strictObject({
  code: z.string().max(4_000).optional(),
  state: z.string().max(4_000).optional(),
  iss: z.string().max(1_000).optional(),
  error: z.string().max(200).optional(),
  error_description: z.string().max(1_000).optional(),
  scope: z.string().max(1_000).optional(),
  session_state: z.string().max(1_000).optional(),
});
export const SecondFactorCode = z.strictObject({
  /** Six digits of an authenticator, or one of the recovery codes. */
  code: z.string().trim().min(6).max(20),
  kind: z.enum(['authenticator', 'recovery']).default('authenticator'),
});
export const PasswordReset = z.strictObject({ secret: Secret, password: NewPassword });
export const PasswordChange = z.strictObject({ present: Password, password: NewPassword });
export const PasswordProof = z.strictObject({ password: Password });
export const Address = z.strictObject({ url: z.string() });

/** As the browser's own functions for passkeys take and give them (WebAuthn Level 3, JSON forms). */
export const PasskeyOptions = z.strictObject({ public_key: z.record(z.string(), z.unknown()) });
export const PasskeyAnswer = z.strictObject({ response: z.record(z.string().max(100), z.unknown()) });
export const PasskeyAdd = z.strictObject({ response: z.record(z.string().max(100), z.unknown()), name: z.string().trim().min(1).max(60) });
export const PasskeyId = z.uuid('a passkey id is a UUID');
export const Passkey = z.strictObject({ id: PasskeyId, name: z.string().nullable(), created_at: Timestamp.nullable() });
export const PasskeyList = z.strictObject({ passkeys: z.array(Passkey) });
export const PasskeyParams = z.strictObject({ id: PasskeyId });

export const TwoFactorSetUp = z.strictObject({
  /** For an authenticator; holds the secret. */
  uri: z.string(),
  /** The same as a picture, SVG. */
  picture: z.string(),
  recovery_codes: z.array(z.string()),
});
export const RecoveryCodes = z.strictObject({ recovery_codes: z.array(z.string()) });

export const Membership = z.strictObject({ organization_id: OrganizationId, organization_name: z.string(), role: z.enum(MEMBER_ROLES) });
export const Me = z.strictObject({
  id: UserId,
  email: z.string(),
  name: z.string(),
  handle: z.string(),
  locale: z.string(),
  time_zone: z.string(),
  staff_role: z.enum(STAFF_ROLES).nullable(),
  two_factor: z.boolean(),
  has_password: z.boolean(),
  /** When a second factor was last shown in this session. */
  second_factor_at: Timestamp.nullable(),
  memberships: z.array(Membership),
});
export type Me = z.infer<typeof Me>;
export const MePatch = z.strictObject({ name: PersonName.optional(), locale: Locale.optional(), time_zone: z.string().max(60).optional() });
export const OrganizationChoice = z.strictObject({ organization_id: OrganizationId });

export const SessionId = z.string().regex(/^[0-9a-f]{64}$/, 'a session id has 64 characters 0-9 or a-f');
export const UserSession = z.strictObject({
  id: SessionId,
  created_at: Timestamp,
  expires_at: Timestamp,
  address: z.string(),
  agent: z.string(),
  is_this: z.boolean(),
});
export const SessionList = z.strictObject({ sessions: z.array(UserSession) });
export const SessionParams = z.strictObject({ id: SessionId });
export const Ended = z.strictObject({ ended: z.int() });

export const User = z.strictObject({
  id: UserId,
  email: z.string(),
  name: z.string(),
  handle: z.string(),
  email_verified: z.boolean(),
  two_factor: z.boolean(),
  staff_role: z.enum(STAFF_ROLES).nullable(),
  disabled_at: Timestamp.nullable(),
  created_at: Timestamp,
});
export const UserList = z.strictObject({ users: z.array(User), next: UserId.nullable() });
export const UserAnswer = z.strictObject({ user: User });
export const UserParams = z.strictObject({ id: UserId });
export const UserQuery = z.strictObject({
  after: UserId.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  search: z.string().min(1).max(100).optional(),
});
export const UserDisable = z.strictObject({ reason: z.string().trim().min(1).max(500) });

export const InvitationId = z.uuid('an invitation id is a UUID');
export const Invitation = z.strictObject({
  id: InvitationId,
  organization_id: OrganizationId,
  organization_name: z.string(),
  email: z.string(),
  role: z.enum(MEMBER_ROLES),
  inviter: z.string().nullable(),
  expires_at: Timestamp,
  created_at: Timestamp,
});
export const InvitationList = z.strictObject({ invitations: z.array(Invitation) });
export const InvitationAnswer = z.strictObject({ invitation: Invitation });
export const InvitationParams = z.strictObject({ id: InvitationId });
export const InvitationCreate = z.strictObject({
  email: Email,
  role: z.enum(MEMBER_ROLES),
  /** Whoever acts on the platform says which; others invite into their own. */
  organization_id: OrganizationId.optional(),
});

/** Mails that were caught in development. */
export const MailboxId = z.uuid('a mail id is a UUID');
export const MailboxMail = z.strictObject({
  id: MailboxId,
  received_at: Timestamp,
  message_id: z.string(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
});
export const Mailbox = z.strictObject({ mails: z.array(MailboxMail) });
export const MailboxParams = z.strictObject({ id: MailboxId });
export const MailboxAnswer = z.strictObject({
  mail: MailboxMail.extend({ html: z.string(), headers: z.array(z.strictObject({ name: z.string(), value: z.string() })) }),
});

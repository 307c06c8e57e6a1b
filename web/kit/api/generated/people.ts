/* Made from the OpenAPI document by `node scripts/web-client.ts`. Change the routes and the contract, not this file. */

export type EmailOnly = { email: string };
export type Ended = { ended: number };
export type Invitation = {
  id: string;
  organization_id: string;
  organization_name: string;
  email: string;
  role: 'owner' | 'admin' | 'operator' | 'billing' | 'viewer';
  inviter: string | null;
  expires_at: string;
  created_at: string;
};
export type InvitationAnswer = { invitation: Invitation };
export type InvitationCreate = { email: string; role: 'owner' | 'admin' | 'operator' | 'billing' | 'viewer'; organization_id?: string };
export type InvitationList = { invitations: Invitation[] };
export type LinkSecret = { secret: string };
export type Mailbox = { mails: MailboxMail[] };
export type MailboxAnswer = {
  mail: {
    id: string;
    received_at: string;
    message_id: string;
    from: string;
    to: string[];
    subject: string;
    text: string;
    html: string;
    headers: { name: string; value: string }[];
  };
};
export type MailboxMail = {
  id: string;
  received_at: string;
  message_id: string;
  from: string;
  to: string[];
  subject: string;
  text: string;
};
export type Me = {
  id: string;
  email: string;
  name: string;
  handle: string;
  locale: string;
  time_zone: string;
  staff_role: 'superadmin' | 'operator' | 'support' | 'billing' | 'readonly' | null;
  two_factor: boolean;
  has_password: boolean;
  second_factor_at: string | null;
  memberships: Membership[];
};
export type MePatch = { name?: string; locale?: 'en' | 'de'; time_zone?: string };
export type Membership = {
  organization_id: string;
  organization_name: string;
  role: 'owner' | 'admin' | 'operator' | 'billing' | 'viewer';
};
export type OrganizationChoice = { organization_id: string };
export type Passkey = { id: string; name: string | null; created_at: string | null };
export type PasskeyAdd = { response: Record<string, unknown>; name: string };
export type PasskeyAnswer = { response: Record<string, unknown> };
export type PasskeyList = { passkeys: Passkey[] };
export type PasskeyOptions = { public_key: Record<string, unknown> };
export type PasswordChange = { present: string; password: string };
export type PasswordProof = { password: string };
export type PasswordReset = { secret: string; password: string };
export type PasswordSignIn = { email: string; password: string; keep?: boolean };
export type RecoveryCodes = { recovery_codes: string[] };
export type SecondFactorCode = { code: string; kind?: 'authenticator' | 'recovery' };
export type SessionList = { sessions: UserSession[] };
export type SetUp = { secret: string; email: string; password: string; name: string };
export type SignInAnswer = { signed_in: boolean; next: 'second_factor' | null };
export type SignInOptions = { sign_up: 'open' | 'invitation' | 'closed'; oidc: string | null; needs_setup: boolean };
export type SignUp = { email: string; password: string; name: string; locale?: 'en' | 'de'; invitation?: string };
export type SignUpAnswer = { next: 'open_mail' | 'sign_in' };
export type TwoFactorSetUp = { uri: string; picture: string; recovery_codes: string[] };
export type User = {
  id: string;
  email: string;
  name: string;
  handle: string;
  email_verified: boolean;
  two_factor: boolean;
  staff_role: 'superadmin' | 'operator' | 'support' | 'billing' | 'readonly' | null;
  disabled_at: string | null;
  created_at: string;
};
export type UserAnswer = { user: User };
export type UserDisable = { reason: string };
export type UserList = { users: User[]; next: string | null };
export type UserSession = { id: string; created_at: string; expires_at: string; address: string; agent: string; is_this: boolean };

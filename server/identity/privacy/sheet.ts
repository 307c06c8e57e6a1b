/**
 * Where people are in the database: what an export shows, what becomes of it when a person is erased, and how long it is kept
 * without that. A table that comes with a column for a person needs a line here; a test says so. docs/privacy.md is for people.
 */

/** A table with rows about a person. */
export interface Kept {
  readonly table: string;
  /** Its rows of one person, `t` being the table: $1 their id, $2 their address, $3 their name. */
  readonly of: string;
  /** Secrets, and digests that tell nobody anything. */
  readonly hidden?: readonly string[];
  /** What an erasure does: nothing is left, columns say a pseudonym or nothing, or it stays as it is. */
  readonly erased:
    | 'deleted'
    | 'stays'
    | {
        /** Columns that say the pseudonym afterwards. */ readonly named?: readonly string[];
        /** Columns that are empty afterwards. */ readonly emptied?: readonly string[];
      };
  /** Why something stays. */
  readonly why?: string;
  /** Forgotten so many days after this moment, whoever it is about. */
  readonly retention?: { readonly days: number; readonly after: string };
}

const TRAIL = 'The audit trail names who did what: by a pseudonym, with the name, address and browser gone.';
const TRADE = 'What was ordered and agreed to is kept for as long as the law asks of traders.';
/** Rows of the organizations that the person is in. */
const AMONG = `t."organizationId" IN (SELECT m."organizationId" FROM "member" m WHERE m."userId" = $1)`;

/** In the order of erasing: what others ask for comes last. */
export const SHEET: readonly Kept[] = [
  {
    table: 'identity',
    of: 't."userId" = $1',
    hidden: ['password', 'accessToken', 'refreshToken', 'idToken'],
    erased: 'deleted',
  },
  { table: 'two_factor', of: 't."userId" = $1', hidden: ['secret', 'backupCodes'], erased: 'deleted' },
  { table: 'used_totp', of: 't."userId" = $1', erased: 'deleted' },
  { table: 'passkey', of: 't."userId" = $1', hidden: ['publicKey', 'credentialID'], erased: 'deleted' },
  // Forgotten when they expire, by the sweep of sign-ins.
  { table: 'auth_entry', of: 't."userId" = $1', hidden: ['keyHash', 'value'], erased: 'deleted' },
  { table: 'sign_in_place', of: 't."userId" = $1', hidden: ['placeHash'], erased: 'deleted', retention: { days: 365, after: 'lastAt' } },
  {
    table: 'device_login',
    of: `split_part(t."approvedBy", ' ', 1) = $1`,
    hidden: ['deviceHash', 'userHash'],
    erased: 'deleted',
    retention: { days: 120, after: 'expiresAt' },
  },
  { table: 'api_token', of: 't."userId" = $1', hidden: ['hash', 'prefix'], erased: 'deleted' },
  { table: 'notification', of: 't."userId" = $1', erased: 'deleted', retention: { days: 365, after: 'createdAt' } },
  { table: 'notification_preference', of: 't."userId" = $1', erased: 'deleted' },
  { table: 'saved_view', of: 't."userId" = $1', erased: 'deleted' },
  {
    table: 'mail_delivery',
    of: '(t."userId" = $1 OR t."address" = $2)',
    hidden: ['data', 'messageId'],
    erased: 'deleted',
    retention: { days: 180, after: 'sentAt' },
  },
  {
    table: 'invitation',
    of: '(t."email" = $2 OR t."inviterId" = $1)',
    hidden: ['tokenHash'],
    erased: 'deleted',
    retention: { days: 180, after: 'expiresAt' },
  },
  { table: 'terms_acceptance', of: 't."userId" = $1', erased: { named: ['acceptedBy'], emptied: ['address'] }, why: TRADE },
  { table: 'impersonation', of: '(t."userId" = $1 OR t."staffUserId" = $1)', erased: 'stays', why: TRAIL },
  { table: 'order', of: `t."placedBy" = $3 AND ${AMONG}`, erased: { named: ['placedBy'] }, why: TRADE },
  { table: 'quote', of: `t."createdBy" = $3 AND ${AMONG}`, hidden: ['hash'], erased: { named: ['createdBy'] }, why: TRADE },
  { table: 'operation', of: `t."actor" = $3 AND ${AMONG}`, hidden: ['request', 'progress'], erased: { named: ['actor'] }, why: TRAIL },
  { table: 'ticket', of: `t."openedBy" = $3 AND ${AMONG}`, erased: { named: ['openedBy'] }, why: TRADE },
  { table: 'ticket_message', of: 't."authorId" = $1', erased: { named: ['authorName'] }, why: TRADE },
  // By its own function: the trail's rows change in no other way.
  { table: 'audit_event', of: 't."actorId" = $1', hidden: ['personalSalt', 'personalHash'], erased: 'stays', why: TRAIL },
  {
    table: 'ssh_key',
    of: `t."addedBy" = $3 AND ${AMONG}`,
    erased: { named: ['addedBy'] },
    why: 'The key is one of the organization’s ways into its servers; a comment in it is not kept.',
  },
  { table: 'member', of: 't."userId" = $1', erased: 'deleted' },
  { table: 'user', of: 't."id" = $1', erased: 'stays', why: 'The id is in what stays; nothing beside it says who it was.' },
];

/** Tables with a column for a person that are no business of this sheet, each with its reason. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  mailbox_mail: 'Development only; emptied from the page.',
  billing_profile: 'The address for invoices is the organization’s; it changes and closes with it.',
};

/**
 * Who may do what: the one table. A permission is a noun and what is done with it; each row says which roles give it. Routes
 * declare one, the state protocol and the tunnel ask for one, pages show by it, and a token's scopes are such strings.
 *
 * A row's columns:
 * - staff: `s` superadmin, `o` operator, `u` support, `b` billing, `r` readonly
 * - a role in an organization, for what is the organization's own: `o` owner, `a` admin, `p` operator, `b` billing, `v` viewer
 * - the least role of a token with a role, of the platform and of one organization; `-` for none of them
 */
const STAFF = { s: 'superadmin', o: 'operator', u: 'support', b: 'billing', r: 'readonly' } as const;
const MEMBERS = { o: 'owner', a: 'admin', p: 'operator', b: 'billing', v: 'viewer' } as const;
export const TOKEN_ROLES = ['viewer', 'operator', 'admin'] as const;

export type StaffRole = (typeof STAFF)[keyof typeof STAFF];
export type MemberRole = (typeof MEMBERS)[keyof typeof MEMBERS];
export type TokenRole = (typeof TOKEN_ROLES)[number];
export const STAFF_ROLES = Object.values(STAFF);
export const MEMBER_ROLES = Object.values(MEMBERS);

type Least = TokenRole | '-';
type Row = readonly [staff: string, members: string, platformToken: Least, organizationToken: Least];

const TABLE = {
  // Whoever is signed in, about itself.
  'session:own': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'overview:read': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'event:read': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'catalog:read': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'notification:own': ['soubr', 'oapbv', 'viewer', 'viewer'],

  'vps:read': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'vps:create': ['so', 'oap', 'operator', 'operator'],
  'vps:update': ['so', 'oap', 'operator', 'operator'],
  'vps:power': ['sou', 'oap', 'operator', 'operator'],
  'vps:refresh': ['sou', 'oap', 'operator', 'operator'],
  'vps:rename': ['so', 'oap', 'operator', 'operator'],
  'vps:resize': ['so', 'oap', 'operator', 'operator'],
  'vps:reinstall': ['so', 'oap', 'operator', 'operator'],
  'vps:configure': ['so', 'oap', 'operator', 'operator'],
  'vps:reset-password': ['so', 'oap', 'operator', 'operator'],
  'vps:rescue': ['so', 'oap', 'operator', 'operator'],
  'vps:console': ['so', 'oap', 'operator', 'operator'],
  'vps:retry': ['so', 'oap', 'operator', 'operator'],
  'vps:undo': ['so', 'oap', 'operator', 'operator'],
  'vps:destroy': ['so', 'oa', 'operator', 'operator'],
  'vps:reveal': ['so', 'oap', 'operator', 'operator'],
  'vps:reveal-again': ['s', 'oa', 'admin', 'admin'],
  'vps:suspend': ['so', '', 'operator', '-'],
  'vps:maintain': ['so', '', 'operator', '-'],
  'vps:note': ['sou', '', 'operator', '-'],
  'vps:give-away': ['so', '', 'admin', '-'],
  'snapshot:read': ['soubr', 'oapv', 'viewer', 'viewer'],
  'snapshot:create': ['so', 'oap', 'operator', 'operator'],
  'snapshot:restore': ['so', 'oap', 'operator', 'operator'],
  'snapshot:delete': ['so', 'oap', 'operator', 'operator'],
  'dns:read': ['soubr', 'oapv', 'viewer', 'viewer'],
  'dns:write': ['so', 'oap', 'operator', 'operator'],
  'firewall:read': ['soubr', 'oapv', 'viewer', 'viewer'],
  'firewall:write': ['so', 'oap', 'operator', 'operator'],
  'ssh-key:read': ['soubr', 'oapv', 'viewer', 'viewer'],
  'ssh-key:write': ['so', 'oap', 'operator', 'operator'],
  'operation:read': ['sour', 'oapbv', 'viewer', 'viewer'],
  'operation:cancel': ['so', 'oap', 'operator', 'operator'],
  'bulk:read': ['so', 'oap', 'viewer', 'viewer'],
  'bulk:run': ['so', 'oap', 'operator', 'operator'],

  // A stack by hand.
  'stack:read': ['sour', 'oapv', 'viewer', 'viewer'],
  'stack:preview': ['sour', 'oapv', 'viewer', 'viewer'],
  'stack:update': ['so', 'oap', 'operator', 'operator'],
  'stack:refresh': ['so', 'oap', 'operator', 'operator'],
  'stack:cancel': ['so', 'oap', 'operator', 'operator'],
  'stack:tag': ['so', 'oap', 'operator', 'operator'],
  'stack:decrypt': ['so', 'oa', 'operator', 'operator'],
  'stack:destroy': ['s', 'oa', 'admin', 'admin'],
  'stack:import': ['s', 'oa', 'admin', 'admin'],
  'stack:create': ['s', 'oa', 'admin', 'admin'],
  'stack:delete': ['s', 'oa', 'admin', 'admin'],
  'stack:rollback': ['s', 'oa', 'admin', 'admin'],
  'stack:export': ['so', '', 'operator', '-'],
  'stack:tunnel': ['so', '', 'operator', '-'],
  'stack:verify': ['sor', '', 'admin', '-'],

  // The seller's house.
  'account:read': ['sour', '', 'admin', '-'],
  'account:create': ['so', '', 'admin', '-'],
  'account:update': ['so', '', 'admin', '-'],
  'account:check': ['so', '', 'admin', '-'],
  'account:rotate-key': ['so', '', 'admin', '-'],
  'account:delete': ['s', '', 'admin', '-'],
  // What waits for a person, where a provider has no API.
  'task:read': ['sour', '', 'admin', '-'],
  'task:answer': ['so', '', 'operator', '-'],
  'sweep:read': ['sour', '', 'admin', '-'],
  'sweep:run': ['so', '', 'admin', '-'],
  'drift:read': ['sour', '', 'admin', '-'],
  'drift:act': ['so', '', 'admin', '-'],
  'drift-policy:read': ['sour', '', 'admin', '-'],
  'drift-policy:write': ['so', '', 'admin', '-'],
  'inventory:read': ['sour', '', 'admin', '-'],
  'inventory:delete': ['so', '', 'admin', '-'],
  'inventory:import': ['so', '', 'admin', '-'],
  'queue:read': ['sour', '', 'admin', '-'],
  'queue:act': ['so', '', 'admin', '-'],
  'alert:read': ['sour', '', 'admin', '-'],
  'alert:act': ['so', '', 'admin', '-'],
  'kill-switch:read': ['sour', '', 'admin', '-'],
  'kill-switch:write': ['so', '', 'admin', '-'],
  'master-key:read': ['so', '', 'admin', '-'],
  'master-key:rotate': ['s', '', 'admin', '-'],
  'setting:read': ['so', '', 'admin', '-'],
  'setting:write': ['s', '', 'admin', '-'],
  'simulator:read': ['soubr', '', 'admin', '-'],
  'simulator:act': ['so', '', 'admin', '-'],
  'mailbox:read': ['soubr', '', 'admin', '-'],
  'mailbox:act': ['so', '', 'admin', '-'],
  'test-clock:read': ['so', '', 'admin', '-'],
  'test-clock:write': ['so', '', 'admin', '-'],
  'maintenance:read': ['sour', '', 'admin', '-'],
  'maintenance:write': ['so', '', 'admin', '-'],
  'brand:read': ['sour', '', 'admin', '-'],
  'brand:write': ['so', '', 'admin', '-'],
  'quota:read': ['sour', 'oa', 'admin', 'admin'],
  'quota:write': ['so', '', 'admin', '-'],

  // People and their rights.
  'organization:list': ['soubr', '', 'admin', '-'],
  'organization:create': ['sob', '', 'admin', '-'],
  'organization:set-buying': ['sob', '', 'admin', '-'],
  'organization:set-zones': ['so', '', 'admin', '-'],
  'organization:block': ['so', '', 'admin', '-'],
  'organization:read': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'organization:update': ['sob', 'oa', 'admin', 'admin'],
  'organization:set-billing': ['sob', 'ob', 'admin', 'admin'],
  'organization:set-sign-in': ['so', 'o', 'admin', '-'],
  'organization:transfer': ['s', 'o', 'admin', '-'],
  'organization:close': ['s', 'o', 'admin', '-'],
  'member:read': ['soubr', 'oapbv', 'admin', 'admin'],
  'member:write': ['s', 'oa', 'admin', '-'],
  'invitation:read': ['soubr', 'oapbv', 'admin', 'admin'],
  'invitation:write': ['so', 'oa', 'admin', '-'],
  'user:read': ['soubr', '', 'admin', '-'],
  'user:write': ['s', '', 'admin', '-'],
  'user:resend-mail': ['su', '', 'admin', '-'],
  'user:end-sessions': ['s', '', 'admin', '-'],
  'user:disable': ['s', '', 'admin', '-'],
  'user:erase': ['s', '', 'admin', '-'],
  'staff:read': ['so', '', 'admin', '-'],
  'staff:write': ['s', '', 'admin', '-'],
  'impersonation:start': ['sou', '', '-', '-'],
  'impersonation:write': ['s', '', '-', '-'],
  'impersonation:read': ['so', '', 'admin', '-'],
  'token:read': ['so', 'oap', 'admin', '-'],
  'token:write': ['s', 'oap', 'admin', '-'],
  'service-account:read': ['so', 'oa', 'admin', '-'],
  'service-account:write': ['s', 'oa', 'admin', '-'],
  'audit:read': ['soubr', 'oa', 'admin', 'admin'],
  'audit:export': ['s', 'oa', 'admin', 'admin'],
  'audit:verify': ['so', '', 'admin', '-'],
  'webhook:read': ['soubr', 'oapv', 'admin', 'admin'],
  'webhook:write': ['so', 'oa', 'admin', 'admin'],
  'template:read': ['soubr', '', 'admin', '-'],
  'template:write': ['so', '', 'admin', '-'],
  'ticket:read': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'ticket:write': ['soub', 'oapb', 'operator', 'operator'],
  'compat-token:read': ['so', '', 'admin', '-'],
  'compat-token:write': ['so', '', 'admin', '-'],

  // Routes of older systems' clients, one for each system: it gives what those routes do, one reveal of what they made included.
  'compat:A': ['so', '', 'operator', 'operator'],
  'compat:C': ['', 'oap', '-', 'operator'],
  'compat:D': ['so', '', 'operator', '-'],
  'compat:E': ['so', '', 'operator', '-'],

  // Selling.
  'product:read': ['soubr', '', 'viewer', '-'],
  'product:write': ['so', '', 'admin', '-'],
  'product:delete': ['s', '', 'admin', '-'],
  'price:read': ['soubr', '', 'viewer', '-'],
  'price:write': ['sob', '', 'admin', '-'],
  'stock:read': ['soubr', '', 'viewer', '-'],
  'stock:write': ['so', '', 'admin', '-'],
  'profile:read': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'profile:write': ['so', 'oa', 'admin', 'admin'],
  'quote:make': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'order:read': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'order:place': ['sob', 'oab', 'operator', 'admin'],
  'order:act': ['sob', '', 'admin', '-'],
  'order:withdraw': ['sb', 'oab', 'admin', 'admin'],
  'order:retry': ['soub', '', 'operator', '-'],
  'order:cancel': ['sob', 'oab', 'operator', 'admin'],
  'order:delete': ['s', '', 'admin', '-'],
  'subscription:read': ['soubr', 'oapbv', 'viewer', 'viewer'],
  'subscription:change': ['sob', 'oab', 'operator', 'admin'],
  'subscription:cancel': ['sob', 'oab', 'operator', 'admin'],
  'invoice:read': ['soubr', 'oab', 'viewer', 'admin'],
  'invoice:write': ['sb', '', 'admin', '-'],
  'invoice:pay': ['sb', 'oab', 'admin', 'admin'],
  'payment-method:read': ['sob', 'oab', 'admin', 'admin'],
  'payment-method:write': ['sb', 'oab', 'admin', 'admin'],
  'order-policy:read': ['sobr', '', 'admin', '-'],
  'order-policy:write': ['sb', '', 'admin', '-'],
  'payment:read': ['soubr', 'oab', 'admin', 'admin'],
  'payment:record': ['sb', '', 'admin', '-'],
  'refund:read': ['soubr', 'oab', 'admin', 'admin'],
  'refund:make': ['sb', '', 'admin', '-'],
  'refund:approve': ['sb', '', 'admin', '-'],
  'credit:read': ['soubr', 'oab', 'admin', 'admin'],
  'credit:write': ['sb', '', 'admin', '-'],
  'coupon:read': ['soubr', '', 'admin', '-'],
  'coupon:write': ['sb', '', 'admin', '-'],
  'dunning:read': ['soubr', '', 'admin', '-'],
  'dunning:hold': ['sb', '', 'admin', '-'],
  'dunning:write-off': ['sb', '', 'admin', '-'],
  'dunning-policy:read': ['sobr', '', 'admin', '-'],
  'dunning-policy:write': ['sb', '', 'admin', '-'],
  'tax:read': ['sobr', '', 'admin', '-'],
  'tax:write': ['sb', '', 'admin', '-'],
  'payment-account:read': ['sobr', '', 'admin', '-'],
  'payment-account:write': ['sb', '', 'admin', '-'],
  'report:read': ['sobr', '', 'admin', '-'],
  'report:act': ['sb', '', 'admin', '-'],
} as const satisfies Record<`${string}:${string}`, Row>;

/** `noun:action`. */
export type Permission = keyof typeof TABLE;
export const PERMISSIONS = Object.keys(TABLE) as Permission[];

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(TABLE, text);
}

const having = (test: (row: Row) => boolean): ReadonlySet<Permission> =>
  new Set(PERMISSIONS.filter((permission) => test(TABLE[permission])));
const each = <Word extends string>(words: readonly Word[], of: (word: Word) => ReadonlySet<Permission>) =>
  Object.fromEntries(words.map((word) => [word, of(word)])) as Record<Word, ReadonlySet<Permission>>;
const letter = (letters: Readonly<Record<string, string>>, word: string): string =>
  Object.keys(letters).find((key) => letters[key] === word)!;
const atLeast = (role: TokenRole, least: Least): boolean => least !== '-' && TOKEN_ROLES.indexOf(role) >= TOKEN_ROLES.indexOf(least);

/** What each role gives, on the platform and in one organization. */
export const GRANTS = {
  staff: each(STAFF_ROLES, (role) => having(([staff]) => staff.includes(letter(STAFF, role)))),
  member: each(MEMBER_ROLES, (role) => having(([, members]) => members.includes(letter(MEMBERS, role)))),
  platformToken: each(TOKEN_ROLES, (role) => having(([, , least]) => atLeast(role, least))),
  organizationToken: each(TOKEN_ROLES, (role) => having(([, , , least]) => atLeast(role, least))),
} as const;

/** Nobody acting in one organization has it, whatever the role. */
export const PLATFORM_ONLY: ReadonlySet<Permission> = having(([, members, , least]) => members === '' && least === '-');

/**
 * What a person must have confirmed with a second factor within the last minutes; and what a token has only when its scopes
 * name it, never by `*` or `noun:*`.
 */
export const CONFIRMED: ReadonlySet<Permission> = new Set<Permission>([
  'vps:reveal',
  'vps:reveal-again',
  'refund:make',
  'refund:approve',
  'member:write',
  'staff:write',
  'token:write',
  'service-account:write',
  'organization:transfer',
  'organization:close',
  'organization:set-sign-in',
  'impersonation:write',
  'user:erase',
  'master-key:rotate',
]);

/** What somebody who acts as a customer never may: reveal, change credentials, act as yet another. */
export const NEVER_AS_ANOTHER: ReadonlySet<Permission> = new Set<Permission>([
  ...PERMISSIONS.filter((permission) =>
    /^(token|service-account|member|invitation|impersonation|staff|user|ssh-key):(?!read)/.test(permission),
  ),
  'vps:reveal',
  'vps:reveal-again',
  'vps:reset-password',
  'vps:console',
  'stack:decrypt',
  'organization:transfer',
  'organization:close',
  'organization:set-sign-in',
  'payment-method:write',
  'webhook:write',
]);

/** What changes nothing. */
export const READS: ReadonlySet<Permission> = new Set(
  PERMISSIONS.filter((permission) => /:(read|own|list|preview|verify|export)$/.test(permission) || permission === 'quote:make'),
);

/** The least role of a token that has it there; null where no token has. */
export function leastTokenRole(permission: Permission, where: 'platform' | 'organization'): TokenRole | null {
  const least = (TABLE[permission] as Row)[where === 'platform' ? 2 : 3];
  return least === '-' ? null : least;
}

/** Making tokens: never with more than whoever makes them has. */
import type { z } from 'zod';
import type { TokenCreate } from '../../../contract/token.ts';
import { can, onPlatform } from '../../kernel/can.ts';
import { timeIn, timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal } from '../../kernel/services.ts';
import { organizationById } from '../../kernel/settings.ts';
import { isRange } from '../policy/address-ranges.ts';
import { granted, type Role } from '../policy/grants.ts';
import { isScope, withinScopes } from '../policy/scopes.ts';
import { requireRoom } from '../organizations/quotas.ts';
import { serviceAccountById } from '../service-accounts/store.ts';
import { createToken, type NewToken } from './authenticate.ts';
import { endAt, listTokens, type TokenFilter, tokenById, type TokenWithOwner } from './store.ts';

type Asked = z.output<typeof TokenCreate>;
type Owner = Pick<NewToken, 'role' | 'organizationId'> & Partial<Pick<NewToken, 'userId' | 'serviceAccountId'>>;

/** @throws Refusal 403 for more than the caller has, 422 for what is no scope or range. */
export async function makeToken(tx: Db, principal: Principal, body: Asked): Promise<{ row: TokenWithOwner; secret: string }> {
  const expiresAt = body.expires_at === undefined ? null : new Date(body.expires_at);
  if (expiresAt && expiresAt <= timeNow()) throw refuseField('expires_at', 'is in the past', 'Send a later time.');
  for (const [index, scope] of body.scopes.entries())
    if (!isScope(scope)) throw refuseField(`scopes.${index}`, `"${scope}" is no permission`, 'Use noun:action, noun:* or *.');
  for (const [index, range] of body.addresses.entries())
    if (!isRange(range)) throw refuseField(`addresses.${index}`, `"${range}" is no address or range`, 'Write it as in 192.0.2.0/24.');
  const owner = await ownerFor(tx, principal, body);
  if (owner.organizationId !== null) await requireRoom(tx, owner.organizationId, 'tokens');
  const { name, scopes, addresses } = body;
  return await createToken(tx, { ...owner, name, scopes, addresses, expiresAt, createdBy: principal.name });
}

async function ownerFor(tx: Db, principal: Principal, body: Asked): Promise<Owner> {
  if (body.role !== undefined) return await withRole(tx, principal, body);
  if (body.service_account_id !== undefined) {
    const account = await serviceAccountById(tx, principal.organizationId, body.service_account_id);
    if (!account) throw refuseField('service_account_id', 'no such service account', 'See GET /api/service-accounts.');
    if (!can(principal, 'service-account:write'))
      throw new Refusal(403, 'forbidden', 'This needs the permission service-account:write: the token would be a service account’s.');
    const { organizationId } = account;
    requireNoMore(principal, { of: organizationId === null ? 'staff' : 'member', role: account.role } as Role, organizationId, body.scopes);
    return { role: null, organizationId, serviceAccountId: account.id };
  }
  const userId = personBehind(principal);
  if (userId === null)
    throw refuseField('role', 'is missing', 'Send a role, or service_account_id: a token has no tokens of its own. People make their own.');
  if (body.organization_id !== undefined && body.organization_id !== principal.organizationId)
    throw refuseField('organization_id', 'is not where you act', 'Leave it out: it is yours.', 403, 'forbidden');
  const wide = principal.actor.kind === 'user' ? null : body.scopes.find((scope) => scope === '*' || scope.endsWith(':*'));
  if (wide != null || (principal.actor.kind !== 'user' && !body.scopes.every((scope) => principal.permissions.has(scope as never))))
    throw refuseField('scopes', 'would give more than this token has', 'Name permissions that it has.', 403, 'forbidden');
  return { role: null, organizationId: principal.organizationId, userId };
}

/** Of the seller's own, or bound to one organization. */
async function withRole(tx: Db, principal: Principal, body: Asked): Promise<Owner> {
  if (!onPlatform(principal))
    throw refuseField(
      'role',
      'only the seller makes tokens with a role of their own',
      'Leave it out, or send service_account_id.',
      403,
      'forbidden',
    );
  if (body.service_account_id !== undefined) throw refuseField('role', 'goes with no service account', 'Leave one of the two out.');
  const organizationId = body.organization_id ?? null;
  if (organizationId !== null && !(await organizationById(tx, organizationId)))
    throw refuseField('organization_id', 'no such organization', 'Leave it out for a token of the operator.');
  if (organizationId === null) requireNoMore(principal, { of: 'token', role: body.role! }, null, body.scopes);
  return { role: body.role!, organizationId };
}

/** The seller's staff stand above every organization; others give what they have. */
function requireNoMore(principal: Principal, role: Role, scope: string | null, scopes: readonly string[]): void {
  if (scope !== null && onPlatform(principal)) return;
  const given = withinScopes(granted(role, scope), scopes, role.of !== 'token');
  const more = [...given].find((permission) => !principal.permissions.has(permission));
  if (more !== undefined) throw new Refusal(403, 'forbidden', `This would give ${more}, which "${principal.name}" does not have.`);
}

function personBehind({ actor }: Principal): string | null {
  if (actor.kind === 'user') return actor.id;
  return actor.kind === 'token' && actor.onBehalfOf?.kind === 'user' ? actor.onBehalfOf.id : null;
}

/** Which tokens somebody sees and ends: on the platform all; who manages service accounts, the organization's; else their own. */
export function tokensSeen(principal: Principal): TokenFilter {
  const { organizationId } = principal;
  if (organizationId === null) return {};
  if (can(principal, 'service-account:read')) return { organizationId };
  return { organizationId, userId: personBehind(principal) ?? 'nobody' };
}

/** @throws Refusal 404 for one that is not theirs. */
export async function mustToken(tx: Db, principal: Principal, id: string): Promise<TokenWithOwner> {
  const token = await tokenById(tx, id);
  const seen = tokensSeen(principal);
  const matches = token !== null && Object.entries(seen).every(([name, value]) => token[name as keyof TokenFilter] === value);
  if (!matches) throw notFound('token', id);
  return token;
}

export async function tokensOf(db: Db, principal: Principal, serviceAccountId: string | undefined): Promise<TokenWithOwner[]> {
  return await listTokens(db, { ...tokensSeen(principal), ...(serviceAccountId === undefined ? {} : { serviceAccountId }) });
}

/** A new secret with all that the former had, which ends after `graceMinutes`. */
export async function rotateToken(
  tx: Db,
  principal: Principal,
  id: string,
  graceMinutes: number,
): Promise<{ row: TokenWithOwner; former: TokenWithOwner; secret: string }> {
  const former = await mustToken(tx, principal, id);
  const now = timeNow();
  if (former.revokedAt !== null || (former.expiresAt !== null && former.expiresAt <= now))
    throw new Refusal(409, 'token_over', `The token "${former.name}" is revoked or expired. Make a new one.`);
  if (former.userId !== null && former.userId !== personBehind(principal))
    throw new Refusal(403, 'forbidden', `The token "${former.name}" is another person’s: only they get its new secret.`);
  const { name, role, organizationId, userId, serviceAccountId, scopes, addresses, expiresAt } = former;
  const kept = { name, role: role as NewToken['role'], organizationId, userId, serviceAccountId, scopes, addresses, expiresAt };
  if (role !== null) requireNoMore(principal, { of: 'token', role: role as never }, organizationId, scopes);
  const made = await createToken(tx, { ...kept, createdBy: principal.name, rotatedFrom: former.id });
  const end = timeIn(graceMinutes * 60_000);
  return { ...made, former: await endAt(tx, id, end, graceMinutes === 0) };
}

/** Organizations' people, service accounts and tokens: nobody gets more than they are given, and what is taken away is gone at once. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { ACTING_HEADER, actingAs } from '../server/identity/impersonation/acting.ts';
import { CONFIRMED, GRANTS, type MemberRole, type StaffRole } from '../contract/permissions.ts';
import { granted } from '../server/identity/policy/grants.ts';
import { can, mustCan } from '../server/kernel/can.ts';
import type { Principal } from '../server/kernel/services.ts';
import { withDatabase } from './support/database.ts';
import { until } from './support/until.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';

const database = withDatabase();
let plinth: Plinth;
let acme: string;
let other: string;
/** Ids of users by their name. */
const users: Record<string, string> = {};
/** Tokens of their own, for everything that they may. */
const tokens: Record<string, string> = {};
const db = () => plinth.runtime.services.db;

async function user(name: string, more: { staffRole?: StaffRole; member?: [string, MemberRole] } = {}): Promise<string> {
  const data = { id: randomUUID(), email: `${name}@example.com`, name, handle: name, staffRole: more.staffRole ?? null };
  const { id } = await db().user.create({ data });
  if (more.member) await db().member.create({ data: { userId: id, organizationId: more.member[0], role: more.member[1] } });
  return (users[name] = id);
}

/** As a person would make it who has just shown a second factor. */
async function tokenOf(name: string, organizationId: string | null, scopes: string[] = ['*', ...CONFIRMED]) {
  const token = { name: `${name}’s`, role: null, organizationId, expiresAt: null, userId: users[name]!, scopes };
  return (tokens[name] = (await createToken(db(), token)).secret);
}

async function call(method: string, path: string, token: string, body?: unknown) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(plinth.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : null };
}

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_ROLE: 'http' });
  acme = (await plinth.json('organization', 'create', 'acme')).organization.id;
  other = (await plinth.json('organization', 'create', 'other')).organization.id;
  for (const role of ['owner', 'admin', 'operator', 'billing', 'viewer'] as const) {
    await user(role, { member: [acme, role] });
    await tokenOf(role, acme);
  }
  await user('stranger', { member: [other, 'owner'] });
  await tokenOf('stranger', other);
  for (const role of ['superadmin', 'support'] as const) await user(role, { staffRole: role });
}, 120_000);
afterAll(() => plinth?.stop());

describe('a member', () => {
  it('has what the role gives, and no more', async () => {
    for (const role of ['owner', 'admin', 'operator', 'billing', 'viewer'] as const) {
      const { body } = await call('GET', '/api/whoami', tokens[role]!);
      expect(body).toMatchObject({
        role,
        actor: { kind: 'token', on_behalf_of: { kind: 'user', id: users[role] } },
        organization: { id: acme },
      });
      for (const permission of body.permissions) expect(GRANTS.member[role].has(permission)).toBe(true);
    }
    const statuses = async (method: string, path: string, body?: unknown) =>
      Object.fromEntries(
        await Promise.all(
          ['owner', 'admin', 'operator', 'billing', 'viewer'].map(async (role) => [
            role,
            (await call(method, path, tokens[role]!, body)).status,
          ]),
        ),
      );
    expect(await statuses('GET', '/api/audit')).toEqual({ owner: 200, admin: 200, operator: 403, billing: 403, viewer: 403 });
    expect(await statuses('GET', '/api/members')).toEqual({ owner: 200, admin: 200, operator: 200, billing: 200, viewer: 200 });
    expect(await statuses('PATCH', '/api/organization', { display_name: 'Acme Ltd' })).toEqual({
      owner: 200,
      admin: 200,
      operator: 403,
      billing: 403,
      viewer: 403,
    });
    expect(await statuses('PATCH', '/api/organization', { require_second_factor: false })).toMatchObject({ admin: 403, operator: 403 });
  });

  it('is changed, removed and made owner by who may, and an owner is always left', async () => {
    const role = (name: string, to: string, by: string) => call('PATCH', `/api/members/${users[name]}`, tokens[by]!, { role: to });
    expect((await role('viewer', 'operator', 'operator')).status).toBe(403);
    expect((await role('viewer', 'operator', 'admin')).body.member).toMatchObject({ role: 'operator' });
    expect((await call('GET', '/api/whoami', tokens['viewer']!)).body.role).toBe('operator');
    expect((await role('viewer', 'owner', 'admin')).body.code).toBe('forbidden');
    expect((await role('owner', 'viewer', 'admin')).body.code).toBe('forbidden');
    expect((await role('owner', 'viewer', 'owner')).body.code).toBe('last_owner');
    expect((await call('DELETE', `/api/members/${users['owner']}`, tokens['owner']!)).body.code).toBe('last_owner');
    expect((await role('stranger', 'viewer', 'owner')).status).toBe(404);
    expect((await role('viewer', 'viewer', 'owner')).status).toBe(200);
    // The database itself holds it, for two who step down at one moment.
    await expect(db().member.deleteMany({ where: { organizationId: acme } })).rejects.toThrow(/at least one owner/);
    await expect(db().member.updateMany({ where: { organizationId: acme }, data: { role: 'viewer' } })).rejects.toThrow(
      /at least one owner/,
    );
    expect((await call('POST', '/api/organization/transfer', tokens['admin']!, { user_id: users['admin'] })).status).toBe(403);
    expect((await call('POST', '/api/organization/transfer', tokens['owner']!, { user_id: users['admin'] })).body.member.role).toBe(
      'owner',
    );
    expect((await role('owner', 'owner', 'admin')).status).toBe(200);
    expect((await role('admin', 'admin', 'owner')).status).toBe(200);
    const trail = (await call('GET', '/api/audit?action=member', tokens['owner']!)).body.events;
    expect(trail[0]).toMatchObject({ action: 'member.role-changed', before: { role: 'owner' }, after: { role: 'admin' } });
  });

  it('without the second factor that the organization asks for may only see to that', async () => {
    await user('careless', { member: [acme, 'operator'] });
    const token = await tokenOf('careless', acme);
    await db().user.updateMany({ where: { id: users['owner']! }, data: { twoFactorEnabled: true } });
    expect((await call('PATCH', '/api/organization', tokens['owner']!, { require_second_factor: true })).status).toBe(200);
    const refused = await call('GET', '/api/vps', token);
    expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining('without the second factor')]);
    expect((await call('GET', '/api/whoami', token)).body.permissions).toEqual(['notification:own', 'session:own']);
    expect((await call('PATCH', '/api/organization', tokens['owner']!, { require_second_factor: false })).status).toBe(200);
    expect((await call('GET', '/api/vps', token)).status).toBe(200);
  });

  it('who is taken out or disabled is out at once, tokens too', async () => {
    await user('leaver', { member: [acme, 'admin'] });
    const token = await tokenOf('leaver', acme);
    expect((await call('GET', '/api/vps', token)).status).toBe(200);
    expect((await call('DELETE', `/api/members/${users['leaver']}`, tokens['owner']!)).status).toBe(204);
    expect((await call('GET', '/api/vps', token)).status).toBe(401);
    await user('disabled', { member: [acme, 'admin'] });
    const second = await tokenOf('disabled', acme);
    await db().user.update({ where: { id: users['disabled']! }, data: { disabledAt: new Date() } });
    expect((await call('GET', '/api/vps', second)).status).toBe(401);
  });
});

describe('a token', () => {
  it('has what it names of what its owner has now', async () => {
    await user('maker', { member: [acme, 'admin'] });
    const scoped = await tokenOf('maker', acme, ['vps:read', 'audit:*']);
    const rights = async (token: string) => (await call('GET', '/api/whoami', token)).body?.permissions as string[] | undefined;
    // `whoami` itself is a permission like others.
    expect((await call('GET', '/api/whoami', scoped)).status).toBe(403);
    expect((await call('GET', '/api/vps', scoped)).status).toBe(200);
    expect((await call('GET', '/api/audit', scoped)).status).toBe(200);
    expect((await call('GET', '/api/operations', scoped)).body.code).toBe('forbidden');
    await db().member.updateMany({ where: { userId: users['maker']! }, data: { role: 'operator' } });
    // Changed behind the service's back, so it is known when what it remembers has aged.
    await until(async () => (await call('GET', '/api/audit', scoped)).status === 403, { timeoutMs: 5_000, what: 'the role to count' });
    const all = await tokenOf('maker', acme, ['*']);
    const named = await tokenOf('maker', acme, ['session:own', 'vps:reveal']);
    expect(await rights(all)).not.toContain('vps:reveal');
    expect(await rights(all)).toContain('vps:create');
    expect(await rights(named)).toEqual(['session:own', 'vps:reveal']);
    const none = await tokenOf('maker', acme, []);
    expect(await rights(none)).not.toContain('token:write');
  });

  it('never makes one that can more than itself', async () => {
    await user('careful', { member: [acme, 'operator'] });
    const token = await tokenOf('careful', acme, ['vps:read', 'session:own', 'token:write', 'token:read']);
    const make = (body: unknown, by = token) => call('POST', '/api/tokens', by, { name: 'child', ...(body as object) });
    expect((await make({ scopes: ['*'] })).body.code).toBe('forbidden');
    expect((await make({ scopes: ['vps:*'] })).body.code).toBe('forbidden');
    expect((await make({ scopes: ['vps:create'] })).body.code).toBe('forbidden');
    expect((await make({ scopes: ['vps:read'] })).body.token).toMatchObject({
      scopes: ['vps:read'],
      user: { id: users['careful'] },
      role: null,
    });
    expect((await make({ scopes: ['vps:fly'] })).body.errors[0].field).toBe('scopes.0');
    expect((await make({ role: 'admin' })).body.code).toBe('forbidden');
    expect((await make({ scopes: ['vps:read'], organization_id: other })).body.code).toBe('forbidden');
    const { tokens: seen } = (await call('GET', '/api/tokens', token)).body;
    expect(new Set(seen.map(({ user: owner }: any) => owner.id))).toEqual(new Set([users['careful']]));
    const foreign = (await call('GET', '/api/tokens', tokens['owner']!)).body.tokens.find(
      ({ user: owner }: any) => owner?.id === users['admin'],
    );
    for (const [method, rest] of [
      ['DELETE', ''],
      ['POST', '/rotate'],
    ] as const) {
      const told = await Promise.all(
        [foreign.id, randomUUID()].map((id) => call(method, `/api/tokens/${id}${rest}`, token, method === 'POST' ? {} : undefined)),
      );
      expect(told.map(({ status }) => status)).toEqual([404, 404]);
    }
  });

  it('counts from where it is said to, and after its rotation for as long as was said', async () => {
    const make = (addresses: string[]) =>
      call('POST', '/api/tokens', tokens['owner']!, { name: 'ranged', scopes: ['vps:read'], addresses });
    expect((await make(['nowhere'])).body.errors[0].field).toBe('addresses.0');
    expect((await make(['10.0.0.0/33'])).body.errors[0].field).toBe('addresses.0');
    const away = (await make(['192.0.2.0/24', '2001:db8::/32'])).body;
    expect((await call('GET', '/api/vps', away.secret)).status).toBe(401);
    const here = (await make(['127.0.0.0/8', '::1'])).body;
    expect((await call('GET', '/api/vps', here.secret)).status).toBe(200);
    const rotated = (await call('POST', `/api/tokens/${here.token.id}/rotate`, tokens['owner']!, { grace_minutes: 5 })).body;
    expect(rotated.token).toMatchObject({ rotated_from: here.token.id, addresses: ['127.0.0.0/8', '::1'], scopes: ['vps:read'] });
    for (const secret of [here.secret, rotated.secret]) expect((await call('GET', '/api/vps', secret)).status).toBe(200);
    const again = (await call('POST', `/api/tokens/${rotated.token.id}/rotate`, tokens['owner']!, {})).body;
    expect((await call('GET', '/api/vps', rotated.secret)).status).toBe(401);
    expect((await call('GET', '/api/vps', again.secret)).status).toBe(200);
  });
});

describe('a service account', () => {
  it('has its role until that is another, and never more than who made it', async () => {
    const make = (body: unknown, by: string) => call('POST', '/api/service-accounts', tokens[by]!, body);
    expect((await make({ name: 'x', role: 'owner' }, 'owner')).status).toBe(422);
    expect((await make({ name: 'x', role: 'support' }, 'owner')).body.errors[0].field).toBe('role');
    expect((await make({ name: 'x', role: 'viewer' }, 'operator')).status).toBe(403);
    const made = (await make({ name: 'deploys', role: 'operator' }, 'admin')).body.service_account;
    expect((await make({ name: 'deploys', role: 'operator' }, 'admin')).body.code).toBe('name_taken');
    const token = (await call('POST', '/api/tokens', tokens['admin']!, { name: 't', service_account_id: made.id, scopes: ['*'] })).body;
    expect((await call('GET', '/api/whoami', token.secret)).body).toMatchObject({
      actor: { kind: 'service_account', id: made.id, name: 'deploys', on_behalf_of: null },
      role: 'operator',
    });
    expect((await call('GET', '/api/audit', token.secret)).status).toBe(403);
    const change = (body: unknown, by = 'admin') => call('PATCH', `/api/service-accounts/${made.id}`, tokens[by]!, body);
    expect((await change({ role: 'admin' })).status).toBe(200);
    expect((await call('GET', '/api/audit', token.secret)).status).toBe(200);
    expect((await change({ role: 'viewer' }, 'stranger')).status).toBe(404);
    expect((await change({ disabled: true })).status).toBe(200);
    expect((await call('GET', '/api/vps', token.secret)).status).toBe(401);
    expect((await change({ disabled: false })).status).toBe(200);
    expect((await call('GET', '/api/vps', token.secret)).status).toBe(200);
    expect((await call('DELETE', `/api/service-accounts/${made.id}`, tokens['admin']!)).status).toBe(204);
    expect((await call('GET', '/api/vps', token.secret)).status).toBe(401);
  });
});

describe('an organization', () => {
  it('has at most what its limits say, however many ask at once', async () => {
    const { id } = (await plinth.json('organization', 'create', 'small')).organization;
    expect((await plinth.cli(['organization', 'quota', '--organization', 'small', '--kind', 'vpses', '--most', '2'])).code).toBe(0);
    const token = (await createToken(db(), { name: 'small', role: 'admin', organizationId: id, expiresAt: null })).secret;
    const [, , , type, , region, , image] = await someServer(plinth);
    const asked = await Promise.all(
      Array.from({ length: 6 }, (_, n) => call('POST', '/api/vps', token, { label: `of-small-${n}`, type, region, image, ssh_keys: [] })),
    );
    expect(asked.map(({ status }) => status).toSorted(), JSON.stringify(asked.map(({ body }) => body))).toEqual([
      202, 202, 409, 409, 409, 409,
    ]);
    expect(asked.find(({ status }) => status === 409)!.body.code).toBe('quota_exceeded');
    const used = (await call('GET', '/api/organization/quotas', token)).body.quotas;
    expect(used).toContainEqual({ kind: 'vpses', most: 2, used: 2 });
  });

  it('that is blocked gets nothing new; one that is closed is over', async () => {
    const { id } = (await plinth.json('organization', 'create', 'ending')).organization;
    await user('ender', { member: [id, 'owner'] });
    const token = await tokenOf('ender', id);
    const [, , , type, , region, , image] = await someServer(plinth);
    const order = () => call('POST', '/api/vps', token, { label: 'last', type, region, image, ssh_keys: [] });
    expect((await plinth.cli(['organization', 'block', 'ending', '--reason', 'abuse'])).code).toBe(0);
    expect((await order()).body.code).toBe('organization_blocked');
    expect((await call('GET', '/api/vps', token)).status).toBe(200);
    expect((await plinth.cli(['organization', 'block', 'ending', '--off'])).code).toBe(0);
    expect((await order()).status).toBe(202);
    expect((await call('POST', '/api/organization/close', token, { reason: 'done' })).body.code).toBe('organization_in_use');
    await db().vps.updateMany({ where: { organizationId: id }, data: { status: 'terminated', deletedAt: new Date() } });
    expect((await call('POST', '/api/organization/close', token, { reason: 'done' })).body.organization).toMatchObject({
      status: 'closed',
    });
    expect((await call('GET', '/api/vps', token)).status).toBe(401);
    const late = await call('PATCH', `/api/organization?organization_id=${id}`, plinth.adminToken, { display_name: 'x' });
    expect(late.body.code).toBe('organization_closed');
  });

  it('accepts the terms that hold, with who, when and from where', async () => {
    const accept = (version: string) => call('POST', '/api/organization/terms', tokens['owner']!, { version });
    expect((await accept('2026-01')).body.code).toBe('terms_changed');
    const terms = { version: '2026-01', url: 'https://example.com/terms' };
    expect((await call('PUT', '/api/admin/terms', plinth.adminToken, terms)).status).toBe(200);
    expect((await accept('2025-01')).body.code).toBe('terms_changed');
    expect((await accept('2026-01')).body).toMatchObject({
      terms,
      accepted: [{ version: '2026-01', by: 'owner’s', address: '127.0.0.1' }],
    });
  });
});

describe('acting as a customer', () => {
  const staff = (name: string, secondFactorAt: Date | null = null): Principal => ({
    actor: { kind: 'user', id: users[name]!, name },
    name,
    role: name,
    organizationId: null,
    permissions: granted({ of: 'staff', role: name as StaffRole }, null),
    tokenId: null,
    sessionId: 'x',
    secondFactorAt,
  });
  const named = (id: string) => ({ get: (name: string) => (name === ACTING_HEADER ? id : undefined) }) as never;
  const begin = async (staffUserId: string, more: object = {}) => {
    const times = { createdAt: new Date(), expiresAt: new Date(Date.now() + 60_000) };
    return await db().impersonation.create({
      data: { id: randomUUID(), staffUserId, organizationId: acme, reason: 'ticket 1', ...times, ...more },
    });
  };
  let id: string;
  beforeEach(async () => void ({ id } = await begin(users['support']!)));

  it('is reading as the customer, and names both in the trail', async () => {
    const acting = (await actingAs(db(), named(id), staff('support')))!;
    expect(acting).toMatchObject({
      organizationId: acme,
      role: 'owner',
      actor: { id: users['support'], onBehalfOf: { kind: 'organization', id: acme } },
    });
    expect(can(acting, 'vps:read')).toBe(true);
    expect(can(acting, 'vps:read', other)).toBe(false);
    for (const permission of [
      'vps:reveal',
      'vps:reboot',
      'vps:power',
      'token:write',
      'member:write',
      'stack:decrypt',
      'account:read',
    ] as never[])
      expect(can(acting, permission)).toBe(false);
    const own = await actingAs(db(), { get: () => undefined } as never, staff('support'));
    expect(own?.organizationId).toBe(null);
  });

  it('ends by itself, with the staff role, and is nobody else’s', async () => {
    const refused = { code: 'acting_ended' };
    await expect(actingAs(db(), named(id), staff('superadmin'))).rejects.toMatchObject(refused);
    await expect(actingAs(db(), named(randomUUID()), staff('support'))).rejects.toMatchObject(refused);
    await expect(actingAs(db(), named('nonsense'), staff('support'))).rejects.toMatchObject(refused);
    await expect(
      actingAs(db(), named(id), { ...staff('support'), permissions: granted({ of: 'staff', role: 'billing' }, null) }),
    ).rejects.toMatchObject(refused);
    // A token acts as nobody but itself.
    await expect(
      actingAs(db(), named(id), { ...staff('support'), actor: { kind: 'token', id: users['support']!, name: 'x' } }),
    ).rejects.toMatchObject(refused);
    await db().impersonation.update({
      where: { id },
      data: { createdAt: new Date(Date.now() - 100_000), expiresAt: new Date(Date.now() - 10_000) },
    });
    await expect(actingAs(db(), named(id), staff('support'))).rejects.toMatchObject(refused);
    await expect(begin(users['support']!, { expiresAt: new Date(Date.now() + 2 * 3_600_000) })).rejects.toThrow();
  });

  it('changes only when a superadmin began it so, and never passwords, credentials or rights', async () => {
    const write = await begin(users['superadmin']!, { readOnly: false, userId: users['operator']! });
    const acting = (await actingAs(db(), named(write.id), staff('superadmin')))!;
    expect(acting).toMatchObject({ role: 'operator', actor: { onBehalfOf: { kind: 'user', id: users['operator'] } } });
    expect(can(acting, 'vps:power')).toBe(true);
    for (const permission of [
      'vps:reveal',
      'vps:reset-password',
      'token:write',
      'member:write',
      'impersonation:start',
      'stack:decrypt',
    ] as const)
      expect(can(acting, permission)).toBe(false);
    const stale = await begin(users['support']!, { readOnly: false });
    await expect(actingAs(db(), named(stale.id), staff('support'))).rejects.toMatchObject({ code: 'acting_ended' });
    expect(() => mustCan(staff('superadmin'), 'impersonation:write')).toThrow(/second factor/);
    expect(() => mustCan(staff('superadmin', new Date(Date.now() - 11 * 60_000)), 'impersonation:write')).toThrow(/second factor/);
    expect(() => mustCan(staff('superadmin', new Date()), 'impersonation:write')).not.toThrow();
    expect(() => mustCan(staff('support', new Date()), 'impersonation:write')).toThrow(/impersonation:write/);
  });

  it('is for people, not for tokens', async () => {
    const begun = await call('POST', '/api/impersonations', plinth.adminToken, { organization_id: acme, reason: 'ticket 17' });
    expect([begun.status, begun.body.code]).toEqual([403, 'forbidden']);
    const token = (
      await createToken(db(), {
        name: 'sue’s',
        role: null,
        organizationId: null,
        expiresAt: null,
        userId: users['support']!,
        scopes: ['*'],
      })
    ).secret;
    const again = await call('POST', '/api/impersonations', token, { organization_id: acme, reason: 'ticket 17' });
    expect([again.status, again.body.code]).toEqual([403, 'person_only']);
  });
});

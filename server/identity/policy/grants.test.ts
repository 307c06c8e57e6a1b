import { describe, expect, it } from 'vitest';
import {
  CONFIRMED,
  GRANTS,
  MEMBER_ROLES,
  NEVER_AS_ANOTHER,
  type Permission,
  PERMISSIONS,
  PLATFORM_ONLY,
  READS,
  STAFF_ROLES,
} from '../../../contract/permissions.ts';
import { can, mustCan, whyNot } from '../../kernel/can.ts';
import { granted, plinthItself } from './grants.ts';

const within = (less: ReadonlySet<Permission>, more: ReadonlySet<Permission>): Permission[] => [...less].filter((each) => !more.has(each));

describe('the table', () => {
  it('gives every permission to somebody, and names each by noun and action', () => {
    for (const permission of PERMISSIONS) {
      expect(permission).toMatch(/^[a-z-]+:([a-z-]+|[A-E])$/);
      expect(
        STAFF_ROLES.some((role) => GRANTS.staff[role].has(permission)) || MEMBER_ROLES.some((role) => GRANTS.member[role].has(permission)),
      ).toBe(true);
    }
  });

  it('gives the higher role what the lower one has', () => {
    for (const role of STAFF_ROLES) expect(within(GRANTS.staff[role], GRANTS.staff.superadmin)).toEqual([]);
    for (const role of MEMBER_ROLES) expect(within(GRANTS.member[role], GRANTS.member.owner)).toEqual([]);
    for (const kind of ['platformToken', 'organizationToken'] as const) {
      expect(within(GRANTS[kind].viewer, GRANTS[kind].operator)).toEqual([]);
      expect(within(GRANTS[kind].operator, GRANTS[kind].admin)).toEqual([]);
    }
  });

  it('lets who only reads change nothing', () => {
    expect(within(GRANTS.staff.readonly, new Set([...READS, 'ticket:write']))).toEqual([]);
    expect(within(GRANTS.member.viewer, READS)).toEqual([]);
    expect(within(GRANTS.platformToken.viewer, READS)).toEqual([]);
    expect(within(GRANTS.organizationToken.viewer, READS)).toEqual([]);
  });

  it('keeps the seller’s house from every organization', () => {
    for (const noun of ['account', 'sweep', 'drift', 'queue', 'master-key', 'simulator', 'kill-switch', 'staff', 'user'])
      for (const permission of PERMISSIONS.filter((each) => each.startsWith(`${noun}:`)))
        expect([permission, PLATFORM_ONLY.has(permission)]).toEqual([permission, true]);
    for (const role of MEMBER_ROLES) expect([...GRANTS.member[role]].filter((each) => PLATFORM_ONLY.has(each))).toEqual([]);
  });

  it('has the rows of the matrix where they differ most', () => {
    const staff = (permission: Permission) => STAFF_ROLES.filter((role) => GRANTS.staff[role].has(permission));
    const members = (permission: Permission) => MEMBER_ROLES.filter((role) => GRANTS.member[role].has(permission));
    expect(staff('vps:power')).toEqual(['superadmin', 'operator', 'support']);
    expect(staff('vps:reveal')).toEqual(['superadmin', 'operator']);
    expect(staff('refund:make')).toEqual(['superadmin', 'billing']);
    expect(staff('master-key:rotate')).toEqual(['superadmin']);
    expect(members('vps:destroy')).toEqual(['owner', 'admin']);
    expect(members('vps:create')).toEqual(['owner', 'admin', 'operator']);
    expect(members('order:place')).toEqual(['owner', 'admin', 'billing']);
    expect(members('organization:close')).toEqual(['owner']);
    expect(members('audit:read')).toEqual(['owner', 'admin']);
    expect(members('stack:preview')).toEqual(['owner', 'admin', 'operator', 'viewer']);
  });

  it('never lets who stands in for another reveal, or change credentials', () => {
    for (const permission of [
      'vps:reveal',
      'vps:reset-password',
      'stack:decrypt',
      'token:write',
      'member:write',
      'service-account:write',
    ] as const)
      expect(NEVER_AS_ANOTHER.has(permission)).toBe(true);
    for (const permission of ['vps:read', 'vps:power', 'token:read'] as const) expect(NEVER_AS_ANOTHER.has(permission)).toBe(false);
    expect(CONFIRMED.has('vps:reveal')).toBe(true);
  });
});

describe('can', () => {
  const token = { kind: 'token', id: 't', name: 'ci' } as const;
  const viewer = {
    actor: token,
    name: 'ci',
    role: 'viewer',
    organizationId: 'mine',
    permissions: granted({ of: 'token', role: 'viewer' }, 'mine'),
    tokenId: 't',
  };

  it('holds in the scope only', () => {
    expect(can(viewer, 'vps:read')).toBe(true);
    expect(can(viewer, 'vps:read', 'mine')).toBe(true);
    expect(can(viewer, 'vps:read', 'theirs')).toBe(false);
    expect(can(viewer, 'vps:create')).toBe(false);
    expect(can(plinthItself('test'), 'vps:destroy', 'theirs')).toBe(true);
  });

  it('gives a staff role nothing in an organization, and a member’s nothing on the platform', () => {
    expect(granted({ of: 'staff', role: 'superadmin' }, 'mine').size).toBe(0);
    expect(granted({ of: 'member', role: 'owner' }, null).size).toBe(0);
    expect(granted({ of: 'member', role: 'unheard-of' as never }, 'mine').size).toBe(0);
  });

  it('says what is missing and who would have it', () => {
    expect(whyNot(viewer, 'vps:create')).toBe(
      'This needs the permission vps:create; the token "ci" with the role viewer does not have it. A token with the role operator has it.',
    );
    expect(whyNot(viewer, 'account:read')).toBe('This token is bound to one organization; account:read is for the seller only.');
    expect(() => mustCan(viewer, 'vps:read', 'vps:create')).toThrow(/vps:create/);
    expect(() => mustCan(viewer, 'vps:read')).not.toThrow();
  });
});

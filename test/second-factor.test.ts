/** What cannot be taken back asks a person for a second factor that was shown within ten minutes, at every door to it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONFIRMED, GRANTS, type Permission, PERMISSIONS } from '../contract/permissions.ts';
import { describedRoutes } from '../server/domains.ts';
import { mustCan } from '../server/kernel/can.ts';
import type { Principal } from '../server/kernel/services.ts';
import { withDatabase } from './support/database.ts';
import { type Browser, signedUp, withAuthenticator } from './support/people.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';

const PASSWORD = 'correct horse battery';
const database = withDatabase();
let plinth: Plinth;

beforeAll(async () => {
  plinth = await startPlinth(database.url);
}, 180_000);
afterAll(() => plinth?.stop());

const person = (email: string, name = 'Ada Lovelace'): Promise<Browser> =>
  signedUp(plinth.origin, plinth.adminToken, { email, password: PASSWORD, name });
const permissions = new Set<Permission>([...GRANTS.member.owner, ...GRANTS.staff.superadmin]);
const anyone = (secondFactorAt: Date | null, kind: 'user' | 'token' = 'user'): Principal => {
  const actor = { kind, id: 'x', name: 'x' } as const;
  return { actor, name: 'x', role: 'owner', organizationId: null, permissions, tokenId: null, secondFactorAt };
};
const minutes = (count: number): Date => new Date(Date.now() - count * 60_000);

test('is asked of a person, within ten minutes, for all that cannot be taken back', () => {
  // By what they are for, not by the list that says so: reveal, refund, roles, tokens, closing, acting with write.
  const serious = PERMISSIONS.filter((permission) =>
    /^(vps:reveal|refund:(make|approve)|(member|staff|token|service-account|impersonation):write|organization:(close|transfer))/.test(
      permission,
    ),
  );
  expect(serious.length).toBeGreaterThan(9);
  for (const permission of serious) {
    for (const at of [null, minutes(10.1)])
      expect(() => mustCan(anyone(at), permission), permission).toThrow(expect.objectContaining({ code: 'second_factor_required' }));
    expect(() => mustCan(anyone(minutes(9.9)), permission), permission).not.toThrow();
  }
  expect(() => mustCan(anyone(null), 'vps:read')).not.toThrow();
});

test('asks for a fresh second factor at every door whose act cannot be taken back', { timeout: 120_000 }, async () => {
  // Signed in, an owner, and without a factor: the rights are there, and none of these opens.
  const own = await person('unproved@example.test');
  const doors = describedRoutes().filter(({ permission }) => typeof permission === 'string' && CONFIRMED.has(permission as Permission));
  const mine = doors.filter(({ permission }) => GRANTS.member.owner.has(permission as Permission));
  for (const words of [/reveal-password$/, /members\/:id$/, /\/tokens$/, /organization\/close$/, /service-accounts$/])
    expect(mine.filter(({ path }) => words.test(path)).length, String(words)).toBeGreaterThan(0);
  const ask = async ({ method, path }: { method: string; path: string }): Promise<unknown[]> => {
    const { status, body } = await own.ask(method.toUpperCase(), path.replaceAll(/:\w+/g, 'x'), { wrong: true });
    return [method, path, status, body.code];
  };
  for (const each of mine) expect(await ask(each)).toEqual([each.method, each.path, 403, 'second_factor_required']);
  await withAuthenticator(own, PASSWORD);
  // With it what is said is about what was asked.
  for (const each of mine) expect((await ask(each))[3]).not.toBe('second_factor_required');
});

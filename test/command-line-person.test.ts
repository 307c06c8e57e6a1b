/** A person at the command line: let in from the browser, with what they may and no more, told what they are told elsewhere. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { withDatabase } from './support/database.ts';
import { Browser, signedUp } from './support/people.ts';
import { type Plinth, startPlinth } from './support/plinth.ts';
import { until } from './support/until.ts';

const PASSWORD = 'correct horse battery';
const database = withDatabase();
let plinth: Plinth;
const browser = (): Browser => new Browser(plinth.origin);

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_LIMIT_SIGN_INS: '300' });
}, 180_000);
afterAll(() => plinth?.stop());

const person = (email: string, name: string): Promise<Browser> =>
  signedUp(plinth.origin, plinth.adminToken, { email, password: PASSWORD, name });

test('lets a command line in from the browser, once, as the person who said so', { timeout: 120_000 }, async () => {
  const own = await person('cli@example.test', 'Cli Person');
  const env = { PLINTH_TOKEN: undefined };
  const running = plinth.cli(['login', plinth.origin, '--browser'], { env });
  const { db } = plinth.runtime.services;
  await until(async () => (await db.deviceLogin.count()) > 0 || undefined, { what: 'the command to ask' });
  // What it shows is on a terminal only; here the program's own request is made again.
  const begun = await browser().must(200, 'POST', '/api/device-login', { client: 'a test' });
  const secret = { device_secret: begun.device_secret };
  expect(await browser().must(200, 'POST', '/api/device-login/poll', secret)).toEqual({ state: 'waiting', token: null });
  await browser().must(401, 'POST', '/api/device-login/answer', { user_code: begun.user_code, allow: true });
  expect(await own.must(200, 'POST', '/api/device-login/look', { user_code: begun.user_code })).toEqual({ client: 'a test' });
  await own.must(204, 'POST', '/api/device-login/answer', { user_code: begun.user_code.toLowerCase(), allow: true });
  const { token } = await browser().must(200, 'POST', '/api/device-login/poll', secret);
  await browser().must(400, 'POST', '/api/device-login/poll', secret);
  const { memberships } = await own.must(200, 'GET', '/api/me');
  expect((await plinth.cli(['whoami', '--json'], { env: { PLINTH_TOKEN: token } })).out).toContain(memberships[0].organization_id);
  const refused = await browser().must(200, 'POST', '/api/device-login', { client: 'another' });
  await own.must(204, 'POST', '/api/device-login/answer', { user_code: refused.user_code, allow: false });
  expect(await browser().must(200, 'POST', '/api/device-login/poll', { device_secret: refused.device_secret })).toMatchObject({
    state: 'denied',
  });
  // It may what the person may at that moment: less with a lower role, nothing with none.
  const may = async (): Promise<string> => {
    const { code, out } = await plinth.cli(['whoami', '--json'], { env: { PLINTH_TOKEN: token } });
    return code === 0 ? JSON.parse(out).role : 'nothing';
  };
  const becomes = (role: string) => until(async () => (await may()) === role, { timeoutMs: 5_000, what: `the command line to be ${role}` });
  const { organization_id: organizationId } = memberships[0];
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { email: 'cli@example.test' } });
  const { id: another } = await db.user.create({ data: { id: randomUUID(), email: 'another@example.test', name: 'A', handle: 'another' } });
  await db.member.create({ data: { organizationId, userId: another, role: 'owner' } });
  await becomes('owner');
  await db.member.update({ where: { organizationId_userId: { organizationId, userId } }, data: { role: 'viewer' } });
  await becomes('viewer');
  await db.member.delete({ where: { organizationId_userId: { organizationId, userId } } });
  await becomes('nothing');
  await db.member.create({ data: { organizationId, userId, role: 'owner' } });
  await becomes('owner');
  // Whoever may not sign in any more has no command line either.
  const { users } = (await (
    await fetch(`${plinth.origin}/api/users?search=cli@`, { headers: { authorization: `Bearer ${plinth.adminToken}` } })
  ).json()) as any;
  const answer = await fetch(`${plinth.origin}/api/users/${users[0].id}/disable`, {
    method: 'POST',
    headers: { authorization: `Bearer ${plinth.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'gone' }),
  });
  expect(answer.status).toBe(200);
  expect((await plinth.cli(['whoami'], { env: { PLINTH_TOKEN: token } })).code).toBe(3);
  // The command that waits is told by its own row.
  await db.deviceLogin.updateMany({ where: { client: { startsWith: 'plinth on' } }, data: { deniedAt: new Date() } });
  expect(await running).toMatchObject({ code: 3, err: expect.stringContaining('refused in the browser') });
});

test('serves a person at the command line: what they are told, whom they ask in, and who owns it', { timeout: 120_000 }, async () => {
  const own = await person('teller@example.test', 'Teller Person');
  const { memberships } = await own.must(200, 'GET', '/api/me');
  const { organization_id: organizationId } = memberships[0];
  const { db } = plinth.runtime.services;
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { email: 'teller@example.test' } });
  const heir = { id: randomUUID(), email: 'heir@example.test', name: 'Heir', handle: 'heir' };
  await db.user.create({ data: heir });
  await db.member.create({ data: { organizationId, userId: heir.id, role: 'admin' } });
  const rights = { name: 'laptop', role: null, organizationId, userId, expiresAt: null };
  const { secret: token } = await createToken(db, rights);
  // What is told a person, it is told there too; a token of nobody is told nothing.
  const cli = (...words: string[]) => plinth.cli(words, { env: { PLINTH_TOKEN: token } });
  expect((await cli('notification', 'settings', '--kind', 'vps-ready', '--channel', 'mail', '--turn', 'off')).out).toMatch(
    /vps-ready +on +off/,
  );
  expect(await db.notificationPreference.count({ where: { userId, kind: 'vps-ready', enabled: false } })).toBe(1);
  await db.notification.create({
    data: { id: randomUUID(), userId, kind: 'vps-ready', causeKey: 'cli', subjects: { vps_id: 'x', label: 'told' } },
  });
  expect((await cli('notification', 'list', '--unread')).out).toContain('told');
  expect((await cli('notification', 'read')).code).toBe(0);
  expect((await cli('notification', 'list', '--unread')).out).not.toContain('told');
  expect((await plinth.cli(['notification', 'list'])).err).toContain('a person who signed in');
  expect((await cli('member', 'invite', 'guest@example.test', 'viewer')).out).toContain('asked in as viewer');
  expect((await cli('member', 'invited')).out).toContain('guest@example.test');
  expect((await cli('member', 'uninvite', 'guest@example.test')).code).toBe(0);
  expect((await cli('member', 'invited')).out).not.toContain('guest@example.test');
  const here = ['--organization', memberships[0].organization_name];
  expect((await plinth.cli(['member', 'role', 'heir@example.test', 'billing', ...here])).code).toBe(0);
  const given = await plinth.cli(['organization', 'transfer', 'heir@example.test', '--yes', ...here]);
  expect([given.code, given.out, given.err]).toEqual([0, expect.stringContaining('owner'), '']);
});

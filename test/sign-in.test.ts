/** Signing up and in, second factors, sessions and invitations, over HTTP, with the mails that really came. */
import { readFile } from 'node:fs/promises';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withDatabase } from './support/database.ts';
import { Browser, inMail, mailsTo, signedUp, withAuthenticator } from './support/people.ts';
import { type Plinth, someServer, startPlinth } from './support/plinth.ts';
import { until } from './support/until.ts';

const PASSWORD = 'correct horse battery';
const database = withDatabase();
let plinth: Plinth;
const browser = (agent?: string): Browser => new Browser(plinth.origin, agent);
const linkTo = (address: string, page: string): Promise<string> =>
  inMail(plinth.origin, plinth.adminToken, address, new RegExp(`/${page}#([\\w.-]+)`));

beforeAll(async () => {
  plinth = await startPlinth(database.url, { PLINTH_LIMIT_SIGN_INS: '300' });
}, 180_000);
afterAll(() => plinth?.stop());

const person = (email: string, name = 'Ada Lovelace'): Promise<Browser> =>
  signedUp(plinth.origin, plinth.adminToken, { email, password: PASSWORD, name });
/** Of a step that was not used: the next one counts already. */
const later = (secret: string): string => generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + 30 });

test('signs up by a link in a mail, and owns an organization named by the handle', { timeout: 120_000 }, async () => {
  const ada = browser();
  await ada.must(200, 'POST', '/api/sign-up', { email: 'Ada@Example.test', password: PASSWORD, name: 'Ada Lovelace' });
  expect(await ada.must(403, 'POST', '/api/sign-in', { email: 'ada@example.test', password: PASSWORD })).toMatchObject({
    code: 'address_not_verified',
  });
  const secret = await linkTo('ada@example.test', 'verify');
  await ada.must(204, 'POST', '/api/sign-up/verify', { secret });
  await ada.must(401, 'GET', '/api/me');
  expect(await ada.must(200, 'POST', '/api/sign-in', { email: 'ada@example.test', password: PASSWORD })).toEqual({
    signed_in: true,
    next: null,
  });
  const me = await ada.must(200, 'GET', '/api/me');
  expect(me).toMatchObject({ email: 'ada@example.test', handle: 'ada-lovelace', staff_role: null });
  expect(me.memberships).toEqual([{ organization_id: expect.any(String), organization_name: 'ada-lovelace', role: 'owner' }]);
  expect(await ada.must(200, 'GET', '/api/session')).toMatchObject({ user_id: me.id, organization_id: me.memberships[0].organization_id });
  expect(await ada.must(200, 'GET', '/api/vps')).toMatchObject({ instances: [] });
  await ada.must(403, 'GET', '/api/mailbox');
  const second = await person('ada@other.test');
  expect((await second.must(200, 'GET', '/api/me')).handle).toBe('ada');
  await ada.must(204, 'DELETE', '/api/session');
  await ada.must(401, 'GET', '/api/me');
});

test('answers the same for an address that has a user, and tells its owner', { timeout: 120_000 }, async () => {
  await person('taken@example.test');
  const [stranger, known] = [browser(), browser()];
  const asked = { password: 'another long password', name: 'Mallory' };
  const answers = [
    await stranger.ask('POST', '/api/sign-up', { ...asked, email: 'free@example.test' }),
    await known.ask('POST', '/api/sign-up', { ...asked, email: 'taken@example.test' }),
  ];
  expect(answers[0]!.body).toEqual(answers[1]!.body);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  await inMail(plinth.origin, plinth.adminToken, 'taken@example.test', /(There is a user with it already)/);
  await known.must(401, 'POST', '/api/sign-in', { email: 'taken@example.test', password: 'another long password' });
  for (const email of ['taken@example.test', 'nobody@example.test']) await browser().must(204, 'POST', '/api/password-reset', { email });
  const refused = await Promise.all(
    ['taken@example.test', 'nobody@example.test'].map((email) =>
      browser().ask('POST', '/api/sign-in', { email, password: 'wrong password' }),
    ),
  );
  const told = refused.map(({ status, body }) => [status, { ...body, request_id: '' }]);
  expect(told[0]).toEqual(told[1]);
  expect(await mailsTo(plinth.origin, plinth.adminToken, 'nobody@example.test')).toEqual([]);
});

test('takes the same time for a known and an unknown address', { timeout: 180_000 }, async () => {
  await person('timed@example.test');
  const times: Record<string, number[]> = { known: [], unknown: [] };
  for (let n = 0; n < 8; n++)
    for (const [which, email] of [
      ['known', 'timed@example.test'],
      ['unknown', `nobody-${n}@example.test`],
    ] as const) {
      const started = performance.now();
      await browser().must(204, 'POST', '/api/password-reset', { email });
      times[which]!.push(performance.now() - started);
    }
  // The quickest of each: what else the machine had to do is in the others.
  const [known, unknown] = [Math.min(...times['known']!), Math.min(...times['unknown']!)];
  expect(Math.min(known, unknown)).toBeGreaterThan(390);
  expect(Math.abs(known - unknown)).toBeLessThan(60);
});

test('sets a new password once by the link, and ends every session', { timeout: 120_000 }, async () => {
  const eve = await person('reset@example.test');
  await browser().must(204, 'POST', '/api/password-reset', { email: 'reset@example.test' });
  const secret = await linkTo('reset@example.test', 'reset');
  expect(await browser().must(422, 'POST', '/api/password-reset/confirm', { secret, password: 'short' })).toMatchObject({
    errors: [{ field: 'password' }],
  });
  await browser().must(204, 'POST', '/api/password-reset/confirm', { secret, password: 'a whole new password' });
  expect(await browser().must(400, 'POST', '/api/password-reset/confirm', { secret, password: 'and once more here' })).toMatchObject({
    code: 'link_invalid',
  });
  await eve.must(401, 'GET', '/api/me');
  await browser().must(401, 'POST', '/api/sign-in', { email: 'reset@example.test', password: PASSWORD });
  await browser().must(200, 'POST', '/api/sign-in', { email: 'reset@example.test', password: 'a whole new password' });
  await inMail(plinth.origin, plinth.adminToken, 'reset@example.test', /(every session was ended)/);
});

test('asks for a second factor, and takes each code once', { timeout: 180_000 }, async () => {
  const own = await person('totp@example.test');
  await own.must(422, 'POST', '/api/me/second-factor', { password: 'not the password' });
  const { secret, codes } = await withAuthenticator(own, PASSWORD);
  expect(codes).toHaveLength(10);
  const begin = async (): Promise<Browser> => {
    const fresh = browser();
    expect(await fresh.must(200, 'POST', '/api/sign-in', { email: 'totp@example.test', password: PASSWORD })).toEqual({
      signed_in: false,
      next: 'second_factor',
    });
    await fresh.must(401, 'GET', '/api/me');
    return fresh;
  };
  const code = later(secret);
  const racers = await Promise.all([begin(), begin(), begin()]);
  const answers = await Promise.all(racers.map((each) => each.ask('POST', '/api/sign-in/second-factor', { code })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401]);
  for (const [index, racer] of racers.entries()) await racer.must(answers[index]!.status, 'GET', '/api/me');
  // The very code of the enrolment, and a wrong one.
  for (const each of [code, '000000'])
    expect((await (await begin()).ask('POST', '/api/sign-in/second-factor', { code: each })).status).toBe(401);
  const lost = await begin();
  await lost.must(200, 'POST', '/api/sign-in/second-factor', { code: codes[0], kind: 'recovery' });
  expect((await (await begin()).ask('POST', '/api/sign-in/second-factor', { code: codes[0], kind: 'recovery' })).status).toBe(401);
  // Off needs a code of the last ten minutes, which this session has from its enrolment.
  const me = await lost.must(200, 'GET', '/api/me');
  expect(me).toMatchObject({ two_factor: true, second_factor_at: expect.any(String) });
  await lost.must(204, 'POST', '/api/me/second-factor/off', { password: PASSWORD });
  await browser().must(200, 'POST', '/api/sign-in', { email: 'totp@example.test', password: PASSWORD });
});

test('gives up on a challenge after wrong codes, and counts tries of an account from anywhere', { timeout: 120_000 }, async () => {
  const own = await person('guess@example.test');
  await withAuthenticator(own, PASSWORD);
  const guess = browser();
  await guess.must(200, 'POST', '/api/sign-in', { email: 'guess@example.test', password: PASSWORD });
  const statuses: number[] = [];
  for (let n = 0; n < 7; n++) statuses.push((await guess.ask('POST', '/api/sign-in/second-factor', { code: `00000${n}` })).status);
  expect(statuses.slice(0, 4)).toEqual([401, 401, 401, 401]);
  expect(statuses.at(-1)).not.toBe(200);
  const tries: number[] = [];
  for (let n = 0; n < 15; n++) {
    // Whatever a caller writes there counts for nothing.
    const forged = { 'x-forwarded-for': `203.0.113.${n}` };
    tries.push(
      (await browser().ask('POST', '/api/sign-in', { email: 'brute@example.test', password: `guess number ${n}` }, forged)).status,
    );
  }
  expect(tries.slice(0, 10)).toEqual(Array(10).fill(401));
  expect(tries.slice(10)).toEqual(Array(5).fill(429));
});

test('lets no other site sign anybody in or act in their name', { timeout: 120_000 }, async () => {
  const own = await person('csrf@example.test');
  const credential = { email: 'csrf@example.test', password: PASSWORD };
  const foreign: Record<string, string>[] = [{ origin: 'https://evil.test' }, { 'sec-fetch-site': 'cross-site' }];
  for (const headers of foreign)
    expect((await browser().ask('POST', '/api/sign-in', credential, headers)).body).toMatchObject({ code: 'foreign_request' });
  expect((await own.ask('GET', '/api/me', undefined, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  const bare = await fetch(`${own.origin}/api/me`, { headers: { cookie: [...own.jar].map((pair) => pair.join('=')).join('; ') } });
  expect(bare.status).toBe(403);
  expect((await fetch(`${own.origin}/api/sign-in`, { method: 'POST', body: new URLSearchParams(credential) })).status).toBe(415);
  // A header that chooses the address of links.
  const chosen = await fetch(`${plinth.origin}/api/sign-in`, {
    method: 'POST',
    headers: { host: 'evil.test', 'content-type': 'application/json' },
    body: JSON.stringify(credential),
  });
  expect([200, 421]).toContain(chosen.status);
});

test('gives every sign-in a session of its own, whatever cookie was there', { timeout: 120_000 }, async () => {
  await person('fixed@example.test');
  const victim = browser();
  victim.jar.set('plinth.session_token', `${'a'.repeat(32)}.forged`);
  await victim.must(200, 'POST', '/api/sign-in', { email: 'fixed@example.test', password: PASSWORD });
  expect(victim.jar.get('plinth.session_token')).not.toContain('a'.repeat(32));
  const attacker = browser();
  attacker.jar.set('plinth.session_token', `${'a'.repeat(32)}.forged`);
  await attacker.must(401, 'GET', '/api/me');
});

test('lists sessions, and ends one with what it has open', { timeout: 120_000 }, async () => {
  const own = await person('sessions@example.test');
  const other = browser('Mozilla/5.0 (Elsewhere) Chrome/150.0');
  await other.must(200, 'POST', '/api/sign-in', { email: 'sessions@example.test', password: PASSWORD });
  const { sessions } = await own.must(200, 'GET', '/api/me/sessions');
  expect(sessions.map((each: any) => each.is_this)).toEqual([false, true]);
  const stream = await fetch(`${other.origin}/api/events`, {
    headers: { accept: 'text/event-stream', 'x-plinth-dashboard': '1', cookie: [...other.jar].map((pair) => pair.join('=')).join('; ') },
  });
  expect(stream.status).toBe(200);
  const ended = (async () => {
    for await (const _ of stream.body!);
    return performance.now();
  })().catch(() => performance.now());
  const began = performance.now();
  await own.must(204, 'DELETE', `/api/me/sessions/${sessions[0].id}`);
  await other.must(401, 'GET', '/api/me');
  expect((await ended) - began).toBeLessThan(5_000);
  await own.must(404, 'DELETE', `/api/me/sessions/${sessions[0].id}`);
  await inMail(plinth.origin, plinth.adminToken, 'sessions@example.test', /(You signed in from .* with Mozilla\/5.0 \(Elsewhere\))/);
  const stranger = await person('stranger@example.test');
  const [{ id }] = (await own.must(200, 'GET', '/api/me/sessions')).sessions;
  await stranger.must(404, 'DELETE', `/api/me/sessions/${id}`);
  await own.must(200, 'GET', '/api/me');
});

test('invites by mail; who accepts is a member with that role', { timeout: 120_000 }, async () => {
  const owner = await person('owner@example.test', 'Olga <b>Owner</b>');
  const { memberships } = await owner.must(200, 'GET', '/api/me');
  await owner.must(201, 'POST', '/api/invitations', { email: 'guest@example.test', role: 'viewer' });
  const secret = await linkTo('guest@example.test', 'invitation');
  const guest = browser();
  expect(await guest.must(200, 'POST', '/api/invitations/look', { secret })).toMatchObject({
    invitation: { email: 'guest@example.test', role: 'viewer' },
  });
  await guest.must(400, 'POST', '/api/sign-up', { email: 'other@example.test', password: PASSWORD, name: 'Gus', invitation: secret });
  expect(
    await guest.must(200, 'POST', '/api/sign-up', { email: 'guest@example.test', password: PASSWORD, name: 'Gus', invitation: secret }),
  ).toEqual({ next: 'sign_in' });
  await guest.must(200, 'POST', '/api/sign-in', { email: 'guest@example.test', password: PASSWORD });
  const mine = (await guest.must(200, 'GET', '/api/me')).memberships;
  expect(mine.map((each: any) => each.role).toSorted()).toEqual(['owner', 'viewer']);
  await guest.must(204, 'POST', '/api/me/organization', { organization_id: memberships[0].organization_id });
  expect(await guest.must(200, 'GET', '/api/session')).toMatchObject({ organization_id: memberships[0].organization_id, role: 'viewer' });
  await guest.must(403, 'POST', '/api/invitations', { email: 'more@example.test', role: 'viewer' });
  // Somebody who is here already accepts while signed in; the link is theirs alone and counts once.
  await owner.must(201, 'POST', '/api/invitations', { email: 'ada@other.test', role: 'operator' });
  const link = await linkTo('ada@other.test', 'invitation');
  await guest.must(400, 'POST', '/api/invitations/accept', { secret: link });
  const ada = browser();
  await ada.must(200, 'POST', '/api/sign-in', { email: 'ada@other.test', password: PASSWORD });
  await ada.must(204, 'POST', '/api/invitations/accept', { secret: link });
  await ada.must(400, 'POST', '/api/invitations/accept', { secret: link });
});

test('makes the first superadmin once, by the link of the first start', { timeout: 120_000 }, async () => {
  const file = plinth.runtime.setupFile!;
  const secret = (await readFile(file, 'utf8')).trim().split('#')[1]!;
  const one = { email: 'root@example.test', password: PASSWORD, name: 'Root' };
  await browser().must(403, 'POST', '/api/setup', { ...one, secret: `${secret.slice(0, -2)}xx` });
  const both = await Promise.all(
    [browser(), browser()].map((each, n) => each.ask('POST', '/api/setup', { ...one, secret, email: `root${n}@example.test` })),
  );
  expect(both.map(({ status }) => status).toSorted()[0]).toBe(200);
  expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
  const winner = both.findIndex(({ status }) => status === 200);
  const root = browser();
  await root.must(200, 'POST', '/api/sign-in', { email: `root${winner}@example.test`, password: PASSWORD });
  expect(await root.must(200, 'GET', '/api/session')).toMatchObject({ organization_id: null, role: 'admin' });
  const { users } = await root.must(200, 'GET', '/api/users?search=sessions@');
  await root.must(200, 'POST', `/api/users/${users[0].id}/disable`, { reason: 'gone' });
  expect(await browser().must(403, 'POST', '/api/sign-in', { email: 'sessions@example.test', password: PASSWORD })).toMatchObject({
    code: 'user_disabled',
  });
  await browser().must(403, 'POST', '/api/setup', { ...one, secret });
  expect(await browser().must(200, 'GET', '/api/sign-in')).toMatchObject({ needs_setup: false });
});

test('keeps nothing that signs in readable in the database', { timeout: 120_000 }, async () => {
  const own = await person('leak@example.test');
  const { secret, codes } = await withAuthenticator(own, PASSWORD);
  await browser().must(204, 'POST', '/api/password-reset', { email: 'leak@example.test' });
  const reset = await linkTo('leak@example.test', 'reset');
  const proof = await linkTo('leak@example.test', 'verify');
  await own.must(201, 'POST', '/api/invitations', { email: 'leak2@example.test', role: 'viewer' });
  const invitation = await linkTo('leak2@example.test', 'invitation');
  const session = decodeURIComponent(own.jar.get('plinth.session_token')!).split('.')[0]!;
  const secrets = { password: PASSWORD, session, reset, proof, invitation, secret, code: codes[0]! };
  const { db } = plinth.runtime.services;
  const columns = await db.$queryRaw<{ table: string; column: string }[]>`
    SELECT table_schema || '"."' || table_name AS "table", column_name AS "column" FROM information_schema.columns
    WHERE table_schema IN ('public', 'pgboss') AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE')`;
  expect(columns.length).toBeGreaterThan(100);
  const forms = Object.entries(secrets).flatMap(([name, value]) =>
    [value, Buffer.from(value).toString('base64'), Buffer.from(value).toString('hex')].map((text) => [name, text] as const),
  );
  for (const { table, column } of columns) {
    const found = await db.$queryRawUnsafe<{ text: string }[]>(
      `SELECT encode(convert_to("${column}"::text, 'UTF8'), 'escape') AS text FROM "${table}" WHERE "${column}"::text LIKE ANY ($1) LIMIT 1`,
      forms.map(([, text]) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`),
    );
    expect(found, `${table}.${column} holds ${forms.find(([, text]) => found[0]?.text.includes(text))?.[0]}`).toEqual([]);
  }
  // The search itself finds what does stand there.
  expect(await db.user.count({ where: { email: 'leak@example.test' } })).toBe(1);
  await until(async () => ((await db.mailDelivery.count({ where: { status: 'waiting' } })) === 0 ? true : undefined), {
    what: 'all mails to be sent',
  });
  expect(await db.mailDelivery.count({ where: { NOT: { data: null } } })).toBe(0);
});

test('tells the people of an organization what happens to its servers, as each wants it', { timeout: 180_000 }, async () => {
  const own = await person('told@example.test', 'Told Person');
  const { memberships } = await own.must(200, 'GET', '/api/me');
  const organizationId = memberships[0].organization_id;
  await own.must(200, 'PUT', '/api/notifications/preferences', { kind: 'vps-suspended', channel: 'mail', enabled: false });
  const server = await someServer(plinth);
  const { instance } = await plinth.json('vps', 'create', 'told-1', ...server, '--organization', memberships[0].organization_name);
  await inMail(plinth.origin, plinth.adminToken, 'told@example.test', /Your VPS is ready!.*It is called (told-1)\./s);
  await plinth.json('vps', 'suspend', instance.id, '--reason', 'a test');
  const kinds = async (): Promise<string[]> =>
    (await own.must(200, 'GET', '/api/notifications')).notifications.map((each: any) => each.kind);
  await until(async () => ((await kinds()).includes('vps-suspended') ? true : undefined), {
    timeoutMs: 60_000,
    what: 'the list to tell of it',
  });
  expect(await own.must(200, 'GET', '/api/notifications')).toMatchObject({
    unread: 3,
    notifications: [{ kind: 'vps-suspended', vps_label: 'told-1', organization_id: organizationId }, {}, { kind: 'vps-provisioning' }],
  });
  const { db } = plinth.runtime.services;
  const mails = await db.mailDelivery.findMany({ where: { address: 'told@example.test', kind: { startsWith: 'vps-' } } });
  expect(mails.map(({ kind }) => kind).toSorted()).toEqual(['vps-provisioning', 'vps-ready']);
  await own.must(204, 'POST', '/api/notifications/read', {});
  expect(await own.must(200, 'GET', '/api/notifications')).toMatchObject({ unread: 0 });
});

/** /api/device-login: a person lets a command line in from the browser; it then has a token of its own, no password passes it. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import {
  DeviceLoginAnswer,
  DeviceLoginBegin,
  DeviceLoginBegun,
  DeviceLoginClient,
  DeviceLoginCode,
  DeviceLoginPoll,
  DeviceLoginState,
} from '../../../contract/device-login.ts';
import { CONFIRMED, GRANTS } from '../../../contract/permissions.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeIn } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { createToken, hashOf } from '../tokens/authenticate.ts';
import { answerLogin, insertDeviceLogin, loginOfDevice, takeLogin, waitingLogin } from './device-store.ts';
import { baseOf, callerOf } from './door.ts';
import { mustBeFresh, mustBePerson } from './own-routes.ts';
import { personIn } from './principal.ts';
import { userById } from '../users/store.ts';
import { signInOf } from './sign-in.ts';

const LIFE_S = 600;
const EVERY_S = 2;
const TOKEN_MS = 90 * 86_400_000;
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const PUBLIC = { permission: 'public', unrepeated: true } as const;
const OWN = { permission: 'session:own', unrepeated: true } as const;

const codeHash = (code: string) => hashOf(`device|${code.replace('-', '')}`);
const unknown = (): Refusal =>
  new Refusal(400, 'code_unknown', 'This code is unknown, was answered or has expired. Run plinth login again.');

/**
 * All that the person may at each moment. What else needs a second factor each time is named, as far as a token of the person's rank
 * would have it: the command line was let in with one.
 */
function scopesOf({ permissions, organizationId }: Principal): string[] {
  const rank =
    permissions.has('account:create') && permissions.has('setting:write') ? 'admin' : permissions.has('vps:create') ? 'operator' : 'viewer';
  const given = GRANTS[organizationId === null ? 'platformToken' : 'organizationToken'][rank];
  return ['*', ...[...CONFIRMED].filter((permission) => given.has(permission) && permissions.has(permission))];
}

export function deviceRoutes(services: Services): Route[] {
  return [
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/device-login',
      id: 'beginDeviceLogin',
      summary: 'Begin to let a command line in: it shows the code, a person answers in the browser',
      body: DeviceLoginBegin,
      responses: { 200: { description: 'Poll with the secret.', schema: DeviceLoginBegun } },
      transaction: true,
      prepare: ({ request }) => signInOf(services).count(callerOf(services.config, request).address),
      handler: async ({ body, request, tx }) => {
        const letters = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
        const user_code = `${letters.slice(0, 4)}-${letters.slice(4)}`;
        const device_secret = randomBytes(32).toString('base64url');
        const row = { id: randomUUID(), client: body.client, deviceHash: hashOf(device_secret), userHash: codeHash(user_code) };
        await insertDeviceLogin(tx, { ...row, expiresAt: timeIn(LIFE_S * 1000) });
        const url = `${baseOf(services.config, request)}/device#${user_code}`;
        return { status: 200, body: { device_secret, user_code, url, expires_in_seconds: LIFE_S, interval_seconds: EVERY_S } };
      },
    }),
    route({
      ...PUBLIC,
      method: 'post',
      path: '/api/device-login/poll',
      id: 'pollDeviceLogin',
      summary: 'Whether the command line was let in; its token comes once',
      body: DeviceLoginPoll,
      responses: { 200: { description: 'Ask again while it waits.', schema: DeviceLoginState } },
      transaction: true,
      handler: async ({ body, response, tx }) => {
        response.setHeader('cache-control', 'no-store, no-transform');
        return { status: 200, body: await poll(tx, body.device_secret) };
      },
    }),
    route({
      ...OWN,
      method: 'post',
      path: '/api/device-login/look',
      id: 'lookAtDeviceLogin',
      summary: 'Which program a code is of',
      body: DeviceLoginCode,
      responses: { 200: { description: 'It waits.', schema: DeviceLoginClient } },
      apart: 'changes nothing',
      handler: async ({ principal, body, request }) => {
        mustBePerson(principal);
        await signInOf(services).count(callerOf(services.config, request).address, principal.actor.id);
        const row = await waitingLogin(services.db, codeHash(body.user_code));
        if (!row) throw unknown();
        return { status: 200, body: { client: row.client } };
      },
    }),
    route({
      ...OWN,
      method: 'post',
      path: '/api/device-login/answer',
      id: 'answerDeviceLogin',
      summary: 'Let the command line in as you, or refuse it; who has a second factor shows it first',
      body: DeviceLoginAnswer,
      responses: { 204: { description: 'It is told.' } },
      transaction: true,
      handler: async ({ principal, body, tx }) => {
        const { userId, name } = mustBePerson(principal);
        const user = (await userById(tx, userId))!;
        if (body.allow && user.twoFactorEnabled) mustBeFresh(principal);
        const row = await waitingLogin(tx, codeHash(body.user_code));
        // As whom and where, at this moment; what that may do is looked up when the token is made.
        const as = body.allow ? `${userId} ${principal.organizationId ?? ''}`.trim() : null;
        if (!row || !(await answerLogin(tx, row.id, as))) throw unknown();
        const entry = { actor: name, target: userId, organizationId: principal.organizationId, data: { client: row.client } };
        await appendAudit(tx, { ...entry, action: body.allow ? 'device.let-in' : 'device.refused' });
        return { status: 204 };
      },
    }),
  ];
}

async function poll(tx: Db, secret: string): Promise<{ state: 'waiting' | 'denied' | 'done'; token: string | null }> {
  const row = await loginOfDevice(tx, hashOf(secret));
  if (!row) throw unknown();
  if (row.deniedAt) return { state: 'denied', token: null };
  if (row.approvedBy === null) return { state: 'waiting', token: null };
  const [userId = '', organizationId = null] = row.approvedBy.split(' ');
  const person = await personIn(tx, userId, organizationId);
  if (!person || person.organizationId !== organizationId) throw unknown();
  const made = {
    name: `${person.name}: ${row.client}`.slice(0, 100),
    // It has the rights of the person, and ends with them.
    role: null,
    userId,
    scopes: scopesOf(person),
    organizationId,
    expiresAt: timeIn(TOKEN_MS),
  };
  const { row: token, secret: text } = await createToken(tx, made);
  if (!(await takeLogin(tx, row.id, token.id))) throw unknown();
  await appendAudit(tx, {
    actor: person.name,
    action: 'token.created',
    target: token.id,
    organizationId,
    data: { name: made.name, user: userId },
  });
  return { state: 'done', token: text };
}

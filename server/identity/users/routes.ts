/** /api/users: the people of this installation, for staff. */
import { Ended, UserAnswer, UserDisable, UserList, UserParams, UserQuery } from '../../../contract/people.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Db } from '../../kernel/database.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { endDeviceTokens } from '../sign-in/device-store.ts';
import { endSessions } from '../sign-in/entries-store.ts';
import { countSuperadmins, listUsers, setDisabled, type User as UserRow, userById } from './store.ts';

const present = (user: UserRow) => ({
  id: user.id,
  email: user.email,
  name: user.name,
  handle: user.handle,
  email_verified: user.emailVerified,
  two_factor: user.twoFactorEnabled,
  staff_role: user.staffRole,
  disabled_at: user.disabledAt?.toISOString() ?? null,
  created_at: user.createdAt.toISOString(),
});

/** Told in the trail; the last one who may do everything stays so. */
async function changeUser(
  tx: Db,
  principal: Principal,
  id: string,
  action: string,
  data: Record<string, string>,
  work: () => Promise<void>,
): Promise<{ user: ReturnType<typeof present> }> {
  if (!(await userById(tx, id))) throw notFound('user', id);
  await work();
  if ((await countSuperadmins(tx)) === 0 && principal.actor.kind === 'user')
    throw new Refusal(409, 'last_superadmin', 'This is the last superadmin. Make another one first.');
  await appendAudit(tx, { actor: principal.name, action, target: id, organizationId: null, data });
  return { user: present((await userById(tx, id))!) };
}

export function userRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/users',
      id: 'listUsers',
      summary: 'The people of this installation',
      permission: 'user:read',
      query: UserQuery,
      responses: { 200: { description: 'One page.', schema: UserList } },
      handler: async ({ query }) => {
        const rows = await listUsers(services.db, query.after ?? null, query.limit, query.search);
        return { status: 200, body: { users: rows.map(present), next: rows.length === query.limit ? rows.at(-1)!.id : null } };
      },
    }),
    route({
      method: 'post',
      path: '/api/users/:id/disable',
      id: 'disableUser',
      summary: 'Let a person in no more: sessions and tokens of their command lines end at once, data stays',
      permission: 'user:disable',
      params: UserParams,
      body: UserDisable,
      responses: { 200: { description: 'Disabled.', schema: UserAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const changed = await changeUser(tx, principal, params.id, 'user.disabled', { reason: body.reason }, async () => {
          await setDisabled(tx, params.id, body.reason);
          await endSessions(tx, params.id, { allBut: null });
          await endDeviceTokens(tx, params.id);
        });
        return { status: 200, body: changed };
      },
    }),
    route({
      method: 'post',
      path: '/api/users/:id/enable',
      id: 'enableUser',
      summary: 'Let a person in again',
      permission: 'user:disable',
      params: UserParams,
      responses: { 200: { description: 'Enabled.', schema: UserAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => ({
        status: 200,
        body: await changeUser(tx, principal, params.id, 'user.enabled', {}, () => setDisabled(tx, params.id, null)),
      }),
    }),
    route({
      method: 'delete',
      path: '/api/users/:id/sessions',
      id: 'endSessionsOfUser',
      summary: 'End every session of a person',
      permission: 'user:end-sessions',
      params: UserParams,
      responses: { 200: { description: 'How many.', schema: Ended } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        let ended = 0;
        await changeUser(tx, principal, params.id, 'user.sessions-ended', {}, async () => {
          ended = await endSessions(tx, params.id, { allBut: null });
        });
        return { status: 200, body: { ended } };
      },
    }),
  ];
}

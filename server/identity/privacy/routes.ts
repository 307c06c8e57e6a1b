/** What is kept of a person, and forgetting them: by themselves, and by staff who were asked to. */
import { UserParams } from '../../../contract/people.ts';
import { PersonErase, PersonErased, PersonExport, SelfErase } from '../../../contract/privacy.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { refuseField } from '../../kernel/problem.ts';
import { appendAudit } from '../../kernel/audit.ts';
import type { Services } from '../../kernel/services.ts';
import { mustBeFresh, mustBePerson } from '../sign-in/own-routes.ts';
import { userById } from '../users/store.ts';
import { erasePerson, exportOf } from './erase.ts';

const EXPORTED = { 200: { description: 'By table, as it is kept.', schema: PersonExport } };
const ERASED = { 200: { description: 'What became of it, and what stays.', schema: PersonErased } };

export function privacyRoutes({ db }: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/me/export',
      id: 'exportMe',
      summary: 'Everything that is kept of you',
      permission: 'session:own',
      responses: EXPORTED,
      handler: async ({ principal, response }) => {
        response.setHeader('content-disposition', 'attachment; filename="plinth-export.json"');
        return { status: 200, body: await exportOf(db, mustBePerson(principal).userId) };
      },
    }),
    route({
      transaction: true,
      method: 'post',
      path: '/api/me/erase',
      id: 'eraseMe',
      summary: 'Forget you: sessions, tokens and memberships end, and what must stay says a pseudonym',
      permission: 'session:own',
      unrepeated: true,
      body: SelfErase,
      responses: ERASED,
      handler: async ({ tx, principal, body }) => {
        const { userId } = mustBePerson(principal);
        const user = (await userById(tx, userId))!;
        if (user.twoFactorEnabled) mustBeFresh(principal);
        if (body.email.trim().toLowerCase() !== user.email)
          throw refuseField('email', 'is not your address', 'Write out the address that you sign in with.');
        return { status: 200, body: await erasePerson(tx, principal, userId, 'asked by themselves') };
      },
    }),
    route({
      transaction: true,
      method: 'post',
      path: '/api/users/:id/export',
      id: 'exportUser',
      summary: 'Everything that is kept of a person, for who answers their question',
      permission: 'user:erase',
      params: UserParams,
      body: PersonErase,
      responses: EXPORTED,
      handler: async ({ tx, principal, params, body }) => {
        const exported = await exportOf(tx, params.id);
        await appendAudit(tx, { actor: principal.actor, action: 'user.exported', target: params.id, organizationId: null, data: body });
        return { status: 200, body: exported };
      },
    }),
    route({
      transaction: true,
      method: 'post',
      path: '/api/users/:id/erase',
      id: 'eraseUser',
      summary: 'Forget a person: what must stay says a pseudonym',
      permission: 'user:erase',
      params: UserParams,
      body: PersonErase,
      responses: ERASED,
      handler: async ({ tx, principal, params, body }) => ({
        status: 200,
        body: await erasePerson(tx, principal, params.id, body.reason),
      }),
    }),
  ];
}

/** /api/me/views: looks at lists that a person keeps under names, wherever they sign in. */
import {
  type SavedView as Shown,
  SavedViewAnswer,
  SavedViewList,
  SavedViewParams,
  SavedViewPut,
  SavedViewQuery,
} from '../../../contract/saved-view.ts';
import { type Route, route } from '../../kernel/http/route.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { personOf } from '../sign-in/own-routes.ts';
import { countOthers, dropView, keepView, type SavedView, viewsOf } from './store.ts';

const OWN = { permission: 'session:own', unrepeated: true } as const;
/** Of one list. */
const MOST_VIEWS = 30;

const present = ({ list, name, search, changedAt }: SavedView): Shown => ({
  list: list as Shown['list'],
  name,
  search: search as Shown['search'],
  changed_at: changedAt.toISOString(),
});

export function viewRoutes(services: Services): Route[] {
  return [
    route({
      ...OWN,
      method: 'get',
      path: '/api/me/views',
      id: 'listMyViews',
      summary: 'The looks at lists that you keep, by name',
      query: SavedViewQuery,
      responses: { 200: { description: 'All of them.', schema: SavedViewList } },
      handler: async ({ principal, query }) => {
        const views = await viewsOf(services.db, personOf(principal), query.list);
        return { status: 200, body: { views: views.map(present) } };
      },
    }),
    route({
      ...OWN,
      method: 'put',
      path: '/api/me/views/:list/:name',
      id: 'keepMyView',
      summary: 'Keep a look at a list under a name; one of that name is replaced',
      params: SavedViewParams,
      body: SavedViewPut,
      responses: { 200: { description: 'The view.', schema: SavedViewAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => {
        const key = { userId: personOf(principal), ...params };
        if ((await countOthers(tx, key)) >= MOST_VIEWS)
          throw new Refusal(409, 'too_many_views', `You keep ${MOST_VIEWS} views of this list already. Delete one first.`);
        return { status: 200, body: { view: present(await keepView(tx, key, body.search)) } };
      },
    }),
    route({
      ...OWN,
      method: 'delete',
      path: '/api/me/views/:list/:name',
      id: 'deleteMyView',
      summary: 'Keep a look at a list no more',
      params: SavedViewParams,
      responses: { 204: { description: 'It is gone.' } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        if (!(await dropView(tx, { userId: personOf(principal), ...params }))) throw notFound('view', params.name);
        return { status: 204 };
      },
    }),
  ];
}

/** The views of whoever is signed in. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { api } from '../../kit/api/client.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { useSession } from '../../kit/lib/use-session.ts';
import { forgetView, freeName, isShown, isView, type SavedView, savedViews, saveView } from './saved-views.ts';

const LIST = 'vps';
const keep = ({ name, search }: SavedView) => api.keepMyView({ list: LIST, name, body: { search: { ...search } } });

const viewsQuery = (withPerson: boolean) =>
  queryOptions({
    queryKey: ['my-views', withPerson],
    queryFn: async ({ signal }): Promise<readonly SavedView[]> => {
      if (!withPerson) return savedViews();
      const { views } = await api.listMyViews({ query: { list: LIST }, signal });
      return await withMoved(views.filter(isView));
    },
    staleTime: 30_000,
  });

/** What this browser kept before goes to the person, one by one; what does not get there stays here, and is shown all the same. */
async function withMoved(kept: readonly SavedView[]): Promise<readonly SavedView[]> {
  const all = [...kept];
  for (const view of savedViews()) {
    const known = all.some((each) => each.name === view.name && isShown(each, view.search));
    const named = known
      ? view
      : {
          ...view,
          name: freeName(
            view.name,
            all.map(({ name }) => name),
          ),
        };
    if (!known) all.push(named);
    const arrived =
      known ||
      (await keep(named).then(
        () => true,
        () => false,
      ));
    if (arrived) forgetView(view.name);
  }
  return all.toSorted((a, b) => a.name.localeCompare(b.name));
}

export function useSavedViews(whenSaved: () => void) {
  const session = useSession();
  const withPerson = session !== undefined && session.user_id !== null;
  const query = useQuery({ ...viewsQuery(withPerson), enabled: session !== undefined });
  const save = useAction(async (view: SavedView) => void (withPerson ? await keep(view) : saveView(view)), {
    quiet: true,
    done: whenSaved,
  });
  const forget = useAction(async (name: string) => void (withPerson ? await api.deleteMyView({ list: LIST, name }) : forgetView(name)));
  return { withPerson, query, save, forget };
}

/**
 * A change: it is sent at once or not at all, never when a connection comes back later. Says when it failed (unless the caller shows that at a field), and has what it touched asked anew.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { noteAccepted } from '../api/accepted.ts';
import { isLive } from '../api/pace.ts';
import { isPatched } from '../api/patch-lists.ts';
import { ApiError, asApiError } from '../api/problem.ts';
import { toast } from '../ui/toast.tsx';
import { kitWords } from '../words/kit.ts';
import { reachNow } from './connection.ts';

interface ActionOptions<T> {
  readonly done?: (result: T) => void;
  /** The caller shows the error itself. */
  readonly quiet?: boolean;
  /** False: nothing that is shown is asked anew. */
  readonly renews?: boolean;
}

export function useAction<A, T>(act: (argument: A) => Promise<T>, { done, quiet = false, renews = true }: ActionOptions<T> = {}) {
  const client = useQueryClient();
  return useMutation({
    // The library's own way is to keep a change until the browser says that it has a network again.
    networkMode: 'always',
    retry: false,
    mutationFn: async (argument: A) => {
      if (reachNow() === 'offline') throw new ApiError(0, 'not_sent', kitWords.say('notSent'));
      return await act(argument);
    },
    onSuccess: (result) => {
      noteAccepted(client, result);
      if (renews)
        void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'catalog' && !(isLive() && isPatched(queryKey)) });
      done?.(result);
    },
    onError: (error) => {
      const problem = asApiError(error);
      if (!quiet) toast(problem.message, { detail: problem.remedy, bad: true });
    },
  });
}

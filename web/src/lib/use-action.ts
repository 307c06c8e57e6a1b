/** A change: says when it failed (unless the caller shows that at a field), and has what it touched asked anew. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { asApiError } from '../api/problem.ts';
import { toast } from '../components/ui/toast.tsx';

interface ActionOptions<T> {
  readonly done?: (result: T) => void;
  /** The caller shows the error itself. */
  readonly quiet?: boolean;
}

export function useAction<A, T>(act: (argument: A) => Promise<T>, { done, quiet = false }: ActionOptions<T> = {}) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (result) => {
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'catalog' });
      done?.(result);
    },
    onError: (error) => {
      const problem = asApiError(error);
      if (!quiet) toast(problem.message, { detail: problem.remedy, bad: true });
    },
  });
}

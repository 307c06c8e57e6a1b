/** Above every page while staff act as a customer: as whom, until when, and the way back. */
import { keepActing, keptActing, nameActing } from '../../kit/api/acting.ts';
import { api } from '../../kit/api/client.ts';
import { clockTime } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { Button } from '../../kit/ui/button.tsx';
import { Icon } from '../../kit/ui/icon.tsx';
import { shellWords } from '../words/shell.ts';

export function ActingBar() {
  const t = shellWords.use();
  const acting = keptActing();
  const end = useAction(
    async () => {
      if (!acting) return;
      // The customer's rights do not end it; the person's own do.
      nameActing(null);
      await api.endImpersonation({ id: acting.id });
      keepActing(null);
      location.assign(`/customers/${acting.organization_id}`);
    },
    { renews: false },
  );
  if (!acting) return null;
  const until = clockTime(new Date(acting.expires_at));
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warn/50 bg-warn-soft px-4 py-2 sm:px-8">
      <Icon name="user" className="text-warn" />
      <span className="min-w-0 flex-1">
        <strong className="font-medium break-words">{t('actAs', { name: acting.organization_name, until })}</strong>{' '}
        {t(acting.read_only ? 'actRead' : 'actWrite')}
      </span>
      <Button busy={end.isPending} onClick={() => end.mutate(undefined)}>
        {t('actEnd')}
      </Button>
    </div>
  );
}

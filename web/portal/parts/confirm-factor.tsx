/** Shows the second factor anew, for what asks for one of the last minutes; then `again` is done. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../kit/api/client.ts';
import { meQuery } from '../../kit/api/people-queries.ts';
import { asApiError } from '../../kit/api/problem.ts';
import { factorOf } from '../../kit/lib/second-factor.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { buttonClass } from '../../kit/ui/button.tsx';
import { Dialog, DialogFooter } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { Link } from '../link.tsx';
import { teamWords } from '../words/people.ts';

/**
 * A change that may need a second factor. `ask` is the dialog, to be drawn; `run` does it, asks where that is refused, and does
 * it again.
 */
export function useConfirmed<A, T>(act: (argument: A) => Promise<T>, done?: (result: T) => void) {
  const [waiting, wait] = useState<{ argument: A } | null>(null);
  const action = useAction(act, { quiet: true, ...(done && { done }) });
  const run = (argument: A): void =>
    action.mutate(argument, {
      onError: (error) => {
        const { code, message, remedy } = asApiError(error);
        if (code === 'second_factor_required') wait({ argument });
        else toast(message, { detail: remedy, bad: true });
      },
    });
  const close = (): void => wait(null);
  const again = (): void => {
    const { argument } = waiting!;
    close();
    run(argument);
  };
  const ask = waiting && <Factor onShown={again} onClose={close} />;
  return { run, ask, isPending: action.isPending };
}

function Factor({ onShown, onClose }: { onShown: () => void; onClose: () => void }) {
  const t = teamWords.use();
  const me = useQuery(meQuery).data;
  const [code, setCode] = useState('');
  const show = useAction(() => api.showSecondFactor({ body: factorOf(code) }), { quiet: true, done: onShown });
  return (
    <Dialog open onOpenChange={onClose} title={t('showFactor')} description={t('needsFactor')}>
      {me && !me.two_factor ? (
        <DialogFooter>
          <p className="w-full text-ink-2">{t('setUpFirst')}</p>
          <Link to="/portal/account" className={buttonClass('primary')}>
            {t('account')}
          </Link>
        </DialogFooter>
      ) : (
        <DialogForm
          error={show.error}
          fields={[]}
          missing={code.trim().length < 6 ? t('typeCode') : null}
          busy={show.isPending}
          action={t('show')}
          onCancel={onClose}
          onSubmit={() => show.mutate(undefined)}
        >
          <TextField
            label={t('code')}
            autoFocus
            autoComplete="one-time-code"
            inputMode="numeric"
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </DialogForm>
      )}
    </Dialog>
  );
}

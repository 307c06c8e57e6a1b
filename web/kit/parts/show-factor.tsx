/** Where a refusal asks for the second factor: shown in its place, also inside a form. */
import { type KeyboardEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { asApiError } from '../api/problem.ts';
import { factorOf } from '../lib/second-factor.ts';
import { useAction } from '../lib/use-action.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { kitWords } from '../words/kit.ts';

const LEAST = 6;

export function ShowFactor({ done }: { done?: (() => void) | undefined }) {
  const t = kitWords.use();
  const [code, setCode] = useState('');
  const show = useAction(() => api.showSecondFactor({ body: factorOf(code) }), { quiet: true, renews: false, ...(done && { done }) });
  if (show.isSuccess) return <p role="status">{t('factorShown')}</p>;
  const send = (): void => {
    if (code.trim().length >= LEAST && !show.isPending) show.mutate(undefined);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    // It stands inside the form that was refused, whose own way on is another.
    event.preventDefault();
    send();
  };
  return (
    <div className="mt-2 flex flex-wrap items-end gap-2">
      <TextField
        label={t('factorCode')}
        autoComplete="one-time-code"
        inputMode="numeric"
        value={code}
        onChange={(event) => setCode(event.target.value)}
        onKeyDown={onKey}
        error={show.error && { rule: asApiError(show.error).message, remedy: '' }}
      />
      <Button busy={show.isPending} onClick={send}>
        {t('factorShow')}
      </Button>
    </div>
  );
}

/** The end of a server: the reversible way first, and what becomes of the data. */
import { useId, useState } from 'react';
import { api, type VpsDetail } from '../../kit/api/client.ts';
import { dayOf } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import type { Subscription } from '../queries.ts';
import { serverWords } from '../words/server.ts';
import { TakeData } from './take-data.tsx';

interface CancelProps {
  subscription: Subscription;
  vps: VpsDetail;
  onClose: () => void;
}

export function CancelDialog({ subscription, vps, onClose }: CancelProps) {
  const { label } = vps;
  const t = serverWords.use();
  const name = useId();
  const [when, setWhen] = useState<'end' | 'now'>('end');
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const cancel = useAction(
    () =>
      api.cancelSubscription({
        id: subscription.id,
        body: { when, ...(reason.trim().length >= 3 ? { reason: reason.trim() } : {}) },
      }),
    {
      quiet: true,
      done: () => {
        toast(t('cancelled'));
        onClose();
      },
    },
  );
  const until = subscription.period ? dayOf(new Date(subscription.period.end_at)) : '';
  const options = [
    ['end', t('atPeriodEnd', { date: until }), t('atPeriodEndWhy')],
    ['now', t('nowOption'), t('nowWhy')],
  ] as const;
  return (
    <Dialog open onOpenChange={onClose} title={t('cancelTitle', { label })} description={t('cancelLead')}>
      <DialogForm
        error={cancel.error}
        fields={[]}
        missing={when === 'now' && typed.trim() !== label ? t('typeNameFirst', { label }) : null}
        busy={cancel.isPending}
        action={t(when === 'now' ? 'cancelNow' : 'cancelEnd')}
        variant="danger"
        onCancel={onClose}
        onSubmit={() => cancel.mutate(undefined)}
      >
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 font-medium">{t('whenQuestion')}</legend>
          {options.map(([value, title, why]) => (
            <label
              key={value}
              className="flex cursor-pointer items-start gap-3 rounded-md border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft"
            >
              <input type="radio" name={name} checked={when === value} onChange={() => setWhen(value)} className="mt-1 accent-accent" />
              <span>
                <span className="font-medium">{title}</span>
                <span className="block text-sm text-ink-2">{why}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {vps.has_server ? <TakeData vps={vps} /> : <p className="text-sm">{t('dataGone')}</p>}
        <TextField label={t('why')} value={reason} maxLength={300} onChange={(event) => setReason(event.target.value)} />
        {when === 'now' && (
          <TextField
            label={t('typeName', { label })}
            value={typed}
            autoComplete="off"
            spellCheck={false}
            autoCapitalize="none"
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </DialogForm>
    </Dialog>
  );
}

/** More or less of what is added to a server: what it costs today and from then on, before anything is ordered. */
import { useState } from 'react';
import type { VpsDetail } from '../../kit/api/client.ts';
import { money } from '../../kit/lib/format.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Checkbox, TextField } from '../../kit/ui/field.tsx';
import type { Subscription } from '../queries.ts';
import { orderWords } from '../words/order.ts';
import { serverWords } from '../words/server.ts';
import { ChangePrice, useChange, useChangePreview } from './change-price.tsx';
import { changedCounts, isOffered, type Offered, presentCount } from './options.ts';

interface OptionsProps {
  subscription: Subscription;
  offered: readonly Offered[];
  vps: VpsDetail;
  onClose: () => void;
}

export function OptionsDialog({ subscription, offered, vps, onClose }: OptionsProps) {
  const t = serverWords.use();
  const { id } = subscription;
  const [counts, setCounts] = useState<Readonly<Record<string, number>>>({});
  const changed = changedCounts(subscription, counts);
  const isWrong = offered.some((option) => option.key in changed && !isOffered(option, changed[option.key]!));
  const body = Object.keys(changed).length === 0 || isWrong ? null : { options: changed };
  const preview = useChangePreview(id, body);
  const change = useChange({ id, vpsId: vps.id, onClose });
  const due = Number(preview.data?.due ?? 0);
  return (
    <Dialog open onOpenChange={onClose} title={t('optionsTitle', { label: vps.label })} description={t('optionsLead')}>
      <DialogForm
        error={change.error}
        fields={[]}
        missing={isWrong ? t('optionsWrong') : body === null ? t('optionsSame') : preview.data ? null : t('counting')}
        busy={change.isPending}
        action={t(due > 0 ? 'changeNow' : 'changePlain')}
        onCancel={onClose}
        onSubmit={() => body && change.mutate(body)}
      >
        {offered.map((option) => (
          <Count
            key={option.key}
            option={option}
            subscription={subscription}
            count={counts[option.key] ?? presentCount(subscription, option.key)}
            onChange={(count) => setCounts({ ...counts, [option.key]: count })}
          />
        ))}
        {body && <ChangePrice subscription={subscription} preview={preview} />}
      </DialogForm>
    </Dialog>
  );
}

interface CountProps {
  option: Offered;
  subscription: Subscription;
  count: number;
  onChange: (count: number) => void;
}

function Count({ option, subscription: { currency, interval }, count, onChange }: CountProps) {
  const [t, o] = [serverWords.use(), orderWords.use()];
  const { name, min, max, step, amount } = option;
  const price = { amount: money(amount, currency), per: o('per', { interval }) };
  if (min === 0 && max === 1)
    return (
      <Checkbox
        label={name}
        checked={count === 1}
        onChange={({ target }) => onChange(target.checked ? 1 : 0)}
        help={t('optionCosts', price)}
      />
    );
  return (
    <TextField
      label={name}
      type="number"
      inputMode="numeric"
      min={min}
      max={max}
      step={step}
      value={Number.isNaN(count) ? '' : count}
      onChange={({ target }) => onChange(target.valueAsNumber)}
      help={t('optionRange', { ...price, min, max })}
      error={isOffered(option, count) ? null : { rule: t('optionsWrong'), remedy: '' }}
    />
  );
}

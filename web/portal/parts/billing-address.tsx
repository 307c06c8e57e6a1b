/** To whom invoices go. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, type BillingProfile } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import type { Language } from '../../kit/i18n/language.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';
import { toast } from '../../kit/ui/toast.tsx';
import { profileQuery } from '../queries.ts';
import { billingWords } from '../words/billing.ts';

export function BillingAddress() {
  const t = billingWords.use();
  const profile = useQuery(profileQuery);
  return (
    <Card title={t('address')}>
      {profile.error && <ProblemNote error={profile.error} retry={() => void profile.refetch()} />}
      {profile.data && <Form profile={profile.data} />}
    </Card>
  );
}

function Form({ profile }: { profile: BillingProfile }) {
  const t = billingWords.use();
  const [now, set] = useState(() => typedOf(profile));
  const change = (part: Partial<typeof now>): void => set((before) => ({ ...before, ...part }));
  const save = useAction(() => api.changeBillingProfile({ body: bodyOf(profile, now) }), { quiet: true, done: () => toast(t('saved')) });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (now.name.trim() !== '') save.mutate(undefined);
  };
  const error = (field: string) => fieldError(save.error, field);
  return (
    <form onSubmit={submit} className="grid gap-4 sm:grid-cols-2" noValidate>
      <div className="sm:col-span-2">
        <TextField
          label={t('name')}
          autoComplete="organization"
          value={now.name}
          onChange={(event) => change({ name: event.target.value })}
          error={error('name')}
        />
      </div>
      <div className="sm:col-span-2">
        <TextArea
          label={t('street')}
          autoComplete="street-address"
          rows={3}
          value={now.address}
          onChange={(event) => change({ address: event.target.value })}
          error={error('address')}
        />
      </div>
      <TextField
        label={t('country')}
        autoComplete="country"
        maxLength={2}
        value={now.country}
        onChange={(event) => change({ country: event.target.value })}
        error={error('country')}
      />
      <TextField label={t('taxId')} value={now.taxId} onChange={(event) => change({ taxId: event.target.value })} error={error('tax_id')} />
      <TextField
        label={t('invoiceMail')}
        type="email"
        autoComplete="email"
        value={now.email}
        onChange={(event) => change({ email: event.target.value })}
        error={error('email')}
      />
      <SelectField
        label={t('language')}
        value={now.locale}
        options={[
          { value: 'en', label: t('english') },
          { value: 'de', label: t('german') },
        ]}
        onChange={(event) => change({ locale: event.target.value as Language })}
      />
      {save.error && !['name', 'address', 'country', 'tax_id', 'email'].some(error) && (
        <div className="sm:col-span-2">
          <ProblemNote error={save.error} />
        </div>
      )}
      <Button
        type="submit"
        variant="primary"
        className="min-h-10 justify-self-start"
        busy={save.isPending}
        disabledReason={now.name.trim() === '' ? t('nameFirst') : null}
      >
        {t('save')}
      </Button>
    </form>
  );
}

const typedOf = (profile: BillingProfile) => ({
  name: profile.name,
  address: profile.address.join('\n'),
  country: profile.country,
  taxId: profile.tax_id ?? '',
  email: profile.email ?? '',
  locale: profile.locale,
});

/** What is empty is null; what the form does not show stays. */
function bodyOf({ region, currency, time_zone: zone }: BillingProfile, typed: ReturnType<typeof typedOf>) {
  const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
  const lines = typed.address.split('\n').map((line) => line.trim());
  return {
    name: typed.name.trim(),
    address: lines.filter((line) => line !== ''),
    country: typed.country.trim().toUpperCase(),
    region,
    currency,
    tax_id: orNull(typed.taxId.toUpperCase()),
    email: orNull(typed.email),
    locale: typed.locale,
    time_zone: zone,
  };
}

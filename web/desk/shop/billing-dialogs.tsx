/** Who is billed and who bills: what stands on invoices from now on. Those that were issued stay as they are. */
import { useState } from 'react';
import { api, type BillingProfile, type Seller } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Checkbox, SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';

const FIELDS = ['name', 'address', 'country', 'region', 'currency', 'tax_id', 'email', 'bank', 'time_zone'] as const;
type Field = (typeof FIELDS)[number];
type Typed = Readonly<Record<Field, string>>;

const typedOf = (
  of: Pick<Seller, 'name' | 'address' | 'country' | 'currency' | 'tax_id' | 'email' | 'time_zone'>,
  more: Partial<Typed>,
): Typed => ({
  name: of.name,
  address: of.address.join('\n'),
  country: of.country,
  currency: of.currency,
  tax_id: of.tax_id ?? '',
  email: of.email ?? '',
  time_zone: of.time_zone,
  region: '',
  bank: '',
  ...more,
});
/** Empty is null, never an empty text. */
const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
const saidOf = (typed: Typed) => ({
  name: typed.name.trim(),
  address: typed.address
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== ''),
  country: typed.country.trim().toUpperCase(),
  currency: typed.currency.trim().toUpperCase(),
  tax_id: orNull(typed.tax_id.toUpperCase()),
  email: orNull(typed.email),
  time_zone: typed.time_zone.trim(),
});
const missingOf = ({ name, country, currency }: Typed): string | null => {
  if (name.trim() === '') return 'Give it a name first.';
  if (!/^[a-z]{2}$/i.test(country.trim())) return 'Type a country such as DE.';
  return /^[a-z]{3}$/i.test(currency.trim()) ? null : 'Type a currency such as EUR.';
};

function useTyped(first: Typed, error: unknown) {
  const [typed, set] = useState(first);
  const field = (name: Field) => ({
    value: typed[name],
    onChange: (event: { target: { value: string } }) => set((before) => ({ ...before, [name]: event.target.value })),
    error: fieldError(error, name),
  });
  return { typed, field };
}

/** Of both: the name, where, and the tax office's number. */
function Common({ field, currencyFixed = false }: { field: ReturnType<typeof useTyped>['field']; currencyFixed?: boolean }) {
  return (
    <>
      <TextField label="Name" {...field('name')} />
      <TextArea label="Address, without name and country" rows={3} {...field('address')} />
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField label="Country" maxLength={2} {...field('country')} />
        <TextField label="Tax id" {...field('tax_id')} />
        <TextField
          label="Currency"
          maxLength={3}
          disabled={currencyFixed}
          help={currencyFixed ? 'It stays: an invoice was issued in it.' : undefined}
          {...field('currency')}
        />
        <TextField label="Time zone" {...field('time_zone')} />
      </div>
      <TextField label="E-mail" type="email" {...field('email')} />
    </>
  );
}

export function BillingDialog({ profile, onClose }: { profile: BillingProfile; onClose: () => void }) {
  const [locale, setLocale] = useState(profile.locale);
  const [exempt, setExempt] = useState(profile.tax_exempt);
  const save = useAction(
    (typed: Typed) =>
      api.changeBillingProfile({
        query: { organization_id: profile.organization_id },
        body: { ...saidOf(typed), region: orNull(typed.region), locale, tax_exempt: exempt },
      }),
    { quiet: true, done: onClose },
  );
  const { typed, field } = useTyped(typedOf(profile, { region: profile.region ?? '' }), save.error);
  return (
    <Dialog open onOpenChange={onClose} title="Who is billed" description="It stands on their next invoices.">
      <DialogForm
        error={save.error}
        fields={FIELDS}
        missing={missingOf(typed)}
        busy={save.isPending}
        action="Save it"
        onCancel={onClose}
        onSubmit={() => save.mutate(typed)}
      >
        <Common field={field} currencyFixed={profile.currency_fixed} />
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label="Region, where taxes differ" {...field('region')} />
          <SelectField
            label="Language"
            value={locale}
            options={[
              { value: 'en', label: 'English' },
              { value: 'de', label: 'German' },
            ]}
            onChange={(event) => setLocale(event.target.value as typeof locale)}
          />
        </div>
        <Checkbox
          label="Pays no tax"
          help="You hold the paper that says so."
          checked={exempt}
          onChange={(event) => setExempt(event.target.checked)}
        />
      </DialogForm>
    </Dialog>
  );
}

export function SellerDialog({ seller, onClose }: { seller: Seller; onClose: () => void }) {
  const save = useAction((typed: Typed) => api.changeSeller({ body: { ...saidOf(typed), bank: orNull(typed.bank) } }), {
    quiet: true,
    done: onClose,
  });
  const { typed, field } = useTyped(typedOf(seller, { bank: seller.bank ?? '' }), save.error);
  return (
    <Dialog open onOpenChange={onClose} title="Who sells" description="It stands on the next invoices; those that were issued stay.">
      <DialogForm
        error={save.error}
        fields={FIELDS}
        missing={missingOf(typed)}
        busy={save.isPending}
        action="Save it"
        onCancel={onClose}
        onSubmit={() => save.mutate(typed)}
      >
        <Common field={field} />
        <TextField label="Bank, as it is printed" {...field('bank')} />
      </DialogForm>
    </Dialog>
  );
}

/** What staff call a customer, and whether its people need a second factor. */
export function OrganizationDialog({
  organization,
  onClose,
}: {
  organization: { id: string; name: string; display_name: string | null; require_second_factor: boolean };
  onClose: () => void;
}) {
  const [name, setName] = useState(organization.display_name ?? '');
  const [second, setSecond] = useState(organization.require_second_factor);
  const save = useAction(
    () =>
      api.changeOwnOrganization({
        query: { organization_id: organization.id },
        body: { display_name: orNull(name), require_second_factor: second },
      }),
    { quiet: true, done: onClose },
  );
  return (
    <Dialog open onOpenChange={onClose} title={`Edit ${organization.display_name ?? organization.name}`} description={organization.name}>
      <DialogForm
        error={save.error}
        fields={['display_name']}
        missing={null}
        busy={save.isPending}
        action="Save it"
        onCancel={onClose}
        onSubmit={() => save.mutate(undefined)}
      >
        <TextField
          label="Shown as"
          maxLength={120}
          help={`Empty: ${organization.name}.`}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={fieldError(save.error, 'display_name')}
        />
        <Checkbox label="Its people need a second factor" checked={second} onChange={(event) => setSecond(event.target.checked)} />
      </DialogForm>
    </Dialog>
  );
}

/** A coupon made. It cannot be changed afterwards: who typed it was promised what it said. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type CouponCreate } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Checkbox, SelectField, TextField } from '../../kit/ui/field.tsx';
import { SomeOf } from '../../kit/ui/some-of.tsx';
import { AsCode } from '../components/as-code.tsx';
import { requestOf } from '../lib/as-code.ts';
import { couponCommand } from '../lib/as-command.ts';
import { productListQuery, sellerQuery } from './queries.ts';

const EMPTY = {
  code: '',
  by: 'percent' as 'percent' | 'amount',
  value: '',
  applies: 'recurring' as NonNullable<CouponCreate['applies']>,
  products: [] as readonly string[],
  periods: '1',
  most: '',
  each: '1',
  fresh: false,
  until: '',
};
type Typed = typeof EMPTY;
const FIELDS = ['code', 'percent', 'amount', 'currency', 'periods', 'max_redemptions', 'per_organization', 'valid_to'] as const;

export function NewCouponDialog({ onClose }: { onClose: () => void }) {
  const home = useQuery(sellerQuery).data?.currency ?? 'EUR';
  const [typed, set] = useState(EMPTY);
  const change = (part: Partial<Typed>): void => set((before) => ({ ...before, ...part }));
  const body = () => bodyOf(typed, home);
  const make = useAction(() => api.createCoupon({ body: body() }), { quiet: true, done: onClose });
  const error = (field: (typeof FIELDS)[number]) => fieldError(make.error, field);
  const text = (field: 'code' | 'value' | 'periods' | 'most' | 'each' | 'until') => ({
    value: typed[field],
    onChange: (event: { target: { value: string } }) => change({ [field]: event.target.value.trim() }),
  });
  return (
    <Dialog open onOpenChange={onClose} title="New coupon" description="It can be ended later, not changed.">
      <DialogForm
        error={make.error}
        fields={FIELDS}
        missing={missingOf(typed)}
        busy={make.isPending}
        action="Make it"
        code={missingOf(typed) === null && <AsCode request={requestOf('createCoupon', body())} command={couponCommand(body())} />}
        onCancel={onClose}
        onSubmit={() => make.mutate(undefined)}
      >
        <TextField
          label="Code"
          autoComplete="off"
          help="What customers type: letters, digits and dashes."
          {...text('code')}
          onChange={(event) => change({ code: event.target.value.trim().toUpperCase() })}
          error={error('code')}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label="Takes off"
            value={typed.by}
            options={[
              { value: 'percent', label: 'a percentage' },
              { value: 'amount', label: `an amount in ${home}` },
            ]}
            onChange={(event) => change({ by: event.target.value as Typed['by'] })}
          />
          <TextField
            label={typed.by === 'percent' ? 'Percent' : 'Amount, without tax'}
            inputMode="decimal"
            {...text('value')}
            error={error(typed.by) ?? error('currency')}
          />
        </div>
        <SelectField
          label="Of"
          value={typed.applies}
          options={[
            { value: 'recurring', label: 'the price of each period' },
            { value: 'setup', label: 'the set-up fee' },
            { value: 'all', label: 'both' },
          ]}
          onChange={(event) => change({ applies: event.target.value as Typed['applies'] })}
        />
        <Limits text={text} error={error} />
        <Products chosen={typed.products} onChange={(products) => change({ products })} />
        <Checkbox label="New customers only" checked={typed.fresh} onChange={(event) => change({ fresh: event.target.checked })} />
      </DialogForm>
    </Dialog>
  );
}

interface LimitsProps {
  text: (field: 'periods' | 'until' | 'most' | 'each') => { value: string; onChange: (event: { target: { value: string } }) => void };
  error: (field: (typeof FIELDS)[number]) => ReturnType<typeof fieldError>;
}

/** How long and how often it can be used. */
function Limits({ text, error }: LimitsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <TextField label="Periods" inputMode="numeric" help="Empty: as long as it runs." {...text('periods')} error={error('periods')} />
      <TextField label="Until" type="date" help="Empty: open." {...text('until')} error={error('valid_to')} />
      <TextField
        label="Servers in all"
        inputMode="numeric"
        help="Empty: without limit."
        {...text('most')}
        error={error('max_redemptions')}
      />
      <TextField
        label="Servers of one customer"
        inputMode="numeric"
        help="Empty: without limit."
        {...text('each')}
        error={error('per_organization')}
      />
    </div>
  );
}

function Products({ chosen, onChange }: { chosen: readonly string[]; onChange: (ids: readonly string[]) => void }) {
  const products = useQuery(productListQuery).data?.filter(({ visibility }) => visibility !== 'retired') ?? [];
  return <SomeOf legend="Products; none chosen: all" options={products} chosen={chosen} onChange={onChange} />;
}

function missingOf({ code, by, value, periods, most, each }: Typed): string | null {
  if (!/^[A-Z0-9][A-Z0-9-]{1,39}$/.test(code)) return 'Type a code such as SPRING-25.';
  if (!/^\d+(\.\d+)?$/.test(value)) return by === 'percent' ? 'Type a percentage such as 25.' : 'Type an amount such as 5.00.';
  return [periods, most, each].every((number) => /^\d*$/.test(number)) ? null : 'Type whole numbers, or nothing.';
}

const numberOf = (text: string): number | null => (text === '' ? null : Number(text));

function bodyOf(typed: Typed, currency: string): CouponCreate {
  return {
    code: typed.code,
    ...(typed.by === 'percent' ? { percent: typed.value } : { amount: typed.value, currency }),
    applies: typed.applies,
    product_ids: [...typed.products],
    periods: numberOf(typed.periods),
    max_redemptions: numberOf(typed.most),
    per_organization: numberOf(typed.each),
    new_customers_only: typed.fresh,
    // To the end of that day where the reader is.
    valid_to: typed.until === '' ? null : new Date(`${typed.until}T23:59:59`).toISOString(),
  };
}

/** A product made, priced, placed and counted. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Plan } from '../../kit/api/catalog.ts';
import { api, type ProductCreate } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { accountsQuery, catalogQuery } from '../../kit/api/queries.ts';
import { memory, money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { SelectField, TextArea, TextField } from '../../kit/ui/field.tsx';
import { AsCode } from '../components/as-code.tsx';
import { requestOf } from '../lib/as-code.ts';
import { placeCommand, priceCommand, productCommand, stockCommand } from '../lib/as-command.ts';
import type { Product } from './queries.ts';

interface ProductDialogProps {
  product: Product;
  onClose: () => void;
}
const AMOUNT = /^\d+(\.\d+)?$/;

export function NewProductDialog({ kind, onClose }: { kind: Product['kind']; onClose: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [features, setFeatures] = useState('');
  const [module, setModule] = useState<NonNullable<ProductCreate['module']>>(kind === 'vps' ? 'automatic' : 'manual');
  const body: ProductCreate = { name, description, kind, module, features: features.split('\n').filter((line) => line.trim() !== '') };
  const make = useAction(() => api.createProduct({ body }), {
    quiet: true,
    done: ({ product }) => void navigate({ to: '/products/$id', params: { id: product.id } }),
  });
  return (
    <Dialog open onOpenChange={onClose} title="New product" description="It is hidden until you say that everybody sees it.">
      <DialogForm
        error={make.error}
        fields={['name', 'description', 'features']}
        missing={name.trim() === '' ? 'Give it a name first.' : null}
        busy={make.isPending}
        action="Add it"
        code={<AsCode request={requestOf('createProduct', body)} command={productCommand(body)} />}
        onCancel={onClose}
        onSubmit={() => make.mutate(undefined)}
      >
        <TextField label="Name" value={name} onChange={(event) => setName(event.target.value)} error={fieldError(make.error, 'name')} />
        <TextField label="In one sentence" value={description} onChange={(event) => setDescription(event.target.value)} />
        <TextArea
          label="What it has, a line each"
          rows={4}
          value={features}
          onChange={(event) => setFeatures(event.target.value)}
          placeholder={'2 vCPU\n4 GB memory\n50 GB SSD'}
        />
        <SelectField
          label="Made"
          value={module}
          options={[
            { value: 'automatic', label: 'by Plinth, at an account' },
            { value: 'manual', label: 'by a person' },
          ]}
          onChange={(event) => setModule(event.target.value as 'automatic' | 'manual')}
        />
      </DialogForm>
    </Dialog>
  );
}

export function PriceDialog({ product, onClose }: ProductDialogProps) {
  const [interval, setInterval_] = useState<Product['prices'][number]['interval']>('month');
  const [currency, setCurrency] = useState(product.prices[0]?.currency ?? 'EUR');
  const [amount, setAmount] = useState('');
  const [setup, setSetup] = useState('0');
  const body = { interval, currency, amount, setup_fee: setup };
  const save = useAction(() => api.createProductPrice({ id: product.id, body }), {
    quiet: true,
    done: onClose,
  });
  return (
    <Dialog open onOpenChange={onClose} title="A new price" description="It ends the one before it; what runs keeps its own.">
      <DialogForm
        error={save.error}
        fields={['amount', 'currency', 'setup_fee']}
        missing={AMOUNT.test(amount) ? null : 'Type an amount such as 12.50.'}
        busy={save.isPending}
        action="Set it"
        code={<AsCode request={requestOf('createProductPrice', body, { id: product.id })} command={priceCommand(product.id, body)} />}
        onCancel={onClose}
        onSubmit={() => save.mutate(undefined)}
      >
        <SelectField
          label="For a"
          value={interval}
          options={(['month', 'quarter', 'year'] as const).map((value) => ({ value, label: value }))}
          onChange={(event) => setInterval_(event.target.value as typeof interval)}
        />
        <TextField
          label="Currency"
          maxLength={3}
          value={currency}
          onChange={(event) => setCurrency(event.target.value.toUpperCase())}
          error={fieldError(save.error, 'currency')}
        />
        <TextField
          label="Amount, without tax"
          inputMode="decimal"
          value={amount}
          onChange={(event) => setAmount(event.target.value.trim())}
          error={fieldError(save.error, 'amount')}
        />
        <TextField label="Set-up fee, once" inputMode="decimal" value={setup} onChange={(event) => setSetup(event.target.value.trim())} />
      </DialogForm>
    </Dialog>
  );
}

export function StockDialog({ product, onClose }: ProductDialogProps) {
  const [total, setTotal] = useState(product.stock?.total == null ? '' : String(product.stock.total));
  const body = { total: total === '' ? null : Number(total) };
  const save = useAction(() => api.setProductStock({ id: product.id, body }), {
    quiet: true,
    done: onClose,
  });
  return (
    <Dialog open onOpenChange={onClose} title="Stock" description="How many can be sold in all; empty is without limit.">
      <DialogForm
        error={save.error}
        fields={['total']}
        missing={/^\d*$/.test(total) ? null : 'Type a whole number, or nothing.'}
        busy={save.isPending}
        action="Set it"
        code={<AsCode request={requestOf('setProductStock', body, { id: product.id })} command={stockCommand(product.id, body.total)} />}
        onCancel={onClose}
        onSubmit={() => save.mutate(undefined)}
      >
        <TextField
          label="Pieces"
          inputMode="numeric"
          value={total}
          onChange={(event) => setTotal(event.target.value.trim())}
          error={fieldError(save.error, 'total')}
        />
      </DialogForm>
    </Dialog>
  );
}

/** Adds a place behind those that there are. */
export function PlaceDialog({ product, onClose }: ProductDialogProps) {
  const accounts = useQuery(accountsQuery).data?.providers ?? [];
  const [account, setAccount] = useState('');
  const [plan, setPlan] = useState('');
  const plans = useQuery(catalogQuery<Plan>('plans', account)).data?.items ?? [];
  const body = {
    candidates: [
      ...(product.candidates ?? []).map((each) => ({
        account_id: each.account_id as never,
        plan: each.plan,
        regions: each.regions,
        images: each.images,
      })),
      { account_id: account as never, plan, regions: [], images: [] },
    ],
  };
  const save = useAction(() => api.setProductCandidates({ id: product.id, body }), { quiet: true, done: onClose });
  return (
    <Dialog open onOpenChange={onClose} title="Another place" description="It is asked after those that stand before it.">
      <DialogForm
        error={save.error}
        fields={[]}
        missing={account === '' ? 'Choose an account first.' : plan === '' ? 'Choose a plan first.' : null}
        busy={save.isPending}
        action="Add it"
        code={<AsCode request={requestOf('setProductCandidates', body, { id: product.id })} command={placeCommand(product.id, body)} />}
        onCancel={onClose}
        onSubmit={() => save.mutate(undefined)}
      >
        <SelectField
          label="Account"
          value={account}
          options={[{ value: '', label: 'Choose …' }, ...accounts.map(({ id, name }) => ({ value: id as string, label: name }))]}
          onChange={(event) => {
            setAccount(event.target.value);
            setPlan('');
          }}
        />
        <SelectField
          label="Plan"
          value={plan}
          options={[
            { value: '', label: 'Choose …' },
            ...plans
              .filter(({ available }) => available)
              .map((each) => ({
                value: each.id,
                label: `${each.name}: ${each.vcpus} vCPU, ${memory(each.memoryMb)}, ${money(each.priceMonthly, each.currency)} a month`,
              })),
          ]}
          onChange={(event) => setPlan(event.target.value)}
        />
      </DialogForm>
    </Dialog>
  );
}

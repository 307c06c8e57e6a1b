/** Plans of providers' accounts with a markup, as the older multi-provider desk has them at `/admin#vps-plans`. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Plan } from '../../kit/api/catalog.ts';
import { type AccountList, api, type Routes } from '../../kit/api/client.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { catalogQuery } from '../../kit/api/queries.ts';
import { memory, money } from '../../kit/lib/format.ts';
import { useAction } from '../../kit/lib/use-action.ts';
import { ConfirmByTyping } from '../../kit/parts/confirm-by-typing.tsx';
import { DialogForm } from '../../kit/parts/dialog-form.tsx';
import { May } from '../../kit/parts/may.tsx';
import { ProblemNote } from '../../kit/parts/problem-note.tsx';
import { Badge } from '../../kit/ui/badge.tsx';
import { Button } from '../../kit/ui/button.tsx';
import { Card } from '../../kit/ui/card.tsx';
import { Choice } from '../../kit/ui/choice.tsx';
import { Dialog } from '../../kit/ui/dialog.tsx';
import { Checkbox, SelectField, TextField } from '../../kit/ui/field.tsx';
import { Loading } from '../../kit/ui/spinner.tsx';
import { Table } from '../../kit/ui/table.tsx';

type VpsPlan = Routes['getVpsPlan']['answer']['plan'];
type Account = AccountList['providers'][number];
const AMOUNT = /^\d+(\.\d{1,2})?$/;

const plansQuery = queryOptions({
  queryKey: ['vps-plans'],
  queryFn: async ({ signal }) => (await api.listVpsPlans({ signal })).plans,
});

export function VpsPlansCard({ accounts }: { accounts: readonly Account[] }) {
  const list = useQuery(plansQuery);
  const [provider, choose] = useState<string | undefined>();
  const [open, show] = useState<{ readonly form: VpsPlan | null } | { readonly gone: VpsPlan } | null>(null);
  const types = [...new Set(list.data?.flatMap((each) => each.provider ?? []))];
  const shown = list.data?.filter((each) => provider === undefined || each.provider === provider);
  return (
    <Card
      id="vps-plans"
      title="VPS plans"
      className="scroll-mt-16"
      actions={
        <May call="createVpsPlan">
          <Button icon="plus" disabledReason={accounts.length > 0 ? null : 'Add an account first.'} onClick={() => show({ form: null })}>
            New plan
          </Button>
        </May>
      }
    >
      <p className="text-ink-2">
        A plan of an account at a price of its own: base and markup. Each is one of the{' '}
        <Link to="/products" className="text-accent underline underline-offset-2">
          products
        </Link>{' '}
        too.
      </p>
      {list.error && <ProblemNote error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Loading what="plans" />}
      {types.length > 1 && (
        <Choice label="Provider" value={provider} options={types.map((type) => [type, type] as const)} onChange={choose} />
      )}
      {shown?.length === 0 && <p className="text-ink-2">No plan is sold yet.</p>}
      {shown && shown.length > 0 && (
        <Table label="VPS plans" head={['Plan', 'Account', 'Size', 'Region', 'Price a month', 'Sold', '']} className="min-w-[44rem]">
          {shown.map((plan) => (
            <Row
              key={plan.id}
              plan={plan}
              account={accounts.find(({ id }) => id === plan.provider_id)?.name ?? 'none'}
              onChange={() => show({ form: plan })}
              onDelete={() => show({ gone: plan })}
            />
          ))}
        </Table>
      )}
      {open && 'form' in open && <PlanDialog plan={open.form} accounts={accounts} onClose={() => show(null)} />}
      {open && 'gone' in open && <DeleteDialog plan={open.gone} onClose={() => show(null)} />}
    </Card>
  );
}

function Row({ plan, account, onChange, onDelete }: { plan: VpsPlan; account: string; onChange: () => void; onDelete: () => void }) {
  const { vcpus, memory: megabytes, disk, region } = plan.specifications;
  return (
    <tr className="align-baseline [&>td]:py-2 [&>td]:pr-4">
      <td className="font-medium">
        {plan.name} <code className="block font-mono text-xs font-normal">{plan.provider_plan_id}</code>
      </td>
      <td>{account}</td>
      <td>
        {[vcpus && `${vcpus} vCPU`, megabytes && memory(megabytes), disk && `${disk} GB`].filter(Boolean).join(', ') || 'as the provider’s'}
      </td>
      <td>{region ?? 'all of the plan'}</td>
      <td className="tabular-nums">
        {money(plan.price, plan.currency)}
        <span className="block text-xs text-ink-2">
          {money(plan.base_price, plan.currency)} and {money(plan.markup_price, plan.currency)}
        </span>
      </td>
      <td>
        <Badge tone={plan.active ? 'good' : 'quiet'}>{plan.active ? 'Yes' : 'No'}</Badge>
      </td>
      <td className="text-right whitespace-nowrap">
        <May call="changeVpsPlan">
          <Button aria-label={`Change ${plan.name}`} onClick={onChange}>
            Change
          </Button>
        </May>{' '}
        <May call="deleteVpsPlan">
          <Button aria-label={`Delete ${plan.name}`} onClick={onDelete}>
            Delete
          </Button>
        </May>
      </td>
    </tr>
  );
}

/** `plan` null: a new one. */
function PlanDialog({ plan, accounts, onClose }: { plan: VpsPlan | null; accounts: readonly Account[]; onClose: () => void }) {
  const [name, setName] = useState(plan?.name ?? '');
  const [account, setAccount] = useState<string>(plan?.provider_id ?? '');
  const [providerPlan, setProviderPlan] = useState(plan?.provider_plan_id ?? '');
  const [region, setRegion] = useState(plan?.specifications.region ?? '');
  const [base, setBase] = useState(plan ? String(plan.base_price) : '');
  const [markup, setMarkup] = useState(plan ? String(plan.markup_price) : '0');
  const [active, setActive] = useState(plan?.active ?? true);
  const plans = useQuery(catalogQuery<Plan>('plans', account)).data?.items ?? [];
  const chosen = plans.find(({ id }) => id === providerPlan);
  const { region: _, ...sizes } = plan?.specifications ?? {};
  const save = useAction(
    () => {
      const specifications = region === '' ? sizes : { ...sizes, region };
      const body = { name, provider_plan_id: providerPlan, base_price: base, markup_price: markup, active, specifications };
      const provider_id = account as VpsPlan['provider_id'] & string;
      return plan
        ? api.changeVpsPlan({ id: plan.id, body: { ...body, ...(account === '' ? {} : { provider_id }) } })
        : api.createVpsPlan({ body: { ...body, provider_id } });
    },
    { quiet: true, done: onClose },
  );
  const takePlan = (id: string): void => {
    setProviderPlan(id);
    const price = plans.find((each) => each.id === id)?.priceMonthly;
    if (price && base === '') setBase(price);
  };
  const missing =
    name.trim() === ''
      ? 'Give it a name first.'
      : account === '' || providerPlan === ''
        ? 'Choose account and plan first.'
        : AMOUNT.test(base) && AMOUNT.test(markup)
          ? null
          : 'Type amounts such as 12.50.';
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={plan ? `Change ${plan.name}` : 'New plan'}
      description="New orders pay the new price; what runs keeps its own."
    >
      <DialogForm
        error={save.error}
        fields={['name', 'provider_id', 'provider_plan_id', 'base_price', 'markup_price']}
        missing={missing}
        busy={save.isPending}
        action={plan ? 'Save it' : 'Sell it'}
        onCancel={onClose}
        onSubmit={() => save.mutate(undefined)}
      >
        <TextField label="Name" value={name} onChange={(event) => setName(event.target.value)} error={fieldError(save.error, 'name')} />
        <SelectField
          label="Account"
          value={account}
          options={[{ value: '', label: 'Choose …' }, ...accounts.map(({ id, name: label }) => ({ value: id as string, label }))]}
          onChange={(event) => {
            setAccount(event.target.value);
            setProviderPlan('');
            setRegion('');
          }}
          error={fieldError(save.error, 'provider_id')}
        />
        <PlanField plans={plans} value={providerPlan} onChoose={takePlan} error={save.error} />
        <SelectField
          label="Region"
          value={region}
          options={[{ value: '', label: 'all of the plan' }, ...(chosen?.regions ?? []).map((id) => ({ value: id, label: id }))]}
          onChange={(event) => setRegion(event.target.value)}
        />
        <Prices base={base} onBase={setBase} markup={markup} onMarkup={setMarkup} error={save.error} />
        <Checkbox label="It is sold" checked={active} onChange={(event) => setActive(event.target.checked)} />
      </DialogForm>
    </Dialog>
  );
}

interface PlanFieldProps {
  plans: readonly Plan[];
  value: string;
  onChoose: (id: string) => void;
  error: unknown;
}

function PlanField({ plans, value, onChoose, error }: PlanFieldProps) {
  const sold = plans.filter(({ available, id }) => available || id === value);
  const words = (each: Plan): string =>
    `${each.name}: ${each.vcpus} vCPU, ${memory(each.memoryMb)}, ${money(each.priceMonthly, each.currency)} a month`;
  return (
    <SelectField
      label="The provider’s plan"
      value={value}
      options={[{ value: '', label: 'Choose …' }, ...sold.map((each) => ({ value: each.id, label: words(each) }))]}
      onChange={(event) => onChoose(event.target.value)}
      error={fieldError(error, 'provider_plan_id')}
    />
  );
}

interface PricesProps {
  base: string;
  onBase: (text: string) => void;
  markup: string;
  onMarkup: (text: string) => void;
  error: unknown;
}

function Prices({ base, onBase, markup, onMarkup, error }: PricesProps) {
  return (
    <>
      <TextField
        label="Base price, a month"
        inputMode="decimal"
        value={base}
        onChange={(event) => onBase(event.target.value.trim())}
        error={fieldError(error, 'base_price')}
      />
      <TextField
        label="Markup, a month"
        inputMode="decimal"
        value={markup}
        onChange={(event) => onMarkup(event.target.value.trim())}
        error={fieldError(error, 'markup_price')}
      />
    </>
  );
}

function DeleteDialog({ plan, onClose }: { plan: VpsPlan; onClose: () => void }) {
  const remove = useAction(() => api.deleteVpsPlan({ id: plan.id }), { quiet: true, done: onClose });
  return (
    <ConfirmByTyping
      open
      onOpenChange={onClose}
      title={`Delete ${plan.name}`}
      name={plan.name}
      action="Delete it"
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined)}
    >
      It is not sold any more. One that was sold stays: switch it off instead.
    </ConfirmByTyping>
  );
}

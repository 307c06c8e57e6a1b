/** The form of a bulk run: what the action needs, and the pace. */
import { useQuery } from '@tanstack/react-query';
import type { Vps } from '../api/client.ts';
import type { Plan } from '../api/catalog.ts';
import { catalogQuery } from '../api/queries.ts';
import type { BulkForm, Offered } from '../lib/bulk.ts';
import { memory, money } from '../lib/format.ts';
import { GRACES } from './end-dialog.tsx';
import { SelectField, TextField } from './ui/field.tsx';

interface FieldsProps {
  form: BulkForm;
  set: (part: Partial<BulkForm>) => void;
}

export function BulkActionFields({ action, chosen, form, set }: FieldsProps & { action: Offered; chosen: readonly Vps[] }) {
  if (action === 'resize') return <PlanField chosen={chosen} form={form} set={set} />;
  if (action === 'suspend')
    return (
      <TextField
        label="Reason"
        help="Their customers read it."
        value={form.reason}
        maxLength={500}
        onChange={(event) => set({ reason: event.target.value })}
      />
    );
  if (action === 'snapshot')
    return (
      <TextField label="Name of the snapshots" value={form.name} maxLength={64} onChange={(event) => set({ name: event.target.value })} />
    );
  if (action === 'configure')
    return (
      <TextField
        label="Tags"
        help="Exactly these, parted by spaces."
        value={form.tags}
        spellCheck={false}
        onChange={(event) => set({ tags: event.target.value })}
      />
    );
  if (action === 'destroy')
    return <SelectField label="When" value={form.grace} options={GRACES} onChange={(event) => set({ grace: event.target.value })} />;
  return null;
}

/** A list where all are on one account; elsewhere plans have nothing in common but their ids. */
function PlanField({ chosen, form, set }: FieldsProps & { chosen: readonly Vps[] }) {
  const accounts = new Set(chosen.map((vps) => vps.provider_id));
  const [account = ''] = accounts.size === 1 ? accounts : [];
  const plans = useQuery(catalogQuery<Plan>('plans', account)).data?.items;
  if (!plans)
    return (
      <TextField
        label="Plan"
        help="The provider’s id of it."
        value={form.plan}
        spellCheck={false}
        onChange={(event) => set({ plan: event.target.value })}
      />
    );
  const options = plans
    .toSorted((a, b) => Number(a.priceMonthly) - Number(b.priceMonthly))
    .map((plan) => ({
      value: plan.id,
      label: `${plan.id}: ${plan.vcpus} vCPU, ${memory(plan.memoryMb)}, ${plan.diskGb} GB, ${money(plan.priceMonthly, plan.currency)}/mo`,
      disabled: !plan.available,
    }));
  return (
    <SelectField
      label="Plan"
      value={form.plan}
      options={[{ value: '', label: 'Choose a plan' }, ...options]}
      onChange={(event) => set({ plan: event.target.value })}
    />
  );
}

export function BulkPaceFields({ form, set }: FieldsProps) {
  const field = (name: 'canary' | 'soak' | 'parallel' | 'perMinute' | 'maxFailures', label: string, help: string) => (
    <TextField
      label={label}
      help={help}
      value={form[name]}
      inputMode={name === 'maxFailures' ? 'text' : 'numeric'}
      onChange={(event) => set({ [name]: event.target.value })}
    />
  );
  return (
    <fieldset className="rounded-md border border-line p-3">
      <legend className="px-1 font-medium">Pace</legend>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        {field('canary', 'First ones', 'They must succeed before anybody else is touched. 0: none.')}
        {field('soak', 'Wait after them', 'Seconds.')}
        {field('parallel', 'At once', 'So many operations under way.')}
        {field('perMinute', 'A minute', 'At most so many. Empty: no limit.')}
        {field('maxFailures', 'Failures', 'Pause when more failed: a number, or a share such as 10%.')}
        <TextField
          label="Note"
          help="What it is for."
          value={form.note}
          maxLength={200}
          onChange={(event) => set({ note: event.target.value })}
        />
      </div>
    </fieldset>
  );
}

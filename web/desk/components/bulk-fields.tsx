/** The form of a bulk run: what the action needs, and the pace. */
import { useQuery } from '@tanstack/react-query';
import type { Vps } from '../../kit/api/client.ts';
import type { Image, Plan } from '../../kit/api/catalog.ts';
import { catalogQuery } from '../../kit/api/queries.ts';
import { SetupFields } from '../../features/vps/setup-fields.tsx';
import { useMay } from '../../kit/lib/use-session.ts';
import { setupProfilesQuery } from '../shop/queries.ts';
import type { BulkActionName, BulkForm } from '../lib/bulk.ts';
import { memory, money } from '../../kit/lib/format.ts';
import { GRACES } from './end-dialog.tsx';
import { Checkbox, SelectField, type SelectOption, TextField } from '../../kit/ui/field.tsx';

interface FieldsProps {
  form: BulkForm;
  set: (part: Partial<BulkForm>) => void;
}

export function BulkActionFields({ action, chosen, form, set }: FieldsProps & { action: BulkActionName; chosen: readonly Vps[] }) {
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
  if (action === 'reinstall')
    return (
      <>
        <ImageField chosen={chosen} form={form} set={set} />
        <SetupField form={form} set={set} />
      </>
    );
  if (action === 'destroy')
    return (
      <>
        <SelectField label="When" value={form.grace} options={GRACES} onChange={(event) => set({ grace: event.target.value })} />
        <Checkbox
          label="Make a final snapshot of each first and keep it"
          checked={form.finalSnapshot}
          onChange={(event) => set({ finalSnapshot: event.target.checked })}
          help="They cost money until they are deleted. Where one cannot be made, nothing is destroyed."
        />
      </>
    );
  return null;
}

/** Plans and images of different accounts have nothing in common but their ids. */
function onlyAccount(chosen: readonly Vps[]): string {
  const accounts = new Set(chosen.map((vps) => vps.provider_id));
  const [account] = accounts.size === 1 ? accounts : [];
  return account ?? '';
}

function PlanField({ chosen, form, set }: FieldsProps & { chosen: readonly Vps[] }) {
  const plans = useQuery(catalogQuery<Plan>('plans', onlyAccount(chosen))).data?.items;
  const options = plans
    ?.toSorted((a, b) => Number(a.priceMonthly) - Number(b.priceMonthly))
    .map((plan) => ({
      value: plan.id,
      label: `${plan.id}: ${plan.vcpus} vCPU, ${memory(plan.memoryMb)}, ${plan.diskGb} GB, ${money(plan.priceMonthly, plan.currency)}/mo`,
      disabled: !plan.available,
    }));
  return <IdField label="Plan" none="Choose a plan" value={form.plan} options={options} onChange={(plan) => set({ plan })} />;
}

function ImageField({ chosen, form, set }: FieldsProps & { chosen: readonly Vps[] }) {
  const images = useQuery(catalogQuery<Image>('images', onlyAccount(chosen))).data?.items;
  const options = images?.filter(({ deprecated }) => !deprecated).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <IdField
      label="Image"
      none="The present one of each"
      optional
      value={form.image}
      options={options}
      onChange={(image) => set({ image })}
    />
  );
}

/** What sets them up anew, where who is signed in sees the profiles. The dry run tells which servers lack a value. */
function SetupField({ form, set }: FieldsProps) {
  const profiles = useQuery({ ...setupProfilesQuery, enabled: useMay()('template:read') }).data ?? [];
  const offered = profiles.map(({ name, versions }) => ({
    name,
    versions: versions.map(({ version, template: { description, variables } }) => ({ version, description, variables })),
  }));
  return <SetupFields offered={offered} present="many" form={form.setup} onChange={(setup) => set({ setup })} />;
}

interface IdFieldProps {
  label: string;
  /** What it means to name none. */
  none: string;
  optional?: boolean;
  value: string;
  /** Known where all are on one account. */
  options: readonly SelectOption[] | undefined;
  onChange: (value: string) => void;
}

function IdField({ label, none, optional = false, value, options, onChange }: IdFieldProps) {
  if (options)
    return (
      <SelectField
        label={label}
        value={value}
        options={[{ value: '', label: none }, ...options]}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  return (
    <TextField
      label={label}
      help={`The provider’s id of it.${optional ? ` Empty: ${none.charAt(0).toLowerCase()}${none.slice(1)}.` : ''}`}
      value={value}
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
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
      <legend className="px-1 font-medium">How fast, and when to stop</legend>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        {field('canary', 'Try it on so many first', 'They must succeed before any other is touched. 0: on none.')}
        {field('soak', 'Then wait, in seconds', 'Before the others are begun.')}
        {field('parallel', 'So many at the same time', 'The next begins when one of them has ended.')}
        {field('perMinute', 'At most so many a minute', 'Empty: no limit.')}
        {field('maxFailures', 'Pause above so many failures', 'A number, or a share such as 10%.')}
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

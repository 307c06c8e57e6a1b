/** The form of each change. */
import { useQuery } from '@tanstack/react-query';
import type { VpsActionName } from '../../../contract/lifecycle.ts';
import { useSupportNote } from '../../features/vps/support-note.ts';
import { SetupFields } from '../../features/vps/setup-fields.tsx';
import { newestOf, type SetupForm, setupBody } from '../../features/vps/setup-form.ts';
import type { VpsChange, VpsDetail } from '../../kit/api/client.ts';
import { type Image, imageProblem, type Plan, planProblem, priceIn } from '../../kit/api/catalog.ts';
import { featureProblem } from '../lib/abilities.ts';
import { fieldError } from '../../kit/api/problem.ts';
import { setupChoicesQuery, vpsCatalogQuery } from '../../kit/api/queries.ts';
import { memory, money } from '../../kit/lib/format.ts';
import { SelectField, TextField } from '../../kit/ui/field.tsx';

/** Changes that the one dialog asks for. */
export type ChangeAction = Extract<VpsActionName, 'rename' | 'resize' | 'reinstall' | 'reset-password' | 'configure'>;

export interface ChangeForm {
  readonly label: string;
  readonly plan: string;
  readonly image: string;
  readonly setup: SetupForm;
  readonly tags: string;
}

export const tagsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export function changeBody(action: ChangeAction, form: ChangeForm): VpsChange {
  switch (action) {
    case 'rename':
      return { action, label: form.label };
    case 'resize':
      return { action, plan: form.plan };
    case 'reinstall':
      return { action, image: form.image, ...setupBody(form.setup) };
    case 'reset-password':
      return { action };
    case 'configure':
      return { action, tags: tagsOf(form.tags) };
  }
}

interface FieldsProps {
  vps: VpsDetail;
  action: ChangeAction;
  form: ChangeForm;
  set: (part: Partial<ChangeForm>) => void;
  problem: unknown;
}

export function ChangeFields({ vps, action, form, set, problem }: FieldsProps) {
  if (action === 'rename')
    return (
      <TextField
        label="Name"
        value={form.label}
        maxLength={63}
        spellCheck={false}
        onChange={(event) => set({ label: event.target.value.toLowerCase() })}
        error={fieldError(problem, 'label')}
      />
    );
  if (action === 'resize') return <PlanField vps={vps} value={form.plan} onChange={(plan) => set({ plan })} problem={problem} />;
  if (action === 'reinstall')
    return (
      <>
        <ImageField vps={vps} value={form.image} onChange={(image) => set({ image })} problem={problem} />
        <SetupField vps={vps} form={form} set={set} problem={problem} />
      </>
    );
  if (action === 'reset-password') return <p>The present password stops working when this is done. Reveal the new one afterwards.</p>;
  return (
    <TextField
      label="Tags"
      value={form.tags}
      spellCheck={false}
      onChange={(event) => set({ tags: event.target.value })}
      error={fieldError(problem, 'tags')}
      help="Separated by commas. Lower-case letters, digits, hyphens and underscores."
    />
  );
}

interface PickProps {
  vps: VpsDetail;
  value: string;
  onChange: (id: string) => void;
  problem: unknown;
}

function PlanField({ vps, value, onChange, problem }: PickProps) {
  const plans = useQuery(vpsCatalogQuery<Plan>('plans', vps.id));
  const now = plans.data?.items.find(({ id }) => id === vps.plan);
  const cannotShrink = featureProblem(vps, 'resize_down');
  // The rule of the service: the provider's own, by the size of the disk.
  const smaller = (plan: Plan): string | null =>
    now && plan.diskGb < now.diskGb && cannotShrink !== null ? `its disk is smaller than the present ${now.diskGb} GB` : null;
  const options = (plans.data?.items ?? [])
    .toSorted((a, b) => Number(priceIn(a, vps.region)) - Number(priceIn(b, vps.region)))
    .map((plan) => {
      const why = planProblem(plan, vps.region) ?? smaller(plan);
      const price = priceIn(plan, vps.region);
      const costs = price === null ? '' : `, ${money(price, plan.currency)}/mo`;
      const specs = `${plan.vcpus} vCPU, ${memory(plan.memoryMb)}, ${plan.diskGb} GB${costs}`;
      return {
        value: plan.id,
        label: `${plan.id}: ${specs}${plan.id === vps.plan ? ' (now)' : why ? ` – ${why}` : ''}`,
        disabled: why !== null,
      };
    });
  return (
    <SelectField
      label="Plan"
      value={value}
      options={options.length > 0 ? options : [{ value, label: value }]}
      onChange={(event) => onChange(event.target.value)}
      error={fieldError(problem, 'plan')}
      help={cannotShrink}
    />
  );
}

function ImageField({ vps, value, onChange, problem }: PickProps) {
  const images = useQuery(vpsCatalogQuery<Image>('images', vps.id));
  const plan = useQuery(vpsCatalogQuery<Plan>('plans', vps.id)).data?.items.find(({ id }) => id === vps.plan);
  const support = useSupportNote(images.data?.items.find(({ id }) => id === value));
  const options = (images.data?.items ?? [])
    .filter((image) => !image.deprecated || image.id === value)
    .map((image) => {
      const why = image.id === value ? null : imageProblem(image, vps.region, plan);
      return { value: image.id, label: why ? `${image.name} – ${why}` : image.name, disabled: why !== null };
    });
  return (
    <SelectField
      label="Image"
      value={value}
      options={options.length > 0 ? options : [{ value, label: value }]}
      onChange={(event) => onChange(event.target.value)}
      help={support}
      error={fieldError(problem, 'image')}
    />
  );
}

function SetupField({ vps, form, set, problem }: Omit<FieldsProps, 'action'>) {
  const choices = useQuery(setupChoicesQuery(vps.id)).data;
  if (!choices) return null;
  const { present } = choices;
  return (
    <SetupFields offered={newestOf(choices)} present={present} form={form.setup} onChange={(setup) => set({ setup })} problem={problem} />
  );
}

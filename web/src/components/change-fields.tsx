/** The form of each change. */
import { useQuery } from '@tanstack/react-query';
import type { VpsActionName } from '../../../contract/lifecycle.ts';
import type { VpsChange, VpsDetail } from '../api/client.ts';
import { type Image, imageProblem, type Plan, planProblem, priceIn } from '../api/catalog.ts';
import { fieldError } from '../api/problem.ts';
import { catalogQuery } from '../api/queries.ts';
import { memory, money } from '../lib/format.ts';
import { SelectField, TextField } from './ui/field.tsx';

/** Changes that the one dialog asks for. */
export type ChangeAction = Extract<VpsActionName, 'rename' | 'resize' | 'reinstall' | 'reset-password' | 'configure'>;

export interface ChangeForm {
  readonly label: string;
  readonly plan: string;
  readonly image: string;
  readonly tags: string;
}

export const CHANGE_LEADS: Readonly<Record<ChangeAction, string>> = {
  rename: 'The name at the provider and, where it has one, in the DNS.',
  resize: 'Another plan for the same server; its disk and address stay.',
  reinstall: 'A fresh image on the same server. The old disk is lost.',
  'reset-password': 'A new administrator password is generated and kept encrypted.',
  configure: 'Words at the provider by which the server is found and grouped.',
};

export const tagsOf = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export function changeBody(action: ChangeAction, form: ChangeForm): VpsChange {
  switch (action) {
    case 'rename':
      return { action, label: form.label };
    case 'resize':
      return { action, plan: form.plan };
    case 'reinstall':
      return { action, image: form.image };
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
  if (action === 'reinstall') return <ImageField vps={vps} value={form.image} onChange={(image) => set({ image })} problem={problem} />;
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
  const plans = useQuery(catalogQuery<Plan>('plans', vps.provider_id));
  const options = (plans.data?.items ?? [])
    .toSorted((a, b) => Number(priceIn(a, vps.region)) - Number(priceIn(b, vps.region)))
    .map((plan) => {
      const why = planProblem(plan, vps.region);
      const specs = `${plan.vcpus} vCPU, ${memory(plan.memoryMb)}, ${plan.diskGb} GB, ${money(priceIn(plan, vps.region), plan.currency)}/mo`;
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
    />
  );
}

function ImageField({ vps, value, onChange, problem }: PickProps) {
  const images = useQuery(catalogQuery<Image>('images', vps.provider_id));
  const plan = useQuery(catalogQuery<Plan>('plans', vps.provider_id)).data?.items.find(({ id }) => id === vps.plan);
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
      error={fieldError(problem, 'image')}
    />
  );
}

/** The create form's state and what it sends. */
import '../../kit/lib/zod-without-eval.ts';
import { LabelText } from '../../../contract/fields.ts';
import type { VpsCreate } from '../../kit/api/client.ts';
import { ANYWHERE } from '../../features/vps/firewall.ts';
import { keyLines } from './planned.ts';

export interface VpsForm {
  /** For whom; empty: the default organization. */
  readonly organization: string;
  readonly account: string;
  readonly region: string;
  readonly plan: string;
  readonly image: string;
  /** In place of an image; empty: none. */
  readonly snapshot: string;
  readonly label: string;
  readonly keys: string;
  /** Of those that the organization keeps. */
  readonly keyIds: readonly string[];
  readonly zone: string;
  readonly dnsLabel: string;
  readonly reverse: boolean;
  readonly firewall: boolean;
  readonly backups: boolean;
  readonly packages: string;
  readonly timezone: string;
  readonly reference: string;
}

export const EMPTY_FORM: VpsForm = {
  organization: '',
  account: '',
  region: '',
  plan: '',
  image: '',
  snapshot: '',
  label: '',
  keys: '',
  keyIds: [],
  zone: '',
  dnsLabel: '',
  reverse: false,
  firewall: false,
  backups: false,
  packages: '',
  timezone: '',
  reference: '',
};

const FIREWALL = [
  ...['22', '80', '443'].map((ports) => ({ protocol: 'tcp' as const, ports, sources: [...ANYWHERE] })),
  { protocol: 'icmp' as const, ports: null, sources: [...ANYWHERE] },
];

/** What is wrong with a name, in the contract's words, or null. */
export function labelProblem(label: string): string | null {
  const parsed = LabelText.safeParse(label);
  return parsed.success ? null : (parsed.error.issues[0]?.message ?? 'not a name');
}

export function dnsNameOf(form: VpsForm): string | null {
  return form.zone === '' ? null : `${form.dnsLabel || form.label || 'name'}.${form.zone}`;
}

export function bodyOf(form: VpsForm, windows: boolean): VpsCreate {
  const packages = form.packages.split(/[\s,]+/).filter(Boolean);
  const setup = { ...(packages.length > 0 ? { packages } : {}), ...(form.timezone === '' ? {} : { timezone: form.timezone }) };
  return {
    label: form.label,
    type: form.plan,
    region: form.region,
    ...(form.snapshot === '' ? { image: form.image } : { from_snapshot: form.snapshot }),
    provider_id: form.account,
    backups: form.backups,
    ...(form.organization === '' ? {} : { organization_id: form.organization }),
    ...(windows ? {} : { ssh_keys: keyLines(form.keys), ...(form.keyIds.length === 0 ? {} : { ssh_key_ids: [...form.keyIds] }) }),
    ...(form.zone === '' ? {} : { dns: dnsOf(form) }),
    ...(form.firewall ? { firewall: FIREWALL } : {}),
    ...(windows || Object.keys(setup).length === 0 ? {} : { cloud_init: setup }),
    ...(form.reference === '' ? {} : { external_reference: form.reference }),
  };
}

function dnsOf({ zone, dnsLabel, reverse }: VpsForm): NonNullable<VpsCreate['dns']> {
  return { enabled: true, zone, ...(dnsLabel === '' ? {} : { name: dnsLabel }), ...(reverse ? { reverse: true } : {}) };
}

/** The first thing still missing, as the reason the button cannot be used yet. */
export function missing(form: VpsForm): string | null {
  if (form.account === '') return 'Choose an account first.';
  if (form.region === '') return 'Choose a region first.';
  if (form.plan === '') return 'Choose a plan first.';
  if (form.image === '' && form.snapshot === '') return 'Choose an image first.';
  if (form.label === '') return 'Give it a name first.';
  const problem = labelProblem(form.label);
  return problem === null ? null : `Correct the name: ${problem}.`;
}

/** What the pages know of bulk runs without React: the actions, the form and the body it becomes. */
import type { BulkCreate, BulkPreviewRequest, BulkRun, Vps } from '../../kit/api/client.ts';
import { KEEP_SETUP, type SetupForm, setupBody } from '../../features/vps/setup-form.ts';
import type { Tone } from '../../kit/lib/words.ts';

export type BulkActionName = BulkRun['action']['action'];
export type BulkItemStatus = keyof Omit<BulkRun['counts'], 'total'>;

/** In the order in which the bar shows them. */
export const ITEM_STATUSES: readonly BulkItemStatus[] = ['succeeded', 'ordered', 'failed', 'refused', 'skipped', 'pending'];
export const ITEM_TONES: Readonly<Record<BulkItemStatus, Tone>> = {
  succeeded: 'good',
  ordered: 'busy',
  failed: 'bad',
  refused: 'warn',
  skipped: 'quiet',
  pending: 'quiet',
};
export const RUN_TONES: Readonly<Record<BulkRun['status'], Tone>> = {
  running: 'busy',
  paused: 'warn',
  cancelled: 'quiet',
  finished: 'good',
};

/** What the list's bar offers in its menu; refresh and destroy have buttons of their own. */
export const IN_MENU = [
  'start',
  'stop',
  'reboot',
  'power-cycle',
  'resize',
  'configure',
  'snapshot',
  'reset-password',
  'reinstall',
  'rescue',
  'unrescue',
  'suspend',
  'unsuspend',
  'drift-repair',
  'undo',
] as const satisfies readonly BulkActionName[];

/** As typed; numbers too, so that a field can be empty. */
export interface BulkForm {
  readonly plan: string;
  readonly reason: string;
  readonly name: string;
  readonly tags: string;
  readonly image: string;
  readonly setup: SetupForm;
  readonly grace: string;
  readonly finalSnapshot: boolean;
  readonly everybody: boolean;
  readonly maintenance: boolean;
  readonly canary: string;
  readonly soak: string;
  readonly parallel: string;
  readonly perMinute: string;
  readonly maxFailures: string;
  readonly note: string;
}

export const EMPTY_FORM: BulkForm = {
  plan: '',
  reason: '',
  name: '',
  tags: '',
  image: '',
  setup: KEEP_SETUP,
  grace: '24',
  finalSnapshot: false,
  everybody: false,
  maintenance: false,
  canary: '1',
  soak: '0',
  parallel: '5',
  perMinute: '',
  maxFailures: '0',
  note: '',
};

type Filter = Extract<BulkPreviewRequest['selection'], { filter: unknown }>['filter'];

/** Whom and what: the part of the body that the dry run is about. */
export function whatBody(action: BulkActionName, form: BulkForm, chosen: readonly Vps[], filter: object): BulkPreviewRequest {
  const selection = form.everybody ? { filter: filter as Filter } : { ids: chosen.map((vps) => vps.id) };
  return { action: actionBody(action, form), selection, include_maintenance: form.maintenance };
}

function actionBody(action: BulkActionName, form: BulkForm): BulkPreviewRequest['action'] {
  switch (action) {
    case 'resize':
      return { action, plan: form.plan.trim() };
    case 'suspend':
      return { action, reason: form.reason };
    case 'snapshot':
      return { action, name: form.name };
    case 'configure':
      return { action, tags: form.tags.split(/[\s,]+/).filter(Boolean) };
    case 'destroy':
      return { action, grace_hours: Number(form.grace), ...(form.finalSnapshot ? { final_snapshot: true } : {}) };
    case 'reinstall':
      return { action, ...(form.image.trim() === '' ? {} : { image: form.image.trim() }), ...setupBody(form.setup) };
    default:
      return { action };
  }
}

export function paceBody(form: BulkForm): NonNullable<BulkCreate['pace']> {
  const count = Number(form.canary);
  const failures = form.maxFailures.trim();
  return {
    canary: count > 0 ? { count, soak_seconds: Number(form.soak) } : null,
    max_parallel: Number(form.parallel),
    max_per_minute: form.perMinute.trim() === '' ? null : Number(form.perMinute),
    max_failures: failures.endsWith('%') ? failures : Number(failures),
  };
}

/** What is missing before anything can be asked, or null. */
export function formProblem(action: BulkActionName, form: BulkForm): string | null {
  if (action === 'resize' && form.plan.trim() === '') return 'Choose a plan.';
  if (action === 'suspend' && form.reason.trim().length < 3) return 'Say why, in at least 3 characters.';
  if (action === 'snapshot' && form.name.trim() === '') return 'Give the snapshots a name.';
  if (!/^\d+$/.test(form.canary.trim()) || !/^\d+$/.test(form.soak.trim()))
    return 'How many first, and how long to wait, are whole numbers.';
  if (!/^[1-9]\d*$/.test(form.parallel.trim())) return 'At the same time: at least 1.';
  if (form.perMinute.trim() !== '' && !/^[1-9]\d*$/.test(form.perMinute.trim())) return 'A minute: at least 1, or leave it empty.';
  return /^\d+%?$/.test(form.maxFailures.trim()) ? null : 'Failures: a number, or a share such as 10%.';
}

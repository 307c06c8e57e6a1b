/** The product's words for states and kinds, with their tone. Unknown ones (a newer server) are shown as they are. */
import type { Account, DriftState, OperationStatus, VpsStatus } from '../api/client.ts';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet';

const VPS_TONES: Readonly<Record<VpsStatus, Tone>> = {
  provisioning: 'busy',
  active: 'good',
  suspended: 'warn',
  error: 'bad',
  terminating: 'warn',
  destroying: 'busy',
  leaked: 'bad',
  terminated: 'quiet',
};
const OPERATION_TONES: Readonly<Record<OperationStatus, Tone>> = {
  queued: 'quiet',
  running: 'busy',
  succeeded: 'good',
  failed: 'bad',
  stalled: 'warn',
  cancelled: 'quiet',
};
const ACCOUNT_TONES: Readonly<Record<Account['status'], Tone>> = { ok: 'good', refused: 'bad', unreachable: 'warn', unchecked: 'quiet' };
const KINDS: Readonly<Record<string, string>> = {
  'power-cycle': 'Power cycle',
  'reset-password': 'Reset password',
  'drift-check': 'Check for drift',
  'drift-repair': 'Repair drift',
  'hand-update': 'Update by hand',
  'hand-refresh': 'Refresh by hand',
  'hand-destroy': 'Destroy by hand',
};
const DRIFT_TONES: Readonly<Record<DriftState, Tone>> = {
  suspected: 'warn',
  confirmed: 'bad',
  unconfirmed: 'quiet',
  dismissed: 'quiet',
  accepting: 'busy',
  repairing: 'busy',
  resolved: 'good',
};
const SWEEP_TONES: Readonly<Record<string, Tone>> = { ok: 'good', partial: 'warn', failed: 'bad', stopped: 'quiet' };
const STEP_VERBS: Readonly<Record<string, readonly [doing: string, done: string]>> = {
  create: ['Creating', 'Created'],
  update: ['Updating', 'Updated'],
  delete: ['Deleting', 'Deleted'],
  replace: ['Replacing', 'Replaced'],
  'create-replacement': ['Creating the replacement of', 'Created the replacement of'],
  'delete-replaced': ['Deleting the replaced', 'Deleted the replaced'],
  read: ['Reading', 'Read'],
  refresh: ['Asking about', 'Asked about'],
  import: ['Importing', 'Imported'],
  discard: ['Forgetting', 'Forgot'],
  same: ['Checking', 'Unchanged:'],
};

const toneOf = (tones: Readonly<Record<string, Tone>>, word: string): Tone => tones[word] ?? 'quiet';
export const vpsTone = (status: string): Tone => toneOf(VPS_TONES, status);
export const operationTone = (status: string): Tone => toneOf(OPERATION_TONES, status);
export const accountTone = (status: string): Tone => toneOf(ACCOUNT_TONES, status);
export const driftTone = (state: string): Tone => toneOf(DRIFT_TONES, state);
export const sweepTone = (outcome: string): Tone => toneOf(SWEEP_TONES, outcome);
export const kindName = (kind: string): string => KINDS[kind] ?? sentenceCase(kind);
export const stepVerb = (op: string, done: boolean): string => (STEP_VERBS[op] ?? [op, op])[done ? 1 : 0];

/** `out_of_stock` → "Out of stock". */
export function sentenceCase(word: string): string {
  const text = word.replaceAll(/[-_.]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `random:index/randomPassword:RandomPassword` → "random password". */
export function resourceTypeName(type: string): string {
  const name = type.split(':').at(-1) ?? type;
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}

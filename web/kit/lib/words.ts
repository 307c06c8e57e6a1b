/** The product's words for states and kinds, with their tone. Unknown ones (a newer server) are shown as they are. */
import { KIND_WORDS } from './kind-words.ts';
import type { Account, DriftState, OperationStatus, Vps, VpsStatus } from '../api/client.ts';

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'quiet';

const VPS_TONES: Readonly<Record<VpsStatus, Tone>> = {
  provisioning: 'busy',
  active: 'good',
  suspended: 'warn',
  error: 'bad',
  terminating: 'warn',
  destroying: 'busy',
  ending: 'warn',
  leaked: 'bad',
  terminated: 'quiet',
};
const OPERATION_TONES: Readonly<Record<OperationStatus, Tone>> = {
  queued: 'quiet',
  running: 'busy',
  waiting_for_person: 'warn',
  succeeded: 'good',
  failed: 'bad',
  stalled: 'warn',
  cancelled: 'quiet',
};
const ACCOUNT_TONES: Readonly<Record<Account['status'], Tone>> = { ok: 'good', refused: 'bad', unreachable: 'warn', unchecked: 'quiet' };
interface KindWords {
  readonly name: string;
  readonly verb?: string;
  readonly menu?: string;
  readonly lead?: string;
  readonly bulkLead?: string;
  readonly names?: true;
}
/** Taking a termination back is an action, and no operation of its own. */
const UNDO: KindWords = { name: 'Undo termination', verb: 'Keep', bulkLead: 'Takes back terminations whose grace still runs.' };
const WORDS: Readonly<Record<string, KindWords>> = { ...KIND_WORDS, undo: UNDO };
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
/** What is shown of a VPS's state: its status, how it was last seen, and what is under way, each by itself. */
type State = Pick<Vps, 'status' | 'power_state' | 'instance_id' | 'under_way'>;
/** Active is good news only of a server that runs. */
export const statusTone = ({ status, power_state: power }: State): Tone =>
  status === 'active' && power !== 'running' ? 'quiet' : vpsTone(status);
/** Null where there is no server whose power could be told. */
export function powerOf({ status, power_state: power, instance_id: server }: State): { text: string; tone: Tone } | null {
  if (status === 'terminated' || (power === null && server === null)) return null;
  if (power === null) return { text: 'Power not known', tone: 'quiet' };
  const wrong = power === 'running' ? status === 'suspended' : status === 'active';
  return { text: sentenceCase(power), tone: wrong ? 'warn' : power === 'running' ? 'good' : 'quiet' };
}
export const underWayText = ({ under_way: work }: State): string | null => work && `${kindName(work.kind)}${WAITS[work.status] ?? ''}`;
const WAITS: Readonly<Record<string, string>> = { queued: ' waits', waiting_for_person: ' waits for a person' };
export const operationTone = (status: string): Tone => toneOf(OPERATION_TONES, status);
export const accountTone = (status: string): Tone => toneOf(ACCOUNT_TONES, status);
export const driftTone = (state: string): Tone => toneOf(DRIFT_TONES, state);
export const sweepTone = (outcome: string): Tone => toneOf(SWEEP_TONES, outcome);
export const kindWords = (kind: string): KindWords | undefined => WORDS[kind];
export const kindName = (kind: string): string => WORDS[kind]?.name ?? sentenceCase(kind);
export const stepVerb = (op: string, done: boolean): string => (STEP_VERBS[op] ?? [op, op])[done ? 1 : 0];

/** `out_of_stock` → "Out of stock". */
export function sentenceCase(word: string): string {
  const text = word.replaceAll(/[-_.]/g, ' ');
  return text.startsWith('vps') ? `VPS${text.slice(3)}` : text.charAt(0).toUpperCase() + text.slice(1);
}

/** `random:index/randomPassword:RandomPassword` → "random password". */
export function resourceTypeName(type: string): string {
  const name = type.split(':').at(-1) ?? type;
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
}

/** Snapshots in words: what can be done with one now, and what keeping them costs. */
import type { Snapshot, SnapshotStatus, SnapshotTotal } from '../api/client.ts';
import { money, plural } from './format.ts';
import type { Tone } from './words.ts';

const TONES: Readonly<Record<SnapshotStatus, Tone>> = {
  pending: 'busy',
  available: 'good',
  failed: 'bad',
  deleting: 'busy',
  deleted: 'quiet',
  missing: 'warn',
};
const KINDS: Readonly<Record<Snapshot['kind'], string>> = { snapshot: 'Snapshot', final: 'Final snapshot', backup: 'Backup' };

export const snapshotTone = (status: SnapshotStatus): Tone => TONES[status] ?? 'quiet';
export const snapshotKind = (kind: Snapshot['kind']): string => KINDS[kind] ?? kind;
export const isSnapshotMoving = ({ status }: Snapshot): boolean => status === 'pending' || status === 'deleting';
export const snapshotName = ({ name, kind, created_at }: Snapshot): string => name || `${snapshotKind(kind)} of ${created_at.slice(0, 10)}`;

/** Why one cannot be restored now, or null. The server refuses by the same rules. */
export function restoreProblem(snapshot: Snapshot): string | null {
  if (snapshot.status === 'missing') return 'The provider no longer has it; it can only be deleted from the record.';
  if (snapshot.status !== 'available') return `It is ${snapshot.status}; only a finished one can be restored.`;
  return snapshot.live ? null : 'The provider cannot be asked now whether it still has it.';
}

/** Why no new server can be made of one now, or null. */
export function copyProblem(snapshot: Snapshot): string | null {
  return snapshot.kind === 'backup' ? 'A backup goes back onto its own server only. Make a snapshot.' : restoreProblem(snapshot);
}

/** Why one cannot be deleted now, or null. */
export function deleteProblem(snapshot: Snapshot): string | null {
  if (snapshot.kind === 'backup') return 'A backup is the provider’s: its schedule replaces it. Switch backups off to have none.';
  return isSnapshotMoving(snapshot) ? `It is ${snapshot.status}.` : null;
}

/** `2 snapshots, US$0.56 a month`; what has no known price is named apart. */
export function keptSentence({ count, monthly_costs: costs, cost_unknown: unknown }: SnapshotTotal): string {
  const sums = costs.map(({ amount, currency }) => money(amount, currency)).join(' and ');
  return [
    plural(count, 'snapshot'),
    ...(sums === '' ? [] : [`${sums} a month`]),
    ...(unknown > 0 ? [`${unknown === count ? 'its price is' : `the price of ${unknown} is`} not known`] : []),
  ].join(', ');
}

/** `$1.20 per month`, one part per currency; null where no price is known. */
export function keepingCosts(snapshots: readonly Snapshot[]): string | null {
  const sums = new Map<string, number>();
  for (const { monthly_cost: cost } of snapshots) if (cost) sums.set(cost.currency, (sums.get(cost.currency) ?? 0) + Number(cost.amount));
  if (sums.size === 0) return null;
  return `${[...sums].map(([currency, amount]) => money(amount, currency)).join(' and ')} per month`;
}

export function sizeOf({ size_gb: size }: Snapshot): string {
  return size === null ? '–' : `${Number(size.toFixed(1))} GB`;
}

export function costOf({ kind, monthly_cost: cost }: Snapshot): string {
  if (cost) return money(cost.amount, cost.currency);
  return kind === 'backup' ? 'in the price' : '–';
}

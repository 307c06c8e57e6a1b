/** All snapshots and backups of a VPS for whoever looks. */
import { isProviderError } from '../../../providers/errors.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import type { VpsWithAccount } from '../store.ts';
import { mustVps } from '../vps.ts';
import { listAtProvider, merge, type SnapshotEntry } from './snapshots.ts';
import { snapshotsOf } from './store.ts';

export interface SnapshotReading {
  readonly vps: VpsWithAccount;
  readonly entries: readonly SnapshotEntry[];
  readonly live: boolean;
  readonly reason: string | null;
}

/** Rows and the provider's list as one; without the provider the rows alone, with the reason. */
export async function readSnapshots(services: Services, principal: Principal, id: string): Promise<SnapshotReading> {
  const vps = await mustVps(services, principal, id);
  const rows = await snapshotsOf(services.db, vps.id);
  const alone = (reason: string): SnapshotReading => ({ vps, entries: rows.map((row) => ({ row, found: null })), live: false, reason });
  try {
    return { vps, entries: merge(rows, await listAtProvider(services, vps)), live: true, reason: null };
  } catch (error) {
    if (error instanceof Refusal) return alone(error.message);
    if (isProviderError(error)) return alone(error.detail.message);
    services.log.warn({ err: error, vps: vps.id }, 'the snapshots could not be read at the provider');
    return alone('The provider could not be asked just now.');
  }
}

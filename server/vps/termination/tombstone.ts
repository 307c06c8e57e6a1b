/** What there is to say of a VPS that has ended: when, who asked for it, and what is kept of it. */
import { listAudit } from '../../kernel/audit-reading.ts';
import { type SnapshotSum, snapshotSums } from '../snapshots/store.ts';
import { destroysOf } from '../operations/store.ts';
import type { VpsWithAccount } from '../store.ts';
import { BY_ITSELF } from '../../kernel/kill-switches/kill-switches.ts';
import type { Services } from '../../kernel/services.ts';

/** `at` is an ISO time. */
export interface Ended {
  readonly who: { readonly at: string; readonly by: string | null; readonly operation_id: string | null };
  readonly kept: readonly SnapshotSum[];
}

/** null while it is not terminated. */
export async function endOf(
  { db }: Pick<Services, 'db'>,
  vps: Pick<VpsWithAccount, 'id' | 'status' | 'deletedAt' | 'updatedAt'>,
): Promise<Ended | null> {
  if (vps.status !== 'terminated') return null;
  const [destroys, kept] = await Promise.all([destroysOf(db, vps.id), snapshotSums(db, null, { vpsId: vps.id })]);
  const last = destroys.find(({ status }) => status === 'succeeded') ?? destroys[0];
  // What Plinth ends or looks at again by itself, a grace that ran out or a leak, somebody wanted before.
  const asked = destroys.find(({ actor }) => actor !== BY_ITSELF)?.actor ?? (await beganGrace({ db }, vps)) ?? last?.actor ?? null;
  return { who: { at: (vps.deletedAt ?? vps.updatedAt).toISOString(), by: asked, operation_id: last?.id ?? null }, kept };
}

/** Lines of the trail that are looked through: a VPS has few, and its end is among the newest. */
const LOOKED_AT = 200;

async function beganGrace({ db }: Pick<Services, 'db'>, { id }: Pick<VpsWithAccount, 'id'>): Promise<string | null> {
  const lines = await listAudit(db, null, { target: id }, { from: null, limit: LOOKED_AT, order: 'newest' });
  return lines.find(({ action }) => action === 'vps.termination-scheduled')?.actor ?? null;
}

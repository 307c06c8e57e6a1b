/** Bulk runs and their items to wire shapes. */
import type { BulkItem as ItemWire, BulkPace, BulkRun as RunWire } from '../../contract/bulk.ts';
import { timeNow } from '../kernel/clock.ts';
import { soakUntil } from './decide.ts';
import type { BulkCounts, BulkRun, ItemWithVps } from './store.ts';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function presentBulkRun(run: BulkRun, counts: BulkCounts, now = timeNow()): RunWire {
  const pace = run.pace as BulkPace;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const until = soakUntil(pace, run.canaryPassedAt);
  const soaking = until !== null && until > now && run.finishedAt === null;
  return {
    id: run.id,
    organization_id: run.organizationId,
    status: run.status,
    note: run.note,
    action: run.action,
    selection: run.selection,
    pace,
    include_maintenance: run.includeMaintenance,
    counts: { total, ...counts },
    canary: pace.canary === null ? 'none' : run.canaryPassedAt === null ? 'running' : soaking ? 'soaking' : 'passed',
    soak_until: iso(until),
    reason: run.reason,
    waiting: run.waiting,
    started_by: run.startedBy,
    actor: run.actor,
    created_at: run.createdAt.toISOString(),
    finished_at: iso(run.finishedAt),
  } as RunWire;
}

export function presentBulkItem(item: ItemWithVps): ItemWire {
  return {
    position: item.position,
    vps_id: item.vpsId,
    label: item.vps.label,
    vps_status: item.vps.status,
    status: item.status,
    canary: item.canary,
    attempts: item.attempts,
    operation_id: item.operationId,
    fault: item.fault,
    waiting: item.waiting,
    ordered_at: iso(item.orderedAt),
    finished_at: iso(item.finishedAt),
  } as ItemWire;
}

/** Rows of sweeps, drift and inventory to wire shapes. */
import { remedyOf } from '../../contract/alerts.ts';
import type { Look } from '../../contract/drift.ts';
import { amountOf, formatAmount, parseRate, sum } from '../../contract/money.ts';
import { timeNow } from '../kernel/clock.ts';
import { readable } from './compare.ts';
import { differencesOf } from './drift.ts';
import { isImportable } from '../vps/import/import.ts';
import { isDeletable } from './inventory/inventory.ts';
import type { Alert } from '../kernel/kill-switches/store.ts';
import type { DriftWithVps } from './store.ts';
import type { DriftPolicyRow } from './policies/store.ts';
import type { InventoryItem } from '../accounts/inventory/store.ts';
import type { Sweep } from '../kernel/schedule/store.ts';

const DAY_MS = 86_400_000;
const NEVER_YEAR = 9999;
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function presentSweep(sweep: Sweep) {
  return {
    name: sweep.name,
    running: sweep.leaseUntil !== null && sweep.leaseUntil > timeNow(),
    requested: sweep.requestedBy !== null,
    next_run_at: sweep.nextRunAt.getUTCFullYear() >= NEVER_YEAR ? null : sweep.nextRunAt.toISOString(),
    runs: sweep.runs,
    last:
      sweep.lastStartedAt === null
        ? null
        : {
            started_at: sweep.lastStartedAt.toISOString(),
            finished_at: iso(sweep.lastFinishedAt),
            duration_ms: sweep.lastDurationMs,
            outcome: sweep.lastOutcome,
            message: sweep.lastMessage,
            result: sweep.lastResult,
          },
  };
}

/** Null: there is no such sweep yet. */
export function presentLook(sweep: Sweep | null): Look {
  return {
    // Of a runner that died too: until another one has ended, nobody knows.
    looking: sweep !== null && (sweep.requestedBy !== null || sweep.leaseOwner !== null),
    finished_at: iso(sweep?.lastFinishedAt ?? null) as Look['finished_at'],
    outcome: sweep?.lastOutcome ?? null,
    message: sweep?.lastMessage ?? null,
  };
}

export function presentAlert({ id, kind, target, message, data, raisedAt, resolvedAt }: Alert) {
  return { id, kind, target, message, remedy: remedyOf(kind), data, raised_at: raisedAt.toISOString(), resolved_at: iso(resolvedAt) };
}

export function presentPolicy({ accountId, plan, field, policy, changedBy, changedAt }: DriftPolicyRow) {
  return { account_id: accountId, plan, field, policy, changed_by: changedBy, changed_at: changedAt.toISOString() };
}

export function presentDrift(drift: DriftWithVps) {
  return {
    id: drift.id,
    vps_id: drift.vpsId,
    label: drift.vps.label,
    account_id: drift.accountId,
    kind: drift.kind,
    state: drift.state,
    differences: differencesOf(drift).map((difference) => ({ ...difference, text: readable(difference) })),
    engine: drift.engine,
    message: drift.message,
    seen_count: drift.seenCount,
    first_seen_at: drift.firstSeenAt.toISOString(),
    last_seen_at: drift.lastSeenAt.toISOString(),
    decided_by: drift.decidedBy,
    decided_at: iso(drift.decidedAt),
    reason: drift.reason,
    check_operation_id: drift.checkOperationId,
    action_operation_id: drift.actionOperationId,
    resolved_at: iso(drift.resolvedAt),
    resolution: drift.resolution,
  };
}

export function presentItem(item: InventoryItem, held: boolean) {
  return {
    id: item.id,
    account_id: item.accountId,
    kind: item.kind,
    reason: item.reason,
    object_id: item.objectId,
    label: item.label,
    detail: item.detail,
    vps_id: item.vpsId,
    monthly_cost: item.monthlyCost,
    currency: item.currency,
    age_days:
      item.objectCreatedAt === null ? null : Math.max(0, Math.round((timeNow().getTime() - item.objectCreatedAt.getTime()) / DAY_MS)),
    seen_count: item.seenCount,
    first_seen_at: item.firstSeenAt.toISOString(),
    last_seen_at: item.lastSeenAt.toISOString(),
    deletable: isDeletable(item, held),
    importable: isImportable(item),
  };
}

export function presentInventory(items: readonly InventoryItem[], missing: readonly DriftWithVps[], held: boolean, look: Look) {
  const costs = items.flatMap(({ kind, currency, monthlyCost }) =>
    kind === 'orphan' && currency !== null && monthlyCost !== null ? [amountOf(parseRate(monthlyCost), currency)] : [],
  );
  return {
    look,
    items: items.map((item) => presentItem(item, held)),
    orphan_cost: [...Map.groupBy(costs, ({ currency }) => currency)].map(([currency, group]) => ({
      currency,
      monthly: formatAmount(sum(group, currency)),
    })),
    missing: missing.map(presentDrift),
  };
}

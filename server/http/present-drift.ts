/** Rows of sweeps, drift and inventory to wire shapes. */
import { readable } from '../sweeps/compare.ts';
import { differencesOf } from '../services/drift.ts';
import { isImportable } from '../services/import.ts';
import { isDeletable } from '../services/inventory.ts';
import { centsOf, moneyOf } from '../services/money.ts';
import type { Alert } from '../store/automation.ts';
import type { DriftWithVps } from '../store/drift.ts';
import type { DriftRuleRow } from '../store/drift-rules.ts';
import type { InventoryItem } from '../store/inventory.ts';
import type { Sweep } from '../store/sweeps.ts';

const DAY_MS = 86_400_000;
const NEVER_YEAR = 9999;
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function presentSweep(sweep: Sweep) {
  return {
    name: sweep.name,
    running: sweep.leaseUntil !== null && sweep.leaseUntil > new Date(),
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

export function presentAlert({ id, kind, target, message, data, raisedAt, resolvedAt }: Alert) {
  return { id, kind, target, message, data, raised_at: raisedAt.toISOString(), resolved_at: iso(resolvedAt) };
}

export function presentRule({ accountId, plan, field, policy, changedBy, changedAt }: DriftRuleRow) {
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

export function presentItem(item: InventoryItem) {
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
    age_days: item.objectCreatedAt === null ? null : Math.max(0, Math.round((Date.now() - item.objectCreatedAt.getTime()) / DAY_MS)),
    seen_count: item.seenCount,
    first_seen_at: item.firstSeenAt.toISOString(),
    last_seen_at: item.lastSeenAt.toISOString(),
    deletable: isDeletable(item),
    importable: isImportable(item),
  };
}

export function presentInventory(items: readonly InventoryItem[], missing: readonly DriftWithVps[]) {
  const cents = new Map<string, number>();
  for (const { kind, currency, monthlyCost } of items)
    if (kind === 'orphan' && currency !== null && monthlyCost !== null)
      cents.set(currency, (cents.get(currency) ?? 0) + centsOf(monthlyCost));
  return {
    items: items.map(presentItem),
    orphan_cost: [...cents].map(([currency, sum]) => ({ currency, monthly: moneyOf(sum) })),
    missing: missing.map(presentDrift),
  };
}

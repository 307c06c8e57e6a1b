/** The dry run of a bulk run: how many match, which are refused and why, what it costs, and the approval of exactly that. */
import { isUndo } from '../../contract/bulk.ts';
import type { BulkAction, BulkPreview, BulkPreviewRequest } from '../../contract/bulk.ts';
import { fingerprint } from '../kernel/fingerprint.ts';
import { mustCan } from '../kernel/can.ts';
import { formatAmount, formatDifference, subtract, sum } from '../../contract/money.ts';
import { amountOfPrice } from '../vps/changes/preview.ts';
import type { InBulk } from '../vps/operations/sheet.ts';
import { sheetOf } from '../vps/operations/sheets.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { permissionsOfBulk } from './permissions.ts';
import { type Judged, judgeAll, selectVpses } from './judge.ts';

const SHOWN_REFUSALS = 200;

export interface Dry {
  readonly action: BulkAction;
  readonly judged: readonly Judged[];
  readonly preview: BulkPreview;
}

/** Changes nothing. The action in the answer has the service's defaults filled in. */
export async function dryRun(services: Services, principal: Principal, request: BulkPreviewRequest): Promise<Dry> {
  const action = withDefaults(services, request.action);
  mustCan(principal, ...permissionsOfBulk(action));
  const vpses = await selectVpses(services, principal, request.selection);
  const judged = await judgeAll(services, principal, { ...request, action }, vpses);
  const refused = judged.filter((each) => each.refused !== null);
  const byCode = Map.groupBy(refused, (each) => each.refused!.code);
  const prices = sums(judged);
  const preview: BulkPreview = {
    action,
    approval: approvalOf(request.include_maintenance, action, judged, prices),
    approval_required: losesData(action),
    matched: judged.length,
    ready: judged.length - refused.length,
    busy: judged.filter(({ busy }) => busy).length,
    refused: refused.length,
    refused_by: [...byCode].map(([code, list]) => ({ code, reason: list[0]!.refused!.reason, count: list.length })),
    refusals: refused
      .slice(0, SHOWN_REFUSALS)
      .map(({ vps, refused: why }) => ({ vps_id: vps.id, label: vps.label, ...why! })) as BulkPreview['refusals'],
    price: prices,
    price_unknown: judged.filter(({ price }) => price === 'unknown').length,
    data_loss: losesData(action),
  };
  return { action, judged, preview };
}

/** Its servers, or what is on their disks, are gone afterwards. */
export function losesData({ action }: BulkAction): boolean {
  return bulkOf(action).losesData === true;
}

/** Taking terminations back is no operation, so it has no sheet. */
function bulkOf(action: BulkAction['action']): InBulk {
  return (isUndo(action) ? undefined : sheetOf(action).bulk) ?? {};
}

/** Frozen with the run: a default that changes meanwhile changes no run. */
function withDefaults({ config }: Services, action: BulkAction): BulkAction {
  if (action.action === 'restore') return { action: 'undo' };
  return action.action === 'destroy' ? { ...action, grace_hours: action.grace_hours ?? config.terminationGraceHours } : action;
}

function sums(judged: readonly Judged[]): BulkPreview['price'] {
  const known = judged.flatMap(({ price }) => (price === null || price === 'unknown' ? [] : [price]));
  return [...Map.groupBy(known, ({ before }) => before.currency)].map(([currency, prices]) => {
    const before = sum(
      prices.map((price) => amountOfPrice(price.before)),
      currency,
    );
    const after = sum(
      prices.map((price) => amountOfPrice(price.after)),
      currency,
    );
    const difference = formatDifference(subtract(after, before));
    return { currency, servers: prices.length, before: formatAmount(before), after: formatAmount(after), difference };
  });
}

/** Who would be done, who would be refused, what with and at what price. What is only busy now is waited for. */
function approvalOf(maintained: boolean, action: BulkAction, judged: readonly Judged[], prices: BulkPreview['price']): string {
  const ids = (refused: boolean): string[] => judged.filter((each) => (each.refused !== null) === refused).map(({ vps }) => vps.id);
  return fingerprint([action, maintained, ids(false).sort(), ids(true).sort(), prices]);
}

/** What the plan and the catalogues say of a bulk action on one VPS after the other: whether it can be, and the price. */
import { isUndo } from '../../contract/bulk.ts';
import type { BulkAction } from '../../contract/bulk.ts';
import { isProviderError } from '../../providers/errors.ts';
import type { Plan } from '../../providers/provider.ts';
import { VpsSpec } from '../../stacks/spec.ts';
import { Refusal } from '../kernel/problem.ts';
import type { VpsWithAccount } from '../vps/store.ts';
import { planChange } from '../vps/changes/actions.ts';
import type { InBulk } from '../vps/operations/sheet.ts';
import { sheetOf } from '../vps/operations/sheets.ts';
import { requireFinalSnapshot } from '../vps/termination/plan.ts';
import type { Refused } from '../vps/changes/standing.ts';
import { freeOf, priceOf, type Price, plansOf } from '../vps/changes/preview.ts';
import type { Services } from '../kernel/services.ts';

export interface Outlook {
  readonly refused: Refused | null;
  /** Of its plan now and then; null where the action changes no price, `unknown` where the catalogue does not tell. */
  readonly price: { readonly before: Price; readonly after: Price } | 'unknown' | null;
}
const FINE: Outlook = { refused: null, price: null };

/** For one look at many: each account's catalogue is read once, and servers that are alike get the same answer. */
export function makeOutlook(services: Services, action: BulkAction): (vps: VpsWithAccount) => Promise<Outlook> {
  const alike = new Map<string, Promise<Outlook>>();
  const catalogues = new Map<string, Promise<readonly Plan[]>>();
  const plansAt = once(
    catalogues,
    ({ accountId }) => accountId,
    (vps) => plansOf(services, vps),
  );
  const { bulk = {} } = isUndo(action.action) ? {} : sheetOf(action.action);
  if (!bulk.planned) return async () => FINE;
  const planned = async (vps: VpsWithAccount): Promise<Outlook> =>
    await caught(() => plan(services, vps, action, bulk, plansAt), bulk.price !== undefined);
  return bulk.planned === 'alike' ? once(alike, likeness, planned) : planned;
}

function once<T>(known: Map<string, Promise<T>>, keyOf: (vps: VpsWithAccount) => string, ask: (vps: VpsWithAccount) => Promise<T>) {
  return (vps: VpsWithAccount): Promise<T> => {
    const key = keyOf(vps);
    const answer = known.get(key) ?? ask(vps);
    known.set(key, answer);
    return answer;
  };
}

/** All of a spec that resizing and reinstalling look at. */
function likeness(vps: VpsWithAccount): string {
  const { options: _options, imported, ...compute } = VpsSpec.parse(vps.spec).compute;
  return JSON.stringify([vps.accountId, compute, imported !== undefined, vps.instanceId === null]);
}

type PlansAt = (vps: VpsWithAccount) => Promise<readonly Plan[]>;

async function plan(services: Services, vps: VpsWithAccount, action: BulkAction, { price }: InBulk, plansAt: PlansAt): Promise<Outlook> {
  if (action.action === 'destroy' && action.final_snapshot) requireFinalSnapshot(services, vps);
  if (price === 'ends') {
    // What was never taken over stays at the provider, with its price.
    if (vps.importing !== null) return FINE;
    const now = priceOf(await plansAt(vps), VpsSpec.parse(vps.spec));
    return priced(now, freeOf(now));
  }
  const { before, spec } = await planChange(services, vps, action);
  if (price === undefined) return FINE;
  const plans = await plansAt(vps);
  return priced(priceOf(plans, before), priceOf(plans, spec));
}

function priced(before: Price | null, after: Price | null): Outlook {
  if (before === null || after === null || before.currency !== after.currency) return { refused: null, price: 'unknown' };
  return { refused: null, price: { before, after } };
}

async function caught(ask: () => Promise<Outlook>, changesPrice: boolean): Promise<Outlook> {
  try {
    return await ask();
  } catch (error) {
    // The provider cannot be asked now: whether it can be done shows when its turn comes.
    if (isProviderError(error)) return { refused: null, price: changesPrice ? 'unknown' : null };
    if (!(error instanceof Refusal)) throw error;
    return { refused: { code: error.code, reason: error.message }, price: null };
  }
}

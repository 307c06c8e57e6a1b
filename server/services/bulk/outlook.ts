/** What the plan and the catalogues say of a bulk action on one VPS after the other: whether it can be, and the price. */
import type { BulkAction } from '../../../contract/bulk.ts';
import { isProviderError } from '../../../providers/errors.ts';
import type { Plan } from '../../../providers/provider.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { Refusal } from '../../problem.ts';
import type { VpsWithAccount } from '../../store/vpses.ts';
import { providerOf } from '../accounts.ts';
import { readCatalog } from '../catalog.ts';
import { planChange } from '../lifecycle/plan-change.ts';
import { requireFinalSnapshot } from '../lifecycle/plan-destroy.ts';
import type { Refused } from '../lifecycle/capabilities.ts';
import { priceOf } from '../lifecycle/preview.ts';
import type { Price } from '../money.ts';
import type { Services } from '../services.ts';

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
  const plansOf = once(
    catalogues,
    ({ accountId }) => accountId,
    (vps) => readPlans(services, vps),
  );
  const planned = async (vps: VpsWithAccount): Promise<Outlook> => await caught(() => plan(services, vps, action, plansOf), action);
  switch (action.action) {
    case 'resize':
    case 'reinstall':
      return once(alike, likeness, planned);
    case 'configure':
    case 'reset-password':
    case 'destroy':
      return planned;
    default:
      return async () => FINE;
  }
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

async function readPlans(services: Services, { account }: VpsWithAccount): Promise<readonly Plan[]> {
  return providerOf(services, account).compute ? (await readCatalog(services, account, 'plans')).items : [];
}

type PlansOf = (vps: VpsWithAccount) => Promise<readonly Plan[]>;

async function plan(services: Services, vps: VpsWithAccount, action: BulkAction, plansOf: PlansOf): Promise<Outlook> {
  if (action.action === 'destroy') {
    if (action.final_snapshot) requireFinalSnapshot(services, vps);
    // What was never taken over stays at the provider, with its price.
    if (vps.importing !== null) return FINE;
    const now = priceOf(await plansOf(vps), VpsSpec.parse(vps.spec));
    return priced(now, now && { ...now, monthly: '0.00' });
  }
  if (action.action === 'resize') {
    const { before, spec } = await planChange(services, vps, action);
    const plans = await plansOf(vps);
    return priced(priceOf(plans, before), priceOf(plans, spec));
  }
  if (action.action === 'reinstall' || action.action === 'configure' || action.action === 'reset-password')
    await planChange(services, vps, action);
  return FINE;
}

function priced(before: Price | null, after: Price | null): Outlook {
  if (before === null || after === null || before.currency !== after.currency) return { refused: null, price: 'unknown' };
  return { refused: null, price: { before, after } };
}

async function caught(ask: () => Promise<Outlook>, { action }: BulkAction): Promise<Outlook> {
  try {
    return await ask();
  } catch (error) {
    // The provider cannot be asked now: whether it can be done shows when its turn comes.
    if (isProviderError(error)) return { refused: null, price: action === 'resize' || action === 'destroy' ? 'unknown' : null };
    if (!(error instanceof Refusal)) throw error;
    return { refused: { code: error.code, reason: error.message }, price: null };
  }
}

/** A plan of one account is a product with one candidate: its base and its markup make the price. */
import type { z } from 'zod';
import { formatAmount, money, parseMoney } from '../../../contract/money.ts';
import { ProductCreate } from '../../../contract/product.ts';
import type { VpsPlan, VpsPlanCreate, VpsPlanPatch } from '../../../contract/vps-plan.ts';
import { mustAccount } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { sellerOf } from '../../billing/profile/profile.ts';
import { timeNow } from '../../kernel/clock.ts';
import { type Commit, inTransaction, type Json } from '../../kernel/database.ts';
import { notFound, refuseField } from '../../kernel/problem.ts';
import { type Principal, type Services, within } from '../../kernel/services.ts';
import { holdsAt } from '../../products/present.ts';
import {
  addPrice,
  amountField,
  createProduct,
  patchProduct,
  putCandidates,
  removeProduct,
  seekCandidates,
  setRule,
} from '../../products/products.ts';
import { productById, type ProductRow, productUsed } from '../../products/store.ts';
import { setVpsPlan, vpsPlanRows } from './store.ts';

type Wire = z.input<typeof VpsPlan>;
type By = Pick<Principal, 'name'>;
const written = (price: number | string): string => (typeof price === 'number' ? price.toFixed(2).replace(/\.?0+$/, '') || '0' : price);

export async function mustVpsPlan(services: Services, id: string): Promise<ProductRow> {
  const row = await productById(services.db, id);
  if (!row || row.visibility === 'retired' || !(row.compat as { vps_plan?: object } | null)?.vps_plan) throw notFound('VPS plan', id);
  return row;
}

export async function listVpsPlans(services: Services): Promise<Wire[]> {
  const { currency } = await sellerOf(services.db);
  return (await vpsPlanRows(services.db)).map((row) => present(row, currency));
}

export async function showVpsPlan(services: Services, row: ProductRow): Promise<Wire> {
  return present(row, (await sellerOf(services.db)).currency);
}

/**
 * Looks for it in the account's catalogue; what it answers adds it.
 * @throws Refusal naming the field when account, plan or region are not there
 */
export async function prepareVpsPlan(services: Services, by: By, body: VpsPlanCreate): Promise<Commit<Wire>> {
  const specifications = await completed(services, body);
  const candidates = await candidatesAt(services, body, specifications.region);
  const visibility = body.active ? 'public' : 'hidden';
  return async (tx) => {
    const inside = within(services, tx);
    const { id } = await createProduct(inside, by, ProductCreate.parse({ name: body.name, visibility }));
    await setVpsPlan(tx, id, specifications as Json);
    await putCandidates(inside, by, id, candidates);
    await price(inside, by, id, body.base_price, body.markup_price);
    return await showVpsPlan(inside, await mustVpsPlan(inside, id));
  };
}

/** The whole of it, for who has no transaction of its own. */
export async function createVpsPlan(services: Services, by: By, body: VpsPlanCreate): Promise<Wire> {
  return await inTransaction(services.db, await prepareVpsPlan(services, by, body));
}

export async function prepareVpsPlanPatch(services: Services, by: By, id: string, body: VpsPlanPatch): Promise<Commit<Wire>> {
  const row = await mustVpsPlan(services, id);
  const before = await showVpsPlan(services, row);
  const { provider_id = before.provider_id ?? undefined, provider_plan_id = before.provider_plan_id } = body;
  const moved = body.provider_id !== undefined || body.provider_plan_id !== undefined || body.specifications !== undefined;
  const specifications = { ...before.specifications, ...body.specifications };
  let candidates: Awaited<ReturnType<typeof candidatesAt>> | undefined;
  if (moved) {
    if (provider_id === undefined) throw refuseField('provider_id', 'is no account any more', 'Send another one.');
    const asked = { provider_id, provider_plan_id, specifications };
    const whole = await completed(services, asked as Pick<VpsPlanCreate, 'provider_id' | 'provider_plan_id' | 'specifications'>);
    candidates = await candidatesAt(services, asked as unknown as VpsPlanCreate, whole.region);
  }
  const patch = {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.active === undefined ? {} : { visibility: body.active ? ('public' as const) : ('hidden' as const) }),
  };
  return async (tx) => {
    const inside = within(services, tx);
    if (candidates !== undefined) await putCandidates(inside, by, id, candidates);
    await patchProduct(inside, by, id, patch);
    await setVpsPlan(tx, id, specifications as Json);
    if (body.base_price !== undefined || body.markup_price !== undefined)
      await price(inside, by, id, body.base_price ?? before.base_price, body.markup_price ?? before.markup_price);
    return await showVpsPlan(inside, await mustVpsPlan(inside, id));
  };
}

/** One that was sold is retired: its servers and their terms stay. */
export async function removeVpsPlan(services: Services, by: By, id: string): Promise<void> {
  await mustVpsPlan(services, id);
  if (await productUsed(services.db, id)) await patchProduct(services, by, id, { visibility: 'retired' });
  else await removeProduct(services, by, id);
}

/** What the catalogue says of the plan stands where nothing was sent. */
async function completed(
  services: Services,
  { provider_id, provider_plan_id, specifications }: Pick<VpsPlanCreate, 'provider_id' | 'provider_plan_id' | 'specifications'>,
) {
  const account = await mustAccount(services, provider_id).catch(() => null);
  if (!account) throw refuseField('provider_id', 'there is no such account', 'Take an id from GET /api/admin/providers.');
  const plan = (await readCatalog(services, account, 'plans')).items.find(({ id }) => id === provider_plan_id);
  if (!plan)
    throw refuseField(
      'provider_plan_id',
      `${account.name} has no plan "${provider_plan_id}"`,
      'Take one from GET /api/admin/upstream/plans.',
    );
  const { region } = specifications;
  if (region !== undefined && !plan.regions.includes(region))
    throw refuseField('specifications.region', `the plan is not in ${region}`, `It is in: ${plan.regions.join(', ') || 'no region'}.`);
  return { vcpus: plan.vcpus, memory: plan.memoryMb, disk: plan.diskGb, transfer: plan.transferGb, ...specifications };
}

async function candidatesAt(
  services: Services,
  { provider_id, provider_plan_id }: Pick<VpsPlanCreate, 'provider_id' | 'provider_plan_id'>,
  region: string | undefined,
) {
  const one = { account_id: provider_id, plan: provider_plan_id, regions: region === undefined ? [] : [region], images: [] };
  return await seekCandidates(services, { candidates: [one] }, timeNow());
}

async function price(services: Services, by: By, id: string, base: number | string, plus: number | string): Promise<void> {
  const { currency } = await sellerOf(services.db);
  const [low, more] = [amountField('base_price', written(base), currency), amountField('markup_price', written(plus), currency)];
  const rule = { percent: '0', plus: formatAmount(money(more, currency)), currency, rounding: 'none', min_margin_percent: '0' } as const;
  await setRule(services, by, id, rule);
  const amount = formatAmount(money(low + more, currency));
  await addPrice(services, by, id, { interval: 'month', currency, amount, setup_fee: '0', tax_behavior: 'exclusive' }, timeNow());
}

function present(row: ProductRow, currency: string): Wire {
  const [place] = row.candidates;
  const now = timeNow();
  const current = row.prices.find((each) => each.interval === 'month' && each.currency === currency && holdsAt(each, now))?.amount ?? 0n;
  const plus = row.rule && row.rule.currency === currency ? parseMoney(row.rule.plus.toFixed(), currency).amount : 0n;
  const number = (amount: bigint): number => Number(formatAmount(money(amount, currency)));
  const account = place?.account ? place.accountId : null;
  return {
    id: row.id,
    name: row.name,
    provider_id: account,
    provider: place?.account?.provider ?? null,
    provider_plan_id: place?.plan ?? '',
    base_price: number(current > plus ? current - plus : 0n),
    markup_price: number(plus),
    price: number(current),
    currency,
    specifications: (row.compat as { vps_plan: { specifications: Wire['specifications'] } }).vps_plan.specifications,
    active: row.visibility === 'public' && account !== null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

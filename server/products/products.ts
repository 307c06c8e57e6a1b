/** What the seller does with products: makes them, prices them, says where they can be placed and how many there are. */
import type { z } from 'zod';
import { formatAmount, MoneyError, parseMoney, parseRate, money } from '../../contract/money.ts';
import type { CandidatesRequest, PriceRequest, PriceRule, PriceSuggestion, ProductCreate, ProductPatch } from '../../contract/product.ts';
import { mustAccount, providerOf } from '../accounts/accounts.ts';
import { appendAudit } from '../kernel/audit.ts';
import { type Db, inTransaction, type Json } from '../kernel/database.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { listProfiles } from '../profiles/store.ts';
import { type Offer, offerOf } from './offer.ts';
import { markUp } from './markup.ts';
import {
  deleteProduct,
  endPrice,
  exchangeRate,
  insertProduct,
  type NewCandidate,
  productById,
  type ProductRow,
  productUsed,
  putPrice,
  putRule,
  replaceCandidates,
  updateProduct,
} from './store.ts';
import { ensureStock, setTotal } from './stock-store.ts';

type By = Pick<Principal, 'name'>;

export async function mustProduct(db: Db, id: string): Promise<ProductRow> {
  const product = await productById(db, id);
  if (!product) throw notFound('product', id);
  return product;
}

/** One change of a product with its audit entry. */
async function changed(
  services: Services,
  by: By,
  id: string,
  action: string,
  data: Record<string, Json>,
  work: (tx: Db, product: ProductRow) => Promise<void>,
): Promise<ProductRow> {
  return await inTransaction(services.db, async (tx) => {
    await work(tx, await mustProduct(tx, id));
    await appendAudit(tx, { actor: by.name, action, target: id, organizationId: null, data });
    return await mustProduct(tx, id);
  });
}

export async function createProduct(services: Services, by: By, body: ProductCreate): Promise<ProductRow> {
  return await inTransaction(services.db, async (tx) => {
    const { max_per_organization: maxPerOrganization, once_per_reference: oncePerReference, trial_days: trialDays, ...rest } = body;
    const { term_months: termMonths, setup_profiles: setupProfiles, ...plain } = rest;
    await requireProfiles(tx, setupProfiles);
    const id = await insertProduct(tx, { ...plain, maxPerOrganization, oncePerReference, trialDays, termMonths, setupProfiles });
    await ensureStock(tx, id);
    await appendAudit(tx, { actor: by.name, action: 'product.created', target: id, organizationId: null, data: { name: body.name } });
    return await mustProduct(tx, id);
  });
}

export async function patchProduct(services: Services, by: By, id: string, body: ProductPatch): Promise<ProductRow> {
  const { max_per_organization: most, once_per_reference: once, trial_days: trialDays, term_months: termMonths, ...others } = body;
  const { setup_profiles: setupProfiles, ...rest } = others;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  const data = {
    ...given,
    ...(most === undefined ? {} : { maxPerOrganization: most }),
    ...(once === undefined ? {} : { oncePerReference: once }),
    ...(trialDays === undefined ? {} : { trialDays }),
    ...(termMonths === undefined ? {} : { termMonths }),
    ...(setupProfiles === undefined ? {} : { setupProfiles }),
  };
  return await changed(services, by, id, 'product.changed', { fields: Object.keys(body) }, async (tx) => {
    await requireProfiles(tx, setupProfiles ?? []);
    await updateProduct(tx, id, data);
  });
}

/** @throws Refusal that names the one that there is not */
async function requireProfiles(tx: Db, names: readonly string[]): Promise<void> {
  const known = new Set((await listProfiles(tx)).map(({ name }) => name));
  const index = names.findIndex((name) => !known.has(name));
  if (index >= 0)
    throw refuseField(`setup_profiles.${index}`, `there is no setup profile "${names[index]}"`, 'Take one from GET /api/setup-profiles.');
}

/** @throws Refusal 409 when something was sold of it. */
export async function removeProduct(services: Services, by: By, id: string): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    const product = await mustProduct(tx, id);
    if (await productUsed(tx, id))
      throw new Refusal(409, 'product_in_use', `"${product.name}" has orders. Retire it instead: PATCH with "visibility": "retired".`);
    await deleteProduct(tx, id);
    await appendAudit(tx, { actor: by.name, action: 'product.deleted', target: id, organizationId: null, data: { name: product.name } });
  });
}

export async function addPrice(services: Services, by: By, id: string, body: PriceRequest, now: Date): Promise<ProductRow> {
  const amount = amountField('amount', body.amount, body.currency);
  const setupFee = amountField('setup_fee', body.setup_fee, body.currency);
  const validFrom = body.valid_from === undefined ? now : new Date(body.valid_from);
  if (Number.isNaN(validFrom.getTime())) throw refuseField('valid_from', 'is no time', 'Send it as 2027-01-31T00:00:00Z.');
  if (validFrom < now) throw refuseField('valid_from', 'lies in the past', 'Leave it out for now, or send a time to come.');
  const { interval, currency, tax_behavior: taxBehavior } = body;
  const price = { productId: id, interval, currency, amount, setupFee, taxBehavior, validFrom };
  const data = { interval, currency, amount: body.amount, setup_fee: body.setup_fee, from: validFrom.toISOString() };
  return await changed(services, by, id, 'product.price-set', data, (tx) => putPrice(tx, price));
}

export async function dropPrice(services: Services, by: By, id: string, priceId: string, now: Date): Promise<ProductRow> {
  const drop = async (tx: Db): Promise<void> => {
    if (!(await endPrice(tx, id, priceId, now))) throw notFound('price', priceId);
  };
  return await changed(services, by, id, 'product.price-ended', { price: priceId }, drop);
}

/** @throws Refusal naming the field when it has more digits than the currency. */
export function amountField(field: string, text: string, currency: string): bigint {
  try {
    return parseMoney(text, currency).amount;
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw refuseField(field, error.message, 'Send as many digits after the point as the currency has.');
  }
}

/** Every place, looked up in its catalogue, so that what cannot be had is known before it is sold. */
export async function seekCandidates(services: Services, body: CandidatesRequest, now: Date): Promise<readonly NewCandidate[]> {
  const list: NewCandidate[] = [];
  for (const [index, each] of body.candidates.entries()) {
    const account = await mustAccount(services, each.account_id).catch(() => null);
    if (!account || !providerOf(services, account).compute)
      throw refuseField(`candidates.${index}.account_id`, 'no such compute account', 'Take an id from GET /api/admin/providers.');
    const offer = await offerOf(services, account, each.plan, each.regions);
    if (offer === null)
      throw refuseField(
        `candidates.${index}.plan`,
        `${account.name} has no plan "${each.plan}"`,
        'Take one from GET /api/admin/upstream/plans.',
      );
    list.push({ accountId: account.id, plan: each.plan, regions: each.regions, images: each.images, ...costColumns(offer, now) });
  }
  return list;
}

export async function putCandidates(services: Services, by: By, id: string, list: readonly NewCandidate[]): Promise<ProductRow> {
  const data = { candidates: list.map(({ accountId, plan }) => ({ account: accountId, plan })) };
  return await changed(services, by, id, 'product.candidates-set', data, (tx) => replaceCandidates(tx, id, list));
}

export function costColumns(offer: Offer, now: Date) {
  const { cost, available, reason } = offer;
  return { costAmount: cost.amount, costCurrency: cost.currency, costSeenAt: now, available, reason };
}

export async function setRule(services: Services, by: By, id: string, rule: z.output<typeof PriceRule> | null): Promise<ProductRow> {
  if (rule !== null) amountField('plus', rule.plus, rule.currency);
  const { min_margin_percent: minMarginPercent, ...rest } = rule ?? { min_margin_percent: '0' };
  const columns = rule === null ? null : { ...(rest as Omit<z.output<typeof PriceRule>, 'min_margin_percent'>), minMarginPercent };
  return await changed(services, by, id, 'product.rule-set', { rule: columns ?? 'none' }, (tx) => putRule(tx, id, columns));
}

/** What the rule makes of each candidate's cost, with the margin; nothing is changed. */
export async function suggestPrices(services: Services, id: string): Promise<z.input<typeof PriceSuggestion>> {
  const product = await mustProduct(services.db, id);
  const { rule } = product;
  if (rule === null) throw new Refusal(409, 'no_price_rule', 'The product has no price rule. Set one first.');
  const { currency } = rule;
  const markup = {
    percent: rule.percent.toFixed(),
    plus: rule.plus.toFixed(),
    rounding: rule.rounding as z.output<typeof PriceRule>['rounding'],
    minMarginPercent: rule.minMarginPercent.toFixed(),
  };
  const nothing = { cost: null, price: null, margin: null, sellable: false };
  const candidates = [];
  for (const { id: candidate_id, costAmount, costCurrency } of product.candidates) {
    if (costAmount === null || costCurrency === null) {
      candidates.push({ candidate_id, ...nothing, reason: 'Its cost is not known.' });
      continue;
    }
    const cost = money(costAmount, costCurrency);
    const rate = await exchangeRate(services.db, costCurrency, currency);
    const shown = { amount: formatAmount(cost), currency: costCurrency };
    if (rate === null) {
      candidates.push({ candidate_id, ...nothing, cost: shown, reason: `There is no exchange rate from ${costCurrency} to ${currency}.` });
      continue;
    }
    const { price, margin, sellable } = markUp(cost, parseRate(rate), currency, markup);
    const reason = sellable ? null : 'The price does not reach the least margin.';
    candidates.push({ candidate_id, cost: shown, price: formatAmount(price), margin: formatAmount(margin), sellable, reason });
  }
  return { candidates, currency };
}

export async function setStock(services: Services, by: By, id: string, total: number | null): Promise<ProductRow> {
  const set = async (tx: Db, product: ProductRow): Promise<void> => {
    const item = await ensureStock(tx, id);
    if (!(await setTotal(tx, item.id, total)))
      throw refuseField(
        'total',
        `${item.reserved + item.sold} of "${product.name}" are held or sold`,
        'Send at least that many, or wait until orders expire.',
        409,
        'stock_in_use',
      );
  };
  return await changed(services, by, id, 'product.stock-set', { total: total ?? 'unlimited' }, set);
}

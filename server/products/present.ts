/** Products as answers show them. */
import { formatAmount, money } from '../../contract/money.ts';
import type { z } from 'zod';
import type { Product } from '../../contract/product.ts';
import type { ProductRow } from './store.ts';

type Wire = z.input<typeof Product>;

/** `seller`: with what only the seller knows. `now`: prices that have ended by then are left out. */
export function presentProduct(row: ProductRow, { seller, now }: { readonly seller: boolean; readonly now: Date }): Wire {
  const stock = row.stock.find(({ externalPid }) => externalPid === null);
  const free = !stock || stock.total === null ? null : stock.total - stock.reserved - stock.sold;
  return {
    id: row.id,
    number: row.number,
    name: row.name,
    description: row.description,
    kind: row.kind as Wire['kind'],
    visibility: row.visibility as Wire['visibility'],
    sort: row.sort,
    features: row.features as string[],
    module: row.module as Wire['module'],
    max_per_organization: row.maxPerOrganization,
    once_per_reference: row.oncePerReference,
    recommended: row.recommended,
    trial_days: row.trialDays,
    term_months: row.termMonths,
    setup_profiles: row.setupProfiles,
    options: row.options.map(presentOption),
    prices: row.prices.filter(({ validTo }) => validTo === null || validTo > now).map(presentPrice),
    meters: row.meters.map(presentMeter),
    available: isAvailable(row, now),
    stock: seller ? { total: stock?.total ?? null, reserved: stock?.reserved ?? 0, sold: stock?.sold ?? 0, free } : null,
    candidates: seller ? row.candidates.map(presentCandidate) : null,
    price_rule: seller ? presentPolicy(row) : null,
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  };
}

/** It has a price now, a place, and one is left. */
export function isAvailable(row: ProductRow, now: Date): boolean {
  const stock = row.stock.find(({ externalPid }) => externalPid === null);
  const left = !stock || stock.total === null || stock.reserved + stock.sold < stock.total;
  const placed = row.module === 'manual' || row.candidates.some(({ available, accountId }) => available && accountId !== null);
  return row.visibility !== 'retired' && left && placed && row.prices.some((price) => holdsAt(price, now));
}

export function holdsAt({ validFrom, validTo }: Pick<ProductRow['prices'][number], 'validFrom' | 'validTo'>, now: Date): boolean {
  return validFrom <= now && (validTo === null || validTo > now);
}

function presentPrice({ id, interval, currency, amount, setupFee, taxBehavior, validFrom, validTo }: ProductRow['prices'][number]) {
  return {
    id,
    interval: interval as Wire['prices'][number]['interval'],
    currency,
    amount: formatAmount(money(amount, currency)),
    setup_fee: formatAmount(money(setupFee, currency)),
    tax_behavior: taxBehavior as Wire['prices'][number]['tax_behavior'],
    valid_from: validFrom.toISOString(),
    valid_to: validTo?.toISOString() ?? null,
  };
}

export function presentMeter({ meter, currency, unitPrice, included, cap }: ProductRow['meters'][number]): Wire['meters'][number] {
  return {
    meter: meter as Wire['meters'][number]['meter'],
    currency,
    unit_price: unitPrice.toFixed(),
    included: included.toFixed(),
    cap: cap === null ? null : formatAmount(money(cap, currency)),
  };
}

function presentOption({ key, kind, name, min, max, step, images, prices }: ProductRow['options'][number]): Wire['options'][number] {
  return {
    key,
    kind: kind as Wire['options'][number]['kind'],
    name,
    min,
    max,
    step,
    images,
    prices: prices.map((each) => ({
      interval: each.interval as Wire['prices'][number]['interval'],
      currency: each.currency,
      amount: formatAmount(money(each.amount, each.currency)),
    })),
  };
}

function presentCandidate(each: ProductRow['candidates'][number]): NonNullable<Wire['candidates']>[number] {
  const { costAmount, costCurrency, costSeenAt } = each;
  const cost =
    costAmount === null || costCurrency === null || costSeenAt === null
      ? null
      : { amount: formatAmount(money(costAmount, costCurrency)), currency: costCurrency, seen_at: costSeenAt.toISOString() };
  return {
    id: each.id,
    position: each.position,
    account_id: each.accountId ?? '',
    account_name: each.account?.name ?? '',
    provider: each.account?.provider ?? '',
    plan: each.plan,
    regions: each.regions,
    images: each.images,
    cost,
    available: each.available && each.account !== null,
    reason: each.account === null ? 'Its account is no more.' : each.reason,
  };
}

function presentPolicy({ rule }: ProductRow): Wire['price_rule'] {
  return (
    rule && {
      percent: rule.percent.toFixed(),
      plus: rule.plus.toFixed(),
      currency: rule.currency,
      rounding: rule.rounding as NonNullable<Wire['price_rule']>['rounding'],
      min_margin_percent: rule.minMarginPercent.toFixed(),
    }
  );
}

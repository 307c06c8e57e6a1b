/**
 * A quote: every line that would be charged with its tax, and where each item would be placed, before anybody pays. Its hash
 * covers all of that, so what was seen is what is charged.
 */
import { mustCan, onPlatform } from '../kernel/can.ts';
import { randomUUID } from 'node:crypto';
import { formatAmount, money, parseMoney } from '../../contract/money.ts';
import type { OrderItemRequest, Quote as Wire, QuoteRequest } from '../../contract/order.ts';
import type { z } from 'zod';
import type { LineInput } from '../billing/invoices/issue.ts';
import { countLines } from '../billing/invoices/issue.ts';
import { profileOf } from '../billing/profile/profile.ts';
import { findProvider } from '../kernel/services.ts';
import { businessNow } from '../kernel/business-clock.ts';
import type { Commit, Db, Json, StockItem } from '../kernel/database.ts';
import { fingerprint } from '../kernel/fingerprint.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { holdsAt } from '../products/present.ts';
import { type ProductRow, productsById } from '../products/store.ts';
import { packageAt } from '../products/stock-store.ts';
import { livingLabelExists } from '../vps/store.ts';
import { withPickedKeys } from '../vps/ssh-keys/library.ts';
import { labelTaken, organizationFor } from '../vps/vps.ts';
import { discountLine, periodLines } from '../billing/subscriptions/period-lines.ts';
import { countsOf, pricedOptions, wantsBackups } from '../billing/subscriptions/options.ts';
import type { QuotedItem } from './quoted-item.ts';
import { reduced } from './reduced.ts';
import { chosenSetup } from './setup.ts';
import { type Placed, place, previewOf, soldOut } from './placement.ts';
import { hadProduct, insertQuote, livingItems, type Quote } from './store.ts';

const GIFT = { amount: 0n, setupFee: 0n, taxBehavior: 'exclusive' };
const VALID_MS = 30 * 60_000;

export type { QuotedItem };
export type QuoteWire = z.input<typeof Wire>;

/** Looks for prices and places; what it answers keeps the quote. `complimentary`: why the seller gives it away; then nothing is charged. */
export async function prepareQuote(
  services: Services,
  principal: Principal,
  body: QuoteRequest,
  { complimentary }: { readonly complimentary?: string } = {},
): Promise<Commit<QuoteWire>> {
  if (body.items.some((item) => item.from_snapshot !== undefined)) mustCan(principal, 'snapshot:restore');
  const organizationId = await organizationFor(services, principal, body.organization_id);
  const now = await businessNow(services.db, organizationId);
  const profile = await profileOf(services.db, organizationId);
  const currency = body.currency ?? profile.currency;
  const products = new Map(
    (
      await productsById(
        services.db,
        body.items.map((item) => item.product_id),
      )
    ).map((each) => [each.id, each]),
  );
  const labels = new Set<string>();
  let items: QuotedItem[] = [];
  const placements: QuoteWire['placements'] = [];
  for (const [index, given] of body.items.entries()) {
    const product = products.get(given.product_id);
    if (!product || product.visibility === 'retired' || (product.visibility !== 'public' && !onPlatform(principal)))
      throw notFound('product', given.product_id);
    if (labels.has(given.label) || (await livingLabelExists(services.db, organizationId, given.label))) throw labelTaken(given.label);
    labels.add(given.label);
    await requireLeft(services, product, organizationId, body.items.filter((each) => each.product_id === product.id).length);
    const keyed = await withPickedKeys(services.db, organizationId, given, `items.${index}.ssh_key_ids`);
    const request = { ...keyed, ...(await chosenSetup(services.db, principal, product, keyed)) };
    const { item, placed } = await quoteItem(services, { principal, organizationId, currency, now, complimentary }, product, request);
    items.push(item);
    placements.push(shownPlace(services, index, placed));
  }
  if (body.coupon !== undefined) items = await reduced(services, items, body.coupon, { organizationId, currency, at: now });
  const lines = linesOf(items);
  const counted = await countLines(services.db, { organizationId, currency, lines, at: now });
  const written = (amount: bigint): string => formatAmount(money(amount, currency));
  const shown = {
    currency,
    lines: items.flatMap((item, index) => shownLines(item, index, currency)),
    subtotal: written(counted.subtotal - counted.discount),
    tax: written(counted.tax),
    total: written(counted.total),
    placements,
  };
  const id = randomUUID();
  const hash = fingerprint({ id, organizationId, ...shown });
  const expiresAt = new Date(now.getTime() + VALID_MS);
  const stored = { id, organizationId, currency, total: counted.total, hash, createdBy: principal.name, createdAt: now, expiresAt };
  return async (tx) => {
    await insertQuote(tx, { ...stored, items: items as unknown as Json, lines: shown as unknown as Json });
    return wireOf({ id, organizationId, hash, expiresAt, lines: shown as unknown as Json });
  };
}

interface Asking {
  readonly principal: Principal;
  readonly organizationId: string;
  readonly currency: string;
  readonly now: Date;
  readonly complimentary: string | undefined;
}

/** One server: what it costs, and the place where it would be made; null where a person makes it. */
async function quoteItem(
  services: Services,
  { principal, organizationId, currency, now, complimentary }: Asking,
  product: ProductRow,
  request: OrderItemRequest,
): Promise<{ item: QuotedItem; placed: Placed | null }> {
  const usual = complimentary === undefined ? priceOf(product, request, currency, now) : GIFT;
  const counts = countsOf(product, request);
  const wanted = { backups: wantsBackups(product, counts) };
  const placed = product.module === 'manual' ? null : await place(services, { principal, organizationId }, product, request, wanted);
  const exact = placed === null ? null : await packageAt(services.db, placed.account.id, placed.prepared.spec.compute.region);
  if (exact !== null) requireFree(exact, product.name);
  const price =
    complimentary === undefined && exact !== null
      ? { ...usual, amount: priceAt(exact, request, placed!, currency) ?? usual.amount }
      : usual;
  const item = {
    id: randomUUID(),
    request,
    productId: product.id,
    name: product.name,
    amount: price.amount.toString(),
    setupFee: price.setupFee.toString(),
    taxBehavior: price.taxBehavior,
    candidateId: placed?.candidate.id ?? null,
    accountId: placed?.account.id ?? null,
    stockItemId: exact?.id ?? null,
    dnsAccountId: placed?.prepared.dnsAccount?.id ?? null,
    spec: placed?.prepared.spec ?? null,
    country: placed?.country ?? null,
    bySeller: onPlatform(principal),
    ...(complimentary === undefined
      ? await offered(services.db, product, counts, placed, { organizationId, request, currency })
      : { options: [], trialDays: null, termMonths: product.termMonths }),
  };
  return { item, placed };
}

export function wireOf({
  id,
  organizationId,
  hash,
  expiresAt,
  lines,
}: Pick<Quote, 'id' | 'organizationId' | 'hash' | 'expiresAt'> & { lines: unknown }) {
  const shown = lines as Pick<QuoteWire, 'currency' | 'lines' | 'subtotal' | 'tax' | 'total' | 'placements'>;
  return { id, organization_id: organizationId, ...shown, hash, expires_at: expiresAt.toISOString() };
}

export function priceOf(product: ProductRow, { interval }: Pick<OrderItemRequest, 'interval'>, currency: string, now: Date) {
  const price = product.prices.find((each) => each.interval === interval && each.currency === currency && holdsAt(each, now));
  if (price) return price;
  const now_ = product.prices.filter((each) => holdsAt(each, now));
  const remedy =
    now_.length === 0 ? 'It cannot be ordered now.' : `It has: ${now_.map((each) => `${each.interval} in ${each.currency}`).join(', ')}.`;
  throw refuseField('interval', `"${product.name}" has no price a ${interval} in ${currency}`, remedy, 422, 'no_price');
}

/** What a month of an exact package costs, where it has a price of its own. */
function priceAt({ prices }: StockItem, { interval }: Pick<OrderItemRequest, 'interval'>, placed: Placed, currency: string): bigint | null {
  const own = (prices as Record<string, string> | null)?.[placed.prepared.spec.compute.plan];
  return own === undefined || interval !== 'month' ? null : parseMoney(own, currency).amount;
}

function requireFree({ available, total, reserved, sold, externalName }: StockItem, name: string): void {
  if (!available || (total !== null && reserved + sold >= total)) throw soldOut(`${name}, ${externalName}`);
}

/** One is left of it, and of how many an organization may have. */
export async function requireLeft(
  services: Pick<Services, 'db'>,
  product: ProductRow,
  organizationId: string,
  more: number,
): Promise<void> {
  const stock = product.stock.find(({ externalPid }) => externalPid === null);
  if (stock && stock.total !== null && stock.total - stock.reserved - stock.sold < 1) throw soldOut(product.name);
  if (product.maxPerOrganization === null) return;
  const has = await livingItems(services.db, organizationId, product.id);
  if (has + more > product.maxPerOrganization)
    throw new Refusal(
      409,
      'limit_reached',
      `An organization can have ${product.maxPerOrganization} of "${product.name}"; ${has} are ordered already.`,
    );
}

/** What comes with it: options with their prices, a trial, a fixed term. */
async function offered(
  db: Db,
  product: ProductRow,
  counts: ReadonlyMap<string, number>,
  placed: Placed | null,
  { organizationId, request, currency }: { organizationId: string; request: OrderItemRequest; currency: string },
): Promise<Pick<QuotedItem, 'options' | 'trialDays' | 'termMonths'>> {
  const image = placed?.prepared.spec.compute.image ?? request.image ?? null;
  const options = pricedOptions(product, counts, image, request.interval, currency);
  return { options, trialDays: await trialOf(db, product, organizationId), termMonths: product.termMonths };
}

/** One trial for an organization and product. */
async function trialOf(db: Db, product: ProductRow, organizationId: string): Promise<number | null> {
  return product.trialDays === null || (await hadProduct(db, organizationId, product.id)) ? null : product.trialDays;
}

/** What an invoice of these items says. Of a trial it says that nothing is charged. */
export function linesOf(items: readonly QuotedItem[]): LineInput[] {
  return items.flatMap((item) => {
    const { name: text, reduction, trialDays, setupFee, options = [] } = item;
    const about = { orderItemId: item.id, inclusive: item.taxBehavior === 'inclusive' };
    const off = reduction?.off.map(BigInt) ?? [];
    const code = reduction?.code ?? '';
    const charged = { text, detail: item.request.label, amount: BigInt(item.amount), options };
    const lines = trialDays
      ? periodLines({ ...charged, amount: 0n, options: [] }, about)
      : periodLines(charged, { ...about, periodIndex: 0 }, off, code);
    if (setupFee === '0') return lines;
    const setup: LineInput = { kind: 'setup', unitAmount: BigInt(setupFee), parts: { text, detail: item.request.label }, ...about };
    return [...lines, setup, ...discountLine(off.at(-1) ?? 0n, code, about)];
  });
}

function shownLines(item: QuotedItem, index: number, currency: string): QuoteWire['lines'] {
  const { productId, request, trialDays = null, name } = item;
  return linesOf([item]).map(({ kind, parts, unitAmount, quantity = 1 }) => ({
    item: index,
    product_id: productId,
    name: kind === 'discount' || kind === 'option' ? parts.text : name,
    interval: request.interval,
    tax_behavior: item.taxBehavior as 'exclusive' | 'inclusive',
    kind: kind as QuoteWire['lines'][number]['kind'],
    quantity,
    amount: formatAmount(money(unitAmount * BigInt(quantity), currency)),
    // What the periods after a trial cost stands beside it.
    after_trial: kind === 'recurring' && trialDays ? formatAmount(money(BigInt(item.amount), currency)) : null,
    trial_days: kind === 'recurring' ? trialDays : null,
  }));
}

function shownPlace(services: Services, item: number, placed: Placed | null): QuoteWire['placements'][number] {
  if (!placed) return { item, provider: null, provider_name: null, account_id: null, region: null, plan: null, image: null, resources: [] };
  const { account, prepared } = placed;
  const { region, plan, image } = prepared.spec.compute;
  const name = findProvider(services, account.provider)?.descriptor.name ?? account.provider;
  const resources = previewOf(services, placed);
  return { item, provider: account.provider, provider_name: name, account_id: account.id, region, plan, image, resources };
}

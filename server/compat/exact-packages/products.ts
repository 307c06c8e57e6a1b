/** The products that exact packages are sold as: one for each size of memory, made with prices of the account's settings. */
import { formatAmount, money, parseRate } from '../../../contract/money.ts';
import { monthlyPrice } from '../../../contract/plan-price.ts';
import type { Plan } from '../../../providers/provider.ts';
import { providerOf } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { sellerOf } from '../../billing/profile/profile.ts';
import { timeNow } from '../../kernel/clock.ts';
import { type Account, inTransaction } from '../../kernel/database.ts';
import { type Services, within } from '../../kernel/services.ts';
import { markUp } from '../../products/markup.ts';
import { addPrice, createProduct, putCandidates, seekCandidates } from '../../products/products.ts';
import { exchangeRate } from '../../products/store.ts';
import { type MemoryProduct, memoryProducts, setSoldAs } from './store.ts';

const BY = { name: 'plinth' };

/** All of them, each made when it is missing. Prices that somebody set are not touched. */
export async function ensureMemoryProducts(services: Services, account: Account): Promise<MemoryProduct[]> {
  const known = await memoryProducts(services.db, account.id);
  const { items } = await readCatalog(services, account, 'plans');
  const missing = items.filter((plan) => !known.some(({ memory }) => memory === plan.id));
  for (const plan of missing) await make(services, account, plan);
  return missing.length === 0 ? known : await memoryProducts(services.db, account.id);
}

async function make(services: Services, account: Account, plan: Plan): Promise<void> {
  const { name } = providerOf(services, account).descriptor;
  const fields = {
    name: `${name} ${plan.id}`,
    description: '',
    kind: 'vps' as const,
    visibility: 'public' as const,
    features: [] as string[],
    sort: 0,
  };
  const { id } = await inTransaction(services.db, async (tx) => {
    const product = await createProduct(within(services, tx), BY, {
      ...fields,
      module: 'automatic',
      max_per_organization: null,
      once_per_reference: false,
      recommended: false,
      trial_days: null,
      term_months: null,
      setup_profiles: [],
    });
    await setSoldAs(tx, product.id, { account_id: account.id, memory: plan.id });
    return product;
  });
  const { items } = await readCatalog(services, account, 'images');
  const images = items.filter(({ deprecated }) => !deprecated).map((image) => image.id);
  const candidates = [{ account_id: account.id as never, plan: plan.id, regions: [], images }];
  await putCandidates(services, BY, id, await seekCandidates(services, { candidates }, timeNow()));
  await price(services, id, plan);
}

/** What the plan costs, and what is put on top; without an exchange rate somebody has to say. */
async function price(services: Services, productId: string, plan: Plan): Promise<void> {
  const { currency } = await sellerOf(services.db);
  const cost = monthlyPrice(plan, '');
  const rate = await exchangeRate(services.db, cost.currency, currency);
  if (rate === null) {
    services.log.warn({ product: productId, from: cost.currency, to: currency }, 'a product has no price: there is no exchange rate');
    return;
  }
  const rule = { percent: String(services.config.packages.markupPercent), plus: '0', rounding: 'up_cent', minMarginPercent: '0' } as const;
  const { price: asked } = markUp(cost, parseRate(rate), currency, rule);
  const body = { interval: 'month', currency, amount: formatAmount(money(asked.amount, currency)), setup_fee: '0' } as const;
  await addPrice(services, BY, productId, { ...body, tax_behavior: 'exclusive' }, timeNow());
}

/** `plinth product …`, `plinth price …`, `plinth stock …` */
import { INTERVALS, PRICE_ROUNDINGS, type Product } from '../../contract/product.ts';
import type { Api } from '../api.ts';
import { type Command, command, MUTATION_OPTIONS, PAGE_OPTIONS, type Positional, YES_OPTION } from '../command.ts';
import { CliError, EXIT, usage } from '../errors.ts';
import { accountId, confirm } from '../find.ts';
import { pairs, plain, remarkMore, show, table } from '../output.ts';

const LIST = '/api/products';
const PRODUCT: Positional = { name: 'product', help: 'id or name' };
interface Answer {
  readonly product: Product;
}

/** By id or name. @throws CliError (not found, or usage when several have the name). */
export async function findProduct(api: Api, word: string): Promise<Product> {
  const found: Product[] = [];
  for (let cursor: string | undefined; ;) {
    const page: { products: Product[]; next: string | null } = await api.get(LIST, { limit: 200, retired: true, cursor });
    found.push(...page.products.filter(({ id, name }) => id === word || name === word));
    if (page.next === null) break;
    cursor = page.next;
  }
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw usage(`${found.length} products are called "${word}". Name one by its id: ${found.map(({ id }) => id).join(', ')}.`);
  throw new CliError(EXIT.notFound, `There is no product "${word}". See: plinth product list`);
}

const list = command({
  path: ['product', 'list'],
  summary: 'List what is sold',
  options: { ...PAGE_OPTIONS, retired: { type: 'boolean', help: 'also what is sold no more' } },
  examples: ['product list', 'product list --retired'],
  run: async (context, _, { limit, cursor, retired }) => {
    const query = { limit, cursor, ...(retired ? { retired: true } : {}) };
    const page = await (await context.api()).get<{ products: Product[]; next: string | null }>(LIST, query);
    show(context, page, (colour) =>
      table(
        ['ID', 'NAME', 'PRICES', 'VISIBILITY', 'AVAILABLE', 'LEFT'],
        page.products.map((each) => [
          each.id,
          plain(each.name),
          pricesOf(each),
          each.visibility,
          each.available ? 'yes' : 'no',
          leftOf(each),
        ]),
        colour,
      ),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

function pricesOf({ prices }: Product): string {
  return prices.map(({ amount, currency, interval }) => `${amount} ${currency} a ${interval}`).join(', ') || '-';
}

function leftOf({ stock }: Product): string {
  return stock === null || stock.free === null ? '-' : String(stock.free);
}

function details(product: Product, colour: boolean): string {
  const head = pairs(
    [
      ['Product', plain(product.name)],
      ['Id', product.id],
      ['Number', String(product.number)],
      ['Visibility', product.visibility],
      ['Prices', pricesOf(product)],
      ['Left', leftOf(product)],
      ['Set-up profiles', product.setup_profiles.join(', ') || null],
    ],
    colour,
  );
  if (product.candidates === null || product.candidates.length === 0) return head;
  const rows = product.candidates.map((each) => [
    String(each.position + 1),
    plain(each.account_name),
    each.plan,
    each.regions.join(', ') || 'all',
    each.cost === null ? '-' : `${each.cost.amount} ${each.cost.currency}`,
    each.available ? 'yes' : plain(each.reason ?? 'no'),
  ]);
  return `${head}\n${table(['PLACE', 'ACCOUNT', 'PLAN', 'REGIONS', 'COST A MONTH', 'AVAILABLE'], rows, colour)}`;
}

const one = command({
  path: ['product', 'show'],
  summary: 'Show a product: its prices, places and stock',
  positionals: [PRODUCT],
  examples: ['product show "VPS S"'],
  run: async (context, [word = '']) => {
    const product = await findProduct(await context.api(), word);
    show(context, { product }, (colour) => details(product, colour));
    return EXIT.ok;
  },
});

const create = command({
  path: ['product', 'create'],
  summary: 'Add a product',
  details: 'It is hidden until it is shown: plinth product change NAME --visibility public.',
  positionals: [{ name: 'name', help: 'what people call it' }],
  options: {
    description: { type: 'string', value: 'TEXT', help: 'for people' },
    manual: { type: 'boolean', help: 'a person makes what is sold' },
    visibility: { type: 'string', value: 'WORD', choices: ['public', 'hidden'], help: 'default hidden' },
    'setup-profile': { type: 'string', value: 'NAME', multiple: true, help: 'customers may choose it; default: none' },
    ...MUTATION_OPTIONS,
  },
  examples: ['product create "VPS S" --visibility public'],
  run: async (context, [name = ''], options) => {
    const { description, visibility, manual } = options;
    const body = { name, description, visibility, ...(manual ? { module: 'manual' } : {}), setup_profiles: options['setup-profile'] };
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<Answer>('POST', LIST, request);
    show(context, answer, () => `${plain(answer.product.name)} is ${answer.product.id}.\n`);
    return EXIT.ok;
  },
});

const change = command({
  path: ['product', 'change'],
  summary: 'Show, hide or retire a product, or call it otherwise',
  positionals: [PRODUCT],
  options: {
    name: { type: 'string', value: 'NAME', help: 'its new name' },
    description: { type: 'string', value: 'TEXT', help: 'for people' },
    visibility: { type: 'string', value: 'WORD', choices: ['public', 'hidden', 'retired'], help: 'who sees it' },
    'setup-profile': { type: 'string', value: 'NAME', multiple: true, help: 'customers may choose exactly these' },
    'without-setup-profiles': { type: 'boolean', help: 'customers may choose none' },
    ...MUTATION_OPTIONS,
  },
  examples: ['product change "VPS S" --visibility public', 'product change "VPS S" --setup-profile application'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id } = await findProduct(api, word);
    const { name, description, visibility } = options;
    const { 'setup-profile': profiles, 'without-setup-profiles': none } = options;
    if (none && profiles.length > 0) throw usage('plinth product change: --setup-profile and --without-setup-profiles exclude each other.');
    const chosen = none || profiles.length > 0 ? { setup_profiles: profiles } : {};
    const request = { body: { name, description, visibility, ...chosen }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<Answer>('PATCH', `${LIST}/${id}`, request);
    show(context, answer, (colour) => details(answer.product, colour));
    return EXIT.ok;
  },
});

const remove = command({
  path: ['product', 'delete'],
  summary: 'Delete a product that was never ordered',
  positionals: [PRODUCT],
  options: { ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['product delete "VPS S" --yes'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id, name } = await findProduct(api, word);
    await confirm(context, options.yes, name, `${name} will be no more`);
    await api.change('DELETE', `${LIST}/${id}`, { idempotencyKey: options['idempotency-key'] });
    show(context, { deleted: id }, () => `${plain(name)} is deleted.\n`);
    return EXIT.ok;
  },
});

const place = command({
  path: ['product', 'place'],
  summary: 'Say where a product can be placed, in order of preference',
  positionals: [PRODUCT],
  options: {
    at: {
      type: 'string',
      multiple: true,
      value: 'ACCOUNT/PLAN[/REGION,…[/IMAGE,…]]',
      help: 'a place; the first is preferred. An account whose name has a slash goes by its id',
    },
    ...MUTATION_OPTIONS,
  },
  examples: ['product place "VPS S" --at "Primary DigitalOcean Account/s-1vcpu-1gb/fra1,ams3"'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id } = await findProduct(api, word);
    const candidates = [];
    for (const text of options.at ?? []) {
      const [account = '', plan = '', regions = '', ...images] = text.split('/');
      const words = (list: string): string[] => list.split(',').filter((each) => each !== '');
      candidates.push({ account_id: await accountId(api, account), plan, regions: words(regions), images: words(images.join('/')) });
    }
    const request = { body: { candidates }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<Answer>('PUT', `${LIST}/${id}/candidates`, request);
    show(context, answer, (colour) => details(answer.product, colour));
    return EXIT.ok;
  },
});

const priceSet = command({
  path: ['price', 'set'],
  summary: 'Set a product’s price; the one before it ends when it begins',
  details: 'What runs already keeps its own price.',
  positionals: [PRODUCT, { name: 'amount', help: 'as 12.50' }, { name: 'currency', help: 'as EUR' }],
  options: {
    interval: { type: 'string', value: 'WORD', choices: INTERVALS, help: 'default month' },
    'setup-fee': { type: 'string', value: 'AMOUNT', help: 'once, with the first period' },
    inclusive: { type: 'boolean', help: 'the amounts have their tax in them' },
    from: { type: 'string', value: 'TIME', help: 'from when it holds, as 2027-01-31T00:00:00Z; default now' },
    ...MUTATION_OPTIONS,
  },
  examples: ['price set "VPS S" 12.50 EUR', 'price set "VPS S" 125 EUR --interval year --setup-fee 5'],
  run: async (context, [word = '', amount = '', currency = ''], options) => {
    const api = await context.api();
    const { id } = await findProduct(api, word);
    const { interval = 'month', inclusive, from } = options;
    const tax = inclusive ? { tax_behavior: 'inclusive' } : {};
    const body = { interval, currency, amount, setup_fee: options['setup-fee'], valid_from: from, ...tax };
    const answer = await api.change<Answer>('POST', `${LIST}/${id}/prices`, { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, () => `${plain(answer.product.name)}: ${pricesOf(answer.product)}.\n`);
    return EXIT.ok;
  },
});

const priceEnd = command({
  path: ['price', 'end'],
  summary: 'End a price now; the product cannot be ordered by it any more',
  positionals: [PRODUCT, { name: 'price', help: 'its id, as plinth product show --json tells it' }],
  options: MUTATION_OPTIONS,
  examples: ['price end "VPS S" 00000000-0000-4000-8000-000000000001'],
  run: async (context, [word = '', price = ''], options) => {
    const api = await context.api();
    const { id } = await findProduct(api, word);
    const request = { idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<Answer>('DELETE', `${LIST}/${id}/prices/${price}`, request);
    show(context, answer, () => `${plain(answer.product.name)}: ${pricesOf(answer.product)}.\n`);
    return EXIT.ok;
  },
});

const priceRule = command({
  path: ['price', 'rule'],
  summary: 'Set how a price is made of the provider’s cost, and show what it makes of it now',
  positionals: [PRODUCT],
  options: {
    percent: { type: 'string', value: 'N', help: 'added to the cost' },
    plus: { type: 'string', value: 'AMOUNT', help: 'added after that' },
    currency: { type: 'string', value: 'CODE', help: 'of the price' },
    rounding: { type: 'string', value: 'WORD', choices: PRICE_ROUNDINGS, help: 'default none' },
    'min-margin': { type: 'string', value: 'N', help: 'least margin over the cost, in percent' },
    remove: { type: 'boolean', help: 'take the rule away' },
    ...MUTATION_OPTIONS,
  },
  examples: ['price rule "VPS S" --percent 35 --currency EUR --rounding end_99', 'price rule "VPS S" --remove'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id } = await findProduct(api, word);
    const idempotencyKey = options['idempotency-key'];
    if (options.remove) {
      const gone = await api.change<Answer>('DELETE', `${LIST}/${id}/price-rule`, { idempotencyKey });
      show(context, gone, () => `${plain(gone.product.name)} has no price rule.\n`);
      return EXIT.ok;
    }
    const { percent, plus, currency, rounding } = options;
    if (currency !== undefined) {
      const body = { percent, plus, currency, rounding, min_margin_percent: options['min-margin'] };
      await api.change<Answer>('PUT', `${LIST}/${id}/price-rule`, { body, idempotencyKey });
    }
    const answer = await api.get<{
      currency: string;
      candidates: { price: string | null; margin: string | null; reason: string | null }[];
    }>(`${LIST}/${id}/suggested-prices`);
    show(context, answer, (colour) =>
      table(
        ['PRICE', 'MARGIN', 'CURRENCY', 'REMARK'],
        answer.candidates.map(({ price, margin, reason }) => [price ?? '-', margin ?? '-', answer.currency, plain(reason ?? '')]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const rate = command({
  path: ['price', 'exchange-rate'],
  summary: 'Show or set by which rate costs become prices',
  positionals: [
    { name: 'base', help: 'currency of the cost, as USD', optional: true },
    { name: 'quote', help: 'currency of the price, as EUR', optional: true },
    { name: 'rate', help: 'what one unit of the first is in the second', optional: true },
  ],
  options: MUTATION_OPTIONS,
  examples: ['price exchange-rate', 'price exchange-rate USD EUR 0.9215'],
  run: async (context, [base = '', quote = '', value = ''], options) => {
    const api = await context.api();
    const path = '/api/exchange-rates';
    interface Rates {
      readonly rates: { base: string; quote: string; rate: string }[];
    }
    const body = { base, quote, rate: value };
    const answer =
      base === '' ? await api.get<Rates>(path) : await api.change<Rates>('PUT', path, { body, idempotencyKey: options['idempotency-key'] });
    const rows = answer.rates.map((each) => [each.base, each.quote, each.rate]);
    show(context, answer, (colour) => table(['FROM', 'TO', 'RATE'], rows, colour));
    return EXIT.ok;
  },
});

const stockSet = command({
  path: ['stock', 'set'],
  summary: 'Say how many of a product there are',
  positionals: [PRODUCT, { name: 'total', help: 'sold and held ones counted; "unlimited" for no limit' }],
  options: MUTATION_OPTIONS,
  examples: ['stock set "VPS S" 20', 'stock set "VPS S" unlimited'],
  run: async (context, [word = '', total = ''], options) => {
    if (total !== 'unlimited' && !/^\d{1,7}$/.test(total)) throw usage('plinth stock set: say a whole number, or "unlimited".');
    const api = await context.api();
    const { id } = await findProduct(api, word);
    const body = { total: total === 'unlimited' ? null : Number(total) };
    const answer = await api.change<Answer>('PUT', `${LIST}/${id}/stock`, { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, () => `${plain(answer.product.name)}: ${leftOf(answer.product)} left.\n`);
    return EXIT.ok;
  },
});

const stockShow = command({
  path: ['stock', 'show'],
  summary: 'Show how many of a product are left, held and sold',
  positionals: [PRODUCT],
  examples: ['stock show "VPS S"'],
  run: async (context, [word = '']) => {
    const { stock } = await findProduct(await context.api(), word);
    show(context, { stock }, (colour) =>
      pairs(
        [
          ['Total', stock?.total === null || stock === null ? 'unlimited' : String(stock.total)],
          ['Held', String(stock?.reserved ?? 0)],
          ['Sold', String(stock?.sold ?? 0)],
        ],
        colour,
      ),
    );
    return EXIT.ok;
  },
});

export const productCommands: readonly Command[] = [list, one, create, change, remove, place];
export const priceCommands: readonly Command[] = [priceSet, priceEnd, priceRule, rate];
export const stockCommands: readonly Command[] = [stockShow, stockSet];

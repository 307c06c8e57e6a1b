/** `plinth coupon …`, `product options` and `price announce` */
import type { Coupon } from '../../contract/coupon.ts';
import type { PriceChangeAnswer, Product } from '../../contract/product.ts';
import type { z } from 'zod';
import { type Command, command, MUTATION_OPTIONS, PAGE_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { readJson } from '../json-input.ts';
import { plain, remarkMore, show, table } from '../output.ts';
import { findProduct } from './product.ts';

const offOf = ({ percent, amount, currency }: Coupon): string => (percent === null ? `${amount} ${currency}` : `${percent} %`);

function listed(coupons: readonly Coupon[], colour: boolean): string {
  return table(
    ['ID', 'CODE', 'OFF', 'APPLIES', 'PERIODS', 'USED', 'UNTIL'],
    coupons.map((each) => [
      each.id,
      each.code,
      offOf(each),
      each.applies,
      each.periods === null ? 'all' : String(each.periods),
      each.max_redemptions === null ? String(each.redeemed) : `${each.redeemed} of ${each.max_redemptions}`,
      each.disabled_at ?? each.valid_to ?? '-',
    ]),
    colour,
  );
}

const list = command({
  path: ['coupon', 'list'],
  summary: 'List coupons, and how often each was used',
  options: PAGE_OPTIONS,
  examples: ['coupon list'],
  run: async (context, _, query) => {
    const page = await (await context.api()).get<{ coupons: Coupon[]; next: string | null }>('/api/coupons', query);
    show(context, page, (colour) => listed(page.coupons, colour));
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

const create = command({
  path: ['coupon', 'create'],
  summary: 'Make a coupon over a percentage, or over an amount with its currency',
  positionals: [
    { name: 'code', help: 'letters, digits and dashes' },
    { name: 'off', help: 'as 25% or 10.00' },
    { name: 'currency', help: 'of an amount, as EUR', optional: true },
  ],
  options: {
    applies: { type: 'string', value: 'WORD', choices: ['recurring', 'setup', 'all'], help: 'on what; default recurring' },
    periods: { type: 'string', value: 'N', help: 'periods of each subscription, or all; default 1' },
    max: { type: 'string', value: 'N', help: 'servers that it can be used for' },
    'per-organization': { type: 'string', value: 'N', help: 'of them for one organization' },
    product: { type: 'string', multiple: true, value: 'PRODUCT', help: 'only for these products' },
    until: { type: 'string', value: 'TIME', help: 'as 2027-01-31T00:00:00Z' },
    'new-customers': { type: 'boolean', help: 'only for who has bought nothing' },
    ...MUTATION_OPTIONS,
  },
  examples: ['coupon create SPRING-25 25% --periods 3', 'coupon create TEN 10.00 EUR --max 100'],
  run: async (context, [code = '', off = '', currency = ''], options) => {
    const api = await context.api();
    const products = [];
    for (const word of options.product ?? []) products.push((await findProduct(api, word)).id);
    const body = {
      code,
      ...(off.endsWith('%') ? { percent: off.slice(0, -1).trim() } : { amount: off, currency }),
      applies: options.applies,
      periods: options.periods === 'all' ? null : numberOf('periods', options.periods),
      max_redemptions: numberOf('max', options.max),
      per_organization: numberOf('per-organization', options['per-organization']),
      product_ids: products,
      valid_to: options.until,
      new_customers_only: options['new-customers'],
    };
    const answer = await api.change<{ coupon: Coupon }>('POST', '/api/coupons', { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, (colour) => listed([answer.coupon], colour));
    return EXIT.ok;
  },
});

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,7}$/.test(text)) throw usage(`--${name} is a whole number.`);
  return Number(text);
}

const end = command({
  path: ['coupon', 'end'],
  summary: 'End a coupon: nobody can use it any more, and who has it keeps it',
  positionals: [{ name: 'coupon', help: 'its id, as plinth coupon list tells it' }],
  options: MUTATION_OPTIONS,
  examples: ['coupon end 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = ''], options) => {
    const request = { idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<{ coupon: Coupon }>('DELETE', `/api/coupons/${id}`, request);
    show(context, answer, (colour) => listed([answer.coupon], colour));
    return EXIT.ok;
  },
});

const options = command({
  path: ['product', 'options'],
  summary: 'Say what can be added to a product and for how much, from a JSON document on standard input',
  positionals: [{ name: 'product', help: 'id or name' }],
  options: MUTATION_OPTIONS,
  examples: ['product options "VPS S" < options.json'],
  run: async (context, [word = ''], { 'idempotency-key': idempotencyKey }) => {
    const api = await context.api();
    const { id } = await findProduct(api, word);
    const body = await readJson(context.io, 'plinth product options "VPS S" < options.json');
    const answer = await api.change<{ product: Product }>('PUT', `/api/products/${id}/options`, { body, idempotencyKey });
    show(context, answer, (colour) =>
      table(
        ['KEY', 'KIND', 'NAME', 'COUNT', 'PRICES'],
        answer.product.options.map((each) => [
          each.key,
          each.kind,
          plain(each.name),
          `${each.min} to ${each.max}`,
          each.prices.map(({ amount, currency, interval }) => `${amount} ${currency} a ${interval}`).join(', '),
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const announce = command({
  path: ['price', 'announce'],
  summary: 'Announce another price to those who have a product, a month ahead; each is told, and may cancel',
  positionals: [
    { name: 'product', help: 'id or name' },
    { name: 'interval', help: 'month, quarter or year' },
    { name: 'amount', help: 'as 12.50' },
    { name: 'currency', help: 'as EUR' },
    { name: 'day', help: 'the first day of the periods that cost it, as 2027-05-01' },
  ],
  options: MUTATION_OPTIONS,
  examples: ['price announce "VPS S" month 12.00 EUR 2027-05-01'],
  run: async (context, [word = '', interval = '', amount = '', currency = '', day = ''], { 'idempotency-key': idempotencyKey }) => {
    const api = await context.api();
    const { id, name } = await findProduct(api, word);
    const body = { interval, amount, currency, effective_on: day };
    const path = `/api/products/${id}/price-changes`;
    const answer = await api.change<z.infer<typeof PriceChangeAnswer>>('POST', path, { body, idempotencyKey });
    const { price_change: told, subscriptions } = answer;
    show(
      context,
      answer,
      () => `${plain(name)}: ${told.amount} ${told.currency} from ${told.effective_on} on, told to ${subscriptions}.\n`,
    );
    return EXIT.ok;
  },
});

export const offerCommands: readonly Command[] = [list, create, end, options, announce];

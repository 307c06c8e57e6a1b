/** `plinth order …` and `plinth subscription …` */
import type { Order, Quote } from '../../contract/order.ts';
import { ORDER_STATUSES } from '../../contract/order.ts';
import { INTERVALS } from '../../contract/product.ts';
import { SUBSCRIPTION_STATUSES, type Subscription, type SubscriptionAnswer } from '../../contract/subscription.ts';
import type { z } from 'zod';
import { type Command, command, MUTATION_OPTIONS, PAGE_OPTIONS, type Positional } from '../command.ts';
import { EXIT } from '../errors.ts';
import { findVps, organizationId } from '../find.ts';
import { ago, pairs, plain, remarkMore, show, status, table } from '../output.ts';
import { PICK_OPTIONS, pickedKeys } from './picked-keys.ts';
import { findProduct } from './product.ts';
import { SETUP_OPTIONS, setupOf } from './setup-options.ts';
import { sshKey } from './vps-create.ts';

const ORDER: Positional = { name: 'order', help: 'its id' };
const SUBSCRIPTION: Positional = { name: 'subscription', help: 'its id' };
interface Answer {
  readonly order: Order;
}

const list = command({
  path: ['order', 'list'],
  summary: 'List orders',
  options: { ...PAGE_OPTIONS, status: { type: 'string', value: 'WORD', choices: ORDER_STATUSES, help: 'only those' } },
  examples: ['order list', 'order list --status failed'],
  run: async (context, _, query) => {
    const page = await (await context.api()).get<{ orders: Order[]; next: string | null }>('/api/orders', query);
    show(context, page, (colour) =>
      table(
        ['ID', 'NUMBER', 'STATUS', 'TOTAL', 'ITEMS', 'PLACED'],
        page.orders.map((each) => [
          each.id,
          String(each.number),
          status(each.status),
          `${each.total} ${each.currency}`,
          plain(each.items.map(({ label }) => label).join(', ')),
          { text: ago(each.placed_at), tone: 'dim' },
        ]),
        colour,
      ),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

function details(order: Order, colour: boolean): string {
  const head = pairs(
    [
      ['Order', order.id],
      ['Number', String(order.number)],
      ['Status', status(order.status)],
      ['Total', `${order.total} ${order.currency}`],
      ['Pay until', order.expires_at],
      ['Reason', order.reason && plain(order.reason)],
      ['Refund due', order.refund_due ? 'yes' : null],
    ],
    colour,
  );
  const rows = order.items.map((item) => [
    plain(item.product_name),
    item.label,
    status(item.status),
    item.vps_id ?? '-',
    item.subscription_id ?? '-',
    plain(item.failure ?? ''),
  ]);
  return `${head}\n${table(['PRODUCT', 'LABEL', 'STATUS', 'VPS', 'SUBSCRIPTION', 'REMARK'], rows, colour)}`;
}

const one = command({
  path: ['order', 'show'],
  summary: 'Show an order, its servers, and why one has none',
  positionals: [ORDER],
  examples: ['order show 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = '']) => {
    const answer = await (await context.api()).get<Answer>(`/api/orders/${id}`);
    show(context, answer, (colour) => details(answer.order, colour));
    return EXIT.ok;
  },
});

const ITEM = {
  interval: { type: 'string', value: 'WORD', choices: INTERVALS, help: 'default month' },
  region: { type: 'string', value: 'REGION', help: 'default: the first of the place that is chosen' },
  image: { type: 'string', value: 'IMAGE', help: 'default: the first of the product' },
  'from-snapshot': { type: 'string', value: 'ID', help: 'in place of --image: a kept snapshot, see plinth snapshot list' },
  'ssh-key': { type: 'string', value: 'FILE', multiple: true, help: 'public key file (or the key itself)' },
  ...PICK_OPTIONS,
  ...SETUP_OPTIONS,
  organization: { type: 'string', value: 'ORGANIZATION', help: 'for whom, by id or name; only for the seller' },
  currency: { type: 'string', value: 'CODE', help: 'default: the organization’s' },
  coupon: { type: 'string', value: 'CODE', help: 'takes something off' },
  with: { type: 'string', multiple: true, value: 'OPTION=N', help: 'add so many of an option of the product' },
} as const;

const create = command({
  path: ['order', 'create'],
  summary: 'Ask for a quote of a server and, with --place, order it',
  details: 'Without --place nothing is reserved: it shows what would be charged and where it would be placed.',
  positionals: [
    { name: 'product', help: 'id or name' },
    { name: 'label', help: 'of the server' },
  ],
  options: { ...ITEM, place: { type: 'boolean', help: 'order it as quoted' }, ...MUTATION_OPTIONS },
  examples: ['order create "VPS S" web-1', 'order create "VPS S" web-1 --region fra1 --ssh-key-id laptop --place'],
  run: async (context, [word = '', label = ''], options) => {
    const api = await context.api();
    const product = await findProduct(api, word);
    const { interval, region, image, currency, organization, coupon } = options;
    const added = countsOf(options.with ?? []);
    const whose = organization === undefined ? {} : { organization_id: await organizationId(api, organization) };
    const pasted = await Promise.all(options['ssh-key'].map((key) => sshKey(context.io.cwd, key)));
    const keys = { ...(pasted.length === 0 ? {} : { ssh_keys: pasted }), ...(await pickedKeys(api, whose, options)) };
    const chosen = {
      interval,
      region,
      image,
      from_snapshot: options['from-snapshot'],
      options: added,
      ...setupOf('order create', options),
    };
    const body = {
      items: [{ product_id: product.id, label, ...chosen, ...keys }],
      currency,
      coupon,
      ...whose,
    };
    const { quote } = await api.change<{ quote: Quote }>('POST', '/api/quotes', { body });
    if (!options.place) {
      show(context, { quote }, (colour) => quoted(quote, colour));
      return EXIT.ok;
    }
    const request = { body: { quote_id: quote.id, hash: quote.hash }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<Answer>('POST', '/api/orders', request);
    show(context, answer, (colour) => details(answer.order, colour));
    return EXIT.ok;
  },
});

function quoted(quote: Quote, colour: boolean): string {
  const rows = quote.lines.map((line) => [plain(line.name), line.kind, `${line.amount} ${quote.currency}`]);
  const places = quote.placements.map((each) =>
    each.provider === null ? 'A person makes it.' : `At ${plain(each.provider_name ?? '')}: ${each.plan} in ${each.region}, ${each.image}.`,
  );
  const sum = `Tax ${quote.tax}, in all ${quote.total} ${quote.currency}. Holds until ${quote.expires_at}.`;
  return `${table(['PRODUCT', 'KIND', 'AMOUNT'], rows, colour)}${places.join('\n')}\n${sum}\n`;
}

const pay = command({
  path: ['order', 'pay'],
  summary: 'Book money that came for an order by another way',
  positionals: [ORDER, { name: 'amount', help: 'as 12.50' }, { name: 'currency', help: 'as EUR' }],
  options: {
    reference: { type: 'string', value: 'TEXT', help: 'of the transfer; the same one twice is one payment' },
    ...MUTATION_OPTIONS,
  },
  examples: ['order pay 00000000-0000-4000-8000-000000000001 12.50 EUR --reference "transfer 4711"'],
  run: async (context, [id = '', amount = '', currency = ''], options) => {
    const body = { amount, currency, reference: options.reference };
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<Answer>('POST', `/api/orders/${id}/pay`, request);
    show(context, answer, (colour) => details(answer.order, colour));
    return EXIT.ok;
  },
});

const cancel = command({
  path: ['order', 'cancel'],
  summary: 'Cancel an order that is not paid, or give up one that could not be fulfilled',
  positionals: [ORDER],
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; kept with it' }, ...MUTATION_OPTIONS },
  examples: ['order cancel 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = ''], options) => {
    const request = { body: { reason: options.reason }, idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<Answer>('POST', `/api/orders/${id}/cancel`, request);
    show(context, answer, (colour) => details(answer.order, colour));
    return EXIT.ok;
  },
});

const subscriptions = command({
  path: ['subscription', 'list'],
  summary: 'List subscriptions',
  options: {
    ...PAGE_OPTIONS,
    status: { type: 'string', value: 'WORD', choices: SUBSCRIPTION_STATUSES, help: 'only those' },
    vps: { type: 'string', value: 'VPS', help: 'of that VPS, by id or label' },
  },
  examples: ['subscription list', 'subscription list --vps web-1'],
  run: async (context, _, { vps, ...query }) => {
    const api = await context.api();
    const of = vps === undefined ? {} : { vps_id: (await findVps(api, vps)).id };
    const page = await api.get<{ subscriptions: Subscription[]; next: string | null }>('/api/subscriptions', { ...query, ...of });
    show(context, page, (colour) =>
      table(
        ['ID', 'PRODUCT', 'VPS', 'STATUS', 'PRICE', 'PAID UNTIL', 'NEXT'],
        page.subscriptions.map((each) => [
          each.id,
          plain(each.product_name),
          each.vps_id ?? '-',
          status(each.status),
          `${each.amount} ${each.currency} a ${each.interval}`,
          each.period?.end ?? '-',
          each.next === null ? '-' : `${each.next.event} ${each.next.at.slice(0, 10)}`,
        ]),
        colour,
      ),
    );
    remarkMore(context, page.next);
    return EXIT.ok;
  },
});

const subscription = command({
  path: ['subscription', 'show'],
  summary: 'Show a subscription: its periods, what became of it, and what happens next',
  positionals: [SUBSCRIPTION],
  examples: ['subscription show 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = '']) => {
    const answer = await (await context.api()).get<z.infer<typeof SubscriptionAnswer>>(`/api/subscriptions/${id}`);
    show(context, answer, (colour) => {
      const each = answer.subscription;
      const head = pairs(
        [
          ['Subscription', each.id],
          ['Product', plain(each.product_name)],
          ['VPS', each.vps_id],
          ['Status', status(each.status)],
          ['Price', `${each.amount} ${each.currency} a ${each.interval}`],
          ['Next', each.next && `${each.next.event} at ${each.next.at}`],
          ['Ends', each.ends_at],
        ],
        colour,
      );
      const rows = answer.events.map((event) => [event.at, event.kind, plain(event.cause)]);
      return `${head}\n${table(['AT', 'WHAT', 'WHY'], rows, colour)}`;
    });
    return EXIT.ok;
  },
});

const made = command({
  path: ['order', 'made'],
  summary: 'Say that a person has made what was ordered',
  details: 'For products that a person makes. The paid period begins now.',
  positionals: [ORDER],
  options: MUTATION_OPTIONS,
  examples: ['order made 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = ''], options) => {
    const api = await context.api();
    let answer = await api.get<Answer>(`/api/orders/${id}`);
    for (const item of answer.order.items.filter((each) => each.status === 'pending_provisioning'))
      answer = await api.change<Answer>('POST', `/api/orders/${id}/items/${item.id}/ready`, { idempotencyKey: options['idempotency-key'] });
    show(context, answer, (colour) => details(answer.order, colour));
    return EXIT.ok;
  },
});

type Whole = z.infer<typeof SubscriptionAnswer>;
const now = ({ subscription: each }: Whole): string =>
  `${plain(each.product_name)} is ${each.status}${each.next === null ? '' : `; next: ${each.next.event} at ${each.next.at}`}.\n`;

const cancelSubscription = command({
  path: ['subscription', 'cancel'],
  summary: 'Cancel a subscription, with the end of its period or now',
  details: 'Its server is destroyed then, with a last snapshot where the provider can make one.',
  positionals: [SUBSCRIPTION],
  options: {
    now: { type: 'boolean', help: 'at once, not with the end of the period' },
    credit: { type: 'boolean', help: 'the days that are paid and not used become credit; only for the seller' },
    reason: { type: 'string', value: 'TEXT', help: 'why; kept with it' },
    ...MUTATION_OPTIONS,
  },
  examples: ['subscription cancel 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = ''], options) => {
    const body = { when: options.now ? 'now' : 'end', unused: options.credit ? 'credit' : 'none', reason: options.reason };
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<Whole>('POST', `/api/subscriptions/${id}/cancel`, request);
    show(context, answer, () => now(answer));
    return EXIT.ok;
  },
});

const change = command({
  path: ['subscription', 'change'],
  summary: 'Ask for another product or interval, or another number of options',
  details:
    'An upgrade takes effect when the difference for the days that are left is paid; a downgrade with the next period, or --now for credit.',
  positionals: [SUBSCRIPTION],
  options: {
    product: { type: 'string', value: 'PRODUCT', help: 'id or name' },
    interval: { type: 'string', value: 'WORD', choices: INTERVALS, help: 'another one' },
    with: { type: 'string', multiple: true, value: 'OPTION=N', help: 'so many of an option of the product from now on' },
    now: { type: 'boolean', help: 'what costs less at once' },
    ...MUTATION_OPTIONS,
  },
  examples: [
    'subscription change 00000000-0000-4000-8000-000000000001 --product "VPS M"',
    'subscription change 00000000-0000-4000-8000-000000000001 --with ips=2',
  ],
  run: async (context, [id = ''], options) => {
    const api = await context.api();
    const product = options.product === undefined ? {} : { product_id: (await findProduct(api, options.product)).id };
    const added = options.with === undefined ? {} : { options: countsOf(options.with) };
    const body = { ...product, ...added, interval: options.interval, ...(options.now ? { effective: 'now' } : {}) };
    const answer = await api.change<Whole>('POST', `/api/subscriptions/${id}/change`, { body, idempotencyKey: options['idempotency-key'] });
    show(context, answer, () => changed(answer));
    return EXIT.ok;
  },
});

/** `ips=2`; without a number: one. */
const countsOf = (words: readonly string[]): Record<string, number> =>
  Object.fromEntries(words.map((text) => [text.split('=')[0]!, Number(text.split('=')[1] ?? 1)]));

function changed({ subscription: each, changes }: Whole): string {
  const last = changes.at(-1);
  if (!last) return '';
  if (last.status === 'applied') return `It is done: ${last.amount} ${each.currency} a ${last.interval} from now on.\n`;
  if (last.invoice_id === null) return `With the next period: ${last.amount} ${each.currency} a ${last.interval}.\n`;
  return `${last.debit} less ${last.credit} ${each.currency} by invoice ${last.invoice_id} until ${last.expires_at}; it takes effect when that is paid.\n`;
}

const withdraw = command({
  path: ['subscription', 'withdraw'],
  summary: 'Withdraw a change that has not taken effect',
  positionals: [SUBSCRIPTION],
  options: MUTATION_OPTIONS,
  examples: ['subscription withdraw 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = ''], options) => {
    const request = { idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<Whole>('DELETE', `/api/subscriptions/${id}/change`, request);
    show(context, answer, () => now(answer));
    return EXIT.ok;
  },
});

const keep = command({
  path: ['subscription', 'keep'],
  summary: 'Take a cancellation back, while the end has not begun',
  positionals: [SUBSCRIPTION],
  options: MUTATION_OPTIONS,
  examples: ['subscription keep 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = ''], options) => {
    const request = { idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<Whole>('POST', `/api/subscriptions/${id}/keep`, request);
    show(context, answer, () => now(answer));
    return EXIT.ok;
  },
});

export const orderCommands: readonly Command[] = [list, one, create, pay, made, cancel];
export const subscriptionCommands: readonly Command[] = [subscriptions, subscription, cancelSubscription, keep, change, withdraw];

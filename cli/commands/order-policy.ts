/** `plinth order policy …`, `order review` and `order withdraw` */
import type { Order } from '../../contract/order.ts';
import type { OrderPolicy } from '../../contract/order-policy.ts';
import { type Command, command, MUTATION_OPTIONS, type Positional } from '../command.ts';
import { EXIT } from '../errors.ts';
import { readJson } from '../json-input.ts';
import { pairs, plain, show, status, table } from '../output.ts';

const ORDER: Positional = { name: 'order', help: 'its id' };
interface Answer {
  readonly policy: OrderPolicy;
}

function details({ policy }: Answer, colour: boolean): string {
  const head = pairs(
    [
      ['When one cannot be made', policy.when_failed],
      ['Declined cards an hour', String(policy.declines_an_hour)],
      ['Unpaid orders at a time', String(policy.unpaid_orders)],
      ['Days to withdraw', String(policy.withdrawal_days)],
    ],
    colour,
  );
  const rows = policy.review.map((rule) => [
    plain(rule.name),
    rule.does,
    rule.new_customer === undefined ? '-' : rule.new_customer ? 'new' : 'known',
    rule.amount_from ? `${rule.amount_from.amount} ${rule.amount_from.currency}` : '-',
    rule.countries?.join(' ') ?? '-',
    rule.orders_a_day === undefined ? '-' : String(rule.orders_a_day),
  ]);
  return head + table(['RULE', 'DOES', 'CUSTOMER', 'FROM', 'COUNTRIES', 'A DAY'], rows, colour);
}

const shown = command({
  path: ['order', 'policy', 'show'],
  summary: 'Show the rules that orders are held to',
  examples: ['order policy show'],
  run: async (context) => {
    const answer = await (await context.api()).get<Answer>('/api/admin/order-policy');
    show(context, answer, (colour) => details(answer, colour));
    return EXIT.ok;
  },
});

const set = command({
  path: ['order', 'policy', 'set'],
  summary: 'Set the rules that orders are held to, from a JSON document on standard input',
  examples: ['order policy set < policy.json'],
  run: async (context) => {
    const body = await readJson(context.io, 'plinth order policy set < policy.json');
    const answer = await (await context.api()).change<Answer>('PUT', '/api/admin/order-policy', { body });
    show(context, answer, (colour) => details(answer, colour));
    return EXIT.ok;
  },
});

const said = ({ order }: { readonly order: Order }): string => `Order ${order.number}: ${status(order.status)}\n`;

const review = command({
  path: ['order', 'review'],
  summary: 'Accept an order that waits for a look at it, or refuse it with the money back',
  positionals: [ORDER, { name: 'decision', help: 'accept or refuse' }],
  options: { reason: { type: 'string', value: 'TEXT', help: 'why; kept with it' }, ...MUTATION_OPTIONS },
  examples: ['order review 00000000-0000-4000-8000-000000000001 accept --reason "known by telephone"'],
  run: async (context, [id = '', decision = ''], options) => {
    const request = { body: { decision, reason: options.reason }, idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<{ order: Order }>('POST', `/api/orders/${id}/review`, request);
    show(context, answer, () => said(answer));
    return EXIT.ok;
  },
});

const withdraw = command({
  path: ['order', 'withdraw'],
  summary: 'Take a purchase back within the days that a consumer has: its servers end, and the money goes back',
  positionals: [ORDER],
  options: MUTATION_OPTIONS,
  examples: ['order withdraw 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = ''], options) => {
    const request = { idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<{ order: Order }>('POST', `/api/orders/${id}/withdraw`, request);
    show(context, answer, () => said(answer));
    return EXIT.ok;
  },
});

export const orderPolicyCommands: readonly Command[] = [review, withdraw, shown, set];

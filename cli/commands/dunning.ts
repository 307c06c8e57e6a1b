/** `plinth dunning …`, `product meters` and `subscription usage` */
import type { DunningPolicyList } from '../../contract/dunning.ts';
import type { MetersAnswer, UsageList } from '../../contract/metered.ts';
import type { z } from 'zod';
import { type Command, command, MUTATION_OPTIONS } from '../command.ts';
import { EXIT } from '../errors.ts';
import { organizationId } from '../find.ts';
import { readJson } from '../json-input.ts';
import { plain, show, table } from '../output.ts';
import { findProduct } from './product.ts';

type Policy = z.infer<typeof DunningPolicyList>['policies'][number];

function listed(policies: readonly Policy[], colour: boolean): string {
  const rows = policies.map((each) => [
    each.id ?? '-',
    plain(each.name),
    each.is_default ? 'yes' : '',
    `${each.issue_days} days before`,
    each.stages.map(({ act, days }) => `${act} ${days < 0 ? days : `+${days}`}`).join(', '),
  ]);
  return table(['ID', 'NAME', 'DEFAULT', 'ISSUED', 'STAGES'], rows, colour);
}

const list = command({
  path: ['dunning', 'list'],
  summary: 'What happens to invoices that are not paid, and when',
  examples: ['dunning list'],
  run: async (context) => {
    const answer = await (await context.api()).get<z.infer<typeof DunningPolicyList>>('/api/admin/dunning-policies');
    show(context, answer, (colour) => listed(answer.policies, colour));
    return EXIT.ok;
  },
});

const set = command({
  path: ['dunning', 'set'],
  summary: 'Make or change a policy for unpaid invoices, from a JSON document on standard input',
  options: MUTATION_OPTIONS,
  examples: ['dunning set < policy.json'],
  run: async (context, _, options) => {
    const body = await readJson(context.io, 'plinth dunning set < policy.json');
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const answer = await (await context.api()).change<{ policy: Policy }>('PUT', '/api/admin/dunning-policies', request);
    show(context, answer, (colour) => listed([answer.policy], colour));
    return EXIT.ok;
  },
});

const give = command({
  path: ['dunning', 'give'],
  summary: 'Give an organization a policy of its own, or the default one again',
  positionals: [
    { name: 'organization', help: 'id or name' },
    { name: 'policy', help: 'its id, as plinth dunning list tells it; left out: the default', optional: true },
  ],
  options: MUTATION_OPTIONS,
  examples: ['dunning give acme 00000000-0000-4000-8000-000000000001', 'dunning give acme'],
  run: async (context, [organization = '', policy = ''], options) => {
    const api = await context.api();
    const id = await organizationId(api, organization);
    const request = { body: { policy_id: policy === '' ? null : policy }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change('PUT', `/api/admin/organizations/${id}/dunning-policy`, request);
    show(context, answer, () => `${plain(organization)}: ${policy === '' ? 'the default policy' : policy}\n`);
    return EXIT.ok;
  },
});

const meters = command({
  path: ['product', 'meters'],
  summary: 'Say what is measured of a product and for how much, from a JSON document on standard input',
  positionals: [{ name: 'product', help: 'id or name' }],
  options: MUTATION_OPTIONS,
  examples: ['product meters "VPS S" < meters.json'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id } = await findProduct(api, word);
    const body = await readJson(context.io, 'plinth product meters "VPS S" < meters.json');
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof MetersAnswer>>('PUT', `/api/products/${id}/meters`, request);
    show(context, answer, (colour) =>
      table(
        ['METER', 'OF ONE', 'INCLUDED', 'AT MOST'],
        answer.meters.map((each) => [each.meter, `${each.unit_price} ${each.currency}`, each.included, each.cap ?? '-']),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const usage = command({
  path: ['subscription', 'usage'],
  summary: 'What a subscription has used, period by period, and what it came to',
  positionals: [{ name: 'subscription', help: 'its id' }],
  examples: ['subscription usage 00000000-0000-4000-8000-000000000001'],
  run: async (context, [id = '']) => {
    const answer = await (await context.api()).get<z.infer<typeof UsageList>>(`/api/subscriptions/${id}/usage`);
    show(context, answer, (colour) =>
      table(
        ['PERIOD', 'METER', 'QUANTITY', 'AMOUNT', 'INVOICE'],
        answer.usage.map((each) => [String(each.period_index), each.meter, each.quantity, each.amount ?? '-', each.invoice_id ?? '-']),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

export const dunningCommands: readonly Command[] = [list, set, give, meters, usage];

/** `plinth organization buys` */
import { type Command, command, MUTATION_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { findOrganization } from '../find.ts';
import { plain, show } from '../output.ts';

interface Answer {
  readonly buyer: { readonly internal: boolean };
}

const buys = command({
  path: ['organization', 'buys'],
  summary: 'Show or say whether an organization buys its servers',
  details: 'One that does gets servers by orders only; plan, options and end of what it bought change by its subscriptions.',
  positionals: [
    { name: 'organization', help: 'id or name' },
    { name: 'answer', help: 'yes, or no: it creates them itself', optional: true },
  ],
  options: MUTATION_OPTIONS,
  examples: ['organization buys acme', 'organization buys acme yes'],
  run: async (context, [word = '', said = ''], options) => {
    if (!['', 'yes', 'no'].includes(said)) throw usage('plinth organization buys: say yes or no.');
    const api = await context.api();
    const { id, name } = await findOrganization(api, word);
    const path = `/api/admin/organizations/${id}/buyer`;
    const request = { body: { internal: said === 'no' }, idempotencyKey: options['idempotency-key'] };
    const answer = said === '' ? await api.get<Answer>(path) : await api.change<Answer>('PUT', path, request);
    show(context, answer, () => `${plain(name)} ${answer.buyer.internal ? 'creates its servers itself' : 'buys its servers'}.\n`);
    return EXIT.ok;
  },
});

export const buyerCommands: readonly Command[] = [buys];

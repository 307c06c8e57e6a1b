/** `plinth user …`: what is kept of people, and forgetting them; for the seller. */
import type { z } from 'zod';
import type { UserList } from '../../contract/people.ts';
import type { PersonErased, PersonExport } from '../../contract/privacy.ts';
import type { Api } from '../api.ts';
import { type Command, command, MUTATION_OPTIONS, YES_OPTION } from '../command.ts';
import { CliError, EXIT } from '../errors.ts';
import { confirm } from '../find.ts';
import { ago, plain, show, table } from '../output.ts';

type Users = z.infer<typeof UserList>['users'];

const REASON = { reason: { type: 'string', value: 'TEXT', help: 'kept in the audit trail' } } as const;

async function find(api: Api, word: string): Promise<Users[number]> {
  const { users } = await api.get<{ users: Users }>('/api/users', { search: word });
  const found = users.find((each) => [each.id, each.email, each.handle].includes(word));
  if (found) return found;
  throw new CliError(EXIT.notFound, `There is no person "${word}". Name them by id, address or handle: plinth user list --search.`);
}

function mustReason(reason: string | undefined): string {
  if (reason === undefined) throw new CliError(EXIT.usage, 'Say why with --reason: it is kept in the audit trail.');
  return reason;
}

const list = command({
  path: ['user', 'list'],
  summary: 'The people of this installation',
  options: { search: { type: 'string', value: 'TEXT', help: 'in names and addresses' } },
  examples: ['user list', 'user list --search ada'],
  run: async (context, _args, { search }) => {
    const api = await context.api();
    const answer = await api.get<{ users: Users }>('/api/users', search === undefined ? {} : { search });
    show(context, answer, (colour) =>
      table(
        ['ID', 'NAME', 'EMAIL', 'STAFF', 'SINCE'],
        answer.users.map((each) => [each.id, plain(each.name), each.email, each.staff_role ?? '', ago(each.created_at)]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const exporting = command({
  path: ['user', 'export'],
  summary: 'Everything that is kept of a person, as JSON',
  positionals: [{ name: 'user', help: 'id, address or handle' }],
  options: { ...REASON, ...MUTATION_OPTIONS },
  examples: ['user export ada@example.com --reason "asked by mail"'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const user = await find(api, word);
    const request = { body: { reason: mustReason(options.reason) }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof PersonExport>>('POST', `/api/users/${user.id}/export`, request);
    show(context, answer, () => `${JSON.stringify(answer, null, 2)}\n`);
    return EXIT.ok;
  },
});

const erase = command({
  path: ['user', 'erase'],
  summary: 'Forget a person: what must stay says a pseudonym',
  positionals: [{ name: 'user', help: 'id, address or handle' }],
  options: { ...REASON, ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['user erase ada@example.com --reason "asked by mail" --yes'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const user = await find(api, word);
    const reason = mustReason(options.reason);
    await confirm(context, options.yes, user.email, `${user.email} will be forgotten, for good`);
    const request = { body: { reason }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof PersonErased>>('POST', `/api/users/${user.id}/erase`, request);
    show(context, answer, () => `Forgotten. Where the name must stay it says ${answer.pseudonym} now.\n`);
    return EXIT.ok;
  },
});

export const userCommands: readonly Command[] = [list, exporting, erase];

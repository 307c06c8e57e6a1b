/** `plinth service-account …` */
import type { z } from 'zod';
import type { ServiceAccount, ServiceAccountAnswer } from '../../contract/service-account.ts';
import type { Api } from '../api.ts';
import { type Command, command, MUTATION_OPTIONS, YES_OPTION } from '../command.ts';
import { CliError, EXIT, usage } from '../errors.ts';
import { confirm } from '../find.ts';
import { ago, plain, show, status, table } from '../output.ts';
import { inOrganization, OF_ORGANIZATION } from './member.ts';

const PATH = '/api/service-accounts';
const ROLE = { type: 'string', value: 'ROLE', help: 'as a member’s, but not owner: admin, operator, billing, viewer' } as const;

/** @throws CliError (not found). */
export async function findServiceAccount(api: Api, word: string): Promise<ServiceAccount> {
  const { service_accounts: all } = await api.get<{ service_accounts: ServiceAccount[] }>(PATH);
  const found = all.filter(({ id, name }) => id === word || name === word);
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw usage(`${found.length} service accounts are called "${word}". Name one by its id: ${found.map(({ id }) => id).join(', ')}.`);
  throw new CliError(EXIT.notFound, `There is no service account "${word}". See: plinth service-account list`);
}

const list = command({
  path: ['service-account', 'list'],
  summary: 'List service accounts',
  examples: ['service-account list'],
  run: async (context) => {
    const answer = await (await context.api()).get<{ service_accounts: ServiceAccount[] }>(PATH);
    show(context, answer, (colour) =>
      table(
        ['ID', 'NAME', 'ROLE', 'STATE', 'TOKENS', 'ORGANIZATION', 'SINCE'],
        answer.service_accounts.map((each) => [
          each.id,
          plain(each.name),
          each.role,
          status(each.disabled_at === null ? 'ok' : 'disabled'),
          String(each.tokens),
          each.organization_id ?? 'the platform',
          ago(each.created_at),
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const create = command({
  path: ['service-account', 'create'],
  summary: 'Add a service account; make its tokens with plinth token create --service-account',
  positionals: [{ name: 'name', help: 'for what' }],
  options: { role: ROLE, ...OF_ORGANIZATION, ...MUTATION_OPTIONS },
  examples: ['service-account create deploys --role operator'],
  run: async (context, [name = ''], options) => {
    if (options.role === undefined) throw usage('plinth service-account create: --role is missing.');
    const api = await context.api();
    const body = { name, role: options.role, ...(await inOrganization(api, options.organization)) };
    const answer = await api.change<z.infer<typeof ServiceAccountAnswer>>('POST', PATH, {
      body,
      idempotencyKey: options['idempotency-key'],
    });
    show(context, answer, () => `${plain(name)} is ${answer.service_account.id}.\n`);
    return EXIT.ok;
  },
});

const change = command({
  path: ['service-account', 'change'],
  summary: 'Change its role, disable or enable it; its tokens follow at once',
  positionals: [{ name: 'service-account', help: 'id or name' }],
  options: {
    role: ROLE,
    disable: { type: 'boolean', help: 'its tokens count no more' },
    enable: { type: 'boolean', help: 'they count again' },
    ...MUTATION_OPTIONS,
  },
  examples: ['service-account change deploys --role viewer', 'service-account change deploys --disable'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id, name } = await findServiceAccount(api, word);
    const disabled = options.disable ? true : options.enable ? false : undefined;
    const request = { body: { role: options.role, disabled }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof ServiceAccountAnswer>>('PATCH', `${PATH}/${id}`, request);
    const { role, disabled_at: at } = answer.service_account;
    show(context, answer, () => `${plain(name)} is ${at === null ? role : 'disabled'}.\n`);
    return EXIT.ok;
  },
});

const remove = command({
  path: ['service-account', 'delete'],
  summary: 'Remove a service account with its tokens',
  positionals: [{ name: 'service-account', help: 'id or name' }],
  options: { ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['service-account delete deploys --yes'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id, name, tokens } = await findServiceAccount(api, word);
    await confirm(context, options.yes, name, `${name} and its ${tokens} tokens will be gone`);
    await api.change('DELETE', `${PATH}/${id}`, { idempotencyKey: options['idempotency-key'] });
    show(context, null, () => `${plain(name)} is gone.\n`);
    return EXIT.ok;
  },
});

export const serviceAccountCommands: readonly Command[] = [list, create, change, remove];

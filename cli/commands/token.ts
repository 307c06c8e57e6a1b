/** `plinth token …` */
import type { z } from 'zod';
import { ROLES } from '../../contract/ids.ts';
import type { Token, TokenCreated } from '../../contract/token.ts';
import type { Api } from '../api.ts';
import { type Command, command, MUTATION_OPTIONS, YES_OPTION } from '../command.ts';
import { findServiceAccount } from './service-account.ts';
import { CliError, EXIT, usage } from '../errors.ts';
import { confirm, organizationId } from '../find.ts';
import { ago, remark, show, status, table } from '../output.ts';

type TokenRow = z.infer<typeof Token>;

function state(token: TokenRow): string {
  if (token.revoked_at !== null) return 'revoked';
  return token.expires_at !== null && Date.parse(token.expires_at) <= Date.now() ? 'expired' : 'ok';
}

const list = command({
  path: ['token', 'list'],
  summary: 'List API tokens, without their secrets',
  examples: ['token list'],
  run: async (context) => {
    const answer = await (await context.api()).get<{ tokens: TokenRow[] }>('/api/tokens');
    show(context, answer, (colour) =>
      table(
        ['ID', 'NAME', 'PREFIX', 'ROLE', 'STATE', 'ORGANIZATION', 'LAST USED', 'EXPIRES'],
        answer.tokens.map((each) => [
          each.id,
          each.name,
          each.prefix,
          each.role ?? each.service_account?.name ?? each.user?.name ?? '-',
          status(state(each)),
          each.organization_id ?? 'all',
          ago(each.last_used_at),
          each.expires_at ?? 'never',
        ]),
        colour,
      ),
    );
    return EXIT.ok;
  },
});

const create = command({
  path: ['token', 'create'],
  summary: 'Make an API token; its secret is printed once',
  details:
    'The secret alone goes to standard output. With --role it has a role of its own (of the seller only): viewer reads; operator also changes VPSes; admin also accounts, tokens and the audit trail. With --service-account it has that one’s rights; with neither, yours. Scopes cut these down.',
  positionals: [{ name: 'name', help: 'for whom or what' }],
  options: {
    role: { type: 'string', value: 'ROLE', choices: ROLES, help: 'what it may do' },
    organization: { type: 'string', value: 'ORGANIZATION', help: 'only this organization’s VPSes, by id or name' },
    'service-account': { type: 'string', value: 'NAME', help: 'of this service account, by id or name' },
    scopes: { type: 'string', value: 'LIST', help: 'noun:action, noun:* or *, separated by commas; default: all that its owner may' },
    addresses: { type: 'string', value: 'LIST', help: 'from where it counts, as in 192.0.2.0/24, separated by commas' },
    'expires-in-days': { type: 'string', value: 'DAYS', help: 'default: never' },
    ...MUTATION_OPTIONS,
  },
  examples: [
    'token create "deploy script" --role operator --expires-in-days 90',
    'token create monitoring --role viewer > monitoring.token',
  ],
  run: async (context, [name = ''], options) => {
    const { role, organization, scopes, addresses } = options;
    const account = options['service-account'];
    const days = options['expires-in-days'];
    if (days !== undefined && !(Number(days) > 0)) throw usage(`plinth token create: --expires-in-days ${days} is not a number above 0.`);
    const api = await context.api();
    const answer = await api.change<z.infer<typeof TokenCreated>>('POST', '/api/tokens', {
      body: {
        name,
        ...(role === undefined ? {} : { role }),
        ...(account === undefined ? {} : { service_account_id: (await findServiceAccount(api, account)).id }),
        ...(scopes === undefined ? {} : { scopes: listOf(scopes) }),
        ...(addresses === undefined ? {} : { addresses: listOf(addresses) }),
        ...(organization === undefined ? {} : { organization_id: await organizationId(api, organization) }),
        ...(days === undefined ? {} : { expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString() }),
      },
      idempotencyKey: options['idempotency-key'],
    });
    show(context, answer, () => `${answer.secret}\n`);
    if (!context.json)
      remark(context, `Token ${answer.token.id} (${role ?? account ?? 'yours'}). Keep the secret now: it is not shown again.`);
    return EXIT.ok;
  },
});

const rotate = command({
  path: ['token', 'rotate'],
  summary: 'Make a token’s successor, with another secret and all else the same',
  positionals: [{ name: 'token', help: 'id, prefix or name' }],
  options: {
    'grace-minutes': { type: 'string', value: 'N', help: 'how long the former one goes on; default: not at all' },
    ...MUTATION_OPTIONS,
  },
  examples: ['token rotate "deploy script" --grace-minutes 60'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id, name } = await findToken(api, word);
    const minutes = options['grace-minutes'];
    if (minutes !== undefined && !/^\d{1,5}$/.test(minutes))
      throw usage(`plinth token rotate: --grace-minutes ${minutes} is not a number.`);
    const request = { body: { grace_minutes: Number(minutes ?? 0) }, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<z.infer<typeof TokenCreated>>('POST', `/api/tokens/${id}/rotate`, request);
    show(context, answer, () => `${answer.secret}\n`);
    if (!context.json)
      remark(context, `Token ${answer.token.id} takes the place of "${name}". Keep the secret now: it is not shown again.`);
    return EXIT.ok;
  },
});

const listOf = (text: string): string[] => text.split(',').map((each) => each.trim());

async function findToken(api: Api, word: string): Promise<TokenRow> {
  const { tokens } = await api.get<{ tokens: TokenRow[] }>('/api/tokens');
  const exact = tokens.filter(({ id, prefix }) => id === word || prefix === word);
  const found = exact.length > 0 ? exact : tokens.filter((token) => token.name === word && token.revoked_at === null);
  if (found.length === 1) return found[0]!;
  throw found.length === 0
    ? new CliError(EXIT.notFound, `There is no token "${word}". See: plinth token list`)
    : usage(`${found.length} tokens are called "${word}". Name one by its id: ${found.map(({ id }) => id).join(', ')}.`);
}

const revoke = command({
  path: ['token', 'revoke'],
  summary: 'Revoke an API token at once',
  positionals: [{ name: 'token', help: 'id, prefix or name' }],
  options: { ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['token revoke "deploy script" --yes'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id, name } = await findToken(api, word);
    await confirm(context, options.yes, name, `Whoever uses the token "${name}" will be locked out at once`);
    const answer = await api.change<{ token: TokenRow }>('DELETE', `/api/tokens/${id}`, { idempotencyKey: options['idempotency-key'] });
    show(context, answer, () => `${name} is revoked.\n`);
    return EXIT.ok;
  },
});

export const tokenCommands: readonly Command[] = [list, create, rotate, revoke];

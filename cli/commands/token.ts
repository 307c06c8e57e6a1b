/** `plinth token …` and `plinth audit` */
import type { z } from 'zod';
import { ROLES } from '../../contract/ids.ts';
import type { AuditPage, Token, TokenCreated } from '../../contract/token.ts';
import { type Command, command, MUTATION_OPTIONS, YES_OPTION } from '../command.ts';
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
          each.role,
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
    'The secret alone goes to standard output. Roles: viewer reads; operator also changes VPSes; admin also accounts, tokens and the audit trail.',
  positionals: [{ name: 'name', help: 'for whom or what' }],
  options: {
    role: { type: 'string', value: 'ROLE', choices: ROLES, help: 'what it may do' },
    organization: { type: 'string', value: 'ORGANIZATION', help: 'only this organization’s VPSes, by id or name' },
    'expires-in-days': { type: 'string', value: 'DAYS', help: 'default: never' },
    ...MUTATION_OPTIONS,
  },
  examples: [
    'token create "deploy script" --role operator --expires-in-days 90',
    'token create monitoring --role viewer > monitoring.token',
  ],
  run: async (context, [name = ''], options) => {
    const { role, organization } = options;
    if (role === undefined) throw usage(`plinth token create: --role is missing. Use one of: ${ROLES.join(', ')}.`);
    const days = options['expires-in-days'];
    if (days !== undefined && !(Number(days) > 0)) throw usage(`plinth token create: --expires-in-days ${days} is not a number above 0.`);
    const api = await context.api();
    const answer = await api.change<z.infer<typeof TokenCreated>>('POST', '/api/tokens', {
      body: {
        name,
        role,
        ...(organization === undefined ? {} : { organization_id: await organizationId(api, organization) }),
        ...(days === undefined ? {} : { expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString() }),
      },
      idempotencyKey: options['idempotency-key'],
    });
    show(context, answer, () => `${answer.secret}\n`);
    if (!context.json) remark(context, `Token ${answer.token.id} (${role}). Keep the secret now: it is not shown again.`);
    return EXIT.ok;
  },
});

const revoke = command({
  path: ['token', 'revoke'],
  summary: 'Revoke an API token at once',
  positionals: [{ name: 'token', help: 'id, prefix or name' }],
  options: { ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['token revoke "deploy script" --yes'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { tokens } = await api.get<{ tokens: TokenRow[] }>('/api/tokens');
    const exact = tokens.filter(({ id, prefix }) => id === word || prefix === word);
    const found = exact.length > 0 ? exact : tokens.filter((token) => token.name === word && token.revoked_at === null);
    if (found.length !== 1)
      throw found.length === 0
        ? new CliError(EXIT.notFound, `There is no token "${word}". See: plinth token list`)
        : usage(`${found.length} tokens are called "${word}". Name one by its id: ${found.map(({ id }) => id).join(', ')}.`);
    const { id, name } = found[0]!;
    await confirm(context, options.yes, name, `Whoever uses the token "${name}" will be locked out at once`);
    const answer = await api.change<{ token: TokenRow }>('DELETE', `/api/tokens/${id}`, { idempotencyKey: options['idempotency-key'] });
    show(context, answer, () => `${name} is revoked.\n`);
    return EXIT.ok;
  },
});

const audit = command({
  path: ['audit'],
  summary: 'Who did what, newest first',
  options: {
    limit: { type: 'string', value: 'N', help: 'at most so many, 1 to 500; default 100' },
    before: { type: 'string', value: 'SEQ', help: 'only older ones' },
    target: { type: 'string', value: 'ID', help: 'only what was done to this VPS, account or token' },
  },
  examples: ['audit --limit 20', 'audit --json'],
  run: async (context, _args, { limit, before, target }) => {
    const page = await (await context.api()).get<z.infer<typeof AuditPage>>('/api/audit', { limit, before, target });
    show(context, page, (colour) =>
      table(
        ['SEQ', 'WHEN', 'WHO', 'WHAT', 'ON', 'DETAILS'],
        page.events.map((event) => [event.seq, event.at, event.actor, event.action, event.target, JSON.stringify(event.data)]),
        colour,
      ),
    );
    if (!page.chain_intact) remark(context, 'The chain of hashes is broken: entries were changed or removed in the database.');
    else if (page.next !== null && !context.json) remark(context, `There are more: --before ${page.next}`);
    return page.chain_intact ? EXIT.ok : EXIT.failed;
  },
});

export const tokenCommands: readonly Command[] = [list, create, revoke, audit];

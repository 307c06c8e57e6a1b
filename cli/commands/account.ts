/** `plinth account …`: credentials at providers. Keys come from a prompt or standard input, never from the command line. */
import type { z } from 'zod';
import type { Account, AccountList, AccountUsage } from '../../contract/provider.ts';
import { type Command, command, type Context, MUTATION_OPTIONS, type Positional, YES_OPTION } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { accounts, confirm, findAccount } from '../find.ts';
import { ask, readAll } from '../io.ts';
import { ago, pairs, remark, show, status, table } from '../output.ts';

type Available = z.infer<typeof AccountList>['available'][number];
type Key = string | Record<string, string>;
const ACCOUNT: Positional = { name: 'account', help: 'id or name' };

/** Asks for each credential field; without a terminal: the one field as it is, or a JSON object of all. */
async function readKey(context: Context, { name, credential_fields: fields, docs_url: docs }: Available): Promise<Key> {
  const { io } = context;
  if (fields.length === 0) throw usage(`${name} takes no key, so there is no account to add.`);
  if (io.stdin.isTTY) {
    const key: Record<string, string> = {};
    for (const field of fields) {
      if (field.help) io.err(`${field.help}\n`);
      const told = (await ask(io, `${field.label}${field.optional ? ' (optional)' : ''}: `, { secret: true })).trim();
      if (told !== '') key[field.name] = told;
      else if (!field.optional) throw usage(`${field.label} is empty. ${docs ? `See ${docs}` : 'Type it again.'}`);
    }
    return fields.length === 1 ? key[fields[0]!.name]! : key;
  }
  const text = (await readAll(io.stdin)).trim();
  if (text === '') throw usage('No key came in. Pipe it in, as in: plinth account add … < key.txt');
  if (fields.length === 1) return text;
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    throw usage(`${name} needs several fields. Pipe in a JSON object with: ${fields.map((field) => field.name).join(', ')}.`);
  }
}

async function availableOf(context: Context, type: string): Promise<Available> {
  const { available } = await accounts(await context.api());
  const found = available.find((provider) => provider.type === type);
  if (!found) throw usage(`There is no provider "${type}". Use one of: ${available.map((provider) => provider.type).join(', ')}.`);
  return found;
}

function accountPairs(account: Account, colour: boolean): string {
  return pairs(
    [
      ['id', account.id],
      ['name', { text: account.name, tone: 'bold' }],
      ['provider', account.type],
      ['endpoint', account.simulated ? { text: 'simulator', tone: 'warn' } : 'real'],
      ['status', status(account.status)],
      [
        'checked',
        account.last_checked_at === null
          ? 'never'
          : `${ago(account.last_checked_at)}${account.check_message ? `: ${account.check_message}` : ''}`,
      ],
      ['key', `${account.key_last4 && `…${account.key_last4} `}(version ${account.key_version}, fingerprint ${account.key_fingerprint})`],
      ['configuration', JSON.stringify(account.configuration)],
      ['created', account.created_at],
    ],
    colour,
  );
}

const add = command({
  path: ['account', 'add'],
  summary: 'Add an account at a provider; its key is tried there first',
  details: 'The key is asked for without echo, or read from standard input (several fields: a JSON object).',
  options: {
    provider: { type: 'string', value: 'PROVIDER', help: 'which one; plinth account list shows them' },
    name: { type: 'string', value: 'NAME', help: 'how you call the account' },
    simulator: { type: 'boolean', help: 'at the simulator instead of the real provider (development)' },
    configuration: { type: 'string', value: 'JSON', help: 'the provider’s own settings' },
    ...MUTATION_OPTIONS,
  },
  examples: ['account add --provider vultr --name "Vultr main" < vultr.key', 'account add --provider linode --name test --simulator'],
  run: async (context, _args, options) => {
    const { provider, name } = options;
    if (provider === undefined || name === undefined)
      throw usage(
        `plinth account add: --${provider === undefined ? 'provider' : 'name'} is missing. Type it, or see: plinth account add --help`,
      );
    const configuration = options.configuration === undefined ? {} : parseObject(options.configuration);
    const api_key = await readKey(context, await availableOf(context, provider));
    const api = await context.api();
    const answer = await api.change<{ provider: Account }>('POST', '/api/admin/providers', {
      body: { name, type: provider, api_key, configuration, endpoint: options.simulator ? 'simulator' : 'real' },
      idempotencyKey: options['idempotency-key'],
    });
    show(context, answer, (colour) => accountPairs(answer.provider, colour));
    return EXIT.ok;
  },
});

function parseObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw usage(`--configuration is not JSON. Type for example --configuration '{"allowed_regions":["fra1"]}'.`);
  }
}

const list = command({
  path: ['account', 'list'],
  summary: 'List accounts, and the providers there are',
  examples: ['account list', 'account list --json'],
  run: async (context) => {
    const answer = await accounts(await context.api());
    const { providers, available } = answer;
    show(context, answer, (colour) => {
      const rows = providers.map((account) => [
        account.id,
        account.name,
        account.type,
        status(account.status),
        account.key_last4 && `…${account.key_last4}`,
        ago(account.last_checked_at),
      ]);
      const known = table(
        ['PROVIDER', 'NAME', 'ROLES', 'KEY FIELDS'],
        available.map((each) => [
          each.type,
          each.name,
          each.roles.join(', '),
          each.credential_fields.map((field) => field.name).join(', '),
        ]),
        colour,
      );
      return `${table(['ID', 'NAME', 'PROVIDER', 'STATUS', 'KEY', 'CHECKED'], rows, colour)}\n${known}`;
    });
    return EXIT.ok;
  },
});

const one = command({
  path: ['account', 'show'],
  summary: 'Show one account, without its key',
  positionals: [ACCOUNT],
  examples: ['account show "Vultr main"'],
  run: async (context, [word = '']) => {
    const provider = await findAccount(await context.api(), word);
    show(context, { provider }, (colour) => accountPairs(provider, colour));
    return EXIT.ok;
  },
});

const check = command({
  path: ['account', 'check'],
  summary: 'Try an account’s key at the provider now',
  positionals: [ACCOUNT],
  options: MUTATION_OPTIONS,
  examples: ['account check "Vultr main"'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id } = await findAccount(api, word);
    const answer = await api.change<{ provider: Account }>('POST', `/api/admin/providers/${id}/check`, {
      idempotencyKey: options['idempotency-key'],
    });
    show(context, answer, (colour) => accountPairs(answer.provider, colour));
    return answer.provider.status === 'ok' ? EXIT.ok : EXIT.failed;
  },
});

const use = command({
  path: ['account', 'usage'],
  summary: 'Show how much of an account is used: servers, balance, calls left',
  positionals: [ACCOUNT],
  examples: ['account usage "Vultr main"'],
  run: async (context, [word = '']) => {
    const api = await context.api();
    const { id, name } = await findAccount(api, word);
    const usage = await api.get<AccountUsage>(`/api/admin/providers/${id}/usage`);
    const { instances, balance, pending, rate } = usage;
    show(context, usage, (colour) =>
      pairs(
        [
          ['account', { text: name, tone: 'bold' }],
          ['at the provider', `${usage.account_name} (${usage.account_status})`],
          ['servers', instances && `${instances.used} of ${instances.limit ?? 'an untold number'}; ${instances.ours} are VPSes here`],
          ['balance', balance && owedText(balance)],
          ['not yet billed', pending && `${pending.amount} ${pending.currency}`],
          ['calls left', `${rate.left} of ${rate.requests} per ${Math.round(rate.per_ms / 1000)} s`],
        ],
        colour,
      ),
    );
    return EXIT.ok;
  },
});

/** With a minus, something is left. */
function owedText({ amount, currency }: NonNullable<AccountUsage['balance']>): string {
  return amount.startsWith('-') ? `${amount.slice(1)} ${currency} left` : `${amount} ${currency} owed`;
}

const change = command({
  path: ['account', 'change'],
  summary: 'Change an account’s name or its settings',
  details: 'Settings that are not named go back to their defaults; plinth account show prints those in force.',
  positionals: [ACCOUNT],
  options: {
    name: { type: 'string', value: 'NAME', help: 'how you call the account from now on' },
    configuration: { type: 'string', value: 'JSON', help: 'the provider’s own settings' },
    ...MUTATION_OPTIONS,
  },
  examples: [`account change do-main --configuration '{"default":true}'`, 'account change do-main --name do-old'],
  run: async (context, [word = ''], options) => {
    if (options.name === undefined && options.configuration === undefined)
      throw usage('plinth account change: give --name, --configuration or both.');
    const api = await context.api();
    const { id } = await findAccount(api, word);
    const body = {
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.configuration === undefined ? {} : { configuration: parseObject(options.configuration) }),
    };
    const request = { body, idempotencyKey: options['idempotency-key'] };
    const answer = await api.change<{ provider: Account }>('PATCH', `/api/admin/providers/${id}`, request);
    show(context, answer, (colour) => accountPairs(answer.provider, colour));
    return EXIT.ok;
  },
});

const rotate = command({
  path: ['account', 'rotate'],
  summary: 'Replace an account’s key; the new one is tried first',
  details: 'The new key is asked for without echo, or read from standard input. No stack is touched by it.',
  positionals: [ACCOUNT],
  options: MUTATION_OPTIONS,
  examples: ['account rotate "Vultr main" < new.key'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id, type } = await findAccount(api, word);
    const api_key = await readKey(context, await availableOf(context, type));
    const answer = await api.change<{ provider: Account }>('POST', `/api/admin/providers/${id}/rotate-key`, {
      body: { api_key },
      idempotencyKey: options['idempotency-key'],
    });
    show(context, answer, (colour) => accountPairs(answer.provider, colour));
    return EXIT.ok;
  },
});

const remove = command({
  path: ['account', 'remove'],
  summary: 'Remove an account that nothing uses',
  positionals: [ACCOUNT],
  options: { ...YES_OPTION, ...MUTATION_OPTIONS },
  examples: ['account remove "Vultr old" --yes'],
  run: async (context, [word = ''], options) => {
    const api = await context.api();
    const { id, name } = await findAccount(api, word);
    await confirm(context, options.yes, name, `Plinth will forget the account ${name} and its key`);
    await api.change<null>('DELETE', `/api/admin/providers/${id}`, { idempotencyKey: options['idempotency-key'] });
    if (context.json) show(context, null, () => '');
    else remark(context, `${name} is removed.`);
    return EXIT.ok;
  },
});

export const accountCommands: readonly Command[] = [add, list, one, change, check, use, rotate, remove];

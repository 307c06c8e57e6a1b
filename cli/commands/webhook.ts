/** `plinth webhook …`: addresses on the outside that are told of events. */
import type { z } from 'zod';
import type {
  WebhookAnswer,
  WebhookEndpoint,
  WebhookList,
  WebhookMessageAnswer,
  WebhookMessagePage,
  WebhookSecretAnswer,
} from '../../contract/webhook.ts';
import { type Command, command, type Context, MUTATION_OPTIONS } from '../command.ts';
import { EXIT, usage } from '../errors.ts';
import { ago, plain, show, table } from '../output.ts';

const path = (id: string, rest = ''): string => `/api/webhooks/${encodeURIComponent(id)}${rest}`;
const ENDPOINT = [{ name: 'endpoint', help: 'its id, ep_…' }];
const MESSAGE = [...ENDPOINT, { name: 'message', help: 'its id, msg_…' }];
const kindsOf = (list: string | undefined): string[] | undefined => list?.split(',').filter((kind) => kind !== '');
const WISHES = {
  kinds: { type: 'string', value: 'LIST', help: 'kinds of event with commas between them; left out: all' },
  description: { type: 'string', value: 'TEXT', help: 'for people' },
} as const;

const stateOf = ({ paused_at, pause_reason, failing_since }: z.infer<typeof WebhookEndpoint>): string =>
  paused_at !== null ? `paused: ${pause_reason}` : failing_since !== null ? `failing since ${failing_since}` : 'active';

const list = command({
  path: ['webhook', 'list'],
  summary: 'List endpoints that are told of events',
  examples: ['webhook list', 'webhook list --json'],
  run: async (context) => {
    const answer = await (await context.api()).get<z.infer<typeof WebhookList>>('/api/webhooks');
    const row = (each: z.infer<typeof WebhookEndpoint>) => [
      each.id,
      plain(each.url),
      stateOf(each),
      each.kinds.length === 0 ? 'all' : String(each.kinds.length),
    ];
    show(context, answer, (colour) => table(['ID', 'URL', 'STATE', 'KINDS'], answer.endpoints.map(row), colour));
    return EXIT.ok;
  },
});

function told(context: Context, answer: z.infer<typeof WebhookAnswer>, what: string): number {
  show(context, answer, () => `${answer.endpoint.id} ${what}.\n`);
  return EXIT.ok;
}

const add = command({
  path: ['webhook', 'add'],
  summary: 'Add an endpoint; its secret is shown this once',
  positionals: [{ name: 'url', help: 'a public https:// address' }],
  options: { ...WISHES, organization: { type: 'string', value: 'ID', help: 'whose; for the seller only' }, ...MUTATION_OPTIONS },
  examples: ['webhook add https://example.com/plinth', 'webhook add https://example.com/plinth --kinds operation.failed,vps.created'],
  run: async (context, [url = ''], { kinds, description, organization, 'idempotency-key': idempotencyKey }) => {
    const wanted = kindsOf(kinds);
    const body = {
      url,
      ...(wanted === undefined ? {} : { kinds: wanted }),
      ...(description === undefined ? {} : { description }),
      ...(organization === undefined ? {} : { organization_id: organization }),
    };
    const api = await context.api();
    const answer = await api.change<z.infer<typeof WebhookSecretAnswer>>('POST', '/api/webhooks', { body, idempotencyKey });
    show(context, answer, () => `${answer.endpoint.id} is told from now on. Its secret, shown this once:\n${answer.secret}\n`);
    return EXIT.ok;
  },
});

const change = command({
  path: ['webhook', 'change'],
  summary: 'Change an endpoint’s address, kinds or description',
  positionals: ENDPOINT,
  options: { url: { type: 'string', value: 'URL', help: 'a public https:// address' }, ...WISHES, ...MUTATION_OPTIONS },
  examples: ['webhook change ep_… --kinds operation.failed'],
  run: async (context, [id = ''], { url, kinds, description, 'idempotency-key': idempotencyKey }) => {
    const body = {
      ...(url === undefined ? {} : { url }),
      ...(kinds === undefined ? {} : { kinds: kindsOf(kinds) }),
      ...(description === undefined ? {} : { description }),
    };
    if (Object.keys(body).length === 0) throw usage('plinth webhook change: nothing to change. Give --url, --kinds or --description.');
    const api = await context.api();
    return told(context, await api.change<z.infer<typeof WebhookAnswer>>('PATCH', path(id), { body, idempotencyKey }), 'is changed');
  },
});

const pausing = (verb: 'pause' | 'resume', summary: string): Command =>
  command({
    path: ['webhook', verb],
    summary,
    positionals: ENDPOINT,
    options: MUTATION_OPTIONS,
    examples: [`webhook ${verb} ep_…`],
    run: async (context, [id = ''], { 'idempotency-key': idempotencyKey }) => {
      const api = await context.api();
      const body = { paused: verb === 'pause' };
      return told(context, await api.change<z.infer<typeof WebhookAnswer>>('PATCH', path(id), { body, idempotencyKey }), `is ${verb}d`);
    },
  });

const remove = command({
  path: ['webhook', 'remove'],
  summary: 'Remove an endpoint, with its messages',
  positionals: ENDPOINT,
  options: MUTATION_OPTIONS,
  examples: ['webhook remove ep_…'],
  run: async (context, [id = ''], { 'idempotency-key': idempotencyKey }) => {
    const api = await context.api();
    return told(context, await api.change<z.infer<typeof WebhookAnswer>>('DELETE', path(id), { idempotencyKey }), 'is removed');
  },
});

const rotate = command({
  path: ['webhook', 'rotate'],
  summary: 'Give an endpoint a new secret; the former one signs beside it for a day',
  positionals: ENDPOINT,
  options: MUTATION_OPTIONS,
  examples: ['webhook rotate ep_…'],
  run: async (context, [id = ''], { 'idempotency-key': idempotencyKey }) => {
    const api = await context.api();
    const answer = await api.change<z.infer<typeof WebhookSecretAnswer>>('POST', path(id, '/rotate-secret'), { idempotencyKey });
    show(
      context,
      answer,
      () => `Both secrets sign until ${answer.endpoint.rotating_until}. The new one, shown this once:\n${answer.secret}\n`,
    );
    return EXIT.ok;
  },
});

const messages = command({
  path: ['webhook', 'messages'],
  summary: 'List what was sent to an endpoint, newest first',
  positionals: ENDPOINT,
  options: { status: { type: 'string', value: 'STATUS', help: 'waiting, delivered or failed' } },
  examples: ['webhook messages ep_…', 'webhook messages ep_… --status failed'],
  run: async (context, [id = ''], { status }) => {
    const query = status === undefined ? '' : `?status=${encodeURIComponent(status)}`;
    const answer = await (await context.api()).get<z.infer<typeof WebhookMessagePage>>(path(id, `/messages${query}`));
    const rows = answer.messages.map((each) => [each.id, each.kind, each.status, String(each.attempts), ago(each.created_at)]);
    show(context, answer, (colour) => table(['ID', 'KIND', 'STATUS', 'ATTEMPTS', 'MADE'], rows, colour));
    return EXIT.ok;
  },
});

function shown(context: Context, answer: z.infer<typeof WebhookMessageAnswer>): number {
  const rows = answer.log.map((each) => [
    String(each.number),
    each.at,
    `${each.duration_ms} ms`,
    each.status_code === null ? '-' : String(each.status_code),
    plain(each.error ?? ''),
  ]);
  const { id, kind, status } = answer.message;
  show(context, answer, (colour) => `${id}  ${kind}  ${status}\n${table(['ATTEMPT', 'AT', 'TOOK', 'ANSWER', 'ERROR'], rows, colour)}`);
  return EXIT.ok;
}

const message = command({
  path: ['webhook', 'message'],
  summary: 'Show a message with every attempt',
  positionals: MESSAGE,
  examples: ['webhook message ep_… msg_…'],
  run: async (context, [endpoint = '', id = '']) =>
    shown(context, await (await context.api()).get(path(endpoint, `/messages/${encodeURIComponent(id)}`))),
});

const redeliver = command({
  path: ['webhook', 'redeliver'],
  summary: 'Send a message again, under the same id',
  positionals: MESSAGE,
  options: MUTATION_OPTIONS,
  examples: ['webhook redeliver ep_… msg_…'],
  run: async (context, [endpoint = '', id = ''], { 'idempotency-key': idempotencyKey }) => {
    const api = await context.api();
    return shown(context, await api.change('POST', path(endpoint, `/messages/${encodeURIComponent(id)}/redeliver`), { idempotencyKey }));
  },
});

export const webhookCommands: readonly Command[] = [
  list,
  add,
  change,
  pausing('pause', 'Tell an endpoint nothing for now'),
  pausing('resume', 'Tell a paused endpoint again, from now on'),
  rotate,
  remove,
  messages,
  message,
  redeliver,
];

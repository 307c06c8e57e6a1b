/** Whose rows a request may see: what it reads is read behind the wall, and what it changes must be seen there first. */
import type { Route } from '../http/route.ts';
import { notFound, refuseField, type Refusal } from '../problem.ts';
import type { Principal, Services } from '../services.ts';

interface Named {
  readonly table: string;
  readonly refusal: (id: string) => Refusal;
  /** The column that is named; `id` where there is none. */
  readonly key?: string;
}
const named = (table: string, noun: string, key?: string): Named => ({
  table,
  refusal: (id) => notFound(noun, id),
  ...(key === undefined ? {} : { key }),
});

/** Changes happen on the other side of the wall: what a path names after these words is looked for on this one before. */
const IN_PATH: Readonly<Record<string, Named>> = {
  vps: named('vps', 'VPS'),
  operations: named('operation', 'operation'),
  orders: named('order', 'order'),
  quotes: named('quote', 'quote'),
  invoices: named('invoice', 'invoice'),
  subscriptions: named('subscription', 'subscription'),
  payments: named('payment', 'payment'),
  'payment-attempts': named('payment_attempt', 'payment attempt'),
  'payment-methods': named('payment_method', 'payment method'),
  tasks: named('person_task', 'task'),
  bulk: named('bulk_run', 'bulk run'),
  tickets: named('ticket', 'ticket'),
  webhooks: named('webhook_endpoint', 'webhook endpoint'),
  messages: named('webhook_message', 'webhook message'),
  members: named('member', 'member', 'userId'),
  invitations: named('invitation', 'invitation'),
  tokens: named('api_token', 'token'),
  'service-accounts': named('service_account', 'service account'),
};
/** The same for what a body or a query names. */
const IN_FIELD: Readonly<Record<string, Named>> = {
  vps_id: named('vps', 'VPS'),
  quote_id: named('quote', 'quote'),
  user_id: named('member', 'member', 'userId'),
  service_account_id: {
    table: 'service_account',
    refusal: () => refuseField('service_account_id', 'no such service account', 'See GET /api/service-accounts.'),
  },
};

/** The organization whose rows alone a read may see; null: a change, the platform's, a stream, or about oneself. */
export function readsBehindWall(route: Route, { organizationId }: Principal): string | null {
  const { method, permission } = route;
  if (method !== 'get' || permission === 'public' || String(permission).endsWith(':own')) return null;
  return isStream(route) ? null : organizationId;
}

function isStream({ responses }: Route): boolean {
  return Object.values(responses).some(({ streamed }) => streamed);
}

/** What was asked: each part as it was parsed. */
export interface Asked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/**
 * For a change and for a stream: whatever it names is the organization's.
 * @throws Refusal for what is another's and for what nobody has, the same, before anything else is said of it
 */
export async function mustSee({ reader }: Pick<Services, 'reader'>, route: Route, principal: Principal, asked: Asked): Promise<void> {
  const { organizationId } = principal;
  if (organizationId === null || route.permission === 'public' || readsBehindWall(route, principal) !== null) return;
  for (const { table, key = 'id', refusal, id } of namedBy(route, asked)) {
    const statement = { name: `sees_${table}`, text: `SELECT 1 FROM "${table}" WHERE "${key}" = $1`, values: [id] };
    if ((await reader.read(organizationId, statement)).length === 0) throw refusal(id);
  }
}

function namedBy({ path, refusal }: Route, { params, query, body }: Asked): (Named & { id: string })[] {
  const words = path.split('/');
  const inPath = words.flatMap((word, index): [Named | undefined, unknown][] =>
    word.startsWith(':') ? [[IN_PATH[words[index - 1]!], (params as Record<string, unknown>)[word.slice(1)]]] : [],
  );
  // Routes of older systems have sentences of their own for what is not there.
  const inFields = (refusal ? [] : [query, body]).flatMap((part) =>
    Object.entries((part ?? {}) as Record<string, unknown>).map(([field, value]) => [IN_FIELD[field], value] as const),
  );
  return [...inPath, ...inFields].flatMap(([about, id]) => (about && typeof id === 'string' ? [{ ...about, id }] : []));
}

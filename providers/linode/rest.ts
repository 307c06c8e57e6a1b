/** Linode's manners: sentences instead of error codes, pages by number, filters in a header, jobs that only events tell of. */
import { z } from 'zod';
import type { Ask, Dialect } from '../kit/rest.ts';
import type { Job, Jobs } from '../kit/server-sheet.ts';
import { descriptor, PROVIDER_ID } from './descriptor.ts';

const problems = z.object({ errors: z.array(z.object({ reason: z.string(), field: z.string().nullish() })).min(1) });
const paged = z.object({ page: z.number(), pages: z.number() });
/** The largest page Linode gives. */
const PAGE_SIZE = 500;
/** A plan that is sold out is refused with 400 by some hosts' checks, with 403 by others: the sentence tells, not the status. */
const REFUSED = [400, 403];

export const dialect: Dialect = {
  provider: PROVIDER_ID,
  name: descriptor.name,
  basePath: '/v4',
  headers: ({ token }) => ({ authorization: `Bearer ${token ?? ''}` }),
  said: (body) => {
    const { data } = problems.safeParse(body);
    const text = data?.errors.map(({ field, reason }) => (field ? `${field}: ${reason}` : reason)).join('; ');
    return data ? { text, field: data.errors[0]!.field ?? undefined } : {};
  },
  // Texts seen in recordings and the vendor's guides; see README.md, "Errors".
  refusals: [
    {
      status: REFUSED,
      text: /linode busy\.?$/i,
      kind: 'conflict',
      as: 'busy',
      remedy: 'Another job of this server is running; try again when it has ended.',
    },
    {
      status: REFUSED,
      text: /account limit reached|limit.*open a support ticket/i,
      kind: 'quota',
      remedy: 'Ask Linode support to raise the account’s limit, or use another account.',
    },
    {
      status: REFUSED,
      text: /must be unique/i,
      kind: 'conflict',
      as: 'taken',
      remedy: 'Labels are unique in an account: choose another, or rename what has it.',
    },
    {
      status: REFUSED,
      text: /(sold out|out of stock|no (capacity|availability)|currently unavailable|not (currently )?available in (this|the selected) region|unavailable in (this|the selected) region)/i,
      kind: 'out_of_stock',
      remedy: 'Choose another region or plan.',
    },
    {
      code: 'disk_imagize',
      kind: 'invalid',
      remedy: 'Linode captures disks with ext3 or ext4 that hold at most 6144 MB; free some space, or use backups.',
    },
    // An unknown token and a token without the scope both answer 401; only the sentence differs.
    { status: 401, text: /not authorized to use/i, kind: 'forbidden' },
    { status: 408, kind: 'provider_down' },
  ],
  remedies: {
    credentials: 'Store a valid access token for this account.',
    forbidden: 'Give the access token the scope and its user the grant.',
  },
  pages: {
    first: { page: 1, page_size: PAGE_SIZE },
    next: (answer, asked) => {
      const { page, pages } = paged.parse(answer);
      return page < pages ? { ...asked, page: page + 1 } : null;
    },
  },
  // Small buckets (server creation: 8 to 20 per 15 s) say nothing about the other calls, so only the large ones teach the budget.
  rate: (headers) => {
    const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
      Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN),
    );
    return limit! >= 100 && Number.isFinite(remaining) && Number.isFinite(reset)
      ? { remaining: remaining!, resetAtMs: reset! * 1_000 }
      : undefined;
  },
  consistencyMs: { real: 15_000, simulator: 2_000 },
  purchases: descriptor.rate.createsPerMs!,
};

/** Linode filters by a header. */
export function filter(wanted: Readonly<Record<string, unknown>>): Pick<Ask, 'headers'> {
  return { headers: { 'x-filter': JSON.stringify(wanted) } };
}

/** Linode tells UTC without saying so; the vendor's plugin keeps RFC 3339, and gives up on a state that is not. */
export function zoned(time: string): string {
  return /(?:Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`;
}

const Event = z.object({ id: z.number(), action: z.string(), status: z.string(), message: z.string().nullish() });
const STATES: Readonly<Record<string, Job['state']>> = { finished: 'done', notification: 'done', failed: 'failed' };

function toJob({ id, action, status, message }: z.infer<typeof Event>): Job {
  return { id: String(id), type: action, state: STATES[status] ?? 'running', code: action, why: message ?? undefined };
}

export const jobs: Jobs = {
  one: async (rest, id, signal) => toJob(await rest.call({ path: `/account/events/${id}`, signal }, Event)),
  latest: async (rest, id, signal) => {
    const ofServer = filter({ 'entity.id': Number(id), 'entity.type': 'linode', '+order_by': 'created', '+order': 'desc' });
    const { items } = await rest.page({ path: '/account/events', signal, ...ofServer }, 'data', Event);
    return items.sort((a, b) => b.id - a.id).map(toJob);
  },
};

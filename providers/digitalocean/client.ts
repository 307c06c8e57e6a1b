/** DigitalOcean's manners: pages, rate headers, and what its errors mean. */
import { z } from 'zod';
import type { Dialect } from '../kit/rest.ts';
import type { Job, Jobs } from '../kit/server-sheet.ts';
import { descriptor, PROVIDER_ID } from './descriptor.ts';
import { actionSchema, type Action } from './schemas.ts';

const said = z.object({ id: z.string().optional(), message: z.string().optional() });
const linked = z.object({ links: z.object({ pages: z.object({ next: z.string().optional() }).nullish() }).nullish() });
/** Nearly every error is `unprocessable_entity`, so its sentence decides, whatever the status. */
const BUT_AUTH = [400, 409, 412, 422, 423, 500];

export const dialect: Dialect = {
  provider: PROVIDER_ID,
  name: descriptor.name,
  headers: ({ token }) => ({ authorization: `Bearer ${token ?? ''}` }),
  said: (body) => {
    const { data } = said.safeParse(body);
    return data ? { code: data.id, text: data.message } : {};
  },
  refusals: [
    { status: BUT_AUTH, text: /droplet limit/i, kind: 'quota' },
    {
      status: BUT_AUTH,
      text: /not available in this region|region is not available|currently unavailable|sold out/i,
      kind: 'out_of_stock',
    },
    { status: BUT_AUTH, text: /pending event|is locked|already in use on your account|duplicate name/i, kind: 'conflict' },
    { status: [402, 412], kind: 'unexpected' },
  ],
  remedies: {
    credentials: 'Check the account’s personal access token.',
    forbidden: 'Give the token the missing scope.',
    quota: 'Ask DigitalOcean for a higher droplet limit, or use another account.',
    out_of_stock: 'Choose another size or region.',
  },
  pages: {
    first: { page: 1, per_page: 200 },
    next: (answer, asked) => (linked.parse(answer).links?.pages?.next === undefined ? null : { ...asked, page: Number(asked['page']) + 1 }),
  },
  rate: (headers) =>
    headers.has('ratelimit-remaining') && headers.has('ratelimit-reset')
      ? { remaining: Number(headers.get('ratelimit-remaining')), resetAtMs: Number(headers.get('ratelimit-reset')) * 1000 }
      : undefined,
  // Listings by tag lag behind creates. Minutes were never seen at the real one; the simulator's lag is at most a second unless told otherwise.
  consistencyMs: { real: 15_000, simulator: 3_000 },
};

const STATES = { 'in-progress': 'running', completed: 'done', errored: 'failed' } as const;
/** An order names its action by id alone. */
const started = z.object({
  action: actionSchema.nullish(),
  links: z.object({ actions: z.array(z.object({ id: z.number(), rel: z.string() })).nullish() }).nullish(),
});

export function toJob({ id, type, status }: Action): Job {
  return { id: String(id), type, state: STATES[status] };
}

export const jobs = {
  started: (answer) => {
    const { data } = started.safeParse(answer);
    const made = data?.links?.actions?.find(({ rel }) => rel === 'create');
    const ordered: Job[] = made ? [{ id: String(made.id), type: 'create', state: 'running' }] : [];
    return data?.action ? [toJob(data.action)] : ordered;
  },
  one: async (rest, id, signal) => toJob(await rest.one({ path: `/v2/actions/${id}`, signal }, 'action', actionSchema)),
  latest: async (rest, id, signal) => {
    const { items } = await rest.page({ path: `/v2/droplets/${id}/actions`, signal }, 'actions', actionSchema);
    return items.toSorted((a, b) => b.id - a.id).map(toJob);
  },
} satisfies Jobs;

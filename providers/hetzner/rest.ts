/** Hetzner's manners and the shapes of its answers. Facts and their sources stand in README.md. */
import { z } from 'zod';
import type { Dialect, Query } from '../kit/rest.ts';
import type { Job, Jobs } from '../kit/server-sheet.ts';

const problem = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.object({ fields: z.array(z.object({ name: z.string() })).optional() }).nullish(),
  }),
});
const paged = z.object({ meta: z.object({ pagination: z.object({ next_page: z.number().nullable() }) }) });

export const dialect: Dialect = {
  provider: 'hetzner',
  name: 'Hetzner',
  basePath: '/v1',
  headers: ({ token }) => ({ authorization: `Bearer ${token ?? ''}` }),
  said: (body) => {
    const { data } = problem.safeParse(body);
    return data ? { code: data.error.code, text: data.error.message, field: data.error.details?.fields?.[0]?.name } : {};
  },
  refusals: [
    {
      code: 'uniqueness_error',
      kind: 'conflict',
      as: 'taken',
      remedy: 'Names are unique in a project: choose another, or rename what has it.',
    },
    { code: /^resource_limit_exceeded$|^limit_reached$/, kind: 'quota', remedy: 'Ask Hetzner for a higher limit, or use another project.' },
    {
      code: /^resource_unavailable$|^placement_error$|^no_space_left_in_location$/,
      kind: 'out_of_stock',
      remedy: 'Choose another type or location, or try later.',
    },
    {
      code: 'invalid_input',
      text: /unsupported location|location disabled/i,
      kind: 'out_of_stock',
      remedy: 'Choose a location where this type is sold.',
    },
    { code: 'token_readonly', kind: 'forbidden', remedy: 'Make a token that may read and write.' },
    { code: 'protected', kind: 'forbidden', remedy: 'Take its protection off in Hetzner’s console.' },
    { code: 'resource_locked', kind: 'forbidden', remedy: 'Hetzner locked it: ask its support.' },
    { code: /^locked$|^conflict$|^server_not_stopped$|^resource_in_use$/, kind: 'conflict' },
    { code: 'deprecated_api_endpoint', kind: 'malformed', remedy: 'Hetzner took this call away; a newer Plinth is needed.' },
    { code: /^service_error$|^server_error$|^maintenance$|^bad_gateway$|^timeout$|^unknown_error$/, kind: 'provider_down' },
  ],
  remedies: { credentials: 'Check the account’s API token; it belongs to one project.' },
  pages: {
    first: { page: 1, per_page: 50 },
    next: (answer, asked) => {
      const { next_page: page } = paged.parse(answer).meta.pagination;
      return page === null ? null : { ...asked, page };
    },
  },
  rate: (headers) =>
    headers.has('ratelimit-remaining')
      ? { remaining: Number(headers.get('ratelimit-remaining')), resetAtMs: Number(headers.get('ratelimit-reset')) * 1000 }
      : undefined,
  // No lag was ever reported; a moment of doubt costs little.
  consistencyMs: { real: 5_000, simulator: 1_500 },
};

const Action = z.object({
  id: z.number(),
  command: z.string(),
  status: z.enum(['running', 'success', 'error']),
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
});
const Started = z.object({ action: Action.nullish(), actions: z.array(Action).nullish(), next_actions: z.array(Action).nullish() });
const STATES = { running: 'running', success: 'done', error: 'failed' } as const;

function toJob({ id, command, status, error }: z.infer<typeof Action>): Job {
  return { id: String(id), type: command, state: STATES[status], code: error?.code, why: error?.message };
}

export const jobs = {
  started: (answer) => {
    const { data } = Started.safeParse(answer);
    return data ? [...(data.action ? [data.action] : []), ...(data.actions ?? []), ...(data.next_actions ?? [])].map(toJob) : [];
  },
  one: async (rest, id, signal) => toJob(await rest.one({ path: `/actions/${id}`, signal }, 'action', Action)),
  latest: async (rest, id, signal) => {
    const query: Query = { sort: 'id:desc' };
    return (await rest.page({ path: `/servers/${id}/actions`, query, signal }, 'actions', Action)).items.map(toJob);
  },
} satisfies Jobs;

const Labels = z.record(z.string(), z.string());
export const Server = z.object({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  locked: z.boolean(),
  created: z.string(),
  labels: Labels,
  server_type: z.object({ name: z.string(), cores: z.number() }),
  location: z.object({ name: z.string() }),
  image: z.object({ id: z.number(), name: z.string().nullable() }).nullable(),
  public_net: z.object({
    ipv4: z.object({ ip: z.string(), dns_ptr: z.string().nullish() }).nullable(),
    ipv6: z.object({ ip: z.string(), dns_ptr: z.array(z.object({ ip: z.string(), dns_ptr: z.string() })).nullish() }).nullable(),
    firewalls: z.array(z.object({ id: z.number() })).nullish(),
  }),
  backup_window: z.string().nullable(),
  rescue_enabled: z.boolean(),
  primary_disk_size: z.number(),
  protection: z.object({ delete: z.boolean(), rebuild: z.boolean() }),
});
export type Server = z.infer<typeof Server>;

export const SshKey = z.object({ id: z.number(), name: z.string(), fingerprint: z.string(), public_key: z.string(), labels: Labels });
export type SshKey = z.infer<typeof SshKey>;

export const Rule = z.object({
  direction: z.enum(['in', 'out']),
  protocol: z.string(),
  port: z.string().nullish(),
  source_ips: z.array(z.string()).nullish(),
  destination_ips: z.array(z.string()).nullish(),
  description: z.string().nullish(),
});
export const Firewall = z.object({
  id: z.number(),
  name: z.string(),
  labels: Labels,
  rules: z.array(Rule),
  applied_to: z.array(z.object({ type: z.string(), server: z.object({ id: z.number() }).nullish() })),
});
export type Firewall = z.infer<typeof Firewall>;

export const OwnImage = z.object({
  id: z.number(),
  description: z.string().nullable(),
  status: z.string(),
  image_size: z.number().nullable(),
  disk_size: z.number(),
  architecture: z.string().optional(),
  created: z.string(),
  created_from: z.object({ id: z.number() }).nullish(),
  bound_to: z.number().nullish(),
});
export type OwnImage = z.infer<typeof OwnImage>;

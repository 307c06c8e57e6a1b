/** How Hostinger's API says things, and purchases that are never made twice. */
import { z } from 'zod';
import { Rest, type Ask, type Dialect } from '../kit/rest.ts';
import { inTurn } from '../kit/turns.ts';
import type { AccountConnection } from '../provider.ts';
import type { RateBudget } from '../rate-budget.ts';
import { waitFor } from '../wait.ts';

export const VPS = '/api/vps/v1';
export const MACHINES = `${VPS}/virtual-machines`;
const BILLING = '/api/billing/v1';
/** How long a payment may be looked at before a person is asked. */
const PAYMENT_MS = 20 * 60_000;

const problem = z.looseObject({ message: z.string().optional(), errors: z.record(z.string(), z.unknown()).optional() });
const paged = z.looseObject({ meta: z.looseObject({ current_page: z.number(), per_page: z.number(), total: z.number() }) });

export const dialect: Dialect = {
  provider: 'hostinger',
  name: 'Hostinger',
  headers: ({ token }) => ({ authorization: `Bearer ${token ?? ''}` }),
  said: (body) => {
    const { data } = problem.safeParse(body);
    const code = /^\[(VPS:\d+)\]/.exec(data?.message ?? '')?.[1];
    const field = Object.keys(data?.errors ?? {})[0];
    return { code, text: data?.message, field };
  },
  refusals: [
    {
      status: 402,
      kind: 'quota',
      as: 'payment_refused',
      remedy: 'Nothing was bought. Confirm the payment method in hPanel; an active one may still need a confirmation. Then try again.',
    },
    { code: 'VPS:2000', kind: 'forbidden', remedy: 'Make a token of a user who may manage machines, scripts and billing.' },
    { status: 422, text: /locked by another|not set up yet/i, kind: 'conflict' },
  ],
  remedies: {
    credentials: 'Check the account’s API token; it may have expired.',
    invalid: 'Correct what is named and try again; nothing was bought.',
  },
  pages: {
    first: {},
    next: (answer, asked) => {
      const { data } = paged.safeParse(answer);
      if (!data || data.meta.current_page * data.meta.per_page >= data.meta.total) return null;
      return { ...asked, page: data.meta.current_page + 1 };
    },
  },
  // Lists of this platform lag behind for minutes at times.
  consistencyMs: { real: 60_000, simulator: 2_000 },
};

const Address = z.object({ id: z.number(), address: z.string(), ptr: z.string().nullish() });
export const Machine = z.looseObject({
  id: z.number(),
  subscription_id: z.string().nullish(),
  data_center_id: z.number().nullish(),
  plan: z.string().nullish(),
  hostname: z.string(),
  state: z.string(),
  actions_lock: z.string(),
  cpus: z.number(),
  ipv4: z.array(Address).nullish(),
  ipv6: z.array(Address).nullish(),
  template: z.looseObject({ id: z.number() }).nullish(),
  firewall_group_id: z.number().nullish(),
  created_at: z.string(),
});
export type Machine = z.infer<typeof Machine>;

export const Subscription = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  is_auto_renewed: z.boolean(),
  created_at: z.string(),
  expires_at: z.string().nullish(),
});
export type Subscription = z.infer<typeof Subscription>;

const Bought = z.looseObject({
  order: z.looseObject({ id: z.number().optional(), subscription_id: z.string().optional() }).optional(),
  virtual_machine: Machine.nullish(),
});
/** Beside a machine that was just bought: nothing later tells the number of its order. */
export const ORDER_ID = 'bought_by_order';
export class HostingerRest extends Rest {
  readonly #account: RateBudget;
  constructor(connection: AccountConnection) {
    super(dialect, connection);
    this.#account = connection.budget;
  }

  machines(signal?: AbortSignal): Promise<Machine[]> {
    return this.call({ path: MACHINES, signal }, z.array(Machine));
  }
  subscriptions(signal?: AbortSignal): Promise<Subscription[]> {
    return this.call({ path: `${BILLING}/subscriptions`, signal }, z.array(Subscription));
  }
  /** Turns a subscription's renewal on or off. */
  async renew(id: string, renews: boolean, signal?: AbortSignal): Promise<void> {
    const path = `${BILLING}/subscriptions/${encodeURIComponent(id)}/auto-renewal/${renews ? 'enable' : 'disable'}`;
    await this.send({ method: renews ? 'PATCH' : 'DELETE', path, repeatable: true, signal });
  }

  /**
   * A purchase of a machine. One that was paid for before and never set up is taken first: it is what an order left whose payment was
   * looked at (202) when nobody was there any more. A payment that is still looked at is waited for, and nothing is bought meanwhile.
   */
  override buy<T>(ask: Ask, shape: z.ZodType<T>): Promise<T> {
    return inTurn(this.#account, () => this.#buy(ask, shape));
  }

  async #buy<T>(ask: Ask, shape: z.ZodType<T>): Promise<T> {
    const setup = (ask.body as { setup: unknown }).setup;
    for (;;) {
      const spare = await this.#spare(ask.signal);
      if (spare) {
        const made = await this.#setUp(spare, setup, ask.signal);
        if (made) return shape.parse(made);
        continue;
      }
      const { order, virtual_machine: machine } = await super.buy(ask, Bought);
      if (machine) return shape.parse({ ...machine, [ORDER_ID]: order?.id });
    }
  }

  /** A machine that waits to be set up. @throws ProviderError `needs_person` when a payment stays undecided */
  async #spare(signal: AbortSignal = new AbortController().signal): Promise<Machine | null> {
    try {
      return await waitFor({
        provider: this.dialect.provider,
        what: 'a payment that Hostinger still looks at',
        key: 'hostinger/payment',
        signal,
        deadlineMs: PAYMENT_MS,
        probe: async () => {
          const [machines, subscriptions] = await Promise.all([this.machines(signal), this.subscriptions(signal)]);
          const initial = machines.find(({ state }) => state === 'initial');
          if (initial) return initial;
          const known = new Set(machines.map((each) => each.subscription_id));
          const open = subscriptions.some(({ id, status, is_auto_renewed: renews }) => status === 'active' && renews && !known.has(id));
          return open ? undefined : null;
        },
      });
    } catch (error) {
      if ((error as { kind?: string }).kind !== 'timeout') throw error;
      throw this.error(
        'needs_person',
        'Hostinger has a subscription without a machine for a long time: an order whose payment is undecided. Nothing more is bought until ' +
          'it shows a machine or is cancelled; look into hPanel → Billing.',
      );
    }
  }

  /** Null when somebody was faster. */
  async #setUp({ id }: Machine, setup: unknown, signal?: AbortSignal): Promise<Machine | null> {
    try {
      const ask = { method: 'POST', path: `${MACHINES}/${id}/setup`, body: setup, repeatable: true, signal } as const;
      return await this.call(ask, Machine);
    } catch (error) {
      const now = (await this.machines(signal)).find((each) => each.id === id);
      if (now?.state === 'initial') throw error;
      return now?.hostname === (setup as { hostname?: string }).hostname ? (now ?? null) : null;
    }
  }
}

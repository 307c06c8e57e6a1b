/** Stripe's objects as far as they are used here; a name that begins with `_` is the simulator's own and never leaves it. */
import type { Collection, SimWorld } from '../../providers/simulation.ts';

interface Base {
  id: string;
  object: string;
  created: number;
  livemode: false;
}

export interface Customer extends Base {
  email: string | null;
  name: string | null;
  metadata: Record<string, string>;
}

export interface PaymentMethod extends Base {
  type: 'card' | 'sepa_debit';
  card?: { brand: string; last4: string; exp_month: number; exp_year: number };
  sepa_debit?: { last4: string; country: string };
  customer: string | null;
  /** The number; a 3-D Secure that was done for later use. */
  _number: string;
  _setUp: boolean;
}

export interface PaymentError {
  type: string;
  code: string;
  decline_code?: string;
  message: string;
  payment_method?: unknown;
}

export interface Intent extends Base {
  status: 'requires_payment_method' | 'requires_confirmation' | 'requires_action' | 'processing' | 'succeeded' | 'canceled';
  customer: string | null;
  payment_method: string | null;
  metadata: Record<string, string>;
  next_action: { type: 'redirect_to_url'; redirect_to_url: { url: string; return_url: string | null } } | null;
  client_secret: string;
  description: string | null;
  canceled_at: number | null;
  cancellation_reason: string | null;
  /** The session that it belongs to. */
  _session: string | null;
  _base: string;
}

export interface PaymentIntent extends Intent {
  amount: number;
  amount_received: number;
  currency: string;
  latest_charge: string | null;
  last_payment_error: PaymentError | null;
  setup_future_usage: string | null;
}

export interface SetupIntent extends Intent {
  usage: string;
  last_setup_error: PaymentError | null;
}

export interface Charge extends Base {
  amount: number;
  amount_refunded: number;
  currency: string;
  customer: string | null;
  payment_intent: string;
  payment_method: string;
  payment_method_details: { type: string; card?: { brand: string; last4: string }; sepa_debit?: { last4: string } };
  status: 'succeeded' | 'pending' | 'failed';
  paid: boolean;
  refunded: boolean;
  disputed: boolean;
  failure_code: string | null;
  failure_message: string | null;
  metadata: Record<string, string>;
}

export interface Refund extends Base {
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  status: 'pending' | 'succeeded' | 'failed' | 'canceled';
  reason: string | null;
  failure_reason?: string;
  metadata: Record<string, string>;
}

export interface Dispute extends Base {
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  reason: string;
  status: 'needs_response' | 'under_review' | 'won' | 'lost';
  evidence: Record<string, string>;
  metadata: Record<string, string>;
}

export interface Session extends Base {
  mode: 'payment' | 'setup';
  status: 'open' | 'complete' | 'expired';
  payment_status: 'paid' | 'unpaid' | 'no_payment_required';
  url: string | null;
  amount_total: number | null;
  currency: string | null;
  customer: string | null;
  client_reference_id: string | null;
  metadata: Record<string, string>;
  payment_intent: string | null;
  setup_intent: string | null;
  success_url: string;
  cancel_url: string | null;
  expires_at: number;
  _intentMetadata: Record<string, string>;
  _future: string | null;
  _description: string | null;
  _base: string;
}

export interface Endpoint extends Base {
  url: string;
  status: 'enabled' | 'disabled';
  enabled_events: string[];
  api_version: string | null;
  metadata: Record<string, string>;
  secret: string;
}

export interface StripeEvent extends Base {
  type: string;
  api_version: string;
  data: { object: unknown };
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
}

interface Kinds {
  customers: Customer;
  payment_methods: PaymentMethod;
  payment_intents: PaymentIntent;
  setup_intents: SetupIntent;
  charges: Charge;
  refunds: Refund;
  disputes: Dispute;
  sessions: Session;
  endpoints: Endpoint;
  events: StripeEvent;
}

const PREFIXES: Readonly<Record<keyof Kinds, string>> = {
  customers: 'cus_',
  payment_methods: 'pm_',
  payment_intents: 'pi_',
  setup_intents: 'seti_',
  charges: 'ch_',
  refunds: 're_',
  disputes: 'du_',
  sessions: 'cs_test_',
  endpoints: 'we_',
  events: 'evt_',
};

export function all<K extends keyof Kinds>(world: SimWorld, kind: K): Collection<Kinds[K]> {
  return world.collection<Kinds[K]>(kind);
}

export function seconds(world: SimWorld): number {
  return Math.floor(world.now() / 1000);
}

/** What every new object begins with. */
export function fresh<K extends keyof Kinds>(
  world: SimWorld,
  kind: K,
  object: string,
): Pick<Base, 'id' | 'object' | 'created' | 'livemode'> {
  return { id: PREFIXES[kind] + world.hex(24), object, created: seconds(world), livemode: false };
}

/** As it leaves: without the simulator's own fields. */
export function shown(object: unknown): unknown {
  if (Array.isArray(object)) return object.map(shown);
  if (object === null || typeof object !== 'object') return object;
  return Object.fromEntries(
    Object.entries(object)
      .filter(([name]) => !name.startsWith('_'))
      .map(([name, value]) => [name, shown(value)]),
  );
}

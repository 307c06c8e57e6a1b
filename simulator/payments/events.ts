/**
 * Events and their delivery, as Stripe does it: at least once, in no order, signed, again with growing pauses after anything but
 * 2xx. Switches of kind `flag` break it, for one type of event with `objectId`: `event-lost`, `event-duplicate`, `event-delay`,
 * `event-reorder`.
 */
import { createHmac } from 'node:crypto';
import type { SimWorld } from '../../providers/simulation.ts';
import { all, type Endpoint, fresh, shown, type StripeEvent } from './objects.ts';

export const API_VERSION = '2026-10-28.endive';

/** Realistic pauses before each further try: three days in all. */
const MINUTE = 60_000;
const PAUSES = [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 300 * MINUTE, 600 * MINUTE, 600 * MINUTE, 1440 * MINUTE, 1440 * MINUTE];
const FIRST_MS = 300;
const DELAYED_MS = 10 * MINUTE;
const ANSWER_MS = 15_000;

interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly endpoint: string;
  attempt: number;
  done: boolean;
  lastStatus: number | null;
}

export function watchDeliveries(world: SimWorld): void {
  world.onTimer('deliver', ({ delivery }) => attempt(world, String(delivery)));
}

/** Tells of an object as it is now. `twice`: Stripe sometimes makes two events of one change. */
export function tell(world: SimWorld, type: string, object: unknown): void {
  const times = world.hasFlag('event-twin', type) ? 2 : 1;
  for (let made = 0; made < times; made++) {
    const event: StripeEvent = {
      ...fresh(world, 'events', 'event'),
      type,
      api_version: API_VERSION,
      data: { object: shown(structuredClone(object)) },
      pending_webhooks: 0,
      request: { id: null, idempotency_key: null },
    };
    const endpoints = all(world, 'endpoints').filter(
      ({ status, enabled_events: types }) => status === 'enabled' && (types.includes('*') || types.includes(type)),
    );
    all(world, 'events').put({ ...event, pending_webhooks: endpoints.length });
    for (const endpoint of endpoints) send(world, event, endpoint);
  }
}

function send(world: SimWorld, { id: event, type }: StripeEvent, { id: endpoint }: Endpoint): void {
  if (world.hasFlag('event-lost', type)) return;
  const copies = world.hasFlag('event-duplicate', type) ? 2 : 1;
  const late = world.hasFlag('event-delay', type) ? DELAYED_MS : 0;
  const spread = world.hasFlag('event-reorder', type) ? Math.random() * MINUTE : 0;
  for (let copy = 0; copy < copies; copy++) {
    const delivery: Delivery = { id: world.uuid(), event, endpoint, attempt: 0, done: false, lastStatus: null };
    world.collection<Delivery>('deliveries').put(delivery);
    world.schedule('deliver', { delivery: delivery.id }, FIRST_MS + late + spread);
  }
}

/** The next try is set before this one begins, so that a simulator that ends in between tries again. */
function attempt(world: SimWorld, id: string): void {
  const deliveries = world.collection<Delivery>('deliveries');
  const delivery = deliveries.get(id);
  const endpoint = delivery && all(world, 'endpoints').get(delivery.endpoint);
  const event = delivery && all(world, 'events').get(delivery.event);
  if (!delivery || delivery.done || !event || endpoint?.status !== 'enabled') return;
  const pause = PAUSES[delivery.attempt];
  deliveries.put({ ...delivery, attempt: delivery.attempt + 1 });
  if (pause !== undefined) world.schedule('deliver', { delivery: id }, pause);
  void post(endpoint, event).then((status) => {
    const now = deliveries.get(id);
    if (now) deliveries.put({ ...now, lastStatus: status, done: now.done || (status !== null && status >= 200 && status < 300) });
  });
}

async function post(endpoint: Endpoint, event: StripeEvent): Promise<number | null> {
  const body = JSON.stringify(event, null, 2);
  try {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signature(body, endpoint.secret),
        'user-agent': 'Stripe/1.0 (simulator)',
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}

/** By the real clock: the receiver compares it with its own. */
export function signature(body: string, secret: string, at = Math.floor(Date.now() / 1000)): string {
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
}

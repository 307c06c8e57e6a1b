/** Words on the wire as plain lists, without schemas: what the dashboard can load at no cost. */

/**
 * ending: its end is ordered and comes with the end of the paid period at its provider, which tells no other way.
 * suspended: off and blocked by the seller. terminating: will be destroyed when its grace ends, can be restored until then.
 * leaked: destroyed, but the provider still has something of it; it costs money until that is gone.
 * terminated: the provider was asked and has nothing of it any more.
 */
export const VPS_STATUSES = [
  'provisioning',
  'active',
  'suspended',
  'error',
  'terminating',
  'destroying',
  'ending',
  'leaked',
  'terminated',
] as const;

/**
 * queued: waits for a worker. running: a worker holds its lease. waiting_for_person: nobody works on it until somebody has
 * answered its task. succeeded, failed, cancelled: ended.
 * stalled: ended without a certain outcome; a retry looks first and adopts what it finds.
 */
export const OPERATION_STATUSES = ['queued', 'running', 'waiting_for_person', 'succeeded', 'failed', 'cancelled', 'stalled'] as const;
/** The statuses of what is under way. */
export const UNFINISHED = ['queued', 'running', 'waiting_for_person'] as const satisfies readonly (typeof OPERATION_STATUSES)[number][];
/** The statuses after which nothing more happens. */
export const ENDED: readonly (typeof OPERATION_STATUSES)[number][] = ['succeeded', 'failed', 'cancelled', 'stalled'];

/** The kinds of difference; `identity` is Plinth's own tag on the server, `addresses` are IPv4 and IPv6. */
export const DRIFT_FIELDS = ['power', 'plan', 'label', 'region', 'addresses', 'identity', 'records'] as const;

/** What a list can be asked for; `unknown`: neither was seen. */
export const VPS_POWERS = ['running', 'stopped', 'unknown'] as const;

/** Words on the wire as plain lists, without schemas: what the dashboard can load at no cost. */

/**
 * suspended: off and blocked by the seller. terminating: will be destroyed when its grace ends, can be restored until then.
 * leaked: destroyed, but the provider still has something of it; it costs money until that is gone.
 * terminated: the provider was asked and has nothing of it any more.
 */
export const VPS_STATUSES = ['provisioning', 'active', 'suspended', 'error', 'terminating', 'destroying', 'leaked', 'terminated'] as const;

/**
 * queued: waits for a worker. running: a worker holds its lease. succeeded, failed, cancelled: ended.
 * stalled: ended without a certain outcome; a retry looks first and adopts what it finds.
 */
export const OPERATION_STATUSES = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'stalled'] as const;
/** The statuses after which nothing more happens. */
export const ENDED: readonly (typeof OPERATION_STATUSES)[number][] = ['succeeded', 'failed', 'cancelled', 'stalled'];

export const POWER_ACTIONS = ['start', 'stop', 'reboot', 'power-cycle'] as const;
/** What is ordered for a VPS by POST /api/vps/:id/actions; each is an operation of that kind. */
const ORDERED = [
  ...POWER_ACTIONS,
  'rename',
  'resize',
  'reinstall',
  'reset-password',
  'configure',
  'suspend',
  'unsuspend',
  'snapshot',
  'restore-snapshot',
  'delete-snapshot',
  'rescue',
  'unrescue',
] as const;
/** All that can happen to a VPS after it exists. A restore takes a termination back and needs no operation. */
export const VPS_ACTIONS = [...ORDERED, 'destroy', 'restore'] as const;

/** `hand-…` are updates that a person runs with the plain command line. */
export const OPERATION_KINDS = [
  'provision',
  'import',
  'refresh',
  'preview',
  'destroy',
  ...ORDERED,
  'drift-check',
  'drift-repair',
  'hand-update',
  'hand-refresh',
  'hand-destroy',
] as const;

/** The kinds of difference; `identity` is Plinth's own tag on the server, `addresses` are IPv4 and IPv6. */
export const DRIFT_FIELDS = ['power', 'plan', 'label', 'region', 'addresses', 'identity', 'records'] as const;

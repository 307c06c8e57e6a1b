/**
 * Hostinger's VPS API on loopback. Beside the flags of `simulator/cloud/`: `payment-pending` (objectId an account), a purchase answers
 * 202, its machine appears later and is not set up.
 */
import type { Cloud } from '../../../simulator/cloud/cloud.ts';
import { type RefusalKind, Refusal, type Sheet, numbersFrom } from '../../../simulator/cloud/model.ts';
import { type CloudWire, simulateCloud } from '../../../simulator/cloud/simulation.ts';
import type { Wire } from '../../../simulator/cloud/wire.ts';
import { mountBilling } from './billing.ts';
import { DATA_CENTRES, PRICES, TEMPLATES } from './data.ts';
import { mountMachines } from './machines.ts';
import { mountObjects } from './objects.ts';

const sheet: Sheet = {
  id: 'hostinger',
  plans: PRICES,
  regions: DATA_CENTRES,
  ids: numbersFrom(1_268_000),
  snapshotsDie: true,
  times: {
    create: 60_000,
    start: 6_000,
    stop: 6_000,
    reboot: 10_000,
    resize: 0,
    rebuild: 90_000,
    remove: 5_000,
    snapshot: 40_000,
    small: 2_000,
    // A list misses a new machine for a while; its own page does not.
    listLag: 3_000,
    itemLag: 0,
  },
};

const STATUS: Readonly<Record<RefusalKind, number>> = {
  credentials: 401,
  forbidden: 403,
  read_only: 403,
  rate_limited: 429,
  not_found: 404,
  invalid: 422,
  conflict: 422,
  taken: 422,
  in_use: 422,
  locked: 422,
  not_stopped: 422,
  protected: 403,
  sold_out: 422,
  quota: 422,
  unpaid: 402,
  gone: 404,
  broken: 500,
};
const TEXTS: Readonly<Record<number, string>> = {
  401: 'Unauthenticated',
  402: 'Payment Required',
  403: '[VPS:2000] Unauthorized',
  404: '[VPS:2002] Route is not found.',
  429: 'Too Many Attempts.',
};

let correlations = 0;
const correlation = (): string => `26a91bd9-f8c8-4a83-9df9-${String(++correlations).padStart(12, '0')}`;

function mountCatalogue(wire: Wire): void {
  wire.on('get /api/vps/v1/data-centers', () =>
    DATA_CENTRES.map(({ id, name, country, city, continent }) => ({ id: Number(id), name, location: country, city, continent })),
  );
  wire.on('get /api/vps/v1/templates', () => TEMPLATES);
  wire.on('get /api/vps/v1/templates/:id', (call) => {
    const found = TEMPLATES.find(({ id }) => String(id) === call.param('id'));
    if (!found) throw new Refusal('not_found', 'Template is not found.');
    return found;
  });
}

const hostinger: CloudWire = {
  sheet,
  words: {
    refuse(kind, message, field) {
      const status = STATUS[kind];
      const said = kind === 'credentials' || kind === 'rate_limited' || kind === 'read_only' ? TEXTS[status]! : message;
      const errors = status === 422 && field !== undefined ? { errors: { [field]: [message] } } : {};
      return {
        status,
        body: { message: said, ...errors, correlation_id: correlation() },
        ...(status === 429 ? { headers: { 'retry-after': '1' } } : {}),
      };
    },
  },
  // Not published; what those who use it report.
  accountDefaults: { rateLimit: { requests: 90, perMs: 60_000 } },
  mount(wire, cloud: Cloud) {
    mountCatalogue(wire);
    mountBilling(wire, cloud);
    mountMachines(wire, cloud);
    mountObjects(wire, cloud);
  },
  errorAnswer: (status) => ({ body: { message: TEXTS[status] ?? 'Something went wrong', correlation_id: correlation() } }),
};

export const simulation = simulateCloud(hostinger);

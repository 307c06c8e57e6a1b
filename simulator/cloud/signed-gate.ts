/** Who may call OVH at the simulator: keys, a signature over the whole call, and a clock that is not the caller's. */
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import { type RefusalKind, Refusal } from './model.ts';
import type { Answer, Call, Wire, Words } from './wire.ts';
import type { SimAccount, SimWorld } from '../../providers/simulation.ts';
import { signatureOf } from '../../providers/kit/ovhcloud/api.ts';
import { secretOf } from '../../providers/kit/ovhcloud/credential.ts';

/** OVH's clock at the simulator is this far ahead, so that a client which signs by its own is found out. */
const AHEAD_MS = 47 * 60_000;
/** How far a call may be out of time. */
const TOLERANCE_S = 60;
/** What anybody may ask, and what is no path of the API. */
const OPEN = /^\/1\.0\/(?:auth\/time$|order\/catalog\/public\/|vps\/order\/rule\/)|^(?!\/1\.0\/)/;

/** Status, class and, for those of the gate, its other shape. */
const REFUSALS: Readonly<Record<RefusalKind, readonly [number, string]>> = {
  credentials: [403, 'INVALID_CREDENTIAL'],
  forbidden: [403, 'Client::Forbidden'],
  read_only: [403, 'NOT_GRANTED_CALL'],
  rate_limited: [429, 'Client::TooManyRequests'],
  not_found: [404, 'Client::NotFound'],
  invalid: [400, 'Client::BadRequest'],
  conflict: [409, 'Client::ResourceConflict'],
  taken: [409, 'Client::ResourceConflict'],
  in_use: [409, 'Client::ResourceConflict'],
  locked: [409, 'Client::ResourceConflict'],
  not_stopped: [400, 'Client::BadRequest'],
  protected: [403, 'Client::Forbidden'],
  sold_out: [400, 'Client::BadRequest'],
  quota: [403, 'Client::Forbidden'],
  unpaid: [400, 'Client::BadRequest'],
  gone: [460, 'Client::Expired'],
  broken: [500, 'Server::InternalServerError'],
};
const GATE = new Set(['INVALID_CREDENTIAL', 'NOT_GRANTED_CALL', 'QUERY_TIME_OUT', 'INVALID_SIGNATURE']);
const MESSAGES: Partial<Record<RefusalKind, string>> = {
  sold_out: 'The flavor is not available in this region',
  quota: 'Instance quota limit reached',
  unpaid: 'The payment of this order was refused',
  locked: 'The resource is locked by another task',
  read_only: 'This call has not been granted',
};

function ovhError(status: number, code: string, message: string): Answer {
  const body = GATE.has(code) ? { errorCode: code, httpCode: `${status}`, message } : { class: code, message };
  return { status, body };
}

/** Of a fault that is switched on: the status, in OVH's shape. */
export function errorAnswer(status: number): { readonly body: unknown } {
  const code =
    status >= 500
      ? 'Server::InternalServerError'
      : status === 404
        ? 'Client::NotFound'
        : status === 429
          ? 'Client::TooManyRequests'
          : 'Client::BadRequest';
  return { body: ovhError(status, code, 'simulated').body };
}

const APPLICATION = 'x-ovh-application';

export const words: Words = {
  open: ({ path }) => OPEN.test(path),
  refuse(kind, message, field): Answer {
    if (field === 'timestamp') return ovhError(400, 'QUERY_TIME_OUT', message);
    if (field === 'signature') return ovhError(400, 'INVALID_SIGNATURE', message);
    const [status, code] = REFUSALS[kind];
    return ovhError(status, code, MESSAGES[kind] ?? (kind === 'credentials' ? 'This credential is not valid' : message));
  },
  credential: callerOf,
  named: (request) => request.get(APPLICATION),
};

function callerOf(request: Request, world: SimWorld): string | undefined {
  const [application = '', consumer = '', time = ''] = ['application', 'consumer', 'timestamp'].map((name) => request.get(`x-ovh-${name}`));
  if (application === '' || application !== consumer) return undefined;
  if (Math.abs(clockOf(world) - Number(time)) > TOLERANCE_S) throw new Refusal('invalid', 'Query out of time', 'timestamp');
  const call = {
    method: request.method as 'GET',
    url: `${request.protocol}://${request.get('host')}${request.originalUrl}`,
    body: Number(request.get('content-length') ?? 0) > 0 ? JSON.stringify(request.body) : '',
  };
  const expected = signatureOf(call, { application_secret: secretOf(application), consumer_key: consumer }, Number(time));
  if (request.get('x-ovh-signature') !== expected) throw new Refusal('invalid', 'Invalid signature', 'signature');
  return application;
}

/** Seconds of OVH's clock. */
export function clockOf(world: SimWorld): number {
  return Math.floor((world.now() + AHEAD_MS) / 1000);
}

export function mountAccount(wire: Wire, world: SimWorld): void {
  wire.on('get /1.0/auth/time', () => clockOf(world));
  wire.on('get /1.0/me', (call) => ({
    nichandle: nichandleOf(call.account),
    email: `${nichandleOf(call.account)}@example.com`,
    state: 'complete',
    ovhSubsidiary: 'FR',
    ovhCompany: 'kimsufi',
    country: 'FR',
    legalform: 'corporation',
    currency: { code: 'EUR', symbol: '€' },
  }));
}

/** The application key that a call came with, which need not be the account's first. */
export function applicationOf(call: Call): string {
  return call.request.get(APPLICATION) ?? '';
}

function nichandleOf({ id }: SimAccount): string {
  return `${id.replaceAll(/[^a-z0-9]/g, '').slice(0, 12)}-ovh`;
}

/** An id that is another one in every region, and the same after a restart. */
export function idIn(place: string, name: string): string {
  const digest = createHash('md5').update(`${place}/${name}`).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

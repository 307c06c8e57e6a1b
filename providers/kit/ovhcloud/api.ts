/** How OVH's API says things: calls that are signed with a shared clock, refusals by class, void answers, prices in hundred-millionths. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isProviderError } from '../../errors.ts';
import { ApiClient, type ApiResponse, type Outgoing } from '../../http.ts';
import { Rest, type Ask, type Dialect } from '../rest.ts';
import type { AccountConnection, AccountInfo } from '../../provider.ts';
import { originOf } from './credential.ts';

export const VERSION = '/1.0';
/** Prices of the public catalogues are whole numbers of these. */
const PRICE_UNIT = 100_000_000;

/** What OVH says of a call that is out of time. */
const LATE = 'QUERY_TIME_OUT';
const problem = z.looseObject({ message: z.string().optional(), class: z.string().optional(), errorCode: z.string().optional() });

/** By how many seconds OVH's clock is ahead of ours, by origin: asked for once, and again when a call was out of time. */
const offsets = new Map<string, Promise<number>>();

async function offsetOf({ endpoint, budget }: AccountConnection, provider: string): Promise<number> {
  const api = new ApiClient({
    provider,
    endpoint,
    budget,
    headers: {},
    translate: (status) => ({ kind: 'provider_down', message: `OVH's clock answered ${status}.` }),
  });
  const { body } = await api.request({ method: 'GET', path: `${VERSION}/auth/time` });
  if (typeof body !== 'number') throw new Error('OVH’s clock told no time.');
  return body - Math.round(Date.now() / 1000);
}

function offset(connection: AccountConnection, provider: string): Promise<number> {
  const key = connection.endpoint.baseUrl;
  const known = offsets.get(key);
  if (known) return known;
  const asked = offsetOf(connection, provider);
  offsets.set(key, asked);
  asked.catch(() => offsets.delete(key));
  return asked;
}

/** `$1$` and the SHA-1 of secret, consumer, method, whole URL, body and time, as every OVH client makes it. */
export function signatureOf(
  { method, url, body }: Pick<Outgoing, 'method' | 'url' | 'body'>,
  { application_secret: secret, consumer_key: consumer }: Readonly<Record<string, string>>,
  time: number,
): string {
  return `$1$${createHash('sha1')
    .update([secret, consumer, method, url, body ?? '', time].join('+'))
    .digest('hex')}`;
}

export function dialectOf(provider: string, name: string): Dialect {
  return {
    provider,
    name,
    baseUrlOf: originOf,
    headers: ({ application_key: application = '' }) => ({ 'x-ovh-application': application }),
    signer: (connection) => ({
      async sign(sent) {
        const time = Math.round(Date.now() / 1000) + (await offset(connection, provider));
        const { credential } = connection;
        return {
          'x-ovh-consumer': credential['consumer_key'] ?? '',
          'x-ovh-timestamp': String(time),
          'x-ovh-signature': signatureOf(sent, credential, time),
        };
      },
      // Our clock was set since OVH's was asked for.
      outOfTime(_, body) {
        const isLate = problem.safeParse(body).data?.errorCode === LATE;
        return isLate && offsets.delete(connection.endpoint.baseUrl);
      },
    }),
    said: (body) => {
      const { data } = problem.safeParse(body);
      return { code: data?.class ?? data?.errorCode, text: data?.message };
    },
    refusals: [
      { code: /^(?:INVALID_CREDENTIAL|NOT_CREDENTIAL|INVALID_KEY)$/, kind: 'credentials' },
      { status: 400, text: /invalid signature/i, kind: 'credentials' },
      { code: LATE, kind: 'conflict' },
      { code: /^NOT_GRANTED_CALL$/, kind: 'forbidden', remedy: 'Make a consumer key whose rules allow every path below this one.' },
      { text: /quota|limit reached/i, kind: 'quota', remedy: 'Ask OVH for a higher quota, or use another project.' },
      {
        text: /not available in|no capacity|out of stock|No valid host/i,
        kind: 'out_of_stock',
        remedy: 'Choose another flavour or region, or try later.',
      },
      { text: /running tasks on the VPS|is not active yet|is locked/i, kind: 'conflict' },
      { code: 'Client::ResourceConflict', kind: 'conflict' },
      { status: 460, kind: 'not_found' },
      {
        status: 400,
        text: /payment/i,
        kind: 'quota',
        as: 'payment_refused',
        remedy: 'Nothing was bought. Look at the account’s default payment method.',
      },
    ],
    remedies: { credentials: 'Check the account’s three keys and its zone; a consumer key may have expired or been withdrawn.' },
    // Listings are whole.
    pages: { first: {}, next: () => null },
    consistencyMs: { real: 20_000, simulator: 1_500 },
  };
}

/** Calls that know the account's zone, and set their clock again when OVH finds them out of time. */
export class OvhRest extends Rest {
  /** Such a refusal means that nothing was done. */
  override async send(ask: Ask): Promise<ApiResponse> {
    try {
      return await super.send(ask);
    } catch (error) {
      if (!isProviderError(error, 'conflict') || error.detail.providerCode !== 'QUERY_TIME_OUT') throw error;
      offsets.delete(this.connection.endpoint.baseUrl);
      return super.send(ask);
    }
  }
}

const Me = z.looseObject({ nichandle: z.string(), email: z.string().nullish(), state: z.string().nullish(), ovhSubsidiary: z.string() });
export type Me = z.infer<typeof Me>;

/** Of the account, at the root of the API. */
export function meOf(root: Rest, signal?: AbortSignal): Promise<Me> {
  return root.call({ path: '/me', signal }, Me);
}

export function accountOf({ nichandle, email, state }: Me): AccountInfo {
  return { name: nichandle, status: state === 'incomplete' ? 'warning' : 'active', ...(email ? { email } : {}) };
}

/** A catalogue's price as an amount. */
export function priceOf(units: number): number {
  return units / PRICE_UNIT;
}

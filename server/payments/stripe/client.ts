/** Stripe's own library, told where it is and how often to try, and its errors in our words. */
import { createRequire } from 'node:module';
import type { Stripe } from 'stripe';
import { type OpenAccount, PaymentCallError } from '../provider.ts';

const TIMEOUT_MS = 20_000;
/** Of one call, by the library; each has its idempotency key. */
const RETRIES = 1;

/** Loaded with the first call: it is large, and who takes no payments needs none of it. */
let loaded: typeof Stripe | undefined;
function library(): typeof Stripe {
  return (loaded ??= createRequire(import.meta.url)('stripe') as typeof Stripe);
}

/** Below a path where there is one, as at the simulator: the library knows host and port only. */
export function stripeAt({ apiBase, secretKey }: OpenAccount): Stripe {
  const { protocol, hostname, port, pathname } = new URL(apiBase);
  const prefix = pathname.replace(/\/+$/, '');
  const Library = library();
  const node = Library.createNodeHttpClient();
  type Client = NonNullable<ConstructorParameters<typeof Stripe>[1]>['httpClient'];
  const httpClient = {
    getClientName: () => node.getClientName(),
    makeRequest: (...[host, at, path, ...rest]: Parameters<typeof node.makeRequest>) => node.makeRequest(host, at, prefix + path, ...rest),
  } as Client;
  return new Library(secretKey, {
    host: hostname,
    ...(port === '' ? {} : { port }),
    protocol: protocol === 'http:' ? 'http' : 'https',
    httpClient,
    timeout: TIMEOUT_MS,
    maxNetworkRetries: RETRIES,
    telemetry: false,
    appInfo: { name: 'Plinth' },
  });
}

/** The payment of a decline; null when the error is something else. */
export function declinedIntent(error: unknown): Stripe.PaymentIntent | null {
  return error instanceof library().errors.StripeCardError && error.payment_intent !== undefined ? error.payment_intent : null;
}

/** Runs a call; what it throws becomes a PaymentCallError that holds no secret. */
export async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof library().errors.StripeError)) throw error;
    throw faultOf(error);
  }
}

function faultOf(error: InstanceType<typeof Stripe.errors.StripeError>): PaymentCallError {
  const said = `Stripe: ${error.message.slice(0, 500)}`;
  const { statusCode } = error;
  const { StripeAuthenticationError, StripePermissionError } = library().errors;
  if (error instanceof StripeAuthenticationError || error instanceof StripePermissionError)
    return new PaymentCallError('credentials', 'Stripe refused the key. Give the payment account a valid one.');
  if (statusCode === 404) return new PaymentCallError('missing', said);
  // A key in use is one whose first call has not ended.
  if (statusCode === undefined || statusCode >= 500 || statusCode === 409 || statusCode === 429)
    return new PaymentCallError('unknown', said);
  return new PaymentCallError('refused', said);
}

/** Stripe's own library, told where it is and how often to try, and its errors in our words. */
import { Stripe } from 'stripe';
import { type OpenAccount, PaymentCallError } from '../provider.ts';

const TIMEOUT_MS = 20_000;
/** Of one call, by the library; each has its idempotency key. */
const RETRIES = 1;

/** Below a path where there is one, as at the simulator: the library knows host and port only. */
export function stripeAt({ apiBase, secretKey }: OpenAccount): Stripe {
  const { protocol, hostname, port, pathname } = new URL(apiBase);
  const prefix = pathname.replace(/\/+$/, '');
  const node = Stripe.createNodeHttpClient();
  type Client = NonNullable<ConstructorParameters<typeof Stripe>[1]>['httpClient'];
  const httpClient = {
    getClientName: () => node.getClientName(),
    makeRequest: (...[host, at, path, ...rest]: Parameters<typeof node.makeRequest>) => node.makeRequest(host, at, prefix + path, ...rest),
  } as Client;
  return new Stripe(secretKey, {
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
  return error instanceof Stripe.errors.StripeCardError && error.payment_intent !== undefined ? error.payment_intent : null;
}

/** Runs a call; what it throws becomes a PaymentCallError that holds no secret. */
export async function asking<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    throw faultOf(error);
  }
}

function faultOf(error: InstanceType<typeof Stripe.errors.StripeError>): PaymentCallError {
  const said = `Stripe: ${error.message.slice(0, 500)}`;
  const { statusCode } = error;
  if (error instanceof Stripe.errors.StripeAuthenticationError || error instanceof Stripe.errors.StripePermissionError)
    return new PaymentCallError('credentials', 'Stripe refused the key. Give the payment account a valid one.');
  if (statusCode === 404) return new PaymentCallError('missing', said);
  // A key in use is one whose first call has not ended.
  if (statusCode === undefined || statusCode >= 500 || statusCode === 409 || statusCode === 429)
    return new PaymentCallError('unknown', said);
  return new PaymentCallError('refused', said);
}

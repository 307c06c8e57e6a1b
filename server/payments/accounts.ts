/** The payment providers that there are, and the account at each. */
import { Refusal } from '../kernel/problem.ts';
import type { Services } from '../kernel/services.ts';
import type { Db } from '../kernel/database.ts';
import { accountOf, type PaymentAccount } from './accounts-store.ts';
import type { PaymentClient, PaymentProvider } from './provider.ts';
import { stripe } from './stripe/stripe.ts';

export const paymentProviders: readonly PaymentProvider[] = [stripe];
/** Money that comes by transfer and is recorded by a person. */
export const BANK = 'bank';

export function paymentProvider(id: string): PaymentProvider | undefined {
  return paymentProviders.find((provider) => provider.id === id);
}

export const keyPlace = (provider: string) => ({ table: 'payment_account', column: 'secretKey', id: provider });
export const secretsPlace = (provider: string) => ({ table: 'payment_account', column: 'webhookSecrets', id: provider });

export interface Till {
  readonly provider: PaymentProvider;
  readonly account: PaymentAccount;
  readonly client: PaymentClient;
}

type Sealing = Pick<Services, 'secrets'>;

/** @throws Refusal when that provider has no account that takes money */
export async function tillOf(services: Sealing, db: Db, id: string): Promise<Till> {
  const [provider, account] = [paymentProvider(id), await accountOf(db, id)];
  if (!provider || !account) throw new Refusal(409, 'no_payment_account', `There is no payment account for ${id}. Add one first.`);
  return {
    provider,
    account,
    client: provider.open({ apiBase: account.apiBase, secretKey: services.secrets.open(keyPlace(id), account.secretKey) }),
  };
}

/** Where a payer is sent: the first account that takes money. */
export async function defaultTill(services: Sealing, db: Db): Promise<Till> {
  for (const { id } of paymentProviders) {
    const account = await accountOf(db, id);
    if (account && account.disabledAt === null) return await tillOf(services, db, id);
  }
  throw new Refusal(
    409,
    'no_payment_account',
    'No payment account takes money here. The operator of Plinth adds one, or records a transfer.',
  );
}

export function webhookSecrets(services: Sealing, account: PaymentAccount): readonly string[] {
  return JSON.parse(services.secrets.open(secretsPlace(account.provider), account.webhookSecrets)) as string[];
}

/** Payment accounts, customers at the providers, and saved methods. References are sealed; their hashes find them again. */
import { createHash, randomUUID } from 'node:crypto';
import type { PaymentAccount, PaymentCustomer, PaymentMethod } from '../../prisma/generated/client.ts';
import { timeNow } from '../kernel/clock.ts';
import type { Db } from '../kernel/database.ts';
import type { Scope } from '../kernel/listing.ts';
import { scoped } from '../kernel/listing.ts';
import type { SecretBox } from '../kernel/secrets.ts';
import type { MethodState } from './provider.ts';

export type { PaymentAccount, PaymentMethod };

export async function accountOf(db: Db, provider: string): Promise<PaymentAccount | null> {
  return await db.paymentAccount.findUnique({ where: { provider } });
}

export async function listPaymentAccounts(db: Db): Promise<PaymentAccount[]> {
  return await db.paymentAccount.findMany({ orderBy: { provider: 'asc' } });
}

export async function saveAccount(
  db: Db,
  provider: string,
  fields: Omit<PaymentAccount, 'provider' | 'createdAt' | 'updatedAt'>,
): Promise<PaymentAccount> {
  return await db.paymentAccount.upsert({ where: { provider }, create: { provider, ...fields }, update: fields });
}

export async function changeAccount(db: Db, provider: string, change: Partial<PaymentAccount>): Promise<void> {
  await db.paymentAccount.updateMany({ where: { provider }, data: change });
}

export const refHash = (ref: string): string => createHash('sha256').update(ref).digest('hex');

export async function customerOf(db: Db, secrets: SecretBox, organizationId: string, provider: string): Promise<string | null> {
  const row = await db.paymentCustomer.findUnique({ where: { organizationId_provider: { organizationId, provider } } });
  return row ? secrets.open(customerPlace(row), row.ref) : null;
}

const customerPlace = ({ organizationId, provider }: Pick<PaymentCustomer, 'organizationId' | 'provider'>) => ({
  table: 'payment_customer',
  column: 'ref',
  id: `${organizationId}/${provider}`,
});

/** Of two that were made at once the first stays; answers the one that does. */
export async function keepCustomer(db: Db, secrets: SecretBox, organizationId: string, provider: string, ref: string): Promise<string> {
  const sealed = secrets.seal(customerPlace({ organizationId, provider }), ref);
  await db.$executeRaw`INSERT INTO "payment_customer" ("organizationId", "provider", "ref", "refHash")
    VALUES (${organizationId}, ${provider}, ${sealed}, ${refHash(ref)}) ON CONFLICT DO NOTHING`;
  return (await customerOf(db, secrets, organizationId, provider)) ?? ref;
}

/** Another account or key may not know the former customers and methods. */
export async function forgetCustomers(db: Db, provider: string): Promise<void> {
  await db.paymentCustomer.deleteMany({ where: { provider } });
  await db.paymentMethod.updateMany({ where: { provider, detachedAt: null }, data: { detachedAt: timeNow(), isDefault: false } });
}

/** Whose customer that is. */
export async function organizationOfCustomer(db: Db, provider: string, ref: string): Promise<string | null> {
  const row = await db.paymentCustomer.findUnique({ where: { provider_refHash: { provider, refHash: refHash(ref) } } });
  return row?.organizationId ?? null;
}

const methodPlace = (id: string) => ({ table: 'payment_method', column: 'providerRef', id });

/** The first that an organization saves is its default. The same one again is the same row. */
export async function keepMethod(
  db: Db,
  secrets: SecretBox,
  organizationId: string,
  provider: string,
  method: MethodState,
): Promise<PaymentMethod> {
  const hash = refHash(method.ref);
  const known = await db.paymentMethod.findUnique({ where: { provider_providerRefHash: { provider, providerRefHash: hash } } });
  if (known) return known;
  await db.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${`payment-method/${organizationId}`}, 0))) AS l`;
  const again = await db.paymentMethod.findUnique({ where: { provider_providerRefHash: { provider, providerRefHash: hash } } });
  if (again) return again;
  const hasDefault = await db.paymentMethod.count({ where: { organizationId, isDefault: true, detachedAt: null } });
  const id = randomUUID();
  const { brand, last4, expMonth, expYear, ref } = method;
  const own = {
    organizationId,
    provider,
    providerRefHash: hash,
    brand,
    last4,
    expMonth,
    expYear,
    isDefault: hasDefault === 0,
    createdAt: timeNow(),
  };
  return await db.paymentMethod.create({ data: { id, ...own, providerRef: secrets.seal(methodPlace(id), ref) } });
}

export function methodRef(secrets: SecretBox, { id, providerRef }: PaymentMethod): string {
  return secrets.open(methodPlace(id), providerRef);
}

export async function methodById(db: Db, scope: Scope, id: string): Promise<PaymentMethod | null> {
  return await db.paymentMethod.findFirst({ where: { id, detachedAt: null, ...scoped(scope) } });
}

export async function methodsOf(db: Db, organizationId: string): Promise<PaymentMethod[]> {
  return await db.paymentMethod.findMany({ where: { organizationId, detachedAt: null }, orderBy: { createdAt: 'asc' } });
}

export async function makeDefault(db: Db, { id, organizationId }: PaymentMethod): Promise<void> {
  await db.paymentMethod.updateMany({ where: { organizationId, isDefault: true }, data: { isDefault: false } });
  await db.paymentMethod.update({ where: { id }, data: { isDefault: true } });
}

export async function forgetMethod(db: Db, id: string): Promise<void> {
  await db.paymentMethod.update({ where: { id }, data: { detachedAt: timeNow(), isDefault: false } });
}

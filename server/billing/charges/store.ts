/** Attempts to get an invoice's money, made before any provider is asked, and the methods they may use. */
import { randomUUID } from 'node:crypto';
import type { PaymentAttempt, PaymentMethod } from '../../../prisma/generated/client.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';

export type { PaymentAttempt, PaymentMethod };

/** What is under way for an invoice; null: nothing. */
export async function openAttempt(db: Db, invoiceId: string): Promise<PaymentAttempt | null> {
  return await db.paymentAttempt.findFirst({ where: { invoiceId, status: { in: ['created', 'pending', 'processing'] } } });
}

/** The method that an organization is charged by without being asked. */
export async function defaultMethod(db: Db, organizationId: string): Promise<PaymentMethod | null> {
  return await db.paymentMethod.findFirst({ where: { organizationId, isDefault: true, detachedAt: null } });
}

export type NewAttempt = Pick<PaymentAttempt, 'organizationId' | 'invoiceId' | 'provider' | 'amount' | 'currency' | 'kind' | 'actor'> &
  Partial<Pick<PaymentAttempt, 'methodId' | 'saveMethod' | 'returnUrl' | 'expiresAt' | 'nextPollAt' | 'numbers'>>;

/** The next of its invoice, which is locked. */
export async function insertAttempt(db: Db, attempt: NewAttempt): Promise<PaymentAttempt> {
  const last = await db.paymentAttempt.aggregate({ where: { invoiceId: attempt.invoiceId }, _max: { number: true } });
  return await db.paymentAttempt.create({
    data: { id: randomUUID(), number: (last._max.number ?? 0) + 1, createdAt: timeNow(), ...attempt },
  });
}

/** Tax rates by country and time, and the checks of tax ids that were made. */
import { randomUUID } from 'node:crypto';
import type { TaxRate, VatCheck } from '../../../prisma/generated/client.ts';
import type { Db, Json } from '../../kernel/database.ts';

export type { TaxRate, VatCheck };

/** The rate of that region, else of the whole country, on that date (ISO). */
export async function rateAt(db: Db, country: string, region: string | null, date: string): Promise<TaxRate | null> {
  const at = new Date(`${date}T00:00:00Z`);
  const rows = await db.taxRate.findMany({
    where: {
      country,
      region: { in: ['', ...(region === null ? [] : [region])] },
      validFrom: { lte: at },
      OR: [{ validTo: null }, { validTo: { gt: at } }],
    },
    orderBy: [{ region: 'desc' }, { validFrom: 'desc' }],
    take: 1,
  });
  return rows[0] ?? null;
}

export async function listRates(db: Db): Promise<TaxRate[]> {
  return await db.taxRate.findMany({ orderBy: [{ country: 'asc' }, { region: 'asc' }, { validFrom: 'asc' }] });
}

/** Locks a place's rates, so that two writers see each other. */
export async function lockRates(db: Db, country: string, region: string): Promise<void> {
  await db.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${`tax-rate/${country}/${region}`}, 0))) AS l`;
}

export async function ratesOf(db: Db, country: string, region: string): Promise<TaxRate[]> {
  return await db.taxRate.findMany({ where: { country, region }, orderBy: { validFrom: 'asc' } });
}

export async function insertRate(db: Db, rate: Omit<TaxRate, 'id' | 'createdAt' | 'percent'> & { percent: string }): Promise<TaxRate> {
  return await db.taxRate.create({ data: { id: randomUUID(), ...rate } });
}

export async function endRate(db: Db, id: string, validTo: Date | null): Promise<TaxRate> {
  return await db.taxRate.update({ where: { id }, data: { validTo } });
}

export async function rateById(db: Db, id: string): Promise<TaxRate | null> {
  return await db.taxRate.findUnique({ where: { id } });
}

export async function insertCheck(db: Db, check: Omit<VatCheck, 'id' | 'evidence'> & { evidence: Json }): Promise<VatCheck> {
  return await db.vatCheck.create({ data: { id: randomUUID(), ...check } });
}

export async function listChecks(db: Db, organizationId: string): Promise<VatCheck[]> {
  return await db.vatCheck.findMany({ where: { organizationId }, orderBy: { at: 'desc' }, take: 50 });
}

/** Only when the number is still the one that was checked. */
export async function markTaxId(db: Db, organizationId: string, taxId: string, valid: boolean): Promise<void> {
  await db.billingProfile.updateMany({ where: { organizationId, taxId }, data: { taxIdValid: valid } });
}

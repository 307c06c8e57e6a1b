/** Policies for unpaid invoices, and whose is which. */
import { randomUUID } from 'node:crypto';
import type { DunningPolicy as Row } from '../../../prisma/generated/client.ts';
import type { Db, Json } from '../../kernel/database.ts';

export type { Row };

/** The organization's own, else the default one; null: the built-in one holds. */
export async function policyRow(db: Db, organizationId: string): Promise<{ readonly stages: unknown } | null> {
  const [row] = await db.$queryRaw<{ stages: unknown }[]>`
    SELECT p."stages" FROM "organization" o JOIN "dunning_policy" p ON p."id" = o."dunningPolicyId" OR (o."dunningPolicyId" IS NULL AND p."isDefault")
    WHERE o."id" = ${organizationId} LIMIT 1`;
  return row ?? null;
}

export async function allPolicies(db: Db): Promise<Row[]> {
  return await db.dunningPolicy.findMany({ orderBy: { name: 'asc' } });
}

export async function putPolicy(db: Db, name: string, stages: Json, isDefault: boolean): Promise<Row> {
  if (isDefault) await db.dunningPolicy.updateMany({ where: { isDefault: true, name: { not: name } }, data: { isDefault: false } });
  const data = { stages, isDefault };
  return await db.dunningPolicy.upsert({ where: { name }, create: { id: randomUUID(), name, ...data }, update: data });
}

/** False: there is no such organization, or policy. */
export async function givePolicy(db: Db, organizationId: string, policyId: string | null): Promise<boolean> {
  if (policyId !== null && (await db.dunningPolicy.count({ where: { id: policyId } })) === 0) return false;
  return (await db.organization.updateMany({ where: { id: organizationId }, data: { dunningPolicyId: policyId } })).count === 1;
}

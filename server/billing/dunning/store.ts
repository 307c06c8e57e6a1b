/** Policies for unpaid invoices, and whose is which. */
import { randomUUID } from 'node:crypto';
import { Prisma, type DunningPolicy as Row } from '../../../prisma/generated/client.ts';
import type { Db, Json } from '../../kernel/database.ts';

export type { Row };

/** Stages of the policy of the organization `o`: its own, else the default one; null: the built-in one holds. */
export const stagesOfPolicy = Prisma.sql`(
  SELECT p."stages" FROM "dunning_policy" p WHERE p."id" = o."dunningPolicyId" OR (o."dunningPolicyId" IS NULL AND p."isDefault") LIMIT 1)`;

export async function policyStages(db: Db, organizationId: string): Promise<unknown> {
  const [row] = await db.$queryRaw<{ stages: unknown }[]>`
    SELECT ${stagesOfPolicy} AS "stages" FROM "organization" o WHERE o."id" = ${organizationId}`;
  return row?.stages ?? null;
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

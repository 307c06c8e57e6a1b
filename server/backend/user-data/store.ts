/** User data that earlier versions kept in clear; see services/seal-user-data.ts. */
import type { Db, Json } from '../../kernel/database.ts';

/** Rows whose spec has any, held until the transaction ends; those that another process holds are left to it. `none`: of a spec without. */
export async function clearSpecs(tx: Db, none: Json, limit: number): Promise<{ id: string; spec: unknown }[]> {
  return await tx.$queryRaw`
    SELECT "id", "spec" FROM "vps" WHERE "cloudInit" IS NULL AND "spec" -> 'cloudInit' <> ${JSON.stringify(none)}::jsonb
    ORDER BY "id" LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
}

export async function writeSealed(tx: Db, id: string, { spec, cloudInit }: { spec: Json; cloudInit: string | null }): Promise<void> {
  await tx.$executeRaw`UPDATE "vps" SET "spec" = ${JSON.stringify(spec)}::jsonb, "cloudInit" = ${cloudInit} WHERE "id" = ${id}`;
}

/** Takes it out of operations, whose VPS has it. Answers how many. */
export async function stripOperations(db: Db, none: Json, limit: number): Promise<number> {
  return await db.$executeRaw`
    UPDATE "operation" SET "request" = jsonb_set("request", '{spec,cloudInit}', ${JSON.stringify(none)}::jsonb) WHERE "id" IN (
      SELECT "id" FROM "operation" WHERE "request" -> 'spec' -> 'cloudInit' <> ${JSON.stringify(none)}::jsonb
      ORDER BY "id" LIMIT ${limit} FOR UPDATE SKIP LOCKED)`;
}

export interface ClearConfig {
  readonly id: string;
  readonly stackId: string;
  readonly dataKey: string;
  readonly config: Record<string, unknown>;
}

/** Configs of updates by hand with a spec that is no secret, after `after`. */
export async function clearConfigs(db: Db, after: string, limit: number): Promise<ClearConfig[]> {
  return await db.$queryRaw`
    SELECT u."id"::text AS "id", u."stack_id"::text AS "stackId", s."data_key" AS "dataKey", u."config"
    FROM "state_update" u JOIN "state_stack" s ON s."id" = u."stack_id"
    WHERE u."id"::text > ${after} AND u."config" -> 'plinth:spec' ->> 'string' LIKE '%cloudInit%'
      AND COALESCE((u."config" -> 'plinth:spec' ->> 'secret')::boolean, false) = false
    ORDER BY u."id"::text LIMIT ${limit}`;
}

export async function replaceConfig(db: Db, id: string, config: Record<string, unknown>): Promise<void> {
  await db.$executeRaw`UPDATE "state_update" SET "config" = ${JSON.stringify(config)}::jsonb WHERE "id" = ${id}::uuid`;
}

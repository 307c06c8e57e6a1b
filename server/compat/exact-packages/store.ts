/** Exact packages as rows of stock, the products that they are sold as, and what the watch counts. */
import { randomUUID } from 'node:crypto';
import { type Db, type Json, type StockItem } from '../../kernel/database.ts';
import { readSetting } from '../../kernel/settings.ts';

/** Of the product: it sells packages of that account with so much memory. */
export interface SoldAs {
  readonly account_id: string;
  readonly memory: string;
}
export interface MemoryProduct {
  readonly id: string;
  readonly memory: string;
}

/** One at a time, in whichever process: until the transaction ends. */
export async function lockPackages(tx: Db, accountId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(${`packages/${accountId}`}, 0))) AS l`;
}

export async function packageRows(db: Db, accountId: string): Promise<StockItem[]> {
  return await db.stockItem.findMany({ where: { accountId }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] });
}

export async function packageById(db: Db, id: string): Promise<StockItem | null> {
  return await db.stockItem.findFirst({ where: { id, externalKey: { not: null } } });
}

/** What the products that sell this account's packages are, by memory. */
export async function memoryProducts(db: Db, accountId: string): Promise<MemoryProduct[]> {
  const rows = await db.$queryRaw<MemoryProduct[]>`
    SELECT "id", "compat" -> 'exact_packages' ->> 'memory' AS "memory" FROM "product"
    WHERE "compat" -> 'exact_packages' ->> 'account_id' = ${accountId} AND "visibility" <> 'retired' ORDER BY "number"`;
  return rows;
}

export interface SeenPackage {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly free: number;
  readonly prices: Readonly<Record<string, string>>;
}
const sellable = ({ status, free }: SeenPackage): boolean => status === 'active' && free > 0;

export async function insertPackage(tx: Db, accountId: string, productId: string, seen: SeenPackage, at: Date): Promise<string> {
  const { id: externalPid, name: externalName, status: upstreamStatus, free: total, prices } = seen;
  const id = randomUUID();
  const known = { externalPid, externalName, externalKey: `${externalPid}::${externalName}`, upstreamStatus, prices: prices as Json };
  await tx.stockItem.create({ data: { id, productId, accountId, total, available: sellable(seen), lastSeenAt: at, ...known } });
  return id;
}

/** Set absolutely: what was sold here, and what the provider has left. Never below what is held here. */
export async function updatePackage(tx: Db, id: string, seen: SeenPackage, at: Date): Promise<void> {
  const { status, free, prices } = seen;
  await tx.$executeRaw`
    UPDATE "stock_item" SET "total" = GREATEST("sold" + ${free}::int, "reserved" + "sold"), "available" = ${sellable(seen)},
      "upstreamStatus" = ${status}, "prices" = ${JSON.stringify(prices)}::jsonb, "missing" = false, "lastSeenAt" = ${at},
      "updatedAt" = CURRENT_TIMESTAMP
    WHERE "id" = ${id}`;
}

/** The provider has it no more. What was sold of it stays counted. */
export async function disablePackage(tx: Db, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE "stock_item" SET "total" = "reserved" + "sold", "available" = false, "missing" = true, "updatedAt" = CURRENT_TIMESTAMP
    WHERE "id" = ${id}`;
}

/** What all looks so far came to. */
export interface SyncHistory {
  readonly succeeded: number;
  readonly failed: number;
  readonly created: number;
  readonly disabled: number;
  readonly reEnabled: number;
  /** ISO; null before the first. */
  readonly firstAt: string | null;
  readonly lastSuccessAt: string | null;
}
const HISTORY = 'exact-packages.sync';
const NONE: SyncHistory = { succeeded: 0, failed: 0, created: 0, disabled: 0, reEnabled: 0, firstAt: null, lastSuccessAt: null };

export async function syncHistory(db: Db): Promise<SyncHistory> {
  return { ...NONE, ...((await readSetting(db, HISTORY)) as Partial<SyncHistory> | null) };
}

/** Adds to it in one statement, so that two that end at once are both counted. */
export async function countSync(
  db: Db,
  { at, ...counts }: { at: Date } & Record<'succeeded' | 'failed' | 'created' | 'disabled' | 'reEnabled', number>,
): Promise<void> {
  const first = { ...NONE, ...counts, firstAt: at.toISOString(), lastSuccessAt: counts.succeeded > 0 ? at.toISOString() : null };
  await db.$executeRaw`
    INSERT INTO "setting" AS s ("key", "value") VALUES (${HISTORY}, ${JSON.stringify(first)}::jsonb)
    ON CONFLICT ("key") DO UPDATE SET "value" = s."value" || jsonb_build_object(
      'succeeded', (s."value" ->> 'succeeded')::int + ${counts.succeeded}::int, 'failed', (s."value" ->> 'failed')::int + ${counts.failed}::int,
      'created', (s."value" ->> 'created')::int + ${counts.created}::int, 'disabled', (s."value" ->> 'disabled')::int + ${counts.disabled}::int,
      'reEnabled', (s."value" ->> 'reEnabled')::int + ${counts.reEnabled}::int,
      'lastSuccessAt', COALESCE(${first.lastSuccessAt}::text, s."value" ->> 'lastSuccessAt'))`;
}

/** Set-ups at the account that ended since then, and how many of them failed. */
export async function setUpsSince(db: Db, accountId: string, since: Date): Promise<{ ended: number; failed: number }> {
  const [row] = await db.$queryRaw<{ ended: number; failed: number }[]>`
    SELECT count(*)::int AS "ended", count(*) FILTER (WHERE o."status" <> 'succeeded')::int AS "failed"
    FROM "operation" o JOIN "vps" v ON v."id" = o."vpsId"
    WHERE v."accountId" = ${accountId} AND o."kind" = 'provision' AND o."status" IN ('succeeded', 'failed', 'stalled') AND o."finishedAt" >= ${since}`;
  return row!;
}

/** Refused set-ups by which of the three sentences they were refused with. */
export async function refusedSetUps(db: Db): Promise<{ reason: string; count: number }[]> {
  return await db.$queryRaw`
    SELECT CASE WHEN "fault" ->> 'message' LIKE '%no longer available in%' THEN 'no_longer_available'
        WHEN "fault" ->> 'message' LIKE '%is not active. Status:%' THEN 'not_active' ELSE 'no_addresses' END AS "reason", count(*)::int AS "count"
    FROM "operation" WHERE "kind" = 'provision' AND "status" = 'failed' AND "fault" ->> 'message' LIKE 'Package %'
      AND ("fault" ->> 'message' LIKE '%no longer available in%' OR "fault" ->> 'message' LIKE '%is not active. Status:%'
        OR "fault" ->> 'message' LIKE '%has no available IPs.%')
    GROUP BY 1`;
}

export async function setSoldAs(tx: Db, productId: string, soldAs: SoldAs): Promise<void> {
  await tx.product.update({ where: { id: productId }, data: { compat: { exact_packages: { ...soldAs } } } });
}

export async function allPackages(db: Db): Promise<Pick<StockItem, 'available'>[]> {
  return await db.stockItem.findMany({ where: { externalKey: { not: null } }, select: { available: true } });
}

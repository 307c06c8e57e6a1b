/** What stacks recorded, and what was found to differ from it. */
import { UNFINISHED } from '../../contract/words.ts';
import { kindsThat } from '../vps/operations/sheets.ts';
import { randomUUID } from 'node:crypto';
import type { DriftPolicy } from '../../contract/drift.ts';
import type { Drift as DriftRow } from '../../prisma/generated/client.ts';
import { atomically, type Db, DbNull, type Json, type Operation, type Vps } from '../kernel/database.ts';
import { emit } from '../kernel/events/emit.ts';
import { tellVpsChanged } from '../vps/store.ts';

export type DriftWithVps = DriftRow & { vps: Vps };
export type { DriftRow };

/** A VPS with the state of its stack, as the tables of the state backend hold it. */
export interface RecordedRow {
  readonly id: string;
  readonly status: string;
  readonly powerState: string | null;
  readonly instanceId: string | null;
  readonly region: string;
  readonly plan: string;
  readonly ipv4: string | null;
  readonly provider: string;
  readonly accountId: string;
  readonly dnsAccountId: string | null;
  readonly generation: number;
  readonly checkpoint: string | null;
  /** Something runs, waits or was written since `since`: not to be judged now. */
  readonly busy: boolean;
}

/** Living VPSes of a compute account after the id `after`, with their stacks' last state. */
export async function recordedPage(db: Db, accountId: string, after: string, limit: number, since: Date): Promise<RecordedRow[]> {
  return await db.$queryRaw<RecordedRow[]>`
    SELECT v."id", v."status", v."powerState", v."instanceId", v."region", v."plan", v."ipv4", v."provider", v."accountId", v."dnsAccountId", v."generation", s."checkpoint",
      (s."active_update" IS NOT NULL OR COALESCE(s."updated_at" > ${since}, false) OR v."createdAt" > ${since}
        OR EXISTS (SELECT 1 FROM "operation" o WHERE o."vpsId" = v."id"
          AND (o."status" = ANY(${[...UNFINISHED]}) OR o."finishedAt" > ${since}))) AS "busy"
    FROM (SELECT * FROM "vps" WHERE "accountId" = ${accountId} AND "deletedAt" IS NULL AND "id" > ${after} ORDER BY "id" LIMIT ${limit}) v
    LEFT JOIN "state_stack" s ON s."name" = 'vps-' || v."id"
    ORDER BY v."id"`;
}

export interface NamedVps {
  readonly id: string;
  readonly living: boolean;
  /** The newest that was decided on: a reinstall elsewhere stores its own before it runs, and the row takes it at its end. */
  readonly generation: number;
  readonly recordsInstance: boolean;
  readonly busy: boolean;
}

/** What is known of VPSes that tags or comments at a provider name. */
export async function namedVpses(db: Db, ids: readonly string[], since: Date): Promise<NamedVps[]> {
  if (ids.length === 0) return [];
  return await db.$queryRaw<NamedVps[]>`
    SELECT v."id", v."deletedAt" IS NULL AS "living", v."instanceId" IS NOT NULL AS "recordsInstance",
      GREATEST(v."generation", (SELECT max((o."request" -> 'spec' ->> 'generation')::int) FROM "operation" o
        WHERE o."vpsId" = v."id" AND o."kind" = ANY(${kindsThat('makesServer')}))) AS "generation",
      (v."createdAt" > ${since} OR EXISTS (SELECT 1 FROM "operation" o WHERE o."vpsId" = v."id"
        AND (o."status" = ANY(${[...UNFINISHED]}) OR o."finishedAt" > ${since}))) AS "busy"
    FROM "vps" v WHERE v."id" = ANY(${[...ids]})`;
}

/** True when a living VPS's row names this server. */
export async function namesInstance(db: Db, vpsId: string, instanceId: string): Promise<boolean> {
  return (await db.vps.count({ where: { id: vpsId, instanceId, deletedAt: null } })) > 0;
}

export async function openDriftsOf(db: Db, accountId: string): Promise<DriftRow[]> {
  return await db.drift.findMany({ where: { accountId, resolvedAt: null } });
}

export async function insertDrift(
  db: Db,
  drift: Pick<DriftRow, 'vpsId' | 'accountId' | 'kind' | 'state' | 'fingerprint' | 'checkOperationId'> & { differences: Json; at: Date },
): Promise<DriftRow> {
  const { at, ...rest } = drift;
  return await atomically(db, async (tx) => {
    const row = await tx.drift.create({ data: { id: randomUUID(), ...rest, firstSeenAt: at, lastSeenAt: at } });
    await tell(tx, 'drift.found', row);
    return row;
  });
}

async function tell(
  tx: Db,
  kind: 'drift.found' | 'drift.changed' | 'drift.resolved',
  drift: Pick<DriftRow, 'id' | 'vpsId' | 'accountId' | 'kind'>,
) {
  const data = { account_id: drift.accountId, drift_id: drift.id, vps_id: drift.vpsId, drift: drift.kind };
  await emit(tx, { kind, organizationId: null, data });
  // Its page shows it too.
  await tellVpsChanged(tx, drift.vpsId);
}

export type DriftChange = Partial<
  Pick<
    DriftRow,
    | 'kind'
    | 'state'
    | 'fingerprint'
    | 'message'
    | 'checkOperationId'
    | 'actionOperationId'
    | 'lastSeenAt'
    | 'decidedBy'
    | 'decidedAt'
    | 'reason'
    | 'resolvedAt'
    | 'resolution'
  >
> & { differences?: Json; engine?: Json | null; seenCount?: { increment: number } };

/** Changes it only while it is still open (and in `state`, if given). False when it is not. */
export async function updateDrift(db: Db, id: string, change: DriftChange, state?: string): Promise<boolean> {
  const { engine, ...rest } = change;
  const data = { ...rest, ...(engine === undefined ? {} : { engine: engine ?? DbNull }) };
  const where = { id, resolvedAt: null, ...(state === undefined ? {} : { state }) };
  return await atomically(db, async (tx) => {
    const before = await tx.drift.findUnique({ where: { id } });
    const [after] = await tx.drift.updateManyAndReturn({ where, data });
    if (after && before && isNews(before, after)) await tell(tx, after.resolvedAt ? 'drift.resolved' : 'drift.changed', after);
    return after !== undefined;
  });
}

/** Being seen once more is none. */
function isNews(before: DriftRow, after: DriftRow): boolean {
  const shown = ({ kind, state, differences, resolvedAt, message }: DriftRow) =>
    JSON.stringify([kind, state, differences, resolvedAt, message]);
  return shown(before) !== shown(after);
}

export async function driftById(db: Db, id: string): Promise<DriftWithVps | null> {
  return await db.drift.findUnique({ where: { id }, include: { vps: true } });
}

export async function listDrifts(
  db: Db,
  filter: { state?: string; kind?: string; vpsId?: string; accountId?: string; open?: boolean; limit: number },
): Promise<DriftWithVps[]> {
  const { limit, open, ...where } = filter;
  return await db.drift.findMany({
    where: { ...where, ...(open ? { resolvedAt: null } : {}) },
    orderBy: [{ firstSeenAt: 'desc' }, { id: 'asc' }],
    take: limit,
    include: { vps: true },
  });
}

/** Open drifts that wait for an operation which has ended. */
export async function settledDrifts(db: Db, limit: number): Promise<{ drift: DriftRow; operation: Operation }[]> {
  const rows = await db.$queryRaw<{ drift: string; operation: string }[]>`
    SELECT d."id" AS drift, o."id" AS operation FROM "drift" d JOIN "operation" o
      ON o."id" = CASE WHEN d."state" = 'suspected' THEN d."checkOperationId" ELSE d."actionOperationId" END
    WHERE d."resolvedAt" IS NULL AND d."state" IN ('suspected', 'accepting', 'repairing') AND o."status" <> ALL(${[...UNFINISHED]})
    ORDER BY d."firstSeenAt" LIMIT ${limit}`;
  if (rows.length === 0) return [];
  const drifts = new Map((await db.drift.findMany({ where: { id: { in: rows.map(({ drift }) => drift) } } })).map((row) => [row.id, row]));
  const ids = rows.map(({ operation }) => operation);
  const operations = new Map((await db.operation.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]));
  return rows.flatMap((row) => {
    const [drift, operation] = [drifts.get(row.drift), operations.get(row.operation)];
    return drift && operation ? [{ drift, operation }] : [];
  });
}

/** Suspected ones that the engine was not asked about yet; one that it could not look at waits for the next sighting. */
export async function uncheckedDrifts(db: Db, limit: number): Promise<DriftRow[]> {
  const where = { resolvedAt: null, state: 'suspected', checkOperationId: null, message: null };
  return await db.drift.findMany({ where, orderBy: { firstSeenAt: 'asc' }, take: limit });
}

export interface PolicyDrift extends DriftWithVps {
  /** The account's own policy. */
  readonly accountPolicy: DriftPolicy;
  /** How often the same drift was settled since `since`: one that keeps coming back is left to a person. */
  readonly settled: number;
}

/** Confirmed drifts after the id `after` on accounts where some policy or rule is to act. */
export async function driftsForPolicy(db: Db, after: string, limit: number, since: Date): Promise<PolicyDrift[]> {
  const rows = await db.$queryRaw<{ id: string; accountPolicy: DriftPolicy; settled: number }[]>`
    SELECT d."id", COALESCE(a."driftPolicy", 'none') AS "accountPolicy",
      (SELECT count(*)::int FROM "drift" p
        WHERE p."vpsId" = d."vpsId" AND p."fingerprint" = d."fingerprint" AND p."resolvedAt" > ${since}) AS "settled"
    FROM "drift" d LEFT JOIN "account_automation" a ON a."accountId" = d."accountId"
    WHERE d."resolvedAt" IS NULL AND d."state" = 'confirmed' AND d."kind" = 'changed' AND d."decidedBy" IS NULL AND d."id" > ${after}
      AND NOT COALESCE(a."stopped", false)
      AND (COALESCE(a."driftPolicy", 'none') <> 'none'
        OR EXISTS (SELECT 1 FROM "drift_rule" r WHERE r."accountId" = d."accountId" AND r."policy" <> 'none'))
    ORDER BY d."id" LIMIT ${limit}`;
  const drifts = await db.drift.findMany({ where: { id: { in: rows.map(({ id }) => id) } }, include: { vps: true } });
  const byId = new Map(drifts.map((drift) => [drift.id, drift]));
  return rows.flatMap(({ id, ...rest }) => (byId.has(id) ? [{ ...byId.get(id)!, ...rest }] : []));
}

/** The unsettled drift of each of these VPSes that has one. */
export async function openDriftsByVps(db: Db, vpsIds: readonly string[]): Promise<Map<string, DriftRow>> {
  const rows = await db.drift.findMany({ where: { vpsId: { in: [...vpsIds] }, resolvedAt: null } });
  return new Map(rows.map((row) => [row.vpsId, row]));
}

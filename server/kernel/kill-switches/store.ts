/** KillSwitches switches, the hold on destructive work, and alerts. */
import { randomUUID } from 'node:crypto';
import type { AlertKind } from '../../../contract/alerts.ts';
import type { AccountAutomation, Alert } from '../../../prisma/generated/client.ts';
import { timeNow } from '../clock.ts';
import { atomically, type Db, type Json } from '../database.ts';
import { emit } from '../events/emit.ts';

export type { AccountAutomation, Alert };

export async function writeSetting(db: Db, key: string, value: Json): Promise<void> {
  await db.setting.upsert({ where: { key }, create: { key, value }, update: { value } });
}

export async function dropSetting(db: Db, key: string): Promise<void> {
  await db.setting.deleteMany({ where: { key } });
}

export async function listAccountSwitches(db: Db): Promise<AccountAutomation[]> {
  return await db.accountAutomation.findMany({ orderBy: { accountId: 'asc' } });
}

export async function accountSwitches(db: Db, accountId: string): Promise<AccountAutomation | null> {
  return await db.accountAutomation.findUnique({ where: { accountId } });
}

export async function saveAccountSwitches(
  db: Db,
  accountId: string,
  change: { stopped?: boolean; reason?: string | null; driftPolicy?: string },
  actor: string,
): Promise<AccountAutomation> {
  const by = { changedBy: actor, changedAt: timeNow() };
  return await db.accountAutomation.upsert({
    where: { accountId },
    create: { accountId, ...change, ...by },
    update: { ...change, ...by },
  });
}

/** One open alert per kind and target; raising it again changes its words only. True when it is new. */
export async function raiseAlert(db: Db, alert: { kind: AlertKind; target: string; message: string; data: Json }): Promise<boolean> {
  const { kind, target, message, data } = alert;
  const { count } = await db.alert.updateMany({ where: { kind, target, resolvedAt: null }, data: { message, data } });
  if (count > 0) return false;
  const id = randomUUID();
  return await atomically(db, async (tx) => {
    const inserted = await tx.$executeRaw`INSERT INTO "alert" ("id", "kind", "target", "message", "data", "raisedAt")
      VALUES (${id}, ${kind}, ${target}, ${message}, ${JSON.stringify(data)}::jsonb, ${timeNow()}) ON CONFLICT DO NOTHING`;
    if (inserted === 1) await emit(tx, { kind: 'alert.raised', organizationId: null, data: { alert_id: id, alert: kind, target } });
    return inserted === 1;
  });
}

export async function resolveAlert(db: Db, kind: AlertKind, target: string): Promise<void> {
  await atomically(db, async (tx) => {
    const where = { kind, target, resolvedAt: null };
    const resolved = await tx.alert.updateManyAndReturn({ where, data: { resolvedAt: timeNow() }, select: { id: true } });
    for (const { id } of resolved)
      await emit(tx, { kind: 'alert.resolved', organizationId: null, data: { alert_id: id, alert: kind, target } });
  });
}

export async function listAlerts(db: Db, includeResolved: boolean, limit: number): Promise<Alert[]> {
  return await db.alert.findMany({ where: includeResolved ? {} : { resolvedAt: null }, orderBy: { raisedAt: 'desc' }, take: limit });
}

/** What a mail about one says. */
export async function alertById(db: Db, id: string): Promise<Alert | null> {
  return await db.alert.findUnique({ where: { id } });
}

export async function newestAudit(db: Db): Promise<{ seq: bigint; hash: string } | null> {
  return await db.auditEvent.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true, hash: true } });
}

export async function auditHashAt(db: Db, seq: bigint): Promise<string | null> {
  return (await db.auditEvent.findUnique({ where: { seq }, select: { hash: true } }))?.hash ?? null;
}

/** Not looked at again before `until`; false when it does not wait any more. */
export async function deferQueued(db: Db, operationId: string, until: Date): Promise<boolean> {
  const { count } = await db.operation.updateMany({ where: { id: operationId, status: 'queued' }, data: { notBefore: until } });
  return count === 1;
}

export async function accountExists(db: Db, accountId: string): Promise<boolean> {
  return (await db.account.count({ where: { id: accountId } })) > 0;
}

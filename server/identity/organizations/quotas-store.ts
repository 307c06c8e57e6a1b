/** Organizations' limits, and how much of each is used. */
import type { Quota } from '../../../prisma/generated/client.ts';
import type { QuotaKind } from '../../../contract/organization.ts';
import type { Db } from '../../kernel/database.ts';
import { openStreams } from '../../kernel/http/quota-store.ts';

export type { Quota };

/** Of Plinth's own; others' lock keys are other numbers. */
const QUOTA_LOCK = 7_152_014;

/** Items whose server is not made yet. */
const ORDERED = ['reserved', 'paid', 'provisioning', 'pending_provisioning'] as const;

export async function quotasOf(db: Db, organizationId: string): Promise<Quota[]> {
  return await db.quota.findMany({ where: { organizationId }, orderBy: { kind: 'asc' } });
}

export async function quotaOf(db: Db, organizationId: string, kind: QuotaKind): Promise<number | null> {
  return (await db.quota.findUnique({ where: { organizationId_kind: { organizationId, kind } } }))?.most ?? null;
}

/** null takes the limit away. */
export async function setQuota(db: Db, organizationId: string, kind: QuotaKind, most: number | null, changedBy: string): Promise<void> {
  const organizationId_kind = { organizationId, kind };
  if (most === null) await db.quota.deleteMany({ where: organizationId_kind });
  else
    await db.quota.upsert({
      where: { organizationId_kind },
      create: { organizationId, kind, most, changedBy },
      update: { most, changedBy },
    });
}

/** Until the transaction ends nobody else counts these. */
export async function lockQuota(tx: Db, organizationId: string, kind: QuotaKind): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(${QUOTA_LOCK}, hashtext(${`${organizationId}/${kind}`}))) AS l`;
}

export async function usedOf(db: Db, organizationId: string, kind: QuotaKind): Promise<number> {
  switch (kind) {
    case 'vpses':
      // What is ordered is on its way to be one.
      return (
        (await db.vps.count({ where: { organizationId, deletedAt: null } })) +
        (await db.orderItem.count({ where: { organizationId, vpsId: null, status: { in: [...ORDERED] } } }))
      );
    case 'open_orders':
      return await db.order.count({ where: { organizationId, status: { in: ['placed', 'review'] } } });
    case 'tokens':
      return await db.apiToken.count({ where: { organizationId, revokedAt: null } });
    case 'members':
      return await db.member.count({ where: { organizationId } });
    case 'service_accounts':
      return await db.serviceAccount.count({ where: { organizationId } });
    case 'streams':
      return await openStreams(db, organizationId);
    case 'body_kilobytes':
      return 0;
  }
}

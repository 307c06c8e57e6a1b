/** What an organization may have at most, counted under a lock in the transaction that adds one: all processes share it. */
import type { QuotaKind } from '../../../contract/organization.ts';
import type { Db } from '../../kernel/database.ts';
import { Refusal } from '../../kernel/problem.ts';
import { lockQuota, quotaOf, usedOf } from './quotas-store.ts';

const WORDS: Readonly<Record<QuotaKind, string>> = {
  vpses: 'VPSes',
  tokens: 'tokens',
  members: 'members',
  service_accounts: 'service accounts',
  open_orders: 'open orders',
  // Asked where a stream begins and where a body is read.
  streams: 'streams',
  body_kilobytes: 'kilobytes of a body',
};

/** Call before so many are added. @throws Refusal 409 `quota_exceeded` */
export async function requireRoom(tx: Db, organizationId: string, kind: QuotaKind, wanted = 1): Promise<void> {
  const most = await quotaOf(tx, organizationId, kind);
  if (most === null) return;
  await lockQuota(tx, organizationId, kind);
  const used = await usedOf(tx, organizationId, kind);
  if (used + wanted > most)
    throw new Refusal(
      409,
      'quota_exceeded',
      `This organization has ${used} ${WORDS[kind]}, and may have ${most}. End some of them, or ask the seller for more.`,
    );
}

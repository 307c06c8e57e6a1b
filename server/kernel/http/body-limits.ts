/** How large a body may be: as its route says, and no larger than the caller's organization may send. */
import type { Principal, Services } from '../services.ts';
import type { BodyLimits } from './body.ts';
import { quotaAt } from './quota-store.ts';

const KILOBYTE = 1024;

export async function limitsFor<Limits extends BodyLimits>(
  { db, recent }: Pick<Services, 'db' | 'recent'>,
  { organizationId }: Pick<Principal, 'organizationId'>,
  limits: Limits,
): Promise<Limits> {
  if (organizationId === null || organizationId === '') return limits;
  const look = async () => ({ most: await quotaAt(db, organizationId, 'body_kilobytes') });
  const most = (await recent.get(`body/${organizationId}`, look))?.most ?? null;
  return most === null ? limits : { ...limits, bytes: Math.min(limits.bytes, most * KILOBYTE) };
}

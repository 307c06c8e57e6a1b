/** Which organization a request is about: one's own, or on the platform the one that is named. */
import { notFound, refuseField } from '../../kernel/problem.ts';
import type { Principal } from '../../kernel/services.ts';

/** @throws Refusal 422 on the platform when none is named, 404 for another's. */
export function organizationOf({ organizationId }: Principal, named: string | undefined): string {
  if (organizationId === null && named === undefined)
    throw refuseField('organization_id', 'is missing', 'You act on the platform: say which organization.');
  if (organizationId !== null && named !== undefined && named !== organizationId) throw notFound('organization', named);
  return organizationId ?? named!;
}

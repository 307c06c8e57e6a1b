/** One change of an organization's row, with what was and what is in the trail. */
import { appendAudit } from '../../kernel/audit.ts';
import type { Db } from '../../kernel/database.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Principal } from '../../kernel/services.ts';
import { listOrganizations, lockOrganization, type OrganizationRow, updateOrganization } from './store.ts';

export interface Change {
  readonly action: string;
  readonly data?: Record<string, string>;
  readonly change: (tx: Db, row: OrganizationRow) => Promise<Parameters<typeof updateOrganization>[2]>;
}

/** It orders and makes nothing new; what it has goes on. */
export const blocking = (reason: string): Change => ({
  action: 'organization.blocked',
  data: { reason },
  change: async () => ({ status: 'blocked', statusReason: reason }),
});
export const unblocking: Change = {
  action: 'organization.unblocked',
  change: async () => ({ status: 'active', statusReason: null }),
};

/** @returns it as it is then @throws Refusal 404, 409 once it is closed */
export async function changeOrganization(
  tx: Db,
  principal: Principal,
  id: string,
  { action, data = {}, change }: Change,
): Promise<OrganizationRow> {
  const before = await lockOrganization(tx, id);
  if (!before) throw notFound('organization', id);
  if (before.status === 'closed') throw new Refusal(409, 'organization_closed', `The organization "${before.name}" is closed.`);
  await updateOrganization(tx, id, await change(tx, before));
  const after = (await listOrganizations(tx, id))[0]!;
  const entry = { actor: principal.name, action, target: id, organizationId: id };
  await appendAudit(tx, { ...entry, data, before: recordOf(before), after: recordOf(after) });
  return after;
}

const recordOf = ({ displayName, requireSecondFactor, status, statusReason }: OrganizationRow) => ({
  display_name: displayName,
  require_second_factor: requireSecondFactor,
  status,
  status_reason: statusReason,
});

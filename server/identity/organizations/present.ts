/** An organization on the wire. */
import type { Organization as Wire } from '../../../contract/organization.ts';
import type { OrganizationRow } from './store.ts';

export const presentOrganization = (row: OrganizationRow) => ({
  id: row.id,
  name: row.name,
  display_name: row.displayName,
  status: row.status as Wire['status'],
  status_reason: row.statusReason,
  active: row.status === 'active',
  require_second_factor: row.requireSecondFactor,
  vps_count: row.vpsCount,
  zones: row.zones as string[] | null,
  created_at: row.createdAt.toISOString(),
});

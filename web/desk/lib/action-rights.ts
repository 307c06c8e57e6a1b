/** Which permission each action on a VPS needs, as the service's sheets of kinds say; test/hard/roles.test.ts compares them. */
import type { VpsActionName } from '../../../contract/lifecycle.ts';
import type { Permission } from '../../../contract/permissions.ts';

const POWER = 'vps:power';
export const ACTION_RIGHTS: Readonly<Record<VpsActionName, Permission>> = {
  start: POWER,
  stop: POWER,
  reboot: POWER,
  'power-cycle': POWER,
  resize: 'vps:resize',
  reinstall: 'vps:reinstall',
  rename: 'vps:rename',
  configure: 'vps:configure',
  'reset-password': 'vps:reset-password',
  rescue: 'vps:rescue',
  unrescue: 'vps:rescue',
  suspend: 'vps:suspend',
  unsuspend: 'vps:suspend',
  snapshot: 'snapshot:create',
  'restore-snapshot': 'snapshot:restore',
  'delete-snapshot': 'snapshot:delete',
  destroy: 'vps:destroy',
  undo: 'vps:undo',
};

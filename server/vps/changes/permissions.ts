/** Which permission what is asked of a VPS needs. */
import { VPS_ACTIONS, type VpsActionName, type VpsPatch } from '../../../contract/lifecycle.ts';
import type { OperationKind } from '../../../contract/operation.ts';
import type { Permission } from '../../../contract/permissions.ts';
import { sheetOf } from '../operations/sheets.ts';

/** As the sheet of the kind says. Taking a termination back needs no operation, so it has none. */
export function permissionOf(action: VpsActionName | OperationKind): Permission {
  if (action === 'undo') return 'vps:undo';
  const { permission } = sheetOf(action).rules;
  if (permission === null) throw new Error(`Nobody asks for a ${action}.`);
  return permission;
}

const allOf = (permissions: readonly Permission[]): readonly Permission[] => [...new Set(permissions)];

/** Of POST /api/vps/:id/actions, by the action in the body. */
export const byAction = {
  anyOf: allOf(VPS_ACTIONS.map(permissionOf)),
  of: ({ body }: { body: { action: VpsActionName } }) => [permissionOf(body.action)],
};

/** A preview needs what the change needs. */
export const byChange = {
  anyOf: allOf(['vps:refresh', ...byAction.anyOf]),
  of: ({ body }: { body: { change?: { action: VpsActionName } | undefined } }): Permission[] => [
    body.change === undefined ? 'vps:refresh' : permissionOf(body.change.action),
  ],
};

/** Each field of the record has its own. */
export const byField = {
  anyOf: ['vps:update', 'vps:note', 'vps:maintain'] as const satisfies readonly Permission[],
  of: ({ body }: { body: VpsPatch }): Permission[] => [
    ...(body.delete_protection === undefined ? [] : (['vps:update'] as const)),
    ...(body.notes === undefined ? [] : (['vps:note'] as const)),
    ...(body.maintenance === undefined ? [] : (['vps:maintain'] as const)),
  ],
};

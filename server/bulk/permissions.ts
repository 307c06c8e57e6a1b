/** A bulk run needs the right to run one, and what its action needs on a single VPS. */
import { type BulkAction, isUndo } from '../../contract/bulk.ts';
import type { Permission } from '../../contract/permissions.ts';
import { permissionOf } from '../vps/changes/permissions.ts';

export function permissionsOfBulk({ action }: Pick<BulkAction, 'action'>): readonly Permission[] {
  return ['bulk:run', permissionOf(isUndo(action) ? 'undo' : action)];
}

/** Of the routes that name the action in their body. */
export const byBulkAction = {
  anyOf: ['bulk:run'] as const satisfies readonly Permission[],
  of: ({ body }: { body: { action: Pick<BulkAction, 'action'> } }) => permissionsOfBulk(body.action),
};

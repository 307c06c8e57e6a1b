/** Back to a snapshot or backup: everything written since is lost. */
import { kind } from '../../../contract/operations/restore-snapshot.ts';
import { unchanged } from '../changes/planning.ts';
import { passwordChange } from '../password/life.ts';
import { planRestore } from '../snapshots/plan-restore.ts';
import { changeOnNewDisk, runAfterProvider } from './change.ts';
import { defineSheet } from './sheet.ts';

/** Ends before the provider touched anything. */
const REFUSED: ReadonlySet<string> = new Set(['credentials', 'forbidden', 'quota', 'invalid', 'not_found']);

export const sheet = defineSheet(kind, {
  rules: { permission: 'snapshot:restore', inError: true, provided: ({ snapshots }) => snapshots },
  traits: { bringsAboutSpec: true, destructive: true },
  plan: async (services, vps, { snapshot }) => {
    const { before, descriptor, same } = unchanged(services, vps);
    return { ...same, ...(await planRestore(services, vps, descriptor, before, snapshot)) };
  },
  bringsPassword: ({ keepsPassword }) => keepsPassword !== true,
  run: (work) =>
    runAfterProvider(work, 'restoring', async ({ vps, request, signal }, { compute, id }, password) => {
      const { restore, keepsPassword } = request;
      if (!compute.snapshots || !restore) throw new Error(`The provider of VPS ${vps.id} restores nothing.`);
      await compute.snapshots.restore(id, restore, keepsPassword || password === undefined ? {} : { password }, { signal });
    }),
  succeeded: (ended) => ({ ...changeOnNewDisk(ended), ...passwordChange(ended, { windowsToo: true }) }),
  failed: async ({ fault, begun }) => (!begun || REFUSED.has(fault.kind) ? null : { status: 'error' }),
});

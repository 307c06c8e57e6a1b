/** Taking a server that is there already into a stack; how, stands in takeover.ts. */
import { kind } from '../../../contract/operations/import.ts';
import { markTaken } from '../../accounts/inventory/store.ts';
import { claimServer } from '../import/claim.ts';
import { outputsChange } from '../outputs.ts';
import { powerChange } from './power.ts';
import { defineSheet } from './sheet.ts';
import { runImport } from './takeover.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'inventory:import', whileImporting: true },
  traits: { setsUp: true, bringsAboutSpec: true },
  again: { status: 'provisioning', take: claimServer },
  run: runImport,
  succeeded: ({ services, vps, progress, result }) => ({
    status: 'active',
    ...powerChange(progress),
    ...(result.outputs ? outputsChange(services, vps.id, result.outputs) : {}),
    // Given up while it succeeded: it stays one that is only forgotten.
    ...(vps.status === 'destroying' ? {} : { importing: null }),
  }),
  settle: async (tx, { vps, result }) => {
    if (result.outputs) await markTaken(tx, vps.accountId, result.outputs.instanceId);
  },
  // The server is anybody's again.
  failed: async () => ({ status: 'error', instanceId: null }),
});

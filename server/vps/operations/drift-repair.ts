/** Makes the provider's state what the record says; where the server is lost and somebody decided so, by a new one. */
import { kind } from '../../../contract/operations/drift-repair.ts';
import { outputsChange } from '../outputs.ts';
import type { VpsColumns, VpsWithAccount } from '../store.ts';
import { runChange } from './change.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'drift:act', scope: 'platform' },
  traits: { makesServer: true, bringsAboutSpec: true },
  bulk: {},
  run: runChange,
  succeeded: ({ services, vps, result }) => {
    const outputs = result.outputs ? outputsChange(services, vps.id, result.outputs) : {};
    return { ...outputs, ...ofNewServer(vps, outputs) };
  },
});

/** A new server has nothing of the lost one's: neither the rescue system it ran nor the change of it that failed. */
function ofNewServer(vps: VpsWithAccount, { instanceId }: VpsColumns): VpsColumns {
  if (instanceId === undefined || instanceId === vps.instanceId) return {};
  return { rescueSince: null, powerState: 'running', ...(vps.status === 'error' ? { status: 'active' } : {}) };
}

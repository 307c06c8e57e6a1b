/** A new VPS: its server, its names. */
import { kind } from '../../../contract/operations/provision.ts';
import { untilReady } from '../setup/ready.ts';
import { outputsChange } from '../outputs.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:create' },
  traits: { setsUp: true, makesServer: true, bringsAboutSpec: true },
  again: { status: 'provisioning' },
  // Nothing is refreshed on the way: that would take the server of a set-up that was cut off for a finished one.
  personDoes: () => 'provision',
  run: async (work) => await untilReady(work, await work.drive('up', work.signal)),
  succeeded: ({ services, vps, result }) => ({
    status: 'active',
    powerState: 'running',
    ...(result.outputs ? outputsChange(services, vps.id, result.outputs) : {}),
  }),
  failed: async () => ({ status: 'error' }),
});

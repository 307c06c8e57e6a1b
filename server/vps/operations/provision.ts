/** A new VPS: its server, its names. */
import { kind } from '../../../contract/operations/provision.ts';
import { asMade, VpsSpec } from '../../../stacks/spec.ts';
import type { Json } from '../../kernel/database.ts';
import { untilReady } from '../setup/ready.ts';
import { outputsChange } from '../outputs.ts';
import type { VpsColumns, VpsWithAccount } from '../store.ts';
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
    ...madeOf(vps),
  }),
  failed: async () => ({ status: 'error' }),
});

/** From now on it is a server of its image: its snapshot may go, and a server in its place has the image's system. */
function madeOf(vps: VpsWithAccount): VpsColumns {
  const spec = VpsSpec.parse(vps.spec);
  return spec.compute.snapshotId === undefined ? {} : { spec: asMade(spec) as VpsSpec & Json };
}

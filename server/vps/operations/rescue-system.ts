/** Booting a server into its provider's rescue system and back, without the engine. */
import type { EngineResult } from '../../../automation/types.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import type { Work } from './sheet.ts';
import { serverOf } from './work.ts';
import { faultOf, withoutSteps } from './work-fault.ts';

/** Never throws for what a provider does; @throws LeaseLost. */
export async function runRescue(work: Work, change: 'enter' | 'leave'): Promise<EngineResult> {
  const started = performance.now();
  const { vps, writer, signal } = work;
  const found = await faultOf(work, async () => {
    const { compute, id } = serverOf(work);
    if (!compute.rescue) throw new Error(`The provider of VPS ${vps.id} has no rescue system.`);
    writer.say(`${change === 'enter' ? 'booting into the rescue system' : 'booting its own system'} on server ${id}`);
    await compute.rescue(id, change, { signal }, { sshPublicKeys: (vps.spec as VpsSpec).sshPublicKeys });
  });
  return withoutSteps(started, found);
}

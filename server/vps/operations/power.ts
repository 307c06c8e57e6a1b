/** Power: the provider is asked directly, without the engine, since no resource changes. */
import type { EngineResult } from '../../../automation/types.ts';
import type { PowerSeen, Requested } from '../../../contract/operations/kind.ts';
import type { ComputeClient, InstanceStatus, PowerAction } from '../../../providers/provider.ts';
import type { VpsColumns } from '../store.ts';
import type { Step } from '../tasks/ask.ts';
import type { Work } from './sheet.ts';
import { noteProgress, serverOf } from './work.ts';
import { faultOf, serverGone, withoutSteps } from './work-fault.ts';

const WORDS: Readonly<Record<PowerAction, string>> = { on: 'starting', off: 'stopping', reboot: 'rebooting' };

/** Never throws for what a provider does; @throws LeaseLost. */
export async function runPower(work: Work<Requested, PowerSeen>, calls: readonly PowerAction[]): Promise<EngineResult> {
  const started = performance.now();
  return withoutSteps(started, await faultOf(work, () => power(work, calls)));
}

/** As it was seen last; empty where it was not. */
export function powerChange({ power: seen }: PowerSeen): VpsColumns {
  return seen === undefined ? {} : { powerState: seen };
}

/** The four that do nothing else; of use on a server whose last operation failed, too. */
export function powerSheet(step: Step, ...calls: PowerAction[]) {
  return {
    rules: { permission: 'vps:power', inError: true, whileEnding: true },
    traits: {},
    bulk: {},
    personDoes: () => step,
    run: (work: Work<Requested, PowerSeen>) => runPower(work, calls),
    succeeded: ({ progress }: { progress: PowerSeen }) => powerChange(progress),
  } as const;
}

async function power(work: Work<Requested, PowerSeen>, calls: readonly PowerAction[]): Promise<void> {
  const { vps, progress, writer, signal } = work;
  const { compute, id } = serverOf(work);
  const before = await powerNow(compute, id, signal);
  if (before === undefined) throw serverGone(vps, id);
  const formerPower = progress.formerPower ?? before;
  // Written before anything is sent: a second attempt would find the server as the first one left it.
  await noteProgress(work, { formerPower });
  for (const action of calls) {
    writer.say(`${WORDS[action]} server ${id}`);
    await compute.power(id, action, { signal });
  }
  const after = await powerNow(compute, id, signal);
  if (after === undefined) throw serverGone(vps, id);
  await noteProgress(work, { formerPower, power: after });
}

async function powerNow(compute: ComputeClient, id: string, signal: AbortSignal): Promise<'running' | 'stopped' | undefined> {
  const instance = await compute.getInstance(id, { signal });
  return instance === null ? undefined : isOff(instance.status) ? 'stopped' : 'running';
}

function isOff(status: InstanceStatus): boolean {
  return status === 'stopped' || status === 'suspended';
}

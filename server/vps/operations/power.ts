/**
 * Power: the provider is asked directly, without the engine, since no resource changes. Unless a server comes back at another
 * address, which what leads to it must follow.
 */
import type { EngineResult } from '../../../automation/types.ts';
import type { PowerSeen, Requested } from '../../../contract/operations/kind.ts';
import type { InstanceSummary, PowerAction } from '../../../providers/provider.ts';
import type { VpsColumns } from '../store.ts';
import type { Step } from '../tasks/ask.ts';
import { changeOfSpec, runChange } from './change.ts';
import type { EndedWell, Work } from './sheet.ts';
import { noteProgress, serverOf } from './work.ts';
import { faultOf, serverGone, withoutSteps } from './work-fault.ts';

const WORDS: Readonly<Record<PowerAction, string>> = { on: 'starting', off: 'stopping', reboot: 'rebooting' };

/** Never throws for what a provider does; @throws LeaseLost. */
export async function runPower(work: Work<Requested, PowerSeen>, calls: readonly PowerAction[]): Promise<EngineResult> {
  const started = performance.now();
  const seen: { address?: string | null } = {};
  const failed = await faultOf(work, async () => {
    seen.address = await power(work, calls);
  });
  const { vps, writer, signal, drive } = work;
  const { address } = seen;
  if (failed || !address || vps.ipv4 === null || address === vps.ipv4) return withoutSteps(started, failed);
  writer.say(`the server came back at ${address} and no longer at ${vps.ipv4}: what leads to it follows`);
  const read = await drive('refresh', signal);
  return read.ok ? await runChange(work) : read;
}

/** As it was seen last; empty where it was not. */
export function powerChange({ power: seen }: PowerSeen): VpsColumns {
  return seen === undefined ? {} : { powerState: seen };
}

/** The same, with what the stack put out where it was asked again. */
export function afterPower(ended: EndedWell<Requested, PowerSeen>): VpsColumns {
  return { ...changeOfSpec(ended), ...powerChange(ended.progress) };
}

/** The four that do nothing else; of use on a server whose last operation failed, too. */
export function powerSheet(step: Step, ...calls: PowerAction[]) {
  return {
    rules: { permission: 'vps:power', inError: true, whileEnding: true },
    traits: {},
    bulk: {},
    personDoes: () => step,
    run: (work: Work<Requested, PowerSeen>) => runPower(work, calls),
    succeeded: afterPower,
  } as const;
}

/** Resolves with the address that the server has now; null where it has none. */
async function power(work: Work<Requested, PowerSeen>, calls: readonly PowerAction[]): Promise<string | null> {
  const { vps, progress, writer, signal } = work;
  const { compute, id } = serverOf(work);
  const look = async (): Promise<InstanceSummary> => {
    const instance = await compute.getInstance(id, { signal });
    if (instance === null) throw serverGone(vps, id);
    return instance;
  };
  const formerPower = progress.formerPower ?? powerOf(await look());
  // Written before anything is sent: a second attempt would find the server as the first one left it.
  await noteProgress(work, { formerPower });
  for (const action of calls) {
    writer.say(`${WORDS[action]} server ${id}`);
    await compute.power(id, action, { signal });
  }
  const after = await look();
  await noteProgress(work, { formerPower, power: powerOf(after) });
  return after.ipv4;
}

function powerOf({ status }: InstanceSummary): 'running' | 'stopped' {
  return status === 'stopped' || status === 'suspended' ? 'stopped' : 'running';
}

/** Power, rescue and snapshots: the provider is asked directly, without the engine, since no resource changes. */
import type { EngineResult } from '../../automation/types.ts';
import type { ComputeClient, InstanceStatus, PowerAction } from '../../providers/provider.ts';
import type { VpsWithAccount } from '../store/vpses.ts';
import { runSnapshotWork } from './snapshots.ts';
import { noteProgress, serverOf, type Work } from './work.ts';
import { faultOf, serverGone, withoutSteps } from './work-fault.ts';

const CALLS: Readonly<Record<string, readonly PowerAction[]>> = {
  start: ['on'],
  stop: ['off'],
  reboot: ['reboot'],
  'power-cycle': ['off', 'on'],
  suspend: ['off'],
};
const WORDS: Readonly<Record<PowerAction, string>> = { on: 'starting', off: 'stopping', reboot: 'rebooting' };

/** What a power operation saw; kept in the operation so that a repeated attempt does not take its own work for the former state. */
export interface PowerProgress {
  readonly formerPower?: 'running' | 'stopped';
  readonly power?: 'running' | 'stopped';
}

const RUNS: Readonly<Record<string, (work: Work) => Promise<void>>> = {
  unsuspend: runPower,
  snapshot: runSnapshotWork,
  'delete-snapshot': runSnapshotWork,
  rescue: runRescue,
  unrescue: runRescue,
};

export function isDirect(kind: string): boolean {
  return kind in CALLS || kind in RUNS;
}

/** Never throws for what a provider does; @throws LeaseLost. */
export async function runDirect(work: Work): Promise<EngineResult> {
  const started = performance.now();
  const run = RUNS[work.operation.kind] ?? runPower;
  return withoutSteps(started, await faultOf(work, () => run(work)));
}

async function runPower(work: Work): Promise<void> {
  const { operation, vps, writer, signal } = work;
  const { compute, id } = serverOf(work);
  const before = await powerNow(compute, id, signal);
  if (before === undefined) throw serverGone(vps, id);
  const known = operation.progress as PowerProgress | null;
  const formerPower = known?.formerPower ?? before;
  // Written before anything is sent: a second attempt would find the server as the first one left it.
  await noteProgress(work, { formerPower });
  const calls = operation.kind === 'unsuspend' ? unsuspend(vps) : CALLS[operation.kind]!;
  for (const action of calls) {
    writer.say(`${WORDS[action]} server ${id}`);
    await compute.power(id, action, { signal });
  }
  const power = await powerNow(compute, id, signal);
  if (power === undefined) throw serverGone(vps, id);
  await noteProgress(work, { formerPower, power });
}

async function runRescue(work: Work): Promise<void> {
  const { operation, vps, writer, signal } = work;
  const { compute, id } = serverOf(work);
  if (!compute.rescue) throw new Error(`The provider of VPS ${vps.id} has no rescue system.`);
  const change = operation.kind === 'rescue' ? 'enter' : 'leave';
  writer.say(`${change === 'enter' ? 'booting into the rescue system' : 'booting its own system'} on server ${id}`);
  await compute.rescue(id, change, { signal });
}

/** To the power it had; a server that was off stays off. */
function unsuspend(vps: VpsWithAccount): readonly PowerAction[] {
  return vps.suspendedPower === 'stopped' ? [] : ['on'];
}

async function powerNow(compute: ComputeClient, id: string, signal: AbortSignal): Promise<'running' | 'stopped' | undefined> {
  const instance = await compute.getInstance(id, { signal });
  return instance === null ? undefined : isOff(instance.status) ? 'stopped' : 'running';
}

function isOff(status: InstanceStatus): boolean {
  return status === 'stopped' || status === 'suspended';
}

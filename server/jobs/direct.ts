/** Power, rescue and snapshots: the provider is asked directly, without the engine, since no resource changes. */
import { fault } from '../../automation/faults.ts';
import type { EngineFault, EngineResult } from '../../automation/types.ts';
import { isProviderError } from '../../providers/errors.ts';
import type { ComputeClient, InstanceStatus, PowerAction } from '../../providers/provider.ts';
import { clientOf } from '../services/accounts.ts';
import type { Services } from '../services/services.ts';
import type { Json, Operation } from '../store/database.ts';
import { LeaseLost, updateHeld } from '../store/operations.ts';
import type { VpsWithAccount } from '../store/vpses.ts';
import type { EventWriter } from './event-writer.ts';
import { runSnapshotWork } from './snapshots.ts';
import { WorkFailed } from './work-failed.ts';

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

type Work = (services: Services, operation: Operation, vps: VpsWithAccount, writer: EventWriter, signal: AbortSignal) => Promise<void>;
const WORK: Readonly<Record<string, Work>> = {
  unsuspend: powerOf,
  snapshot: runSnapshotWork,
  'delete-snapshot': runSnapshotWork,
  rescue: rescueOf,
  unrescue: rescueOf,
};

export function isDirect(kind: string): boolean {
  return kind in CALLS || kind in WORK;
}

/** Never throws for what a provider does; @throws LeaseLost. */
export async function runDirect(
  services: Services,
  operation: Operation,
  vps: VpsWithAccount,
  writer: EventWriter,
  signal: AbortSignal,
): Promise<EngineResult> {
  const started = performance.now();
  const done = (rest: Pick<EngineResult, 'ok' | 'fault'>): EngineResult => ({
    ...rest,
    changes: {},
    steps: [],
    durationMs: performance.now() - started,
  });
  try {
    await (WORK[operation.kind] ?? powerOf)(services, operation, vps, writer, signal);
    return done({ ok: true });
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    return done({ ok: false, fault: providerFault(services, operation, error, signal) });
  }
}

async function powerOf(services: Services, operation: Operation, vps: VpsWithAccount, writer: EventWriter, signal: AbortSignal) {
  const { compute } = clientOf(services, vps.account);
  if (!compute || vps.instanceId === null) throw new Error(`VPS ${vps.id} has no server whose power could change.`);
  const id = vps.instanceId;
  const before = await powerNow(compute, id, signal);
  if (before === undefined) throw gone(vps);
  const known = operation.progress as PowerProgress | null;
  const formerPower = known?.formerPower ?? before;
  // Written before anything is sent: a second attempt would find the server as the first one left it.
  await updateHeld(services.db, operation.id, operation.fence, { progress: { formerPower } as Json });
  const calls = operation.kind === 'unsuspend' ? unsuspend(vps) : CALLS[operation.kind]!;
  for (const action of calls) {
    writer.add({ type: 'progress', data: { urn: null, message: `${WORDS[action]} server ${id}` }, at: new Date() });
    await compute.power(id, action, { signal });
  }
  const power = await powerNow(compute, id, signal);
  if (power === undefined) throw gone(vps);
  await updateHeld(services.db, operation.id, operation.fence, { progress: { formerPower, power } as Json });
}

async function rescueOf(services: Services, operation: Operation, vps: VpsWithAccount, writer: EventWriter, signal: AbortSignal) {
  const { compute } = clientOf(services, vps.account);
  if (!compute?.rescue || vps.instanceId === null) throw new Error(`VPS ${vps.id} has no server with a rescue system.`);
  const change = operation.kind === 'rescue' ? 'enter' : 'leave';
  const message = `${change === 'enter' ? 'booting into the rescue system' : 'booting its own system'} on server ${vps.instanceId}`;
  writer.add({ type: 'progress', data: { urn: null, message }, at: new Date() });
  await compute.rescue(vps.instanceId, change, { signal });
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

function gone(vps: VpsWithAccount): WorkFailed {
  return new WorkFailed(fault('not_found', `The provider has no server ${vps.instanceId} any more.`, { provider: vps.provider }));
}

/** A client's failure as an operation's fault. Anything unforeseen goes to the log, not to the customer. */
export function providerFault(services: Services, operation: Operation, error: unknown, signal: AbortSignal): EngineFault {
  if (error instanceof WorkFailed) return error.fault;
  if (isProviderError(error)) {
    const { kind, message, provider, retryAfterMs } = error.detail;
    const cut = signal.aborted ? ('cancelled' as const) : kind;
    return fault(cut, message, { provider, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
  if (signal.aborted) return fault('cancelled', 'The operation was cancelled.');
  services.log.error({ err: error, operation: operation.id }, 'a direct operation failed unforeseen');
  return fault('unexpected', 'The operation could not be done; the worker’s log has the reason under its id.', { retryable: true });
}

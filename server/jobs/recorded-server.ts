/**
 * The server that a stack records, and runs of the engine that would lose sight of it or make an empty one in its place.
 * A server that is gone at its provider is a customer's lost disk: what becomes of it is decided by a person, on its drift.
 */
import { fault } from '../../automation/faults.ts';
import type { Engine, EngineFault } from '../../automation/types.ts';
import { stackName } from '../../stacks/spec.ts';
import type { ChangeRequest } from '../services/lifecycle/actions.ts';
import { mustCompute } from '../services/accounts.ts';
import { type Checkpoint, liveResources } from '../state/deployment.ts';
import type { Work } from './work.ts';
import { faultOf, serverGone, WorkFailed } from './work-fault.ts';

/** The program's name of the server in every stack. */
export const INSTANCE = 'vps-instance';
/** They change what is there; only a set-up, a replacement and an ordered repair make a server. */
const CHANGES: ReadonlySet<string> = new Set([
  'rename',
  'resize',
  'configure',
  'reset-password',
  'restore-snapshot',
  'reinstall',
  'drift-repair',
]);

/** Null when the engine may run. @throws LeaseLost */
export async function refuseLoss(work: Work, engine: Pick<Engine, 'export'>): Promise<EngineFault | null> {
  const { operation, vps } = work;
  const { way, lossDecided } = operation.request as ChangeRequest;
  const { instanceId } = vps;
  const refresh = operation.kind === 'refresh';
  // One that never had a server has none to lose.
  if (instanceId === null || lossDecided || way === 'replacement' || !(refresh || CHANGES.has(operation.kind))) return null;
  return await faultOf(work, async () => {
    const id = await recordedServer(engine, stackName(vps.id));
    // It would forget the server, and nothing would tell of that afterwards.
    if (refresh && id !== null && (await isGone(work, id))) throw serverGone(vps, id);
    // One that is there still is adopted by its tag.
    if (!refresh && id === null && (await isGone(work, instanceId))) throw new WorkFailed(unrecorded(instanceId));
  });
}

async function isGone({ services, vps, signal }: Work, id: string): Promise<boolean> {
  return (await mustCompute(services, vps.account).getInstance(id, { signal })) === null;
}

async function recordedServer(engine: Pick<Engine, 'export'>, stack: string): Promise<string | null> {
  const checkpoint = (await engine.export(stack)) as Checkpoint | null;
  const resources = checkpoint ? liveResources(checkpoint.deployment) : [];
  return resources.find((resource) => isServer(resource) && resource.delete !== true)?.id ?? null;
}

export function isServer({ urn }: { readonly urn: string }): boolean {
  return urn.endsWith(`::${INSTANCE}`);
}

function unrecorded(instanceId: string): EngineFault {
  const remedy =
    'Decide on its drift, which the next drift sweep tells: repair it for a new server, accept its loss, or terminate the VPS.';
  return fault(
    'invalid',
    `Server ${instanceId} is gone at the provider, and the stack does not record it any more: this would make a new, empty one. ${remedy}`,
  );
}

/**
 * The server that a stack records, and runs of the engine that would lose sight of it or make an empty one in its place.
 * A server that is gone at its provider is a customer's lost disk: what becomes of it is decided by a person, on its drift.
 */
import { fault } from '../../../automation/faults.ts';
import type { Engine, EngineFault } from '../../../automation/types.ts';
import { stackName } from '../../../stacks/spec.ts';
import { mustCompute } from '../../accounts/accounts.ts';
import type { Checkpoint, ResourceState } from '../../kernel/deployment.ts';
import { isServer, serverOf } from '../server-of.ts';
import type { VpsWithAccount } from '../store.ts';
import type { Work } from './sheet.ts';
import { faultOf, serverGone, WorkFailed } from './work-fault.ts';

/** Before a refresh, which would forget a server that is gone, and nothing would tell of that afterwards. @throws LeaseLost */
export async function refuseForgetting(work: Work): Promise<EngineFault | null> {
  const { vps, engine, request } = work;
  // One that never had a server has none to lose.
  if (vps.instanceId === null || request.lossDecided) return null;
  return await faultOf(work, async () => {
    const id = serverIn(await checkpointOf(engine, vps));
    if (id !== null && (await isGone(work, id))) throw serverGone(vps, id);
  });
}

/** Before a change of what is there, which would make an empty server where none is recorded any more. @throws LeaseLost */
export async function refuseEmptyServer(work: Work): Promise<EngineFault | null> {
  const { vps, engine, request } = work;
  const { instanceId } = vps;
  if (instanceId === null || request.lossDecided || request.way === 'replacement') return null;
  return await faultOf(work, async () => {
    const checkpoint = await checkpointOf(engine, vps);
    const id = serverIn(checkpoint);
    // One that is there still is adopted by its tag.
    if (id === null && (await isGone(work, instanceId))) throw new WorkFailed(unrecorded(instanceId));
    const freed = checkpoint && withoutHelpersProtected(checkpoint);
    if (freed) await engine.import(stackName(vps.id), freed);
  });
}

async function isGone({ services, vps, signal }: Work, id: string): Promise<boolean> {
  return (await mustCompute(services, vps.account).getInstance(id, { signal })) === null;
}

const checkpointOf = async (engine: Pick<Engine, 'export'>, { id }: Pick<VpsWithAccount, 'id'>): Promise<Checkpoint | null> =>
  (await engine.export(stackName(id))) as Checkpoint | null;

const serverIn = (checkpoint: Checkpoint | null): string | null => (checkpoint && serverOf(checkpoint.deployment)?.id) ?? null;

/**
 * The same where what stands beside the server is not protected; null where nothing is. A former version protected at one
 * provider its rules and keys as the server itself, and the engine deletes nothing that its state says is protected.
 */
function withoutHelpersProtected(checkpoint: Checkpoint): Checkpoint | null {
  const { resources = [] } = checkpoint.deployment;
  const isHeld = (resource: ResourceState): boolean => resource['protect'] === true && !isServer(resource);
  if (!resources.some(isHeld)) return null;
  const freed = resources.map((resource) => (isHeld(resource) ? { ...resource, protect: false } : resource));
  return { ...checkpoint, deployment: { ...checkpoint.deployment, resources: freed } };
}

function unrecorded(instanceId: string): EngineFault {
  const remedy =
    'Decide on its drift, which the next drift sweep tells: repair it for a new server, accept its loss, or terminate the VPS.';
  return fault(
    'invalid',
    `Server ${instanceId} is gone at the provider, and the stack does not record it any more: this would make a new, empty one. ${remedy}`,
  );
}

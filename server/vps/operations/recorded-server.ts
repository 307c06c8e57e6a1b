/**
 * The server that a stack records, and runs of the engine that would lose sight of it or make an empty one in its place.
 * A server that is gone at its provider is a customer's lost disk: what becomes of it is decided by a person, on its drift.
 */
import { fault } from '../../../automation/faults.ts';
import type { Engine, EngineFault } from '../../../automation/types.ts';
import { stackName } from '../../../stacks/spec.ts';
import { mustCompute } from '../../accounts/accounts.ts';
import type { Checkpoint } from '../../kernel/deployment.ts';
import { serverOf } from '../server-of.ts';
import type { Work } from './sheet.ts';
import { faultOf, serverGone, WorkFailed } from './work-fault.ts';

/** Before a refresh, which would forget a server that is gone, and nothing would tell of that afterwards. @throws LeaseLost */
export async function refuseForgetting(work: Work): Promise<EngineFault | null> {
  const { vps, engine, request } = work;
  // One that never had a server has none to lose.
  if (vps.instanceId === null || request.lossDecided) return null;
  return await faultOf(work, async () => {
    const id = await recordedServer(engine, stackName(vps.id));
    if (id !== null && (await isGone(work, id))) throw serverGone(vps, id);
  });
}

/** Before a change of what is there, which would make an empty server where none is recorded any more. @throws LeaseLost */
export async function refuseEmptyServer(work: Work): Promise<EngineFault | null> {
  const { vps, engine, request } = work;
  const { instanceId } = vps;
  if (instanceId === null || request.lossDecided || request.way === 'replacement') return null;
  return await faultOf(work, async () => {
    const id = await recordedServer(engine, stackName(vps.id));
    // One that is there still is adopted by its tag.
    if (id === null && (await isGone(work, instanceId))) throw new WorkFailed(unrecorded(instanceId));
  });
}

async function isGone({ services, vps, signal }: Work, id: string): Promise<boolean> {
  return (await mustCompute(services, vps.account).getInstance(id, { signal })) === null;
}

async function recordedServer(engine: Pick<Engine, 'export'>, stack: string): Promise<string | null> {
  const checkpoint = (await engine.export(stack)) as Checkpoint | null;
  return (checkpoint && serverOf(checkpoint.deployment)?.id) ?? null;
}

function unrecorded(instanceId: string): EngineFault {
  const remedy =
    'Decide on its drift, which the next drift sweep tells: repair it for a new server, accept its loss, or terminate the VPS.';
  return fault(
    'invalid',
    `Server ${instanceId} is gone at the provider, and the stack does not record it any more: this would make a new, empty one. ${remedy}`,
  );
}

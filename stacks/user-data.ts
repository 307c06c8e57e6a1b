/** What the service must know of the program: the user data of a reinstall without the engine, and whose a DNS record is. */
import { buildCloudInit } from '../components/cloud-init.ts';
import { PlanError, planVps } from '../components/customer-vps.plan.ts';
import type { Descriptor } from '../providers/provider.ts';
import type { VpsSpec } from './spec.ts';

/**
 * The same document that the stack's program would make; null where the system or the provider takes none.
 * It holds the password's hash, never the password.
 * @throws PlanError when the spec cannot be built.
 */
export function userDataOf(spec: VpsSpec, descriptor: Descriptor, rootPassword: string): string | null {
  const planned = planVps(spec, descriptor, rootPassword);
  if (!planned.ok) throw new PlanError(spec.vpsId, planned.problems);
  return planned.plan.cloudInit === null ? null : buildCloudInit(planned.plan.cloudInit, rootPassword);
}

/** Throws PlanError, with every problem, when the spec cannot become a stack of this provider's. */
export function assertPlan(spec: VpsSpec, descriptor: Descriptor, rootPassword?: string): void {
  const planned = planVps(spec, descriptor, rootPassword);
  if (!planned.ok) throw new PlanError(spec.vpsId, planned.problems);
}

export { PlanError, recordComment } from '../components/customer-vps.plan.ts';

/**
 * How an ordered change reaches the server around the engine's run: the provider's own reinstall, restore or password
 * reset before it, the proof of a termination after it.
 */
import { fault } from '../../automation/faults.ts';
import type { EngineResult } from '../../automation/types.ts';
import { userDataOf } from '../../stacks/user-data.ts';
import { VpsSpec } from '../../stacks/spec.ts';
import type { Evidence } from '../../contract/lifecycle.ts';
import type { ComputeClient } from '../../providers/provider.ts';
import { clientOf, providerOf } from '../services/accounts.ts';
import { type ChangeRequest, nextPasswordPlace } from '../services/lifecycle/actions.ts';
import { prove } from '../services/lifecycle/proof.ts';
import { removeLeftovers } from '../services/lifecycle/remove-leftovers.ts';
import type { Services } from '../services/services.ts';
import type { Json, Operation } from '../store/database.ts';
import { LeaseLost, updateHeld } from '../store/operations.ts';
import { updateVps, type VpsWithAccount } from '../store/vpses.ts';
import { providerFault } from './direct.ts';
import { beforeDestroy } from './before-destroy.ts';
import type { EventWriter } from './event-writer.ts';

/** The spec the engine shall bring about: the change's, else the VPS's. */
export function specOf(operation: Operation, vps: VpsWithAccount): VpsSpec {
  return VpsSpec.parse((operation.request as ChangeRequest).spec ?? vps.spec);
}

/** Only an ordered replacement or termination may replace or delete the server, and only their preview may show it. */
export function mayReplace(operation: Operation): boolean {
  const { way } = operation.request as ChangeRequest;
  return operation.kind === 'destroy' || (['reinstall', 'preview'].includes(operation.kind) && way === 'replacement');
}

/** The password that the change brings, or the one the customer chose; undefined = the stack's own. Secret. */
export function passwordOf(services: Services, operation: Operation, vps: VpsWithAccount): string | undefined {
  if (bringsPassword(operation) && vps.nextPassword !== null) return services.secrets.open(nextPasswordPlace(vps.id), vps.nextPassword);
  if (vps.requestedPassword === null) return undefined;
  return services.secrets.open({ table: 'vps', column: 'requestedPassword', id: vps.id }, vps.requestedPassword);
}

/** Whether the VPS's next password becomes its own with this operation's success. */
export function bringsPassword({ kind, request }: Pick<Operation, 'kind' | 'request'>): boolean {
  if (kind === 'restore-snapshot') return (request as ChangeRequest).keepsPassword !== true;
  return kind === 'reinstall' || kind === 'reset-password';
}

interface Asked {
  readonly services: Services;
  readonly operation: Operation;
  readonly vps: VpsWithAccount;
  readonly compute: ComputeClient;
  readonly id: string;
  readonly password: string | undefined;
  readonly signal: AbortSignal;
}

/** Ways that begin at the provider. */
const FIRST = {
  rebuild: {
    words: 'reinstalling',
    ask: async ({ services, operation, vps, compute, id, password, signal }: Asked): Promise<void> => {
      if (password === undefined) throw new Error(`VPS ${vps.id} has no password for its new system.`);
      const spec = specOf(operation, vps);
      const userData = userDataOf(spec, providerOf(services, vps.account).descriptor, password);
      const args = { image: spec.compute.image, password, ...(userData === null ? {} : { userData }) };
      await compute.rebuild(id, args, { signal });
    },
  },
  'set-password': {
    words: 'setting the password of',
    ask: async ({ vps, compute, id, password, signal }: Asked): Promise<void> => {
      if (!compute.resetPassword || password === undefined) throw new Error(`The provider of VPS ${vps.id} sets no passwords.`);
      await compute.resetPassword(id, password, { signal });
    },
  },
  restore: {
    words: 'restoring',
    ask: async ({ operation, vps, compute, id, password, signal }: Asked): Promise<void> => {
      const { restore, keepsPassword } = operation.request as ChangeRequest;
      if (!compute.snapshots || !restore) throw new Error(`The provider of VPS ${vps.id} restores nothing.`);
      await compute.snapshots.restore(id, restore, keepsPassword || password === undefined ? {} : { password }, { signal });
    },
  },
};

/** What the provider does before the engine: once, however often the operation is attempted. Null when it is done. @throws LeaseLost */
export async function beforeEngine(
  services: Services,
  operation: Operation,
  vps: VpsWithAccount,
  writer: EventWriter,
  signal: AbortSignal,
): Promise<EngineResult['fault'] | null> {
  if (operation.kind === 'destroy') return await beforeDestroy(services, operation, vps, writer, signal);
  const { way } = operation.request as ChangeRequest;
  const progress = operation.progress as { provider?: string } | null;
  const first = way !== undefined && way in FIRST && operation.kind !== 'preview';
  if (!first || progress?.provider === 'done') return null;
  const { compute } = clientOf(services, vps.account);
  try {
    if (!compute || vps.instanceId === null) throw new Error(`VPS ${vps.id} has no server to change.`);
    const { words, ask } = FIRST[way as keyof typeof FIRST];
    writer.add({ type: 'progress', data: { urn: null, message: `${words} server ${vps.instanceId}` }, at: new Date() });
    await ask({ services, operation, vps, compute, id: vps.instanceId, password: passwordOf(services, operation, vps), signal });
    await updateHeld(services.db, operation.id, operation.fence, { progress: { provider: 'done' } as Json });
    return null;
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    return providerFault(services, operation, error, signal);
  }
}

/**
 * After a destroy: the providers are asked what is left, and only nothing counts as success. A destroy that was cut off
 * by its own deadline is looked at as well, because what is left costs money.
 */
export async function afterDestroy(
  services: Services,
  vps: VpsWithAccount,
  result: EngineResult,
  writer: EventWriter,
  signal: AbortSignal,
  outOfTime: boolean,
): Promise<EngineResult> {
  if (!result.ok && !outOfTime) return result;
  let evidence = await prove(services, vps, signal);
  if (evidence.checks.some((check) => check.result === 'found')) {
    const removed = await removeLeftovers(services, vps, signal);
    if (removed.length > 0) {
      const message = `deleting what was left: ${removed.join(', ')}`;
      writer.add({ type: 'progress', data: { urn: null, message }, at: new Date() });
      evidence = await prove(services, vps, signal);
    }
  }
  await updateVps(services.db, vps.id, { evidence: evidence as unknown as Json });
  writer.add({ type: 'proof', data: evidence as unknown as Json, at: new Date() });
  const left = evidence.checks.filter((check) => check.result === 'found');
  if (left.length > 0) return { ...result, ok: false, fault: leak(evidence, left) };
  const unread = evidence.checks.filter((check) => check.result === 'unread');
  if (unread.length > 0) {
    const what = unread.map((check) => `${check.what} (${check.detail})`).join('; ');
    const message = `The server was destroyed, but this could not be read to prove it: ${what}. It is asked again.`;
    return { ...result, ok: false, fault: fault('provider_down', message) };
  }
  if (!result.ok) return { ...result, fault: fault('timeout', 'The destroy took too long and was cut off; it is tried again.') };
  return result;
}

function leak({ monthly_cost: cost }: Evidence, left: Evidence['checks']) {
  const what = left.map((check) => `${check.what}: ${check.detail}`).join('; ');
  const price = cost === null ? '' : ` It costs ${cost.monthly} ${cost.currency} a month.`;
  return fault(
    'leaked',
    `The provider still has something of this VPS after its destruction: ${what}.${price} Delete it there; Plinth looks again.`,
  );
}

/**
 * How an ordered change reaches the server around the engine's run: the provider's own reinstall, restore or password
 * reset before it, the proof of a termination after it.
 */
import { fault } from '../../automation/faults.ts';
import type { EngineFault, EngineResult } from '../../automation/types.ts';
import type { Evidence } from '../../contract/lifecycle.ts';
import type { ComputeClient } from '../../providers/provider.ts';
import { VpsSpec } from '../../stacks/spec.ts';
import { userDataOf } from '../../stacks/user-data.ts';
import { providerOf } from '../services/accounts.ts';
import { type ChangeRequest, nextPasswordPlace } from '../services/lifecycle/actions.ts';
import { prove } from '../services/lifecycle/proof.ts';
import { removeLeftovers } from '../services/lifecycle/remove-leftovers.ts';
import type { Operation } from '../store/database.ts';
import { beforeDestroy } from './before-destroy.ts';
import { noteProgress, recordProof, serverOf, type Work } from './work.ts';
import { faultOf } from './work-fault.ts';

/** The spec the engine shall bring about: the change's, else the VPS's. */
export function specOf({ operation, vps }: Work): VpsSpec {
  return VpsSpec.parse((operation.request as ChangeRequest).spec ?? vps.spec);
}

/** Only an ordered replacement or termination may replace or delete the server, and only their preview may show it. */
export function mayReplace({ operation }: Work): boolean {
  const { way } = operation.request as ChangeRequest;
  return operation.kind === 'destroy' || (['reinstall', 'preview'].includes(operation.kind) && way === 'replacement');
}

/** The password that the change brings, or the one the customer chose; undefined = the stack's own. Secret. */
export function passwordOf({ services, operation, vps }: Work): string | undefined {
  if (bringsPassword(operation) && vps.nextPassword !== null) return services.secrets.open(nextPasswordPlace(vps.id), vps.nextPassword);
  if (vps.requestedPassword === null) return undefined;
  return services.secrets.open({ table: 'vps', column: 'requestedPassword', id: vps.id }, vps.requestedPassword);
}

/** Whether the VPS's next password becomes its own with this operation's success. */
export function bringsPassword({ kind, request }: Pick<Operation, 'kind' | 'request'>): boolean {
  if (kind === 'restore-snapshot') return (request as ChangeRequest).keepsPassword !== true;
  return kind === 'reinstall' || kind === 'reset-password';
}

interface Asked extends Work {
  readonly compute: ComputeClient;
  readonly id: string;
  readonly password: string | undefined;
}

/** Ways that begin at the provider. */
const FIRST = {
  rebuild: {
    words: 'reinstalling',
    ask: async (asked: Asked): Promise<void> => {
      const { services, vps, compute, id, password, signal } = asked;
      if (password === undefined) throw new Error(`VPS ${vps.id} has no password for its new system.`);
      const spec = specOf(asked);
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
export async function beforeEngine(work: Work): Promise<EngineFault | null> {
  const { operation, writer } = work;
  if (operation.kind === 'destroy') return await beforeDestroy(work);
  const { way } = operation.request as ChangeRequest;
  const progress = operation.progress as { provider?: string } | null;
  const first = way !== undefined && way in FIRST && operation.kind !== 'preview';
  if (!first || progress?.provider === 'done') return null;
  return await faultOf(work, async () => {
    const { words, ask } = FIRST[way as keyof typeof FIRST];
    const server = serverOf(work);
    writer.say(`${words} server ${server.id}`);
    await ask({ ...work, ...server, password: passwordOf(work) });
    await noteProgress(work, { provider: 'done' });
  });
}

/**
 * After a destroy: the providers are asked what is left, and only nothing counts as success. A destroy that was cut off
 * by its own deadline is looked at as well, because what is left costs money. @throws LeaseLost
 */
export async function afterDestroy(work: Work, result: EngineResult, outOfTime: boolean): Promise<EngineResult> {
  if (!result.ok && !outOfTime) return result;
  const evidence = await proveOrRemove(work);
  await recordProof(work, evidence);
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

/** What is found is deleted without the stack, and looked for once more. */
async function proveOrRemove({ services, vps, writer, signal }: Work): Promise<Evidence> {
  const evidence = await prove(services, vps, signal);
  if (evidence.checks.every((check) => check.result !== 'found')) return evidence;
  const removed = await removeLeftovers(services, vps, signal);
  if (removed.length === 0) return evidence;
  writer.say(`deleting what was left: ${removed.join(', ')}`);
  return await prove(services, vps, signal);
}

function leak({ monthly_cost: cost }: Evidence, left: Evidence['checks']): EngineFault {
  const what = left.map((check) => `${check.what}: ${check.detail}`).join('; ');
  const price = cost === null ? '' : ` It costs ${cost.monthly} ${cost.currency} a month.`;
  return fault(
    'leaked',
    `The provider still has something of this VPS after its destruction: ${what}.${price} Delete it there; Plinth looks again.`,
  );
}

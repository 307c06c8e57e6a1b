/** After a destroy: the providers are asked what is left, and only nothing counts as success. */
import { fault } from '../../../automation/faults.ts';
import type { EngineFault, EngineResult } from '../../../automation/types.ts';
import type { Evidence } from '../../../contract/lifecycle.ts';
import { prove } from '../termination/proof.ts';
import { removeLeftovers } from '../termination/remove-leftovers.ts';
import { endingOf } from '../../../providers/manners.ts';
import { mustCompute, providerOf } from '../../accounts/accounts.ts';
import type { Attempted, Work } from './sheet.ts';
import { faultOf } from './work-fault.ts';
import { recordProof } from './work.ts';

/**
 * Success is that nothing is left. A destroy that was cut off
 * by its own deadline is looked at as well, because what is left costs money. @throws LeaseLost
 */
export async function afterDestroy(work: Work, result: EngineResult, outOfTime: boolean): Promise<Attempted> {
  // Where a server ends with its paid period, its stack keeps it until then: its deletion is refused, and the end is ordered.
  const end = await orderedEnd(work);
  if (end !== undefined) return { ...withoutFault(result), ok: true, endsAt: end };
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

/**
 * Where a life ends with its paid period and the server is there: when it does, once its end is ordered. Null for every other server,
 * which the engine removes. @throws LeaseLost
 */
export async function askForEnd(work: Work): Promise<{ readonly at: Date | null; readonly fault: EngineFault | null } | null> {
  const { services, vps, signal, writer } = work;
  const { instanceId } = vps;
  if (instanceId === null || endingOf(providerOf(services, vps.account).descriptor).when !== 'period-end') return null;
  const { endings, getInstance } = mustCompute(services, vps.account);
  if (!endings) return null;
  let at: Date | null | undefined;
  const failed = await faultOf(work, async () => {
    if ((await getInstance(instanceId, { signal })) === null) return;
    const end = await endings.setEnd(instanceId, { signal });
    at = end.at === null ? null : new Date(end.at);
    writer.say(`server ${instanceId} lives until ${end.at ?? 'the end of its paid period'}`);
  });
  if (failed) return { at: null, fault: failed };
  return at === undefined ? null : { at, fault: null };
}

/**
 * Where a life ends with its paid period: when it does, null where the provider does not tell; undefined where none is ordered,
 * or the server is gone already. What cannot be read counts as none: the proof tells what is there.
 */
async function orderedEnd({ services, vps, signal, writer }: Work): Promise<Date | null | undefined> {
  const { instanceId } = vps;
  if (instanceId === null || endingOf(providerOf(services, vps.account).descriptor).when !== 'period-end') return undefined;
  const compute = mustCompute(services, vps.account);
  try {
    if ((await compute.getInstance(instanceId, { signal })) === null) return undefined;
    const end = await compute.endings?.orderedEnd(instanceId, { signal });
    if (!end) return undefined;
    writer.say(`server ${instanceId} lives until ${end.at ?? 'the end of its paid period'}`);
    return end.at === null ? null : new Date(end.at);
  } catch (error) {
    services.log.info({ err: error, vps: vps.id }, 'whether an end is ordered could not be read');
    return undefined;
  }
}

function withoutFault({ fault: _fault, ...result }: EngineResult): EngineResult {
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

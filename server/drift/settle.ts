/** Asks the engine about suspected drifts, takes up what it said, and acts where a policy says so. Reads only our own tables. */
import { timeIn } from '../kernel/clock.ts';
import { BY_ITSELF, globalSwitches, mayAct } from '../kernel/kill-switches/kill-switches.ts';
import { actOnDrift, differencesOf, requestCheck, resolveDrift } from './drift.ts';
import type { Services } from '../kernel/services.ts';
import { Refusal } from '../kernel/problem.ts';
import { raiseAlert } from '../kernel/kill-switches/store.ts';
import { inTransaction, type Json, type Operation } from '../kernel/database.ts';
import { type DriftRow, driftById, driftsForPolicy, type PolicyDrift, settledDrifts, uncheckedDrifts, updateDrift } from './store.ts';
import { type DriftPolicyRow, listDriftPolicies } from './policies/store.ts';
import { beyondEngine, type Difference, isForgotten, readable } from './compare.ts';
import { policyOf } from './policies/decide.ts';
import type { SweepReport } from '../kernel/schedule/runner.ts';

const BATCH = 200;
/** The same drift settled this often in a day comes back by itself: something else changes it, and a person must look. */
const POLICY_LIMIT = 2;
const DAY_MS = 86_400_000;

export async function settleSweep(services: Services): Promise<SweepReport> {
  let settled = 0;
  for (const { drift, operation } of await settledDrifts(services.db, BATCH)) {
    if (drift.state === 'suspected') await takeVerdict(services, drift, operation);
    else await takeOutcome(services, drift, operation);
    settled++;
  }
  const asked = await askEngine(services);
  const acted = await followPolicies(services);
  return {
    outcome: 'ok',
    message: `${asked} drifts given to the engine, ${settled} settled, ${acted} acted on.`,
    result: { asked, settled, acted },
  };
}

async function askEngine(services: Services): Promise<number> {
  let asked = 0;
  for (const drift of await uncheckedDrifts(services.db, BATCH)) {
    if (!(await mayAct(services.db, drift.accountId))) continue;
    await inTransaction(services.db, async (tx) => {
      // A busy VPS is asked about when its operation has ended.
      const operation = await requestCheck(services, tx, BY_ITSELF, drift.vpsId);
      if (operation === null) return;
      if (!(await updateDrift(tx, drift.id, { checkOperationId: operation.id }, 'suspected')))
        throw new Error('The drift was settled meanwhile.');
      asked++;
    });
  }
  return asked;
}

async function takeVerdict({ db, log }: Services, drift: DriftRow, operation: Operation): Promise<void> {
  if (operation.status !== 'succeeded') {
    // The next sweep that still sees it asks again.
    const message = `The engine could not look: ${(operation.fault as { message?: string } | null)?.message ?? operation.status}`;
    await updateDrift(db, drift.id, { checkOperationId: null, message }, 'suspected');
    return;
  }
  const steps = (operation.result as { steps?: Json[] } | null)?.steps ?? [];
  const differences = differencesOf(drift);
  const state = steps.length > 0 || leftover(differences) || isForgotten(differences) ? 'confirmed' : 'unconfirmed';
  await inTransaction(db, async (tx) => {
    if (!(await updateDrift(tx, drift.id, { state, engine: steps, message: null }, 'suspected'))) return;
    if (state !== 'confirmed' || drift.kind !== 'vanished') return;
    const vps = (await driftById(tx, drift.id))!.vps;
    const message = `The server of "${vps.label}" (${drift.vpsId}) is gone at its provider. Nothing was done about it: decide whether to repair (a new, empty server) or accept its loss.`;
    if (await raiseAlert(tx, { kind: 'server-vanished', target: drift.vpsId, message, data: { drift: drift.id } }))
      log.error({ vps: drift.vpsId, drift: drift.id }, 'a server vanished at its provider');
  });
}

/** Power differs too, which the engine does not see. */
function leftover(differences: readonly Difference[]): boolean {
  return differences.some((difference) => beyondEngine([difference]));
}

async function takeOutcome({ db }: Services, drift: DriftRow, operation: Operation): Promise<void> {
  if (operation.status === 'succeeded') {
    await inTransaction(db, (tx) => resolveDrift(tx, drift, drift.state === 'accepting' ? 'accepted' : 'repaired'));
    return;
  }
  const message = `It did not succeed: ${(operation.fault as { message?: string } | null)?.message ?? operation.status}`;
  await updateDrift(db, drift.id, { state: 'confirmed', message, actionOperationId: null }, drift.state);
}

async function followPolicies(services: Services): Promise<number> {
  const { db } = services;
  if ((await globalSwitches(db)).stopped) return 0;
  const since = timeIn(-DAY_MS);
  let acted = 0;
  for (let after = ''; ;) {
    const drifts = await driftsForPolicy(db, after, BATCH, since);
    const rules = Map.groupBy(
      await listDriftPolicies(db, [...new Set(drifts.map(({ accountId }) => accountId))]),
      ({ accountId }) => accountId,
    );
    for (const drift of drifts) if (await followPolicy(services, drift, rules.get(drift.accountId) ?? [])) acted++;
    if (drifts.length < BATCH) return acted;
    after = drifts.at(-1)!.id;
  }
}

/** True when something was ordered. */
async function followPolicy(services: Services, drift: PolicyDrift, rules: readonly DriftPolicyRow[]): Promise<boolean> {
  const differences = differencesOf(drift);
  const { policy, disagreement } = policyOf(rules, drift.accountPolicy, drift.vps.plan, differences);
  if (policy === 'none') {
    await leave(services, drift, disagreement);
    return false;
  }
  if (drift.settled >= POLICY_LIMIT) {
    const what = differences.map(readable).join('; ');
    await leave(
      services,
      drift,
      `It came back ${drift.settled} times in a day (${what}): something else changes it. The policy leaves it to you.`,
    );
    return false;
  }
  try {
    await actOnDrift(services, BY_ITSELF, drift.id, policy, undefined);
    return true;
  } catch (error) {
    // Busy, or decided about meanwhile: the next round looks again.
    if (!(error instanceof Refusal)) throw error;
    return false;
  }
}

/** To a person, with the reason; the next rounds see it again and change nothing. */
async function leave({ db }: Services, drift: PolicyDrift, message: string | null): Promise<void> {
  if (drift.message !== message) await updateDrift(db, drift.id, { message }, 'confirmed');
}

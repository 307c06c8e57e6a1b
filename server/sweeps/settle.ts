/** Asks the engine about suspected drifts, takes up what it said, and acts on accounts whose policy says so. Reads only our own tables. */
import { AUTOMATION, mayAct } from '../services/automation.ts';
import { actOnDrift, differencesOf, orderCheck, resolveDrift } from '../services/drift.ts';
import type { Services } from '../services/services.ts';
import { Refusal } from '../problem.ts';
import { raiseAlert } from '../store/automation.ts';
import { inTransaction, type Json, type Operation } from '../store/database.ts';
import { type DriftRow, driftById, driftsForPolicy, settledDrifts, timesSettled, uncheckedDrifts, updateDrift } from '../store/drift.ts';
import { beyondEngine, type Difference, readable } from './compare.ts';
import type { SweepReport } from './runner.ts';

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
      const operation = await orderCheck(services, tx, AUTOMATION, drift.vpsId);
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
  const state = steps.length > 0 ? 'confirmed' : leftover(differencesOf(drift)) ? 'confirmed' : 'unconfirmed';
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
  let acted = 0;
  for (const drift of await driftsForPolicy(services.db, BATCH)) {
    if (!(await mayAct(services.db, drift.accountId))) continue;
    const settled = await timesSettled(services.db, drift.vpsId, drift.fingerprint, new Date(Date.now() - DAY_MS));
    if (settled >= POLICY_LIMIT) {
      const message = `It came back ${settled} times in a day (${differencesOf(drift).map(readable).join('; ')}): something else changes it. The policy leaves it to you.`;
      await updateDrift(services.db, drift.id, { message }, 'confirmed');
      continue;
    }
    try {
      await actOnDrift(services, AUTOMATION, drift.id, drift.policy === 'accept' ? 'accept' : 'repair', undefined);
      acted++;
    } catch (error) {
      // Busy, or decided about meanwhile: the next round looks again.
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return acted;
}

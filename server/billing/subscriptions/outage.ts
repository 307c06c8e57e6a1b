/**
 * When Plinth itself did not run, in real time between two rounds of the sweep: nobody is suspended for what fell into that.
 * The advance of a test clock is never one.
 */
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { writeSetting } from '../../kernel/kill-switches/store.ts';
import { readSetting } from '../../kernel/settings.ts';
import type { Outage } from '../dunning/policy.ts';

const HEARTBEAT = 'billing.heartbeat';
const OUTAGE = 'billing.outage';
const OUTAGE_MS = 6 * 3_600_000;
/** Often enough to tell six hours. */
const BEAT_MS = 60_000;

export async function lastOutage(db: Db): Promise<Outage | null> {
  const kept = (await readSetting(db, OUTAGE)) as { from: string; to: string } | null;
  return kept && { from: new Date(kept.from), to: new Date(kept.to) };
}

/** Call at the beginning of each round. */
export async function beat(db: Db): Promise<void> {
  const now = timeNow();
  const last = (await readSetting(db, HEARTBEAT)) as { at: string } | null;
  const since = last === null ? 0 : now.getTime() - Date.parse(last.at);
  if (last !== null && since < BEAT_MS) return;
  if (last !== null && since > OUTAGE_MS) await writeSetting(db, OUTAGE, { from: last.at, to: now.toISOString() });
  await writeSetting(db, HEARTBEAT, { at: now.toISOString() });
}

/** What a person must know of exact packages: looks that fail, stock that has run out, set-ups that fail. */
import { timeNow } from '../../kernel/clock.ts';
import type { Account } from '../../kernel/database.ts';
import type { AlertKind } from '../../../contract/alerts.ts';
import { raiseAlert, resolveAlert } from '../../kernel/kill-switches/store.ts';
import type { Services } from '../../kernel/services.ts';
import { packageRows, setUpsSince, syncHistory } from './store.ts';

const SILENT_MS = 5 * 60_000;
const HOUR_MS = 60 * 60_000;
/** Fewer tell nothing. */
const LEAST = 5;

/** Raises what is so now, and takes back what is not any more. */
export async function watchPackages(services: Services, account: Account): Promise<void> {
  const { db } = services;
  const now = timeNow().getTime();
  const { firstAt, lastSuccessAt } = await syncHistory(db);
  const silent = now - Date.parse(lastSuccessAt ?? firstAt ?? new Date(now).toISOString());
  await tell(
    'package-sync-failing',
    silent > SILENT_MS,
    `No look at the packages of "${account.name}" has worked for ${Math.floor(silent / 60_000)} minutes.`,
    { last_success_at: lastSuccessAt },
  );
  const rows = await packageRows(db, account.id);
  const out = rows.filter(({ available }) => !available).length;
  const all = rows.length;
  await tell('packages-unavailable', out * 2 > all, `${out} of ${all} packages of "${account.name}" cannot be had.`, {
    unavailable: out,
    packages: all,
  });
  const { ended, failed } = await setUpsSince(db, account.id, new Date(now - HOUR_MS));
  const words = `${failed} of the ${ended} servers that were set up at "${account.name}" in the last hour failed.`;
  await tell('package-set-ups-failing', ended >= LEAST && failed * 10 > ended, words, { ended, failed });

  async function tell(kind: AlertKind, is: boolean, message: string, data: Record<string, string | number | null>): Promise<void> {
    if (is) await raiseAlert(db, { kind, target: account.id, message, data });
    else await resolveAlert(db, kind, account.id);
  }
}

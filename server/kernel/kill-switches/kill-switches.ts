/**
 * What Plinth may do by itself. Stopped, it starts no sweep, acts on no drift and repeats no failed attempt; what a person
 * orders still runs. The hold is apart from it: while the database looks restored from the past, nothing is destroyed.
 */
import type { KillSwitchChange } from '../../../contract/drift.ts';
import type { z } from 'zod';
import { timeNow } from '../clock.ts';
import { notFound } from '../problem.ts';
import { appendAudit } from '../audit.ts';
import { accountSwitches, accountExists, dropSetting, raiseAlert, resolveAlert, saveAccountSwitches, writeSetting } from './store.ts';
import { type Db, inTransaction, type Json, type Operation } from '../database.ts';
import { readSetting, readSettings } from '../settings.ts';
import type { Principal, Services } from '../services.ts';

const STOPPED = 'automation.stopped';
const HOLD = 'automation.hold';
const LIFTED = 'automation.hold-lifted-at';

export interface Switch {
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}
export interface Switches {
  readonly stopped: Switch | null;
  readonly hold: Switch | null;
  /** Signs of a restored database from before this time are known to the operator. */
  readonly holdLiftedAt: string | null;
}

export async function globalSwitches(db: Db): Promise<Switches> {
  const [stopped, hold, lifted] = await readSettings(db, [STOPPED, HOLD, LIFTED]);
  return { stopped: stopped as Switch | null, hold: hold as Switch | null, holdLiftedAt: lifted as string | null };
}

export async function changeSwitches(services: Services, principal: Principal, change: z.output<typeof KillSwitchChange>): Promise<void> {
  const { account_id: accountId, stopped, reason = '', drift_policy: driftPolicy, destructive_hold: hold } = change;
  const now = { reason, by: principal.name, at: timeNow().toISOString() };
  await inTransaction(services.db, async (tx) => {
    const before = await standing(tx, accountId);
    if (accountId !== undefined) {
      if (!(await accountExists(tx, accountId))) throw notFound('provider account', accountId);
      const fields = {
        ...(stopped === undefined ? {} : { stopped, reason: stopped ? reason : null }),
        ...(driftPolicy === undefined ? {} : { driftPolicy }),
      };
      await saveAccountSwitches(tx, accountId, fields, principal.name);
    } else {
      if (stopped === true) await writeSetting(tx, STOPPED, now);
      if (stopped === false) await dropSetting(tx, STOPPED);
      if (hold === true) await writeSetting(tx, HOLD, now);
      if (hold === false) await lift(tx, now.at);
    }
    await appendAudit(tx, {
      actor: principal.name,
      action: 'automation.changed',
      target: accountId ?? 'plinth',
      organizationId: null,
      data: JSON.parse(JSON.stringify({ ...change, account_id: undefined })),
      before,
      after: await standing(tx, accountId),
    });
  });
}

async function standing(tx: Db, accountId: string | undefined): Promise<Json> {
  const now = accountId === undefined ? await globalSwitches(tx) : await accountSwitches(tx, accountId);
  return JSON.parse(JSON.stringify(now ?? {})) as Json;
}

async function lift(tx: Db, at: string): Promise<void> {
  await dropSetting(tx, HOLD);
  await writeSetting(tx, LIFTED, at);
  await resolveAlert(tx, 'database-restored', 'plinth');
  // The same hold stops billing: who lifts it has looked at both.
  await resolveAlert(tx, 'billing-restored', 'billing');
}

/** Raised by what looks for signs of a restored database; stays until a person lifts it. */
export async function holdDestructive(services: Services, reason: string): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    if ((await readSetting(tx, HOLD)) !== null) return;
    await writeSetting(tx, HOLD, { reason, by: 'plinth', at: timeNow().toISOString() });
    await raiseAlert(tx, { kind: 'database-restored', target: 'plinth', message: reason, data: {} });
    await appendAudit(tx, { actor: 'plinth', action: 'automation.held', target: 'plinth', organizationId: null, data: { reason } });
  });
  services.log.error({ reason }, 'destructive work is held');
}

/** True when Plinth may act by itself on the account. */
export async function mayAct(db: Db, accountId: string): Promise<boolean> {
  const { stopped } = await globalSwitches(db);
  return stopped === null && (await accountSwitches(db, accountId))?.stopped !== true;
}

/**
 * Why this operation may not start now, or null. `destructive`: it deletes a server or a snapshot, or gives up a disk. `uncompared`: see Services.
 */
export async function whyHeld(
  db: Db,
  operation: Pick<Operation, 'attempt' | 'actor'> & { readonly destructive: boolean },
  accountId: string,
  uncompared?: ReadonlySet<string>,
): Promise<string | null> {
  const { hold } = await globalSwitches(db);
  if (hold && operation.destructive) return `Destructive work is held: ${hold.reason}`;
  if (uncompared?.has(accountId) && operation.destructive)
    return 'Destructive work waits: this Plinth knows the database from now only, and has not yet compared the account with it. It tries again by itself.';
  const byItself = operation.attempt > 0 || operation.actor === BY_ITSELF;
  if (byItself && !(await mayAct(db, accountId))) return 'What Plinth does by itself is stopped, and no person started this.';
  return null;
}

/** The actor of what Plinth orders by itself. */
export const BY_ITSELF = 'plinth';

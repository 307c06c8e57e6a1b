/**
 * What Plinth may do by itself. Stopped, it starts no sweep, acts on no drift and repeats no failed attempt; what a person
 * orders still runs. The hold is apart from it: while the database looks restored from the past, nothing is destroyed.
 */
import type { AutomationChange } from '../../contract/drift.ts';
import type { z } from 'zod';
import { notFound } from '../problem.ts';
import { accountById } from '../store/accounts.ts';
import { appendAudit } from '../store/audit.ts';
import { accountAutomation, dropSetting, raiseAlert, resolveAlert, saveAccountAutomation, writeSetting } from '../store/automation.ts';
import { type Db, inTransaction, type Operation } from '../store/database.ts';
import { readSetting } from '../store/settings.ts';
import type { Principal, Services } from './services.ts';

const STOPPED = 'automation.stopped';
const HOLD = 'automation.hold';
const LIFTED = 'automation.hold-lifted-at';
/** Kinds that delete a server or a snapshot, or give up a disk. */
const DESTRUCTIVE: readonly string[] = ['destroy', 'reinstall', 'restore-snapshot', 'delete-snapshot'];

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
  const [stopped, hold, lifted] = await Promise.all([readSetting(db, STOPPED), readSetting(db, HOLD), readSetting(db, LIFTED)]);
  return { stopped: stopped as Switch | null, hold: hold as Switch | null, holdLiftedAt: lifted as string | null };
}

export async function changeAutomation(services: Services, principal: Principal, change: z.output<typeof AutomationChange>): Promise<void> {
  const { account_id: accountId, stopped, reason = '', drift_policy: driftPolicy, destructive_hold: hold } = change;
  const now = { reason, by: principal.name, at: new Date().toISOString() };
  await inTransaction(services.db, async (tx) => {
    if (accountId !== undefined) {
      if (!(await accountById(tx, accountId))) throw notFound('provider account', accountId);
      const fields = {
        ...(stopped === undefined ? {} : { stopped, reason: stopped ? reason : null }),
        ...(driftPolicy === undefined ? {} : { driftPolicy }),
      };
      await saveAccountAutomation(tx, accountId, fields, principal.name);
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
    });
  });
}

async function lift(tx: Db, at: string): Promise<void> {
  await dropSetting(tx, HOLD);
  await writeSetting(tx, LIFTED, at);
  await resolveAlert(tx, 'database-restored', 'plinth');
}

/** Raised by what looks for signs of a restored database; stays until a person lifts it. */
export async function holdDestructive(services: Services, reason: string): Promise<void> {
  await inTransaction(services.db, async (tx) => {
    if ((await readSetting(tx, HOLD)) !== null) return;
    await writeSetting(tx, HOLD, { reason, by: 'plinth', at: new Date().toISOString() });
    await raiseAlert(tx, { kind: 'database-restored', target: 'plinth', message: reason, data: {} });
    await appendAudit(tx, { actor: 'plinth', action: 'automation.held', target: 'plinth', organizationId: null, data: { reason } });
  });
  services.log.error({ reason }, 'destructive work is held');
}

/** True when Plinth may act by itself on the account. */
export async function mayAct(db: Db, accountId: string): Promise<boolean> {
  const [{ stopped }, own] = await Promise.all([globalSwitches(db), accountAutomation(db, accountId)]);
  return stopped === null && own?.stopped !== true;
}

/** Whether the hold on destructive work holds this kind of operation. */
export function isDestructive(kind: string): boolean {
  return DESTRUCTIVE.includes(kind);
}

/** Why this operation may not start now, or null. */
export async function whyHeld(db: Db, operation: Pick<Operation, 'kind' | 'attempt' | 'actor'>, accountId: string): Promise<string | null> {
  const { hold } = await globalSwitches(db);
  if (hold && isDestructive(operation.kind)) return `Destructive work is held: ${hold.reason}`;
  const byItself = operation.attempt > 0 || operation.actor === AUTOMATION;
  if (byItself && !(await mayAct(db, accountId))) return 'Automation is stopped; this was not started by a person.';
  return null;
}

/** The actor of what Plinth orders by itself. */
export const AUTOMATION = 'plinth';

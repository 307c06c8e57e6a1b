/** Planning work, moving it, calling it off: each time the customers whose servers it is about are told. */
import type { z } from 'zod';
import type { MaintenanceChange, MaintenancePlan } from '../../../contract/maintenance.ts';
import { accountById } from '../../accounts/store.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Db } from '../../kernel/database.ts';
import { emit } from '../../kernel/events/emit.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal } from '../../kernel/services.ts';
import { vpsById } from '../../vps/store.ts';
import { affectedBy, insertWindow, lockWindow, type MaintenanceWindow, updateWindow } from './store.ts';

export type WindowStatus = 'planned' | 'under-way' | 'over' | 'cancelled';

export function statusOf({ cancelledAt, startsAt, endsAt }: Pick<MaintenanceWindow, 'cancelledAt' | 'startsAt' | 'endsAt'>): WindowStatus {
  if (cancelledAt !== null) return 'cancelled';
  const now = timeNow();
  if (endsAt <= now) return 'over';
  return startsAt <= now ? 'under-way' : 'planned';
}

/** @throws Refusal 404 of an account or a server, 422 of times that make no sense */
export async function planMaintenance(tx: Db, principal: Principal, plan: z.output<typeof MaintenancePlan>): Promise<MaintenanceWindow> {
  const { title, text, account_id: accountId, regions, vps_ids: vpsIds } = plan;
  const times = { startsAt: new Date(plan.starts_at), endsAt: new Date(plan.ends_at) };
  assertTimes(times);
  if (accountId !== undefined && !(await accountById(tx, accountId))) throw notFound('account', accountId);
  for (const id of vpsIds) if (!(await vpsById(tx, null, id))) throw notFound('vps', id);
  const row = {
    title,
    text,
    ...times,
    accountId: accountId ?? null,
    regions: [...regions],
    vpsIds: [...new Set(vpsIds)],
    createdBy: principal.name,
  };
  const window = await insertWindow(tx, row);
  await tell(tx, principal, window, 'planned');
  return window;
}

export async function changeMaintenance(
  tx: Db,
  principal: Principal,
  id: string,
  { title, text, starts_at: starts, ends_at: ends }: z.output<typeof MaintenanceChange>,
): Promise<MaintenanceWindow> {
  const before = await mustBeAhead(tx, id);
  const times = {
    startsAt: starts === undefined ? before.startsAt : new Date(starts),
    endsAt: ends === undefined ? before.endsAt : new Date(ends),
  };
  assertTimes(times);
  const changed = await updateWindow(tx, id, {
    ...times,
    ...(title === undefined ? {} : { title }),
    ...(text === undefined ? {} : { text }),
  });
  await tell(tx, principal, changed, 'changed');
  return changed;
}

export async function cancelMaintenance(tx: Db, principal: Principal, id: string): Promise<MaintenanceWindow> {
  await mustBeAhead(tx, id);
  const cancelled = await updateWindow(tx, id, { cancelledAt: timeNow() });
  await tell(tx, principal, cancelled, 'cancelled');
  return cancelled;
}

async function mustBeAhead(tx: Db, id: string): Promise<MaintenanceWindow> {
  const window = await lockWindow(tx, id);
  if (!window) throw notFound('planned work', id);
  const status = statusOf(window);
  if (status === 'over' || status === 'cancelled') throw new Refusal(409, 'maintenance_settled', `This work is ${status}. Plan it anew.`);
  return window;
}

function assertTimes({ startsAt, endsAt }: { startsAt: Date; endsAt: Date }): void {
  if (endsAt <= startsAt) throw refuseField('ends_at', 'is not after starts_at', 'Choose a later time.');
  if (endsAt <= timeNow()) throw refuseField('ends_at', 'is over already', 'Choose a time to come.');
}

async function tell(tx: Db, principal: Principal, window: MaintenanceWindow, verb: 'planned' | 'changed' | 'cancelled'): Promise<void> {
  const { id, title, startsAt, endsAt } = window;
  const affected = await affectedBy(tx, [id], null);
  const organizations = [...new Set(affected.map(({ organizationId }) => organizationId))];
  const data = { title, starts_at: startsAt.toISOString(), ends_at: endsAt.toISOString(), servers: affected.length };
  await appendAudit(tx, { actor: principal.name, action: `maintenance.${verb}`, target: id, organizationId: null, data });
  await emit(
    tx,
    ...organizations.map((organizationId) => ({ kind: `maintenance.${verb}` as const, organizationId, data: { maintenance_id: id } })),
  );
}

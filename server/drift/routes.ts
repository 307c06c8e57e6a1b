/** /api/admin: sweeps, drift, inventory, alerts and the switches. They belong to the operator of Plinth. */
import {
  KillSwitches,
  KillSwitchChange,
  DriftAct,
  DriftAnswer,
  DriftDismiss,
  DriftList,
  DriftParams,
  DriftQuery,
  Inventory,
  InventoryAnswer,
  InventoryDelete,
  InventoryParams,
  InventoryQuery,
  SweepAnswer,
  SweepList,
  SweepParams,
} from '../../contract/drift.ts';
import { DriftPolicyChange, DriftPolicyList, DriftPolicyQuery } from '../../contract/drift-policy.ts';
import type { Db } from '../kernel/database.ts';
import { notFound } from '../kernel/problem.ts';
import { changeSwitches, globalSwitches } from '../kernel/kill-switches/kill-switches.ts';
import { actOnDrift, dismissDrift, type DriftAction, mustDrift } from './drift.ts';
import { changeDriftPolicies, fittingPolicies } from './policies/policies.ts';
import { deleteStray } from './inventory/inventory.ts';
import { type Services, within } from '../kernel/services.ts';
import { listAccounts } from '../accounts/store.ts';
import { listAccountSwitches, listAlerts } from '../kernel/kill-switches/store.ts';
import { listDrifts } from './store.ts';
import { listDriftPolicies } from './policies/store.ts';
import { listInventory } from '../accounts/inventory/store.ts';
import { listSweeps, requestSweep, sweepByName } from '../kernel/schedule/store.ts';
import { presentAlert, presentDrift, presentInventory, presentItem, presentLook, presentPolicy, presentSweep } from './present.ts';
import { type Route, route } from '../kernel/http/route.ts';

const ALERTS = 200;
const MISSING = 1000;
/** The sweep that finds drift and strays. */
const LOOK = 'drift';

export function driftRoutes(services: Services): Route[] {
  return [
    ...sweepRoutes(services),
    ...switchRoutes(services),
    ...policyRoutes(services),
    ...driftReadRoutes(services),
    ...driftActRoutes(services),
    ...inventoryRoutes(services),
  ];
}

function sweepRoutes({ db }: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/sweeps',
      summary: 'The reconcilers: when they ran, what came of it, when they run next',
      permission: 'sweep:read',
      responses: { 200: { description: 'All of them.', schema: SweepList } },
      handler: async () => ({ status: 200, body: { sweeps: (await listSweeps(db)).map(presentSweep) } }),
    }),
    route({
      method: 'post',
      path: '/api/admin/sweeps/:name/run',
      summary: 'Run a sweep now, also while what Plinth does by itself is stopped',
      permission: 'sweep:run',
      params: SweepParams,
      responses: { 202: { description: 'A worker takes it up at once.', schema: SweepAnswer } },
      transaction: true,
      handler: async ({ principal, params, tx }) => {
        const sweep = await requestSweep(tx, params.name, principal.name);
        if (!sweep) throw notFound('sweep', params.name);
        return { status: 202, body: { sweep: presentSweep(sweep) } };
      },
    }),
  ];
}

function switchRoutes(services: Services): Route[] {
  const answer = async (db: Db) => {
    const switches = await globalSwitches(db);
    const accounts = await listAccounts(db);
    const own = await listAccountSwitches(db);
    const alerts = await listAlerts(db, false, ALERTS);
    const body = {
      stopped: switches.stopped,
      destructive_hold: switches.hold,
      accounts: accounts.map(({ id, name }) => {
        const row = own.find(({ accountId }) => accountId === id);
        return {
          account_id: id,
          name,
          stopped: row?.stopped ?? false,
          reason: row?.reason ?? null,
          drift_policy: row?.driftPolicy ?? 'none',
        };
      }),
      alerts: alerts.map(presentAlert),
    };
    return { status: 200, body };
  };
  const responses = { 200: { description: 'The switches as they are now.', schema: KillSwitches } };
  return [
    route({
      method: 'get',
      path: '/api/admin/kill-switches',
      formerly: '/api/admin/automation',
      summary: 'What Plinth may do by itself, and what needs a person',
      permission: 'kill-switch:read',
      responses,
      handler: async () => answer(services.db),
    }),
    route({
      method: 'put',
      path: '/api/admin/kill-switches',
      formerly: '/api/admin/automation',
      summary: 'Stop or start automation, set an account’s drift policy, set or lift the hold on destructive work',
      permission: 'kill-switch:write',
      body: KillSwitchChange,
      responses,
      transaction: true,
      handler: async ({ principal, body, tx }) => (await changeSwitches(within(services, tx), principal, body), answer(tx)),
    }),
  ];
}

function policyRoutes(services: Services): Route[] {
  const rules = async (db: Db, accountId: string | undefined) => {
    const rows = await listDriftPolicies(db, accountId === undefined ? undefined : [accountId]);
    return { status: 200, body: { rules: rows.map(presentPolicy) } };
  };
  return [
    route({
      method: 'get',
      path: '/api/admin/drift-policies',
      summary: 'The rules for drift of single plans and kinds of difference, beside each account’s own policy',
      permission: 'drift-policy:read',
      query: DriftPolicyQuery,
      responses: { 200: { description: 'By account, plan and field.', schema: DriftPolicyList } },
      handler: async ({ query }) => rules(services.db, query.account_id),
    }),
    route({
      method: 'put',
      path: '/api/admin/drift-policies',
      summary: 'Set rules for drift of a plan, of kinds of difference or both; a policy of null takes them away',
      permission: 'drift-policy:write',
      body: DriftPolicyChange,
      responses: { 200: { description: 'The account’s rules as they are now.', schema: DriftPolicyList } },
      transaction: true,
      prepare: ({ body }) => fittingPolicies(services, body),
      handler: async ({ principal, body, tx }) => (await changeDriftPolicies(tx, principal, body), rules(tx, body.account_id)),
    }),
  ];
}

function driftReadRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/drift',
      summary: 'Where providers differ from what stacks recorded; without `state`, what is not settled',
      permission: 'drift:read',
      query: DriftQuery,
      responses: { 200: { description: 'Newest first.', schema: DriftList } },
      handler: async ({ query }) => {
        const { vps_id: vpsId, account_id: accountId, ...rest } = query;
        // Read first: what a look has found by its end is then among the drifts.
        const look = presentLook(await sweepByName(services.db, LOOK));
        const filter = { ...rest, vpsId, accountId, ...(query.state === undefined ? { open: true } : {}) };
        const drifts = await listDrifts(services.db, withoutUndefined(filter));
        return { status: 200, body: { drifts: drifts.map(presentDrift), look } };
      },
    }),
    route({
      method: 'get',
      path: '/api/admin/drift/:id',
      summary: 'One drift',
      permission: 'drift:read',
      params: DriftParams,
      responses: { 200: { description: 'With its differences.', schema: DriftAnswer } },
      handler: async ({ params }) => ({ status: 200, body: { drift: presentDrift(await mustDrift(services, params.id)) } }),
    }),
  ];
}

function driftActRoutes(services: Services): Route[] {
  const summaries: Record<DriftAction, string> = {
    accept: 'Make the provider’s state the record',
    repair: 'Make the provider’s state what the record says',
  };
  const act = (action: DriftAction): Route =>
    route({
      method: 'post',
      path: `/api/admin/drift/:id/${action}`,
      summary: summaries[action],
      permission: 'drift:act',
      params: DriftParams,
      body: DriftAct,
      responses: { 202: { description: 'Follow `action_operation_id`.', schema: DriftAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 202,
        body: { drift: presentDrift(await actOnDrift(within(services, tx), principal.name, params.id, action, body.confirm)) },
      }),
    });
  return [
    act('accept'),
    act('repair'),
    route({
      method: 'post',
      path: '/api/admin/drift/:id/dismiss',
      summary: 'Leave it as it is until it changes again',
      permission: 'drift:act',
      params: DriftParams,
      body: DriftDismiss,
      responses: { 200: { description: 'Dismissed.', schema: DriftAnswer } },
      transaction: true,
      handler: async ({ principal, params, body, tx }) => ({
        status: 200,
        body: { drift: presentDrift(await dismissDrift(within(services, tx), principal, params.id, body.reason)) },
      }),
    }),
  ];
}

function inventoryRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/inventory',
      summary:
        'What accounts hold that no record accounts for: orphans with their cost, unmanaged servers, dangling DNS records, leftovers',
      permission: 'inventory:read',
      query: InventoryQuery,
      responses: { 200: { description: 'As the last drift sweep saw it.', schema: Inventory } },
      handler: async ({ query }) => {
        const look = presentLook(await sweepByName(services.db, LOOK));
        const items = await listInventory(services.db, withoutUndefined({ kind: query.kind, accountId: query.account_id }));
        const missing = await listDrifts(
          services.db,
          withoutUndefined({ kind: 'vanished', accountId: query.account_id, open: true, limit: MISSING }),
        );
        const { hold } = await globalSwitches(services.db);
        return { status: 200, body: presentInventory(items, missing, hold !== null, look) };
      },
    }),
    route({
      method: 'post',
      path: '/api/admin/inventory/:id/delete',
      id: 'deleteStray',
      summary: 'Delete an orphan, a dangling record or a leftover at its provider, its id typed, after two sightings',
      permission: 'inventory:delete',
      params: InventoryParams,
      body: InventoryDelete,
      responses: { 200: { description: 'The provider no longer has it.', schema: InventoryAnswer } },
      apart: 'in steps',
      handler: async ({ principal, params, body }) => ({
        status: 200,
        body: { item: presentItem(await deleteStray(services, principal, params.id, body.object_id, body.reason), false) },
      }),
    }),
  ];
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };
function withoutUndefined<T extends object>(filter: T): Defined<T> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as Defined<T>;
}

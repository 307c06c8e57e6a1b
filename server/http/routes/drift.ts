/** /api/admin: sweeps, drift, inventory, alerts and the switches. They belong to the operator of Plinth. */
import {
  Automation,
  AutomationChange,
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
} from '../../../contract/drift.ts';
import { DriftRuleChange, DriftRuleList, DriftRuleQuery } from '../../../contract/drift-policy.ts';
import { notFound } from '../../problem.ts';
import { changeAutomation, globalSwitches } from '../../services/automation.ts';
import { actOnDrift, dismissDrift, type DriftAction, mustDrift } from '../../services/drift.ts';
import { changeDriftRules } from '../../services/drift-rules.ts';
import { deleteStray } from '../../services/inventory.ts';
import type { Services } from '../../services/services.ts';
import { listAccounts } from '../../store/accounts.ts';
import { listAccountAutomation, listAlerts } from '../../store/automation.ts';
import { listDrifts } from '../../store/drift.ts';
import { listDriftRules } from '../../store/drift-rules.ts';
import { listInventory } from '../../store/inventory.ts';
import { listSweeps, requestSweep } from '../../store/sweeps.ts';
import { presentAlert, presentDrift, presentInventory, presentItem, presentRule, presentSweep } from '../present-drift.ts';
import { type Route, route } from '../route.ts';

const ALERTS = 200;
const MISSING = 1000;

const OWNED = 'sweeps and inventory belong to the operator of Plinth';

export function driftRoutes(services: Services): Route[] {
  return [
    ...sweepRoutes(services),
    ...automationRoutes(services),
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
      role: 'admin',
      operatorOnly: OWNED,
      responses: { 200: { description: 'All of them.', schema: SweepList } },
      handler: async () => ({ status: 200, body: { sweeps: (await listSweeps(db)).map(presentSweep) } }),
    }),
    route({
      method: 'post',
      path: '/api/admin/sweeps/:name/run',
      summary: 'Run a sweep now, also while automation is stopped',
      role: 'admin',
      operatorOnly: OWNED,
      params: SweepParams,
      responses: { 202: { description: 'A worker takes it up at once.', schema: SweepAnswer } },
      handler: async ({ principal, params }) => {
        const sweep = await requestSweep(db, params.name, principal.name);
        if (!sweep) throw notFound('sweep', params.name);
        return { status: 202, body: { sweep: presentSweep(sweep) } };
      },
    }),
  ];
}

function automationRoutes(services: Services): Route[] {
  const { db } = services;
  const answer = async () => {
    const [switches, accounts, own, alerts] = await Promise.all([
      globalSwitches(db),
      listAccounts(db),
      listAccountAutomation(db),
      listAlerts(db, false, ALERTS),
    ]);
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
  const responses = { 200: { description: 'The switches as they are now.', schema: Automation } };
  return [
    route({
      method: 'get',
      path: '/api/admin/automation',
      summary: 'What Plinth may do by itself, and what needs a person',
      role: 'admin',
      operatorOnly: OWNED,
      responses,
      handler: async () => answer(),
    }),
    route({
      method: 'put',
      path: '/api/admin/automation',
      summary: 'Stop or start automation, set an account’s drift policy, set or lift the hold on destructive work',
      role: 'admin',
      operatorOnly: OWNED,
      body: AutomationChange,
      responses,
      handler: async ({ principal, body }) => (await changeAutomation(services, principal, body), answer()),
    }),
  ];
}

function policyRoutes(services: Services): Route[] {
  const rules = async (accountId: string | undefined) => {
    const rows = await listDriftRules(services.db, accountId === undefined ? undefined : [accountId]);
    return { status: 200, body: { rules: rows.map(presentRule) } };
  };
  return [
    route({
      method: 'get',
      path: '/api/admin/drift-policies',
      summary: 'The rules for drift of single plans and kinds of difference, beside each account’s own policy',
      role: 'admin',
      operatorOnly: OWNED,
      query: DriftRuleQuery,
      responses: { 200: { description: 'By account, plan and field.', schema: DriftRuleList } },
      handler: async ({ query }) => rules(query.account_id),
    }),
    route({
      method: 'put',
      path: '/api/admin/drift-policies',
      summary: 'Set rules for drift of a plan, of kinds of difference or both; a policy of null takes them away',
      role: 'admin',
      operatorOnly: OWNED,
      body: DriftRuleChange,
      responses: { 200: { description: 'The account’s rules as they are now.', schema: DriftRuleList } },
      handler: async ({ principal, body }) => (await changeDriftRules(services, principal, body), rules(body.account_id)),
    }),
  ];
}

function driftReadRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/admin/drift',
      summary: 'Where providers differ from what stacks recorded; without `state`, what is not settled',
      role: 'admin',
      operatorOnly: OWNED,
      query: DriftQuery,
      responses: { 200: { description: 'Newest first.', schema: DriftList } },
      handler: async ({ query }) => {
        const { vps_id: vpsId, account_id: accountId, ...rest } = query;
        const filter = { ...rest, vpsId, accountId, ...(query.state === undefined ? { open: true } : {}) };
        const drifts = await listDrifts(services.db, withoutUndefined(filter));
        return { status: 200, body: { drifts: drifts.map(presentDrift) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/admin/drift/:id',
      summary: 'One drift',
      role: 'admin',
      operatorOnly: OWNED,
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
      role: 'admin',
      operatorOnly: OWNED,
      params: DriftParams,
      body: DriftAct,
      responses: { 202: { description: 'Follow `action_operation_id`.', schema: DriftAnswer } },
      handler: async ({ principal, params, body }) => ({
        status: 202,
        body: { drift: presentDrift(await actOnDrift(services, principal.name, params.id, action, body.confirm)) },
      }),
    });
  return [
    act('accept'),
    act('repair'),
    route({
      method: 'post',
      path: '/api/admin/drift/:id/dismiss',
      summary: 'Leave it as it is until it changes again',
      role: 'admin',
      operatorOnly: OWNED,
      params: DriftParams,
      body: DriftDismiss,
      responses: { 200: { description: 'Dismissed.', schema: DriftAnswer } },
      handler: async ({ principal, params, body }) => ({
        status: 200,
        body: { drift: presentDrift(await dismissDrift(services, principal, params.id, body.reason)) },
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
      role: 'admin',
      operatorOnly: OWNED,
      query: InventoryQuery,
      responses: { 200: { description: 'As the last drift sweep saw it.', schema: Inventory } },
      handler: async ({ query }) => {
        const items = await listInventory(services.db, withoutUndefined({ kind: query.kind, accountId: query.account_id }));
        const missing = await listDrifts(
          services.db,
          withoutUndefined({ kind: 'vanished', accountId: query.account_id, open: true, limit: MISSING }),
        );
        return { status: 200, body: presentInventory(items, missing) };
      },
    }),
    route({
      method: 'post',
      path: '/api/admin/inventory/:id/delete',
      id: 'deleteStray',
      summary: 'Delete an orphan, a dangling record or a leftover at its provider, its id typed, after two sightings',
      role: 'admin',
      operatorOnly: OWNED,
      params: InventoryParams,
      body: InventoryDelete,
      responses: { 200: { description: 'The provider no longer has it.', schema: InventoryAnswer } },
      handler: async ({ principal, params, body }) => ({
        status: 200,
        body: { item: presentItem(await deleteStray(services, principal, params.id, body.object_id, body.reason)) },
      }),
    }),
  ];
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };
function withoutUndefined<T extends object>(filter: T): Defined<T> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** The server shop's instances: items of paid orders, with their servers and what staff filled in by hand. */
import type { z } from 'zod';
import type { ShopInstance, ShopInstancePatch, ShopInstanceQuery, ShopInstanceStatus } from '../../../contract/compat/server-shop.ts';
import type { VpsAction } from '../../../contract/lifecycle.ts';
import { mustCompute } from '../../accounts/accounts.ts';
import { cancelSubscription } from '../../billing/subscriptions/cancel.ts';
import { begin } from '../../billing/subscriptions/life.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { businessNow } from '../../kernel/business-clock.ts';
import { timeNow } from '../../kernel/clock.ts';
import { type Commit, type Db, inTransaction, type Json } from '../../kernel/database.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { settleOrder } from '../../orders/fulfil.ts';
import { changeItem, lockOrder } from '../../orders/store.ts';
import { prepareAction } from '../../vps/changes/actions.ts';
import { listVpses, type VpsWithAccount, vpsById } from '../../vps/store.ts';
import { answerTask } from '../../vps/tasks/answer.ts';
import { listTasks } from '../../vps/tasks/store.ts';
import { terminateVps } from '../../vps/termination/termination.ts';
import { numbersOf, targetOf } from '../numbers-store.ts';
import { forSystem } from '../rights.ts';
import { endsOrdered } from '../vps-store.ts';
import { customerIds, findCustomer } from './customers.ts';
import { mustShopProduct } from './products.ts';
import { fillIn, type InstanceRow, instanceRows } from './store.ts';

type Wire = z.input<typeof ShopInstance>;
type Filled = z.output<typeof ShopInstancePatch>;
const TIMEOUT_MS = 30_000;

export async function mustInstance(services: { readonly db: Db }, number: number): Promise<InstanceRow> {
  const id = await targetOf(services.db, 'D', 'instance', number);
  const [row] = id === null ? [] : await instanceRows(services.db, { id });
  if (!row) throw notFound('instance', String(number));
  return row;
}

export async function instanceOfItem(services: { readonly db: Db }, itemId: string): Promise<Wire> {
  const [row] = await instanceRows(services.db, { id: itemId });
  if (!row) throw notFound('instance', itemId);
  return await presentInstance(services, row);
}

export async function listInstances(services: Services, query: z.output<typeof ShopInstanceQuery>): Promise<Wire[]> {
  const { customer_id, product_id, status, skip, limit } = query;
  const organizationId = customer_id === undefined ? undefined : await findCustomer(services.db, customer_id);
  if (organizationId === null) return [];
  const productId = product_id === undefined ? undefined : (await mustShopProduct(services, product_id)).id;
  const filter = { ...(organizationId ? { organizationId } : {}), ...(productId ? { productId } : {}) };
  if (status === undefined) return await presentAll(services, await instanceRows(services.db, filter, { skip, take: limit }));
  // A status is made of several tables: it cannot be asked for before.
  const all = await presentAll(services, await instanceRows(services.db, filter));
  return all.filter((each) => each.status === status).slice(skip, skip + limit);
}

export async function presentInstance(services: { readonly db: Db }, row: InstanceRow): Promise<Wire> {
  return (await presentAll(services, [row]))[0]!;
}

/** What stands in other tables is asked for once for all of them. */
async function presentAll({ db }: { readonly db: Db }, rows: readonly InstanceRow[]): Promise<Wire[]> {
  const numbers = await numbersOf(
    db,
    'D',
    'instance',
    rows.map(({ id }) => id),
  );
  const customers = await customerIds(
    db,
    rows.map(({ organizationId }) => organizationId),
  );
  const ids = rows.flatMap(({ vpsId }) => vpsId ?? []);
  const vpses = await listVpses(db, null, { ids, includeDeleted: true, sort: 'created_at', limit: ids.length });
  const byId = new Map(vpses.map((vps) => [vps.id, vps]));
  const ends = await endsOrdered(db, ids);
  return rows.map((row) => {
    const names = { number: numbers.get(row.id)!, customer: customers.get(row.organizationId) ?? row.organizationId };
    return shown(row, byId.get(row.vpsId ?? '') ?? null, { ...names, ending: ends.get(row.vpsId ?? '') });
  });
}

function shown(
  row: InstanceRow,
  vps: VpsWithAccount | null,
  { number, customer, ending }: { readonly number: number; readonly customer: string; readonly ending: Date | undefined },
): Wire {
  const product = (row.product.compat ?? {}) as Record<string, never>;
  const filled = (row.filled?.fields ?? {}) as Partial<Filled>;
  const asked = (row.options as { request?: { hostname?: string; region?: string; image?: string; ssh_keys?: string[] } }).request ?? {};
  const status = statusOf(row, vps);
  const ended = ['cancelled', 'terminated'].includes(status);
  const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;
  return {
    id: number,
    customer_id: customer,
    order_id: row.order.number,
    product_id: row.product.number,
    server_type: row.product.kind,
    cpu_cores: product['cpu_cores'] ?? null,
    ram_gb: product['ram_gb'] ?? null,
    storage_gb: product['storage_gb'] ?? null,
    storage_type: product['storage_type'] ?? null,
    bandwidth_tb: product['bandwidth_tb'] ?? null,
    hostname: filled.hostname ?? vps?.hostname ?? asked.hostname ?? row.label,
    ip_address: vps?.ipv4 ?? filled.ip_address ?? null,
    ip_addresses: filled.ip_addresses ?? [vps?.ipv4, vps?.ipv6].filter((ip) => typeof ip === 'string'),
    mac_address: filled.mac_address ?? null,
    ssh_port: filled.ssh_port ?? 22,
    control_panel_url: filled.control_panel_url ?? null,
    control_panel_type: filled.control_panel_type ?? null,
    control_panel_username: filled.control_panel_username ?? null,
    operating_system: filled.operating_system ?? vps?.image ?? asked.image ?? null,
    os_version: filled.os_version ?? null,
    datacenter_location: filled.datacenter_location ?? product['datacenter_location'] ?? null,
    notes: filled.notes ?? null,
    ssh_key: asked.ssh_keys?.[0] ?? null,
    region: vps?.region ?? asked.region ?? null,
    status,
    suspension_reason: vps?.suspendReason ?? null,
    provider: vps?.provider ?? product['provider'] ?? null,
    provider_server_id: vps?.instanceId ?? null,
    provider_api_response: responseOf(vps),
    vps_id: row.vpsId,
    meta_data: product['meta_data'] ?? null,
    provisioned_at: iso(row.filled?.readyAt) ?? (row.status === 'ready' ? iso(row.updatedAt) : null),
    suspended_at: iso(vps?.suspendedAt),
    cancelled_at: ended ? (iso(ending) ?? iso(vps?.deletedAt) ?? iso(row.order.endedAt)) : null,
    terminated_at: iso(vps?.deletedAt),
    created_at: row.createdAt.toISOString(),
    updated_at: (vps && vps.updatedAt > row.updatedAt ? vps.updatedAt : row.updatedAt).toISOString(),
  };
}

/** What the provider's server is, without a secret: the stack's plain outputs. */
function responseOf(vps: VpsWithAccount | null): Wire['provider_api_response'] {
  if (vps?.outputs === null || vps === null) return null;
  return vps.outputs as Wire['provider_api_response'];
}

function statusOf(row: InstanceRow, vps: VpsWithAccount | null): Wire['status'] {
  if (vps?.status === 'terminated') return 'terminated';
  if (vps && ['terminating', 'destroying', 'ending', 'leaked'].includes(vps.status)) return 'cancelled';
  if (row.status === 'failed') return 'failed';
  if (row.status === 'cancelled' || row.status === 'released') return 'cancelled';
  if (row.status === 'pending_provisioning') return 'pending_provisioning';
  if (vps?.status === 'suspended') return 'suspended';
  // A person makes it: its operation waits for what they fill in.
  if (vps?.unfinished?.status === 'waiting_for_person' && row.status !== 'ready') return 'pending_provisioning';
  if (row.status === 'ready' || vps?.status === 'active') return 'active';
  return vps?.status === 'error' ? 'failed' : 'provisioning';
}

/** Staff fill in what a person made; `active` says that it is ready, and the customer's period begins. */
export async function changeInstance(services: Services, principal: Principal, number: number, body: Filled): Promise<Wire> {
  const row = await mustInstance(services, number);
  const { root_password, control_panel_password, status, ...fields } = body;
  const seal = (column: string, text: string | undefined) =>
    text === undefined ? undefined : services.secrets.seal({ table: 'compat_instance', column, id: row.id }, text);
  const rootPassword = seal('rootPassword', root_password);
  const panelPassword = seal('panelPassword', control_panel_password);
  const [task] =
    row.vpsId === null ? [] : await listTasks(services.db, { status: 'waiting', vpsId: row.vpsId, limit: 1, after: undefined });
  if (status === 'active' && task === undefined && !['pending_provisioning', 'ready'].includes(row.status))
    throw new Refusal(409, 'not_by_hand', `The instance is ${row.status}: it becomes active by itself.`);
  // Its server's operation waits for just this.
  if (status === 'active' && task) await answerTask(services, forSystem(principal, 'compat:D'), task.id, answersOf(task.form, body));
  await inTransaction(services.db, async (tx) => {
    await lockOrder(tx, null, row.orderId);
    const at = await businessNow(tx, row.organizationId);
    const ready = status === 'active' && row.status === 'pending_provisioning';
    await fillIn(tx, row.id, {
      fields: { ...((row.filled?.fields ?? {}) as object), ...fields } as Json,
      ...(rootPassword === undefined ? {} : { rootPassword }),
      ...(panelPassword === undefined ? {} : { panelPassword }),
      ...(ready ? { readyAt: at } : {}),
    });
    const data = { fields: Object.keys(body) };
    await appendAudit(tx, {
      actor: principal.name,
      action: 'instance.filled-in',
      target: row.id,
      organizationId: row.organizationId,
      data,
    });
    if (!ready) return;
    await changeItem(tx, row.id, { status: 'ready', failure: null });
    if (row.subscriptionId !== null) await begin(tx, row.subscriptionId, row.order.invoiceId, at);
    await settleOrder(services, tx, row.orderId, at);
  });
  return await instanceOfItem(services, row.id);
}

/** The form's fields, as far as they were filled in. */
function answersOf(form: unknown, body: Filled): Record<string, string> {
  const ip = body.ip_address ?? body.ip_addresses?.[0];
  const known: Record<string, string | number | null | undefined> = {
    ...body,
    status: undefined,
    ip_addresses: undefined,
    ip_address: undefined,
  };
  if (ip) known[ip.includes(':') ? 'ipv6' : 'ipv4'] = ip;
  const asked = new Set((form as { name: string }[]).map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      asked.has(name) && value !== null && value !== undefined ? [[name, String(value)]] : [],
    ),
  );
}

/** Asked at the provider now. */
export async function instanceStatus(services: Services, number: number): Promise<z.input<typeof ShopInstanceStatus>> {
  const row = await mustInstance(services, number);
  const vps = row.vpsId === null ? null : await vpsById(services.db, null, row.vpsId);
  const living = vps?.instanceId !== undefined && vps?.instanceId !== null && vps.deletedAt === null;
  const seen = living
    ? await mustCompute(services, vps.account).getInstance(vps.instanceId!, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    : null;
  const power = seen && (seen.status === 'running' || seen.status === 'busy' ? 'running' : seen.status === 'creating' ? null : 'stopped');
  return {
    status: statusOf(row, vps),
    power_state: power ?? vps?.powerState ?? null,
    provider_status: seen?.status ?? null,
    checked_at: timeNow().toISOString(),
  };
}

/** @throws Refusal 409 for one that has no server of ours */
function mustServer(row: InstanceRow): string {
  if (row.vpsId === null)
    throw new Refusal(409, 'no_server', 'The instance has no server that Plinth runs: a person does this where it stands.');
  return row.vpsId;
}

export async function prepareSuspend(
  services: Services,
  principal: Principal,
  number: number,
  reason: string | undefined,
): Promise<Commit<Wire>> {
  return await prepareAct(services, principal, number, { action: 'suspend', reason: reason || 'suspended by staff' });
}

export async function prepareAct(services: Services, principal: Principal, number: number, action: VpsAction): Promise<Commit<Wire>> {
  const row = await mustInstance(services, number);
  const act = await prepareAction(services, forSystem(principal, 'compat:D'), mustServer(row), action);
  return async (tx) => {
    await act(tx);
    return await instanceOfItem({ db: tx }, row.id);
  };
}

export async function terminateInstance(services: Services, principal: Principal, number: number): Promise<Wire> {
  const row = await mustInstance(services, number);
  const by = forSystem(principal, 'compat:D');
  const vpsId = mustServer(row);
  const reason = 'terminated by the server shop';
  if (row.subscriptionId !== null)
    await cancelSubscription(services, by, row.subscriptionId, { when: 'now', unused: 'none', reason }).catch((error: unknown) => {
      // One that never began, or ends already, has nothing to cancel.
      if (!(error instanceof Refusal && ['not_begun', 'already_ending'].includes(error.code))) throw error;
    });
  await terminateVps(services, by, vpsId, 0, false, reason);
  return await instanceOfItem(services, row.id);
}

/** The trading desk's four deeds, each by the services that every other client uses. */
import type { z } from 'zod';
import type { DeskProvision, DeskProvisioned, DeskSynced } from '../../../contract/compat/trading-desk.ts';
import { VpsCreate } from '../../../contract/vps.ts';
import type { InstanceSummary } from '../../../providers/provider.ts';
import { mustCompute } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { onPlatform } from '../../kernel/can.ts';
import { timeNow } from '../../kernel/clock.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { ensureOrganization } from '../../kernel/settings.ts';
import { serverByMark } from '../../vps/by-mark.ts';
import { livingReferenceExists, type VpsWithAccount, vpsById } from '../../vps/store.ts';
import { terminateVps } from '../../vps/termination/termination.ts';
import { createVps, mustVps, requestWork } from '../../vps/vps.ts';
import { revealPassword } from '../../vps/password/reveal.ts';
import { operationById } from '../../vps/operations/store.ts';
import { numberOf, targetOf } from '../numbers-store.ts';
import { within } from '../wait.ts';
import { addressOf, mustDeskAccount, statusWords, systemsOf } from './catalog.ts';

/** How long a request waits for the provider; what is not known by then is null. */
export const ACCEPTED_MS = 30_000;
const SYNC_MS = 20_000;
const LOOK_EVERY_MS = 2_000;
/** A set-up without a server after this long is stuck. */
const STUCK_MS = 10 * 60_000;
/** The field of the VPS's request by the desk's name for it. */
const FIELDS: Readonly<Record<string, string>> = {
  label: 'vps_name',
  hostname: 'vps_name',
  type: 'plan',
  image: 'os_id',
  external_reference: 'mt5_account_id',
};

export const referenceOf = (mt5: number | string): string => `mt5:${mt5}`;
/** Of the record, in the older system's words. */
export function recordStatus({ status }: Pick<VpsWithAccount, 'status'>): 'provisioning' | 'active' | 'error' | 'decommissioned' {
  if (status === 'terminated') return 'decommissioned';
  return status === 'provisioning' || status === 'error' ? status : status === 'leaked' ? 'error' : 'active';
}

export async function provision(
  services: Services,
  principal: Principal,
  body: DeskProvision,
  signal: AbortSignal,
): Promise<z.input<typeof DeskProvisioned>> {
  const account = await mustDeskAccount(services, body.provider);
  await requireImage(services, account, String(body.os_id));
  const organizationId =
    principal.organizationId ?? body.organization_id ?? (await ensureOrganization(services.db, services.config.defaultOrganization)).id;
  const reference = referenceOf(body.mt5_account_id);
  const wanted = VpsCreate.safeParse({
    label: labelOf(body),
    type: body.plan,
    region: body.region,
    image: String(body.os_id),
    external_reference: reference,
    ...(onPlatform(principal) ? { provider_id: account.id, organization_id: organizationId } : {}),
  });
  if (!wanted.success) throw refuseField('vps_name', wanted.error.issues[0]!.message, 'Send another name.');
  const exists = (): Promise<boolean> => livingReferenceExists(services.db, organizationId, reference);
  if (await exists()) throw existsAlready();
  const { vps, operation } = await createVps(services, principal, wanted.data).catch(async (error: unknown) => {
    // An equal request at the same moment took name and reference; which of the two is told is the database's choice.
    throw error instanceof Refusal && ['label_taken', 'reference_taken'].includes(error.code) && (await exists())
      ? existsAlready()
      : inDeskWords(error);
  });
  const found = await accepted(services, vps, operation.id, signal);
  const now = (await vpsById(services.db, null, vps.id))!;
  return {
    success: true,
    message: 'VPS provisioning started',
    data: {
      vps_id: await numberOf(services.db, 'A', 'vps', vps.id),
      vultr_instance_id: account.provider === 'vultr' ? (now.instanceId ?? found?.id ?? null) : null,
      provider_instance_id: now.instanceId ?? found?.id ?? null,
      provider: account.provider,
      status: now.status === 'active' ? 'active' : 'pending',
      main_ip: addressOf(now.ipv4 ?? found?.ipv4 ?? null),
      default_password: await passwordOnce(services, principal, now),
    },
  };
}

function labelOf({ vps_name, mt5_account_id }: DeskProvision): string {
  const name = vps_name?.trim() ? vps_name.trim() : `MT5-${mt5_account_id}`;
  // A name is a host name here: what one cannot have becomes a hyphen.
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
}

async function requireImage(services: Services, account: Parameters<typeof readCatalog>[1], id: string): Promise<void> {
  const { items } = await readCatalog(services, account, 'images');
  if (items.some((image) => image.id === id)) return;
  const shown = systemsOf(items).slice(0, 30);
  const list = shown.map((image) => `${image.id} (${image.name})`).join(', ');
  throw refuseField('os_id', 'is not in the catalogue', `Send one of: ${list}.`, 422, 'unknown_image');
}

function existsAlready(): Refusal {
  return new Refusal(409, 'reference_taken', 'VPS instance already exists for this MT5 account', [
    { field: 'mt5_account_id', rule: 'has a VPS already', remedy: 'Use that VPS, or delete it first.' },
  ]);
}

/** The same refusal, by the desk's names of the fields. */
function inDeskWords(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  const errors = error.errors.map((each) => ({ ...each, field: FIELDS[each.field] ?? each.field }));
  const [first] = errors;
  return new Refusal(error.status, error.code, first ? `${first.field}: ${first.rule}` : error.message, errors, error.headers);
}

/** Waits until the provider has the server, or the set-up has ended without one. */
async function accepted(
  services: Services,
  vps: VpsWithAccount,
  operationId: string,
  signal: AbortSignal,
): Promise<InstanceSummary | undefined> {
  let nextLook = performance.now() + LOOK_EVERY_MS;
  let found: InstanceSummary | undefined;
  await within(ACCEPTED_MS, signal, async () => {
    const operation = await operationById(services.db, null, operationId);
    if (!operation || !['queued', 'running'].includes(operation.status)) return true;
    if (performance.now() < nextLook) return undefined;
    // By its mark: the record has its id only when the set-up has ended.
    found = await serverByMark(services, vps, signal).catch(() => undefined);
    nextLook = performance.now() + LOOK_EVERY_MS;
    return found ? true : undefined;
  });
  return found;
}

/** The password where it exists already: shown here, and counted as shown. */
async function passwordOnce(services: Services, principal: Principal, vps: VpsWithAccount): Promise<string | null> {
  if (vps.rootPassword === null || vps.revealCount > 0) return null;
  return (await revealPassword(services, principal, vps.id, 'handed out by POST /api/vps/provision', false)).password;
}

/** The VPS of the older system's number, or of an id of ours. @throws Refusal 404, the same for what is not the caller's */
export async function mustDeskVps(services: Services, principal: Principal, given: number | string): Promise<VpsWithAccount> {
  const id = typeof given === 'number' ? await targetOf(services.db, 'A', 'vps', given) : given;
  if (id === null) throw notFound('VPS', String(given));
  return await mustVps(services, principal, id).catch(() => {
    throw notFound('VPS', String(given));
  });
}

/** Asks the provider now. */
export async function sync(
  services: Services,
  principal: Principal,
  given: number | string,
  signal: AbortSignal,
): Promise<z.input<typeof DeskSynced>> {
  const vps = await mustDeskVps(services, principal, given);
  const seen = await seenAt(services, vps, signal);
  if (seen && vps.status === 'active' && addressOf(vps.ipv4) !== addressOf(seen.ipv4)) await refreshed(services, principal, vps, signal);
  const now = await mustDeskVps(services, principal, given);
  // One whose set-up ended meanwhile has its server by now.
  const server = seen ?? (await seenAt(services, now, signal));
  const message = server ? undefined : await whyStuck(services, now);
  const provider_status = server ? statusWords(server).status : null;
  return {
    success: true,
    data: {
      vps_id: await numberOf(services.db, 'A', 'vps', vps.id),
      status: recordStatus(now),
      vultr_status: vps.provider === 'vultr' ? provider_status : null,
      provider_status,
      main_ip: addressOf(now.ipv4 ?? server?.ipv4 ?? null),
      updated_at: now.updatedAt.toISOString(),
      ...(message === undefined ? {} : { message }),
    },
  };
}

/** Of a set-up that failed or goes on for long without a server: what the account owes, which may be why. */
async function whyStuck(services: Services, { status, account, createdAt }: VpsWithAccount): Promise<string | undefined> {
  if (status !== 'error' && !(status === 'provisioning' && timeNow().getTime() - createdAt.getTime() > STUCK_MS)) return undefined;
  const { balance, pendingCharges } = await mustCompute(services, account)
    .account({ signal: AbortSignal.timeout(SYNC_MS) })
    .catch(() => ({ balance: undefined, pendingCharges: undefined }));
  // Below zero is credit: then it is not the money.
  if (!balance || Number(balance.amount) < 0) return undefined;
  const pending = pendingCharges ? `, ${pendingCharges.amount} ${pendingCharges.currency} of it not yet billed` : '';
  return `It has no server yet. The account "${account.name}" has no credit: it owes ${balance.amount} ${balance.currency}${pending}. That may be why.`;
}

async function seenAt(services: Services, vps: VpsWithAccount, signal: AbortSignal): Promise<InstanceSummary | null> {
  const { status, instanceId, account } = vps;
  if (['terminated', 'destroying', 'leaked'].includes(status)) return null;
  // The record has its id only when the set-up has ended.
  if (instanceId === null) return (await serverByMark(services, vps, signal)) ?? null;
  return await mustCompute(services, account).getInstance(instanceId, { signal });
}

async function refreshed(services: Services, principal: Principal, vps: VpsWithAccount, signal: AbortSignal): Promise<void> {
  const { operation } = await requestWork(services, principal, vps.id, 'refresh');
  await within(SYNC_MS, signal, async () => {
    const now = await operationById(services.db, null, operation.id);
    return !now || !['queued', 'running'].includes(now.status) ? true : undefined;
  });
}

/** Ends it at once, at the provider too; the proof follows by itself. */
export async function remove(services: Services, principal: Principal, given: number | string): Promise<void> {
  const vps = await mustDeskVps(services, principal, given);
  if (vps.status === 'terminated') throw notFound('VPS', String(given));
  await terminateVps(services, principal, vps.id, 0);
}

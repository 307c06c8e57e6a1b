/** What can be asked of a VPS. Each request records intent in one transaction; only workers touch the engine. */
import { sealPassword } from './password/life.ts';
import { randomInt, randomUUID } from 'node:crypto';
import type { OperationKind } from '../../contract/operation.ts';
import type { VpsCreate } from '../../contract/vps.ts';
import { mustCan } from '../kernel/can.ts';
import { timeNow } from '../kernel/clock.ts';
import { notFound, Refusal, refuseField } from '../kernel/problem.ts';
import { appendAudit } from '../kernel/audit.ts';
import {
  type Account,
  brokenUnique,
  type Commit,
  type Db,
  inTransaction,
  type Json,
  type Operation,
  type Organization,
} from '../kernel/database.ts';
import { appendEvents, endQueued, insertOperation, requestCancel } from './operations/store.ts';
import { ensureOrganization, organizationById } from '../kernel/settings.ts';
import { insertVps, livingLabelExists, lockVps, vpsById, type VpsWithAccount } from './store.ts';
import { claimDnsName, requireNameFree } from './dns-names/dns-names.ts';
import { IMPORTING } from './changes/standing.ts';
import { withdrawTasks } from './tasks/store.ts';
import { requireRoom } from '../identity/organizations/quotas.ts';
import { failSnapshot } from './snapshots/failure.ts';
import { type ChosenPlace, type PlannedVps, planVps } from './create/plan.ts';
import type { ForWhom } from './create/dns.ts';
import { holdSource } from './create/source.ts';
import { type PreparedSetup, recordSetup } from './setup/prepare.ts';
import { requireMayCreate } from './sold.ts';
import { noteUse, withPickedKeys } from './ssh-keys/library.ts';
import type { VpsSpec } from '../../stacks/spec.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { atRest } from './user-data.ts';

export const DEFAULT_ORGANIZATION = 'default';
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

export type Accepted = { vps: VpsWithAccount; operation: Operation };

/** Plans it by policy and catalogue. @throws Refusal, as does the commit */
export async function prepareCreate(services: Services, principal: Principal, given: VpsCreate): Promise<Commit<Accepted>> {
  // What is on its disk comes back to light.
  if (given.from_snapshot !== undefined) mustCan(principal, 'snapshot:restore');
  const organizationId = await organizationFor(services, principal, given.organization_id);
  const body = await withPickedKeys(services.db, organizationId, given);
  await requireMayCreate(services.db, principal, organizationId, body.override_reason);
  if (await livingLabelExists(services.db, organizationId, body.label)) throw labelTaken(body.label);
  const prepared = await prepareVps(services, { principal, organizationId }, body);
  const { dnsAccount, spec } = prepared;
  if (spec.dns && dnsAccount)
    await requireNameFree(services, principal, {
      dns: spec.dns,
      account: dnsAccount,
      vpsId: spec.vpsId,
      organizationId,
      field: 'dns.name',
    });
  const requestedPassword =
    body.root_pass === undefined ? null : sealPassword(services.secrets, 'requestedPassword', spec.vpsId, body.root_pass);
  return async (tx) => {
    await requireRoom(tx, organizationId, 'vpses');
    const accepted = await insertPrepared(services, tx, principal, { ...prepared, requestedPassword }).catch((error: unknown) => {
      throw refusedCreate(error, body.label);
    });
    if (body.override_reason !== undefined)
      await appendAudit(tx, {
        actor: principal.name,
        action: 'vps.created-without-order',
        target: accepted.vps.id,
        organizationId,
        data: { reason: body.override_reason },
      });
    return accepted;
  };
}

/** The whole of it, for who has no transaction of its own. */
export async function createVps(services: Services, principal: Principal, body: VpsCreate): Promise<Accepted> {
  return await inTransaction(services.db, await prepareCreate(services, principal, body));
}

/** What a VPS is made of, before its row. `id` given: it was allotted before. */
export interface PreparedVps {
  readonly organizationId: string;
  readonly account: Pick<Account, 'id' | 'provider'>;
  readonly dnsAccount: Account | null;
  readonly spec: VpsSpec;
  readonly externalReference: string | null;
  readonly requestedPassword?: string | null;
  /** Of a VPS that is sold. */
  readonly subscriptionId?: string;
  readonly setup?: PreparedSetup | null;
}

/** Checks everything against catalogue and policy; `account`: the place was chosen already. */
export async function prepareVps(
  services: Services,
  who: ForWhom,
  body: VpsCreate,
  chosen?: ChosenPlace,
): Promise<PreparedVps & PlannedVps> {
  const planned = await planVps(services, who, newVpsId(), body, chosen);
  return { ...planned, organizationId: who.organizationId, externalReference: body.external_reference ?? null };
}

/** The row, its names and the operation that makes the server, in the caller's transaction. */
export async function insertPrepared(
  services: Services,
  tx: Db,
  by: Pick<Principal, 'name'>,
  { organizationId, account, dnsAccount, spec, externalReference, requestedPassword = null, subscriptionId, setup = null }: PreparedVps,
): Promise<Accepted> {
  await holdSource(tx, spec);
  const vps = await insertVps(tx, {
    id: spec.vpsId,
    organizationId,
    label: spec.label,
    hostname: spec.hostname,
    status: 'provisioning',
    ...atRest(services.secrets, spec),
    provider: account.provider,
    accountId: account.id,
    dnsAccountId: dnsAccount?.id ?? null,
    region: spec.compute.region,
    plan: spec.compute.plan,
    image: spec.compute.image,
    requestedPassword,
    externalReference,
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
  });
  await noteUse(tx, organizationId, spec.sshPublicKeys);
  if (setup) await recordSetup(services, tx, vps.id, setup);
  if (spec.dns) await claimDnsName(tx, vps, spec.dns, 'dns.name');
  return { vps, operation: await requestOperation(services, tx, by, vps, 'provision') };
}

/** What a broken rule of the database means for the one who asked. */
export function refusedCreate(error: unknown, label: string): unknown {
  const rule = brokenUnique(error);
  if (rule === null) return error;
  if (!rule.includes('xternal')) return labelTaken(label);
  return refuseField('external_reference', 'another VPS has this reference', 'Use that VPS, or another reference.', 409, 'reference_taken');
}

export function newVpsId(): string {
  return Array.from({ length: 16 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Refresh or preview of an existing server. */
export async function requestWork(services: Services, principal: Principal, id: string, kind: 'refresh' | 'preview'): Promise<Accepted> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    if (['terminated', 'destroying', 'ending', 'leaked'].includes(vps.status)) throw gone(vps);
    if (vps.importing !== null) throw new Refusal(409, IMPORTING.code, IMPORTING.reason);
    return { vps, operation: await requestOperation(services, tx, principal, vps, kind) };
  });
}

export async function mustVps(services: Services, principal: Principal, id: string): Promise<VpsWithAccount> {
  const vps = await vpsById(services.db, principal.organizationId, id);
  if (!vps) throw notFound('VPS', id);
  return vps;
}

export async function mustLock(tx: Db, principal: Principal, id: string): Promise<VpsWithAccount> {
  const vps = await lockVps(tx, principal.organizationId, id);
  if (!vps) throw notFound('VPS', id);
  return vps;
}

export interface RequestOptions {
  /** What the worker needs beside the VPS's row. No secret. */
  readonly request?: Readonly<Record<string, Json>>;
  readonly progress?: Json;
}

/** Records one operation with its first event, its job and its audit entry. */
export async function requestOperation(
  services: Pick<Services, 'enqueue'>,
  tx: Db,
  principal: Pick<Principal, 'name'>,
  vps: VpsWithAccount,
  kind: OperationKind,
  options: RequestOptions = {},
): Promise<Operation> {
  const request: Json = { generation: vps.generation, ...options.request };
  const operation = await insertOperation(tx, {
    id: randomUUID(),
    kind,
    organizationId: vps.organizationId,
    vpsId: vps.id,
    actor: principal.name,
    request,
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  });
  await appendEvents(tx, operation.id, null, [{ type: 'queued', data: { kind, label: vps.label }, at: timeNow() }]);
  await services.enqueue(tx, { id: operation.id, vpsId: vps.id, accountId: vps.accountId });
  await appendAudit(tx, {
    actor: principal.name,
    action: `vps.${kind}-ordered`,
    target: vps.id,
    organizationId: vps.organizationId,
    data: { operation: operation.id },
  });
  return operation;
}

/** Ends a waiting operation; asks a running one to stop. */
export async function stop(tx: Db, principal: Pick<Principal, 'name'>, operation: Operation): Promise<void> {
  const at = timeNow();
  const ended = await endQueued(tx, operation.id, 'cancelled', at);
  if (ended) await withdrawTasks(tx, operation.id);
  if (ended) await failSnapshot(tx, operation, 'It was cancelled before it began.');
  else await requestCancel(tx, operation.id);
  const type = ended ? 'cancelled' : 'cancel-requested';
  await appendEvents(tx, operation.id, null, [{ type, data: { by: principal.name }, at }]);
  await appendAudit(tx, {
    actor: principal.name,
    action: 'operation.cancel',
    target: operation.id,
    organizationId: operation.organizationId,
    data: { ended },
  });
}

export async function organizationFor(services: Services, principal: Principal, asked: string | undefined): Promise<string> {
  const { organizationId: own } = principal;
  if (own !== null) {
    if (asked !== undefined && asked !== own)
      throw refuseField('organization_id', 'is not this token’s organization', 'Leave it out.', 403, 'forbidden');
    return (await mustBeActive(services, own)).id;
  }
  if (asked === undefined) return (await ensureOrganization(services.db, DEFAULT_ORGANIZATION)).id;
  return (await mustBeActive(services, asked)).id;
}

/** @throws Refusal 409 for one that is blocked or closed: it gets nothing new. */
async function mustBeActive({ db }: Services, id: string): Promise<Organization> {
  const organization = await organizationById(db, id);
  if (!organization) throw refuseField('organization_id', 'no such organization', 'Leave it out for the default one.');
  const { status, statusReason, name } = organization;
  if (status === 'active') return organization;
  const why = statusReason === null ? '' : ` ${statusReason}`;
  throw new Refusal(409, `organization_${status}`, `The organization "${name}" is ${status}; it gets nothing new.${why}`);
}

export function labelTaken(label: string): Refusal {
  return refuseField(
    'label',
    `a living VPS is called "${label}" already`,
    'Choose another label, or destroy that VPS first.',
    409,
    'label_taken',
  );
}

export function gone(vps: VpsWithAccount): Refusal {
  return new Refusal(409, 'vps_gone', `The VPS "${vps.label}" is ${vps.status}. Nothing more can be done with it.`);
}

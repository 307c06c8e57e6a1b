/** What can be asked of a VPS. Each request records intent in one transaction; only workers touch the engine. */
import { randomInt, randomUUID } from 'node:crypto';
import type { OperationKind } from '../../contract/operation.ts';
import type { VpsCreate } from '../../contract/vps.ts';
import { notFound, Refusal, refuseField } from '../problem.ts';
import { appendAudit } from '../store/audit.ts';
import { brokenUnique, type Db, inTransaction, type Json, type Operation } from '../store/database.ts';
import { appendEvents, endQueued, insertOperation, lastOperation, requestCancel } from '../store/operations.ts';
import { ensureOrganization, organizationById } from '../store/settings.ts';
import { insertVps, livingLabelExists, lockVps, updateVps, vpsById, type VpsWithAccount } from '../store/vpses.ts';
import { claimServer } from './import-claim.ts';
import { IMPORTING } from './lifecycle/capabilities.ts';
import { requireCapability } from './lifecycle/guard.ts';
import { labelAgain, labelBack } from './lifecycle/label.ts';
import { failSnapshot } from './lifecycle/snapshot-failure.ts';
import { planVps } from './vps-plan.ts';
import type { Principal, Services } from './services.ts';

export const DEFAULT_ORGANIZATION = 'default';
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `onAccepted` runs inside the transaction that makes the change. */
export type Accepted = { vps: VpsWithAccount; operation: Operation };
export type OnAccepted = (tx: Db, accepted: Accepted) => Promise<void>;

export async function createVps(services: Services, principal: Principal, body: VpsCreate, onAccepted: OnAccepted): Promise<Accepted> {
  const organizationId = await organizationFor(services, principal, body.organization_id);
  if (await livingLabelExists(services.db, organizationId, body.label)) throw labelTaken(body.label);
  const vpsId = newVpsId();
  const { account, dnsAccount, spec } = await planVps(services, vpsId, body);
  const requestedPassword =
    body.root_pass === undefined ? null : services.secrets.seal({ table: 'vps', column: 'requestedPassword', id: vpsId }, body.root_pass);
  try {
    return await inTransaction(services.db, async (tx) => {
      const vps = await insertVps(tx, {
        id: vpsId,
        organizationId,
        label: body.label,
        hostname: spec.hostname,
        status: 'provisioning',
        spec,
        provider: account.provider,
        accountId: account.id,
        dnsAccountId: dnsAccount?.id ?? null,
        region: spec.compute.region,
        plan: spec.compute.plan,
        image: spec.compute.image,
        requestedPassword,
        externalReference: body.external_reference ?? null,
      });
      const accepted = { vps, operation: await order(services, tx, principal, vps, 'provision') };
      await onAccepted(tx, accepted);
      return accepted;
    });
  } catch (error) {
    const rule = brokenUnique(error);
    if (rule === null) throw error;
    if (rule.includes('xternal'))
      throw refuseField(
        'external_reference',
        'another VPS has this reference',
        'Use that VPS, or another reference.',
        409,
        'reference_taken',
      );
    throw labelTaken(body.label);
  }
}

export function newVpsId(): string {
  return Array.from({ length: 16 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

/** Refresh or preview of an existing server. */
export async function orderWork(
  services: Services,
  principal: Principal,
  id: string,
  kind: 'refresh' | 'preview',
  onAccepted: OnAccepted,
): Promise<Accepted> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    if (['terminated', 'destroying', 'leaked'].includes(vps.status)) throw gone(vps);
    if (vps.importing !== null) throw new Refusal(409, IMPORTING.code, IMPORTING.reason);
    const accepted = { vps, operation: await order(services, tx, principal, vps, kind) };
    await onAccepted(tx, accepted);
    return accepted;
  });
}

/** Runs the last failed operation again: it finds and adopts what the first left behind. */
export async function retryVps(services: Services, principal: Principal, id: string, onAccepted: OnAccepted): Promise<Accepted> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    const last = await lastOperation(tx, id);
    if (!last || !['failed', 'stalled', 'cancelled'].includes(last.status) || vps.status === 'terminated')
      throw new Refusal(
        409,
        'nothing_to_retry',
        `The last operation of this VPS is ${last?.status ?? 'none'}; only a failed, stalled or cancelled one can be run again.`,
      );
    if (vps.status === 'terminating')
      throw new Refusal(
        409,
        'vps_terminating',
        'The VPS will be terminated when its grace ends. Restore it before its last operation is run again.',
      );
    if (last.kind === 'destroy') await requireCapability(services, tx, principal, vps, 'destroy');
    if (vps.status === 'suspended' && !SUSPENDED_RETRIES.has(last.kind))
      throw new Refusal(409, 'suspended', 'The VPS is suspended; unsuspend it before its last operation is run again.');
    const status = last.kind === 'destroy' ? 'destroying' : SETUPS.has(last.kind) ? 'provisioning' : vps.status;
    const claim = last.kind === 'import' ? await claimServer(tx, vps) : {};
    const label = last.kind === 'rename' ? await labelAgain(tx, vps, (last.request as { spec?: unknown }).spec) : {};
    if (label === null) throw labelTaken((last.request as { spec: { label: string } }).spec.label);
    const changed = await updateVps(tx, id, { status, ...label, ...claim });
    const accepted = { vps: changed, operation: await order(services, tx, principal, changed, last.kind as OperationKind, again(last)) };
    await onAccepted(tx, accepted);
    return accepted;
  });
}

const SETUPS = new Set(['provision', 'import']);
const SUSPENDED_RETRIES = new Set(['suspend', 'unsuspend', 'destroy']);

/** Failures that what the stack recorded may be gone explains. */
const GONE: readonly unknown[] = ['not_found', 'invalid'];

/**
 * What a repetition takes over: the wish, and what the provider has done of it already. A set-up that failed over something
 * gone looks for what is left: what was deleted meanwhile is made anew. Later in life that is a person's decision, because
 * the customer's disk is gone with it. After any other failure it must not look: a server that is not ready yet would be
 * taken for a finished one.
 */
function again({ kind, request, progress, fault }: Operation): OrderOptions {
  const looksFirst = kind === 'provision' && GONE.includes((fault as { kind?: unknown } | null)?.kind);
  return {
    request: { ...(request as Record<string, Json>), looksFirst },
    ...(progress === null ? {} : { progress: progress as Json }),
  };
}

/** A waiting operation ends now; a running one is asked to stop and ends when the engine has. */
export async function cancelOperation(services: Services, principal: Principal, operation: Operation): Promise<Operation> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, operation.vpsId);
    const current = await tx.operation.findUniqueOrThrow({ where: { id: operation.id } });
    if (!['queued', 'running'].includes(current.status))
      throw new Refusal(409, 'already_ended', `The operation has ended: ${current.status}. There is nothing to cancel.`);
    await stop(tx, principal, current);
    const after = await tx.operation.findUniqueOrThrow({ where: { id: operation.id } });
    if (after.status === 'cancelled' && (SETUPS.has(after.kind) || after.kind === 'destroy'))
      await updateVps(tx, vps.id, { status: 'error', ...(after.kind === 'import' ? { instanceId: null } : {}) });
    const label = after.status === 'cancelled' && after.kind === 'rename' ? await labelBack(tx, vps) : null;
    if (label) await updateVps(tx, vps.id, label);
    return after;
  });
}

export interface Reveal {
  readonly username: string;
  readonly password: string;
  readonly count: number;
  readonly vps: VpsWithAccount;
}

/** Shows the password once; again only for an admin who says so. Each time leaves an audit event. */
export async function revealPassword(
  services: Services,
  principal: Principal,
  id: string,
  reason: string,
  again: boolean,
): Promise<Reveal> {
  return await inTransaction(services.db, async (tx) => {
    const vps = await mustLock(tx, principal, id);
    if (vps.rootPassword === null) throw new Refusal(409, 'no_password_yet', unknownPassword(vps));
    if (vps.revealCount > 0 && !(again && principal.role === 'admin'))
      throw new Refusal(409, 'already_revealed', 'The password was shown already. An admin may see it again with "again": true.');
    const password = services.secrets.open({ table: 'vps', column: 'rootPassword', id }, vps.rootPassword);
    const changed = await updateVps(tx, id, { revealCount: { increment: 1 }, lastRevealedAt: new Date() });
    await appendAudit(tx, {
      actor: principal.name,
      action: 'vps.password-revealed',
      target: id,
      organizationId: vps.organizationId,
      data: { reason, count: changed.revealCount, again },
    });
    const username = (vps.outputs as { rootUser?: string } | null)?.rootUser ?? 'root';
    return { username, password, count: changed.revealCount, vps: changed };
  });
}

function unknownPassword({ status, spec }: VpsWithAccount): string {
  const imported = (spec as { compute?: { imported?: unknown } }).compute?.imported !== undefined;
  if (imported && status === 'active') return 'The server was imported without its password. Reset the password, or reinstall the VPS.';
  return `The VPS is ${status}; its password is not known. Wait until it is active.`;
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

export interface OrderOptions {
  /** What the worker needs beside the VPS's row. No secret. */
  readonly request?: Readonly<Record<string, Json>>;
  readonly progress?: Json;
}

/** Records one operation with its first event, its job and its audit entry. */
export async function order(
  services: Services,
  tx: Db,
  principal: Pick<Principal, 'name'>,
  vps: VpsWithAccount,
  kind: OperationKind,
  options: OrderOptions = {},
): Promise<Operation> {
  // Decided when it is ordered: a takeover that still succeeds meanwhile does not turn this into a deletion.
  const forget = kind === 'destroy' && vps.importing !== null ? { forget: true } : {};
  const request: Json = { generation: vps.generation, ...options.request, ...forget };
  const operation = await insertOperation(tx, {
    id: randomUUID(),
    kind,
    organizationId: vps.organizationId,
    vpsId: vps.id,
    actor: principal.name,
    request,
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  });
  await appendEvents(tx, operation.id, null, [{ type: 'queued', data: { kind, label: vps.label }, at: new Date() }]);
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
  const at = new Date();
  const ended = await endQueued(tx, operation.id, 'cancelled', at);
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
  if (principal.organizationId !== null) {
    if (asked !== undefined && asked !== principal.organizationId)
      throw refuseField('organization_id', 'is not this token’s organization', 'Leave it out.', 403, 'forbidden');
    return principal.organizationId;
  }
  if (asked === undefined) return (await ensureOrganization(services.db, DEFAULT_ORGANIZATION)).id;
  if (!(await organizationById(services.db, asked)))
    throw refuseField('organization_id', 'no such organization', 'Leave it out for the default one.');
  return asked;
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

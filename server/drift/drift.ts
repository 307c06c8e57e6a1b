/** What is done about drift: check it with the engine, accept what the provider has, repair it, or leave it. */
import { randomUUID } from 'node:crypto';
import type { OperationKind } from '../../contract/operation.ts';
import { asOwn, VpsSpec } from '../../stacks/spec.ts';
import { timeNow } from '../kernel/clock.ts';
import { notFound, Refusal } from '../kernel/problem.ts';
import { beyondEngine, type Difference, isVanished, readable } from './compare.ts';
import { fingerprint } from '../kernel/fingerprint.ts';
import { appendAudit } from '../kernel/audit.ts';
import { resolveAlert } from '../kernel/kill-switches/store.ts';
import { type Db, inTransaction, type Json, type Operation } from '../kernel/database.ts';
import { driftById, type DriftWithVps, updateDrift } from './store.ts';
import { appendEvents, insertOperation, unfinishedOperations } from '../vps/operations/store.ts';
import { lockVps, updateVps, type VpsColumns, type VpsWithAccount } from '../vps/store.ts';
import type { Principal, Services } from '../kernel/services.ts';

export type DriftAction = 'accept' | 'repair';
const OPEN_TO_ACTION: readonly string[] = ['confirmed', 'dismissed', 'unconfirmed'];

export function differencesOf(drift: { differences: unknown }): Difference[] {
  return drift.differences as Difference[];
}

/** The same drift has the same one at every sweep. */
export function fingerprintOf(differences: readonly Difference[]): string {
  return fingerprint(differences).slice(0, 32);
}

export async function mustDrift(services: Services, id: string): Promise<DriftWithVps> {
  const drift = await driftById(services.db, id);
  if (!drift) throw notFound('drift', id);
  return drift;
}

export async function dismissDrift(services: Services, principal: Principal, id: string, reason: string): Promise<DriftWithVps> {
  const drift = await mustDrift(services, id);
  await inTransaction(services.db, async (tx) => {
    const decided = { state: 'dismissed', reason, decidedBy: principal.name, decidedAt: timeNow() };
    if (!OPEN_TO_ACTION.includes(drift.state) || !(await updateDrift(tx, id, decided, drift.state))) throw notOpen(drift);
    await audit(tx, principal.name, 'drift.dismissed', drift, { reason });
  });
  return await mustDrift(services, id);
}

/**
 * accept: the provider's state becomes the record's (a refresh); a changed plan also becomes what the VPS is meant to have.
 * repair: the record's state becomes the provider's again (a refresh, then an update).
 * Its `actionOperationId` is the operation whose end settles it.
 * @throws Refusal when it is not open to that, or its server is gone and `confirm` is not the VPS's label.
 */
export async function actOnDrift(
  services: Services,
  actor: string,
  id: string,
  action: DriftAction,
  confirm: string | undefined,
): Promise<DriftWithVps> {
  const drift = await mustDrift(services, id);
  await inTransaction(services.db, async (tx) => {
    const vps = await lockVps(tx, null, drift.vpsId);
    if (!vps || !OPEN_TO_ACTION.includes(drift.state)) throw notOpen(drift);
    const differences = differencesOf(drift);
    if (isVanished(differences) && confirm !== vps.label) throw needsConfirmation(vps, action);
    if ((await unfinishedOperations(tx, vps.id)).length > 0)
      throw new Refusal(
        409,
        'vps_busy',
        `The VPS "${vps.label}" has an operation under way. Wait for its end, then decide about its drift.`,
      );
    if (differences.every(({ field }) => field === 'another')) throw notOurs(differences);
    const change = action === 'accept' ? acceptedChange(vps, differences) : isVanished(differences) ? ownServer(vps) : {};
    if (Object.keys(change).length > 0) await updateVps(tx, vps.id, change);
    const refresh = await requestFor(services, tx, actor, vps, 'refresh', differences);
    const last = action === 'repair' ? await requestRepair(services, tx, actor, vps, differences) : refresh;
    const decided = { state: `${action}ing`, actionOperationId: last.id, decidedBy: actor, decidedAt: timeNow(), message: null };
    if (!(await updateDrift(tx, id, decided, drift.state))) throw notOpen(drift);
    await audit(tx, actor, `drift.${action}-ordered`, drift, { operation: last.id, differences: differences.map(readable) });
  });
  return await mustDrift(services, id);
}

/** Power is no part of the stack's state: it has operations of its own. */
async function requestRepair(services: Services, tx: Db, actor: string, vps: VpsWithAccount, differences: readonly Difference[]) {
  const power = differences.find(({ field }) => field === 'power');
  const repair = beyondEngine(differences) ? null : await requestFor(services, tx, actor, vps, 'drift-repair', differences);
  if (!power) return repair ?? (await requestFor(services, tx, actor, vps, 'refresh', differences));
  return await requestFor(services, tx, actor, vps, power?.recorded === 'stopped' ? 'stop' : 'start');
}

/** Orders the engine's word on a suspicion, unless the VPS is busy: then the next sweep looks again. */
export async function requestCheck(services: Services, tx: Db, actor: string, vpsId: string): Promise<Operation | null> {
  const vps = await lockVps(tx, null, vpsId);
  if (!vps || vps.deletedAt !== null || (await unfinishedOperations(tx, vpsId)).length > 0) return null;
  return await requestFor(services, tx, actor, vps, 'drift-check');
}

/** `decided`: the differences that a person or a policy decided about. */
async function requestFor(
  services: Services,
  tx: Db,
  actor: string,
  vps: VpsWithAccount,
  kind: OperationKind,
  decided: readonly Difference[] = [],
): Promise<Operation> {
  const operation = await insertOperation(tx, {
    id: randomUUID(),
    kind,
    organizationId: vps.organizationId,
    vpsId: vps.id,
    actor,
    request: { generation: vps.generation, lossDecided: isVanished(decided) },
  });
  await appendEvents(tx, operation.id, null, [{ type: 'queued', data: { kind, label: vps.label }, at: timeNow() }]);
  await services.enqueue(tx, { id: operation.id, vpsId: vps.id, accountId: vps.accountId });
  return operation;
}

/** What the VPS's own row and spec take over, so that the next update does not undo what was accepted. */
function acceptedChange(vps: VpsWithAccount, differences: readonly Difference[]): VpsColumns {
  if (isVanished(differences)) return { status: 'error', instanceId: null, ipv4: null, ipv6: null };
  const spec = VpsSpec.parse(vps.spec);
  let change: VpsColumns = {};
  const proxied = differences.find(({ field }) => field === 'proxied');
  if (proxied && spec.dns) change = { spec: { ...spec, dns: { ...spec.dns, proxied: proxied.actual === 'on' } } as Json };
  for (const { object, field, actual } of differences) {
    if (object !== 'instance') continue;
    if (field === 'plan' && actual !== null)
      change = {
        ...change,
        plan: actual,
        spec: { ...((change.spec as VpsSpec | undefined) ?? spec), compute: { ...spec.compute, plan: actual } } as Json,
      };
    if (field === 'ipv4') change = { ...change, ipv4: actual };
    if (field === 'ipv6') change = { ...change, ipv6: actual };
    if (field === 'power' && actual !== null) change = { ...change, powerState: actual };
  }
  return change;
}

/** Its end, by whatever way; the alert that it raised ends with it. */
export async function resolveDrift(tx: Db, drift: { id: string; vpsId: string }, resolution: string): Promise<void> {
  await updateDrift(tx, drift.id, { state: 'resolved', resolution, resolvedAt: timeNow() });
  await resolveAlert(tx, 'server-vanished', drift.vpsId);
}

/** The new server in the place of a lost one is made here, also where the lost one was imported. */
function ownServer(vps: VpsWithAccount): VpsColumns {
  const spec = VpsSpec.parse(vps.spec);
  if (!spec.compute.imported) return {};
  if (spec.compute.image === '')
    throw new Refusal(
      409,
      'image_unknown',
      `The image of the lost server of "${vps.label}" is not known. Accept the loss, and order a new VPS.`,
    );
  return { spec: asOwn(spec) as Json };
}

async function audit(tx: Db, actor: string, action: string, drift: DriftWithVps, data: Record<string, Json>): Promise<void> {
  const { vps } = drift;
  await appendAudit(tx, { actor, action, target: vps.id, organizationId: vps.organizationId, data: { drift: drift.id, ...data } });
}

function needsConfirmation(vps: VpsWithAccount, action: DriftAction): Refusal {
  const outcome = action === 'accept' ? 'Plinth forgets the lost server' : 'a new, empty server takes its place';
  return new Refusal(
    409,
    'needs_confirmation',
    `The server of "${vps.label}" is gone at the provider. If ${outcome} shall happen, repeat this with "confirm": "${vps.label}".`,
    [{ field: 'confirm', rule: 'must be the VPS’s label', remedy: `Send "${vps.label}".` }],
  );
}

/** A record of somebody else beside the VPS's own: Plinth changes only what it made. */
function notOurs(differences: readonly Difference[]): Refusal {
  const what = differences.map(({ name, actual }) => `${name} ${actual ?? ''}`.trim()).join(', ');
  return new Refusal(
    409,
    'foreign_record',
    `Beside the VPS's records stands one that is not Plinth's (${what}). Settle at the DNS provider whose the name is, or rename the VPS; the next sweep looks again.`,
  );
}

function notOpen(drift: DriftWithVps): Refusal {
  return new Refusal(
    409,
    'drift_not_open',
    `This drift is ${drift.state}; only a confirmed, unconfirmed or dismissed one can be decided about.`,
  );
}

/**
 * Updates that a person runs with the plain command line. Each appears as an operation of its VPS, like
 * any other: live steps, an honest end, outputs in the VPS row. While it runs no worker starts on that
 * VPS, because the queue takes operations of one VPS in order. Its heartbeat is the end of its lease.
 */
import { EventTranslator } from '../../../automation/events.ts';
import { Redactor } from '../../../automation/redact.ts';
import type { Engine, EngineEvent } from '../../../automation/types.ts';
import type { OperationKind } from '../../../contract/operation.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { StatePrincipal } from '../access.ts';
import type { Door, DoorRefusal, StackPlace, StateHooks } from '../context.ts';
import { serverOf } from '../../vps/server-of.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { inTransaction, type Json } from '../../kernel/database.ts';
import { appendEvents, endHandRun, insertHandRun, operationById, renewHandRun, unfinishedOperations } from '../../vps/operations/store.ts';
import { unfold } from '../doors/store.ts';
import type { StackRow, UpdateRow } from '../rows.ts';
import { lockVps, updateVps, type VpsWithAccount } from '../../vps/store.ts';
import { behind } from '../doors/behind.ts';
import { handKind, statusRefusal } from '../doors/by-hand.ts';
import { noteDecrypted } from '../doors/decrypted.ts';
import type { DoorContext } from '../doors/context.ts';
import { guardDoor } from '../doors/guard.ts';
import { opened } from '../doors/by-hand.ts';
import { handSpec, specChange } from './spec.ts';
import type { Services } from '../../kernel/services.ts';
import { requestOperation } from '../../vps/vps.ts';
import { outputsChange } from '../../vps/outputs.ts';

const KINDS: Readonly<Record<string, OperationKind>> = { update: 'hand-update', refresh: 'hand-refresh', destroy: 'hand-destroy' };

/** The state service's hooks for updates that no worker ordered. */
export class HandRuns implements StateHooks {
  readonly #doors: DoorContext;
  readonly #services: Services;
  readonly #outputsOf: Engine['outputs'];
  readonly #followers = new Map<string, Follower>();

  /** `outputsOf` decrypts the outputs that a stack's last update recorded. */
  constructor(doors: DoorContext, outputsOf: Engine['outputs']) {
    this.#doors = doors;
    this.#services = doors.services;
    this.#outputsOf = outputsOf;
  }

  async isOwned(stack: StackPlace): Promise<boolean> {
    return (await behind(this.#services.db, stack)).kind !== 'foreign';
  }

  guard(door: Door): Promise<DoorRefusal | null> {
    return guardDoor(this.#doors, door);
  }

  async started(stack: StackRow, update: UpdateRow, principal: StatePrincipal, leaseExpires: Date): Promise<DoorRefusal | null> {
    if (update.operationId !== null || update.dryRun) return null;
    const found = await this.#vpsOf(stack);
    const kind = KINDS[update.kind];
    if (!found || !kind) return null;
    return await inTransaction(this.#services.db, async (tx) => {
      // What was ordered since the door was passed came first.
      const vps = await lockVps(tx, found.organizationId, found.id);
      if (!vps) return { status: 404, message: `The VPS of ${stack.name} has another owner now.` };
      const late = await statusRefusal(tx, principal.person!, vps, handKind(update.kind));
      if (late !== null) return { status: 409, message: late };
      await insertHandRun(tx, {
        id: update.id,
        kind,
        organizationId: vps.organizationId,
        vpsId: vps.id,
        actor: principal.name,
        heartbeatAt: leaseExpires,
      });
      const data = { attempt: 1, worker: 'command line', message: update.message };
      await appendEvents(tx, update.id, null, [{ type: 'attempt-started', data, at: timeNow() }]);
      await appendAudit(tx, {
        actor: principal.name,
        action: `vps.${kind}`,
        target: vps.id,
        organizationId: vps.organizationId,
        data: { update: update.id },
      });
      return null;
    });
  }

  async renewed(update: UpdateRow, expires: Date): Promise<void> {
    if (update.operationId === null) await renewHandRun(this.#services.db, update.id, expires);
  }

  async events(update: UpdateRow, events: readonly unknown[]): Promise<void> {
    if (update.operationId !== null || update.dryRun || !(await operationById(this.#services.db, null, update.id))) return;
    const follower = this.#followers.get(update.id) ?? makeFollower();
    this.#followers.set(update.id, follower);
    for (const event of events) follower.translator.handle(event as Parameters<EventTranslator['handle']>[0]);
    const rows = follower.seen
      .splice(0)
      .map(({ type, at, ...data }) => ({ type, at: new Date(at), data: JSON.parse(JSON.stringify(data)) as Json }));
    await inTransaction(this.#services.db, (tx) => appendEvents(tx, update.id, null, rows));
  }

  async completed(stack: StackRow, update: UpdateRow): Promise<void> {
    const translator = this.#followers.get(update.id)?.translator;
    this.#followers.delete(update.id);
    const vps = await this.#vpsOf(stack);
    if (update.operationId !== null || update.dryRun || !vps) return;
    const destroyed = update.status === 'succeeded' && update.kind === 'destroy' && (await this.#isGone(stack));
    const outputs = update.status === 'succeeded' && update.kind !== 'destroy' ? await this.#outputsOf(stack.name) : null;
    await inTransaction(this.#services.db, async (tx) => {
      // The VPS's row comes first wherever both are held, or a cancel at this moment would wait for this and this for it.
      await lockVps(tx, null, vps.id);
      const steps = (translator?.steps ?? []).map(({ op, name, resourceType, changed }) => ({ op, name, resourceType, changed }));
      const result = JSON.parse(JSON.stringify({ changes: translator?.changes ?? {}, steps })) as Json;
      const ended = await endHandRun(tx, update.id, update.status, result, faultOf(update, translator));
      if (!ended) return;
      if (outputs) await updateVps(tx, vps.id, outputsChange(this.#services, vps.id, outputs));
      const key = this.#doors.keys.unwrap(stack.dataKey, stack.id);
      const { spec } = handSpec(vps, update.config, (ciphertext) => opened(key, stack.id, ciphertext));
      if (spec && update.kind === 'update' && update.status === 'succeeded')
        await updateVps(tx, vps.id, specChange(this.#services.secrets, spec));
      if (destroyed) {
        // Whether anything is left is asked at the provider, as after every destroy; only that makes it terminated.
        const destroying = await updateVps(tx, vps.id, { status: 'destroying' });
        await requestOperation(this.#services, tx, { name: update.actor }, destroying, 'destroy');
      }
      // What was ordered meanwhile waited for this one.
      const [next] = await unfinishedOperations(tx, vps.id);
      if (next) await this.#services.enqueue(tx, { id: next.id, vpsId: vps.id, accountId: vps.accountId });
    });
  }

  async audit(principal: StatePrincipal, action: string, stack: StackRow | null, detail: Record<string, unknown>): Promise<void> {
    const vps = stack ? await this.#vpsOf(stack) : null;
    const data = JSON.parse(JSON.stringify({ ...detail, stack: stack?.name ?? detail['stack'] })) as Record<string, Json>;
    await inTransaction(this.#services.db, (tx) =>
      appendAudit(tx, {
        actor: principal.name,
        action,
        target: vps?.id ?? stack?.name ?? 'state',
        organizationId: vps?.organizationId ?? null,
        data,
      }),
    );
  }

  decrypted(principal: StatePrincipal, stack: StackRow, plaintexts: readonly Buffer[]): Promise<void> {
    return noteDecrypted(this.#services, principal, stack, plaintexts);
  }

  async #vpsOf(stack: StackPlace): Promise<VpsWithAccount | null> {
    const owner = await behind(this.#services.db, stack);
    return owner.kind === 'vps' ? owner.vps : null;
  }

  /** One of some resources only (`--target`) ends well and leaves the server. */
  async #isGone(stack: StackRow): Promise<boolean> {
    const state = await unfold(this.#doors.tables, stack.id, []);
    return !state || serverOf(state.next.deployment) === null;
  }
}

/** Turns one update's raw events into ours; `seen` holds those not written yet. */
interface Follower {
  readonly translator: EventTranslator;
  readonly seen: EngineEvent[];
}

function makeFollower(): Follower {
  const seen: EngineEvent[] = [];
  return { seen, translator: new EventTranslator(new Redactor(), (event) => seen.push(event)) };
}

function faultOf(update: UpdateRow, translator: EventTranslator | undefined): Json | null {
  if (update.status === 'succeeded') return null;
  const message =
    update.status === 'cancelled'
      ? 'The update was cancelled and lost its stack.'
      : (translator?.errors[0]?.message ?? 'The command line reported a failure.');
  return { kind: update.status === 'cancelled' ? 'cancelled' : 'program_error', message, retryable: false };
}

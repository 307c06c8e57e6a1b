/**
 * Updates that a person runs with the plain command line. Each appears as an operation of its VPS, like
 * any other: live steps, an honest end, outputs in the VPS row. While it runs no worker starts on that
 * VPS, because the queue takes operations of one VPS in order. Its heartbeat is the end of its lease.
 */
import { EventTranslator } from '../../automation/events.ts';
import { Redactor } from '../../automation/redact.ts';
import type { Engine, EngineEvent } from '../../automation/types.ts';
import type { OperationKind } from '../../contract/operation.ts';
import { PROJECT } from '../../stacks/spec.ts';
import type { StatePrincipal } from '../state/access.ts';
import type { JournalEntry } from '../state/journal.ts';
import type { StateHooks } from '../state/context.ts';
import { appendAudit } from '../store/audit.ts';
import { inTransaction, type Json } from '../store/database.ts';
import { appendEvents, endHandRun, insertHandRun, operationById, renewHandRun, unfinishedOperations } from '../store/operations.ts';
import type { StackRow, UpdateRow } from '../store/state-rows.ts';
import { lockVps, updateVps, vpsById, type VpsWithAccount } from '../store/vpses.ts';
import { handSpec, specChange } from './hand-run-spec.ts';
import { IMPORTING } from './lifecycle/capabilities.ts';
import type { Services } from './services.ts';
import { order } from './vps.ts';
import { outputsChange } from './vps-outputs.ts';

const INSTANCE = '::vps-instance';
const KINDS: Readonly<Record<string, OperationKind>> = { update: 'hand-update', refresh: 'hand-refresh', destroy: 'hand-destroy' };

export function isHandRun(kind: string): boolean {
  return kind.startsWith('hand-');
}

/** The state service's hooks for updates that no worker ordered. */
export class HandRuns implements StateHooks {
  readonly #services: Services;
  readonly #outputsOf: Engine['outputs'];
  readonly #followers = new Map<string, Follower>();

  /** `outputsOf` decrypts the outputs that a stack's last update recorded. */
  constructor(services: Services, outputsOf: Engine['outputs']) {
    this.#services = services;
    this.#outputsOf = outputsOf;
  }

  async beforeStart(stack: StackRow, update: UpdateRow): Promise<string | null> {
    if (update.operationId !== null) return null;
    const vps = await this.#vpsOf(stack);
    if (!vps) return null;
    if (vps.status === 'terminated') return `The VPS "${vps.label}" is terminated; its stack takes no more updates.`;
    if (vps.importing !== null) return `The VPS "${vps.label}" takes no updates by hand. ${IMPORTING.reason}`;
    const { refused } = handSpec(vps, update.config);
    if (refused && update.kind === 'update') return refused;
    if (update.kind === 'destroy' && vps.deleteProtection)
      return `Delete protection of the VPS "${vps.label}" is on. Switch it off first: plinth vps protect ${vps.id} --off`;
    const [busy] = await unfinishedOperations(this.#services.db, vps.id);
    if (!busy) return null;
    return `Plinth itself is working on this VPS: ${busy.kind} by ${busy.actor} since ${(busy.startedAt ?? busy.createdAt).toISOString()}. Wait for operation ${busy.id}, or cancel it.`;
  }

  async started(stack: StackRow, update: UpdateRow, principal: StatePrincipal, leaseExpires: Date): Promise<void> {
    if (update.operationId !== null || update.dryRun) return;
    const vps = await this.#vpsOf(stack);
    const kind = KINDS[update.kind];
    if (!vps || !kind) return;
    await inTransaction(this.#services.db, async (tx) => {
      await insertHandRun(tx, {
        id: update.id,
        kind,
        organizationId: vps.organizationId,
        vpsId: vps.id,
        actor: principal.name,
        heartbeatAt: leaseExpires,
      });
      const data = { attempt: 1, worker: 'command line', message: update.message };
      await appendEvents(tx, update.id, null, [{ type: 'attempt-started', data, at: new Date() }]);
      await appendAudit(tx, {
        actor: principal.name,
        action: `vps.${kind}`,
        target: vps.id,
        organizationId: vps.organizationId,
        data: { update: update.id },
      });
    });
  }

  async renewed(update: UpdateRow, expires: Date): Promise<void> {
    if (update.operationId === null) await renewHandRun(this.#services.db, update.id, expires);
  }

  async beforeSteps(stack: StackRow, update: UpdateRow, entries: readonly JournalEntry[]): Promise<string | null> {
    if (update.operationId !== null || update.kind === 'destroy') return null;
    return entries.some(touchesInstance) && (await this.#vpsOf(stack)) ? refusedStep(stack) : null;
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
    const outputs = update.status === 'succeeded' && update.kind !== 'destroy' ? await this.#outputsOf(stack.name) : null;
    await inTransaction(this.#services.db, async (tx) => {
      // The VPS's row comes first wherever both are held, or a cancel at this moment would wait for this and this for it.
      await lockVps(tx, null, vps.id);
      const steps = (translator?.steps ?? []).map(({ op, name, resourceType, changed }) => ({ op, name, resourceType, changed }));
      const result = JSON.parse(JSON.stringify({ changes: translator?.changes ?? {}, steps })) as Json;
      const ended = await endHandRun(tx, update.id, update.status, result, faultOf(update, translator));
      if (!ended) return;
      if (outputs) await updateVps(tx, vps.id, outputsChange(this.#services, vps.id, outputs));
      const { spec } = handSpec(vps, update.config);
      if (spec && update.kind === 'update' && update.status === 'succeeded') await updateVps(tx, vps.id, specChange(spec));
      if (update.status === 'succeeded' && update.kind === 'destroy') {
        // Whether anything is left is asked at the provider, as after every destroy; only that makes it terminated.
        const destroying = await updateVps(tx, vps.id, { status: 'destroying' });
        await order(this.#services, tx, { name: update.actor }, destroying, 'destroy');
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

  async #vpsOf(stack: StackRow): Promise<VpsWithAccount | null> {
    const id = stack.project === PROJECT ? /^vps-([a-z0-9]+)$/.exec(stack.name)?.[1] : undefined;
    return id === undefined ? null : vpsById(this.#services.db, null, id);
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

/** A begun step that would delete or replace the customer's server. */
function touchesInstance(entry: JournalEntry): boolean {
  const { operation } = entry;
  return entry.kind === 0 && operation?.type === 'deleting' && operation.resource.urn.endsWith(INSTANCE);
}

function refusedStep(stack: StackRow): string {
  return `This would delete or replace the server of ${stack.name}. Only an ordered reinstall or termination may do that: use Plinth, or pulumi destroy as an admin.`;
}

function faultOf(update: UpdateRow, translator: EventTranslator | undefined): Json | null {
  if (update.status === 'succeeded') return null;
  const message =
    update.status === 'cancelled'
      ? 'The update was cancelled and lost its stack.'
      : (translator?.errors[0]?.message ?? 'The command line reported a failure.');
  return { kind: update.status === 'cancelled' ? 'cancelled' : 'program_error', message, retryable: false };
}

/**
 * What stands still and waits for a person: operations that stalled, sweeps that failed, wake-ups that nobody could take.
 * Each is told with what to do about it, and can be run again or dismissed with a reason.
 */
import type { DeadLetter, QueueState } from '../../../contract/jobs.ts';
import { timeNow } from '../../kernel/clock.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { type Commit, type Db, inTransaction, type Operation } from '../../kernel/database.ts';
import {
  countJobs,
  countQueued,
  type DeadJob,
  deadJobs,
  type Dismissal,
  dismissalOf,
  dismissalsOf,
  failedSweeps,
  removeDeadJob,
  type StalledOperation,
  stalledOperations,
} from './store.ts';
import { operationById, operationsWithVps } from '../../vps/operations/store.ts';
import { requestSweep, type Sweep } from '../../kernel/schedule/store.ts';
import { vpsById } from '../../vps/store.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { prepareRetry } from '../../vps/retry/retry.ts';

/** More than a person can look at one by one; classes count them all the same. */
const AT_MOST = 1_000;
const FAULT_OF_SWEEP = 'sweep_failed';
const FAULT_OF_JOB = 'wake_up_lost';

const LOOKS_FIRST = 'Run it again: it looks at the provider first, adopts what it finds and makes nothing twice.';
/** By class of fault; what is not here has no better advice than to run it again. */
const REMEDIES: Readonly<Record<string, string>> = {
  locked: 'Another update holds the stack. See who in its history (plinth stack history), wait for its end, then run it again.',
  engine_missing: 'The Pulumi engine is missing on the worker. plinth doctor says what is missing; then run it again.',
  state_unavailable: 'The database did not answer when the state was written. Check it, then run it again: it looks first.',
  timeout:
    'The provider took longer than Plinth waits. See in its console whether it still works on the server, then run it again: it looks first.',
  engine_crashed: 'The engine ended by itself, often for want of memory on the worker. Check that, then run it again: it looks first.',
  [FAULT_OF_SWEEP]: 'Read the message, mend its cause, then run the sweep now. Nothing was changed by the failed run.',
  [FAULT_OF_JOB]: 'Run it again: its operation gets a new wake-up. A wake-up of an operation that has ended is only cleared away.',
};

export interface DeadLetterFilter {
  readonly source?: DeadLetter['source'] | undefined;
  readonly fault?: string | undefined;
  readonly dismissed: boolean;
}

/** All that waits for a person or was dismissed, newest first within each source. */
export async function everyDeadLetter(db: Db): Promise<DeadLetter[]> {
  const [operations, sweeps, jobs] = await Promise.all([stalledOperations(db, AT_MOST), failedSweeps(db), deadJobs(db, AT_MOST)]);
  const letters = [...operations.map(ofOperation), ...sweeps.map(ofSweep), ...(await ofJobs(db, jobs))];
  const dismissals = await dismissalsOf(
    db,
    letters.map(({ id }) => id),
  );
  return letters.map((letter) => ({ ...letter, dismissed: dismissedNow(letter, dismissals.get(letter.id)) }));
}

export function chosen(letters: readonly DeadLetter[], filter: DeadLetterFilter): DeadLetter[] {
  return letters.filter(
    ({ source, fault, dismissed }) =>
      (filter.source === undefined || source === filter.source) &&
      (filter.fault === undefined || fault === filter.fault) &&
      (filter.dismissed || dismissed === null),
  );
}

export function classesOf(letters: readonly DeadLetter[]): { source: DeadLetter['source']; fault: string; count: number }[] {
  const open = letters.filter(({ dismissed }) => dismissed === null);
  return [...Map.groupBy(open, ({ source, fault }) => `${source} ${fault}`).values()]
    .map((list) => ({ source: list[0]!.source, fault: list[0]!.fault, count: list.length }))
    .toSorted((a, b) => b.count - a.count);
}

export async function queueState(db: Db): Promise<QueueState> {
  const [kinds, queues, letters] = await Promise.all([countQueued(db), countJobs(db), everyDeadLetter(db)]);
  const sum = (field: 'waiting' | 'active' | 'scheduled'): number => kinds.reduce((total, row) => total + row[field], 0);
  return {
    waiting: sum('waiting'),
    active: sum('active'),
    scheduled: sum('scheduled'),
    oldest_at: earliest(kinds.map(({ oldestAt }) => oldestAt)),
    next_retry_at: earliest(kinds.map(({ nextRetryAt }) => nextRetryAt)),
    kinds: kinds.map(({ kind, waiting, active, scheduled, oldestAt }) => ({
      kind: kind as QueueState['kinds'][number]['kind'],
      waiting,
      active,
      scheduled,
      oldest_at: oldestAt?.toISOString() ?? null,
    })),
    queues: queues.map(({ oldestAt, ...row }) => ({ ...row, oldest_at: oldestAt?.toISOString() ?? null })),
    dead_letters: letters.filter(({ dismissed }) => dismissed === null).length,
    at: timeNow().toISOString(),
  };
}

export interface Retried {
  readonly letter: DeadLetter;
  readonly operation: Operation | null;
}

/** Runs it again. @throws Refusal when there is no such letter (any more), or the VPS is in no state for it. */
export async function prepareLetter(services: Services, principal: Principal, id: string): Promise<Commit<Retried>> {
  return await prepareOne(services, principal, await mustLetter(services.db, id));
}

export interface RetriedMany {
  readonly retried: { readonly id: string; readonly operation_id: string | null }[];
  readonly refused: { readonly id: string; readonly code: string; readonly detail: string }[];
}

/** Runs again what has this class of fault and is not dismissed, each in a transaction of its own. */
export async function retryClass(
  services: Services,
  principal: Principal,
  filter: Omit<DeadLetterFilter, 'dismissed'>,
  limit: number,
): Promise<RetriedMany> {
  const letters = chosen(await everyDeadLetter(services.db), { ...filter, dismissed: false }).slice(0, limit);
  const answer: RetriedMany = { retried: [], refused: [] };
  for (const letter of letters) {
    try {
      const { operation } = await inTransaction(services.db, await prepareOne(services, principal, letter));
      answer.retried.push({ id: letter.id, operation_id: operation?.id ?? null });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer.refused.push({ id: letter.id, code: error.code, detail: error.message });
    }
  }
  return answer;
}

/** Takes it off the list until it happens again; the audit trail keeps by whom and why. */
export async function dismissLetter(tx: Db, principal: Principal, id: string, reason: string): Promise<DeadLetter> {
  const letter = await mustLetter(tx, id);
  await appendAudit(tx, dismissalOf(id, principal.name, reason, letter.happened_at));
  if (letter.source === 'job') await removeDeadJob(tx, nameIn(id));
  return { ...letter, dismissed: { by: principal.name, reason, at: timeNow().toISOString() } };
}

async function prepareOne(services: Services, principal: Principal, letter: DeadLetter): Promise<Commit<Retried>> {
  const note = async (tx: Db, operation: Operation | null): Promise<Retried> => {
    const data = { fault: letter.fault, ...(operation ? { operation: operation.id } : {}) };
    await appendAudit(tx, { actor: principal.name, action: 'dead-letter.retried', target: letter.id, organizationId: null, data });
    return { letter, operation };
  };
  if (letter.source === 'operation') {
    const retry = await prepareRetry(services, principal, letter.vps_id!);
    return async (tx) => await note(tx, (await retry(tx)).operation);
  }
  return async (tx) => {
    if (letter.source === 'sweep') {
      await requestSweep(tx, nameIn(letter.id), principal.name);
      return await note(tx, null);
    }
    if (!(await removeDeadJob(tx, nameIn(letter.id)))) throw notFound('dead letter', letter.id);
    const operation = letter.operation_id === null ? null : await operationById(tx, null, letter.operation_id);
    if (operation?.status !== 'queued') return await note(tx, null);
    const vps = await vpsById(tx, null, operation.vpsId);
    if (vps) await services.enqueue(tx, { id: operation.id, vpsId: vps.id, accountId: vps.accountId });
    return await note(tx, operation);
  };
}

async function mustLetter(db: Db, id: string): Promise<DeadLetter> {
  const letter = (await everyDeadLetter(db)).find((each) => each.id === id);
  if (!letter) throw notFound('dead letter', id);
  return letter;
}

const nameIn = (id: string): string => id.slice(id.indexOf(':') + 1);

function dismissedNow({ happened_at }: DeadLetter, dismissal: Dismissal | undefined): DeadLetter['dismissed'] {
  if (!dismissal || dismissal.happenedAt !== happened_at) return null;
  return { by: dismissal.by, reason: dismissal.reason, at: dismissal.at.toISOString() };
}

function ofOperation(operation: StalledOperation): DeadLetter {
  const fault = operation.fault as { kind?: string; message?: string } | null;
  const kind = fault?.kind ?? 'unknown';
  return {
    id: `operation:${operation.id}`,
    source: 'operation',
    what: operation.kind,
    fault: kind,
    message: fault?.message ?? 'It ended without a certain outcome.',
    remedy: REMEDIES[kind] ?? LOOKS_FIRST,
    attempts: operation.attempt,
    vps_id: operation.vpsId as DeadLetter['vps_id'],
    vps_label: operation.vps.label,
    operation_id: operation.id as DeadLetter['operation_id'],
    happened_at: (operation.finishedAt ?? operation.createdAt).toISOString(),
    dismissed: null,
  };
}

function ofSweep(sweep: Sweep): DeadLetter {
  return {
    ...NOBODYS,
    id: `sweep:${sweep.name}`,
    source: 'sweep',
    what: sweep.name,
    fault: FAULT_OF_SWEEP,
    message: sweep.lastMessage ?? 'It failed without a reason.',
    remedy: REMEDIES[FAULT_OF_SWEEP]!,
    attempts: sweep.runs,
    happened_at: (sweep.lastFinishedAt ?? sweep.nextRunAt).toISOString(),
  };
}

async function ofJobs(db: Db, jobs: readonly DeadJob[]): Promise<DeadLetter[]> {
  const ids = jobs.flatMap(({ operationId }) => (operationId === null ? [] : [operationId]));
  const found = await operationsWithVps(db, ids);
  return jobs.map((job) => {
    const operation = job.operationId === null ? undefined : found.get(job.operationId);
    const about = operation
      ? `the operation ${operation.kind} of ${operation.vps.label}, which is ${operation.status}`
      : 'an operation that is not there';
    return {
      ...NOBODYS,
      id: `job:${job.id}`,
      source: 'job',
      what: operation?.kind ?? 'wake-up',
      fault: FAULT_OF_JOB,
      message: `No worker could take the wake-up of ${about}.`,
      remedy: REMEDIES[FAULT_OF_JOB]!,
      attempts: job.attempts,
      vps_id: (operation?.vpsId ?? null) as DeadLetter['vps_id'],
      vps_label: operation?.vps.label ?? null,
      operation_id: (operation?.id ?? null) as DeadLetter['operation_id'],
      happened_at: job.createdAt.toISOString(),
    };
  });
}

const NOBODYS = { vps_id: null, vps_label: null, operation_id: null, dismissed: null } as const;

function earliest(times: readonly (Date | null)[]): string | null {
  const known = times.filter((time) => time !== null).map((time) => time.getTime());
  return known.length === 0 ? null : new Date(Math.min(...known)).toISOString();
}

/**
 * Hands events to the processors. One process at a time works for one processor (its row is locked while it does); a crash undoes
 * what was not committed, and another process goes on there. What fails is tried again later, alone, and holds back only events
 * of its own subject.
 */
import type { Logger } from 'pino';
import { subjectOf } from '../../../contract/events.ts';
import { type Database, type Db, inTransaction } from '../database.ts';
import { raiseAlert } from '../kill-switches/store.ts';
import { Bell } from './bell.ts';
import { checked, eventAt, eventsOfKinds, type PlacedEvent } from './event-store.ts';
import type { Processor } from './processor.ts';
import * as store from './processor-store.ts';
import type { Signals } from './signals.ts';

const BATCH = 100;
/** A transaction ends after so long, between two events. */
const TURN_MS = 3_000;
/** Between two looks when nothing rang: retries are due by the clock. */
const POLL_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 300_000;

export interface Processing {
  /** Waits for the turns under way. */
  stop(): Promise<void>;
}

export async function startProcessing(db: Database, log: Logger, signals: Signals, processors: readonly Processor[]): Promise<Processing> {
  assertNamed(processors);
  for (const each of processors) await store.ensureProcessor(db, each);
  const bell = new Bell();
  const stopping = new AbortController();
  signals.on('plinth_event_placed', () => bell.ring());
  const byName = new Map(processors.map((each) => [each.name, each]));
  const turns = new Map<string, Promise<void>>();
  const look = async (): Promise<void> => {
    for (const name of await store.processorsBehind(db, processors)) {
      if (turns.has(name) || stopping.signal.aborted) continue;
      const turn = takeTurns(db, log, byName.get(name)!, stopping.signal).finally(() => {
        turns.delete(name);
        // Something may have come while its last turn ended.
        bell.ring();
      });
      turns.set(name, turn);
    }
  };
  const working = (async () => {
    while (!stopping.signal.aborted && processors.length > 0) {
      await look().catch((error: unknown) => log.warn({ err: error }, 'events cannot be handed out; they wait'));
      await bell.wait(POLL_MS, stopping.signal);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await working;
      await Promise.all(turns.values());
    },
  };
}

function assertNamed(processors: readonly Processor[]): void {
  const names = processors.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two processors are called ${twice}. Their places would be one.`);
}

async function takeTurns(db: Database, log: Logger, processor: Processor, signal: AbortSignal): Promise<void> {
  try {
    while (!signal.aborted && (await inTransaction(db, (tx) => turn(tx, log, processor, signal))));
  } catch (error) {
    log.warn({ err: error, processor: processor.name }, 'events are handed to it later');
  }
}

/** One transaction's work. True when there may be more. */
async function turn(tx: Db, log: Logger, processor: Processor, signal: AbortSignal): Promise<boolean> {
  const { name, kinds } = processor;
  const place = await store.holdProcessor(tx, name);
  if (!place) return false;
  const until = performance.now() + TURN_MS;
  const isOver = (): boolean => signal.aborted || performance.now() > until;
  const due = await store.dueDeliveries(tx, name, BATCH);
  for (const delivery of due) {
    if (isOver()) return true;
    await again(tx, log, processor, delivery);
  }
  const held = await store.waitingSubjects(tx, name);
  const events = await eventsOfKinds(tx, kinds, place.position, place.head, BATCH);
  let reached = events.length === BATCH ? events.at(-1)!.position : place.head;
  for (const [index, event] of events.entries()) {
    if (isOver()) {
      reached = events[index - 1]?.position ?? place.position;
      break;
    }
    const subject = subjectOf(event.kind, event.data);
    if (held.has(subject)) await store.putOff(tx, name, { position: event.position, subject, attempts: 0 }, null, 0);
    else if (!(await tried(tx, log, processor, event, { position: event.position, subject, attempts: 1 }))) held.add(subject);
  }
  if (reached !== place.position) await store.moveProcessor(tx, name, reached);
  return events.length === BATCH || due.length > 0 || (reached !== place.head && !signal.aborted);
}

async function again(tx: Db, log: Logger, processor: Processor, delivery: store.Delivery): Promise<void> {
  const event = await eventAt(tx, delivery.position);
  const next = { ...delivery, attempts: delivery.attempts + 1 };
  if (!event || (await tried(tx, log, processor, event, next))) await store.dropDelivery(tx, processor.name, delivery.position);
}

/** False when it failed: it is put off, or given up. */
async function tried(tx: Db, log: Logger, processor: Processor, event: PlacedEvent, delivery: store.Delivery): Promise<boolean> {
  const { name, attempts } = processor;
  await tx.$executeRawUnsafe('SAVEPOINT handling');
  try {
    await processor.run(checked(event), tx);
    await tx.$executeRawUnsafe('RELEASE SAVEPOINT handling');
    return true;
  } catch (error) {
    await tx.$executeRawUnsafe('ROLLBACK TO SAVEPOINT handling');
    const message = error instanceof Error ? error.message.slice(0, 2_000) : String(error);
    log.warn({ err: error, processor: name, event: event.id, kind: event.kind, attempt: delivery.attempts }, 'an event was not handled');
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (delivery.attempts - 1), LAST_RETRY_MS);
    await store.putOff(tx, name, delivery, message, waitMs);
    if (delivery.attempts < attempts) return false;
    await store.giveUp(tx, name, delivery, message);
    await raiseAlert(tx, {
      kind: store.GIVEN_UP,
      target: name,
      message: `${name} could not handle ${event.kind} ${event.id} in ${attempts} attempts: ${message.slice(0, 300)} See: plinth queue events`,
      data: { event: event.id, position: event.position },
    });
    return false;
  }
}

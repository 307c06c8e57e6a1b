/**
 * What is made from events: a domain registers a processor, by name, for the kinds that it wants. Each event comes at least once,
 * those of one subject in order; what `run` writes in `tx` is kept exactly once, with the processor's place. So `run` writes rows
 * (a mail to send, a call to make) and speaks to nobody: a transaction is open, for seconds at most.
 */
import type { EventKind } from '../../../contract/events.ts';
import type { Db } from '../database.ts';
import type { PlacedEvent } from './event-store.ts';

export interface Processor {
  /** For ever: its place is kept under it. */
  readonly name: string;
  readonly kinds: readonly EventKind[];
  /** Where one begins that never ran: after what has happened so far, or at the oldest event kept. */
  readonly from: 'now' | 'oldest';
  /** After so many failures a person decides; those behind it go on. */
  readonly attempts: number;
  readonly run: (event: PlacedEvent, tx: Db) => Promise<void>;
}

/** Types a processor by its kinds. `attempts` is 10 and `from` is now, where nothing else is said. */
export function processor<K extends EventKind>(given: {
  readonly name: string;
  readonly kinds: readonly K[];
  readonly from?: Processor['from'];
  readonly attempts?: number;
  readonly run: (event: PlacedEvent<K>, tx: Db) => Promise<void>;
}): Processor {
  return { from: 'now', attempts: 10, ...given } as unknown as Processor;
}

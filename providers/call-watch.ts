/**
 * Who is told when a call to a provider takes long, found from anywhere below the work that makes it: a client is shared by
 * all operations of an account and knows none of them.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface CallWatch {
  /** A sentence for the operation's people, at intervals while the call lasts. */
  slow(message: string): void;
  /** The provider takes longer than usual from here on, until `ended`: the work's own deadline stands still. */
  began(): void;
  ended(): void;
}

const storage = new AsyncLocalStorage<CallWatch>();

export function watched<T>(watch: CallWatch, work: () => Promise<T>): Promise<T> {
  return storage.run(watch, work);
}

export function callWatch(): CallWatch | undefined {
  return storage.getStore();
}

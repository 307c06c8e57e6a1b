/** One LISTEN connection per process; wakes the streams of an operation. A lost connection only means slower: they poll. */
import { Client } from 'pg';
import type { Logger } from 'pino';

const RECONNECT_MS = 1_000;
/** Instead of an operation's id: wakes at any change of any VPS or operation. */
export const CHANGES = '*';

export class EventHub {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #url: string;
  readonly #log: Logger;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(url: string, log: Logger) {
    this.#url = url;
    this.#log = log;
  }

  async start(): Promise<void> {
    const client = new Client({ connectionString: this.#url, application_name: 'plinth-events', keepAlive: true });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ channel, payload }) => this.#wake(channel === 'plinth_change' ? CHANGES : (payload ?? '')));
    this.#client = client;
    try {
      await client.connect();
      await client.query('LISTEN plinth_operation_event; LISTEN plinth_change');
      // What happened while nobody listened is found by asking everyone to look.
      for (const id of this.#waiting.keys()) this.#wake(id);
    } catch (error) {
      this.#log.warn({ err: error }, 'cannot listen for events; streams poll');
      this.#lost(client);
    }
  }

  /** Resolves at the next event of the operation (or of all, for `CHANGES`), on abort, or after `timeoutMs`. */
  async next(operationId: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(operationId) ?? new Set();
    this.#waiting.set(operationId, waiting.add(resolve));
    const timer = setTimeout(resolve, timeoutMs);
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
    await promise;
    clearTimeout(timer);
    waiting.delete(resolve);
    if (waiting.size === 0) this.#waiting.delete(operationId);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const id of this.#waiting.keys()) this.#wake(id);
    await this.#client?.end().catch(() => undefined);
  }

  #wake(id: string): void {
    for (const resolve of this.#waiting.get(id) ?? []) resolve();
  }

  #lost(client: Client): void {
    if (this.#closed || this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => undefined);
    this.#timer = setTimeout(() => void this.start(), RECONNECT_MS);
  }
}

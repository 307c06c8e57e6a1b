/** One LISTEN connection of a process. Notifications only wake: what happened stands in tables, and everyone polls without them. */
import type { Client } from 'pg';
import type { Logger } from 'pino';
import { openClient } from '../postgres/connections.ts';

const RECONNECT_MS = 1_000;

type Heard = (payload: string) => void;

export class Signals {
  readonly #url: string;
  readonly #log: Logger;
  readonly #heard = new Map<string, Set<Heard>>();
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #listening = false;
  #closed = false;

  constructor(url: string, log: Logger) {
    this.#url = url;
    this.#log = log;
  }

  /** Calls `heard` at every notification of the channel, and with '' when a lost connection is back. */
  on(channel: string, heard: Heard): void {
    const known = this.#heard.get(channel);
    this.#heard.set(channel, (known ?? new Set()).add(heard));
    // A connection that fails at it is opened anew, and listens to all then.
    if (!known && this.#listening) this.#client?.query(`LISTEN ${channel}`).catch(() => undefined);
  }

  async start(): Promise<void> {
    const client = openClient(this.#url, 'events');
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ channel, payload }) => {
      for (const heard of this.#heard.get(channel) ?? []) heard(payload ?? '');
    });
    this.#client = client;
    try {
      await client.connect();
      this.#listening = true;
      await client.query([...this.#heard.keys()].map((channel) => `LISTEN ${channel}`).join('; '));
      // What happened while nobody listened is found by asking everyone to look.
      for (const all of this.#heard.values()) for (const heard of all) heard('');
    } catch (error) {
      this.#log.warn({ err: error }, 'cannot listen for events; everyone polls');
      this.#lost(client);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  #lost(client: Client): void {
    if (this.#closed || this.#client !== client) return;
    this.#client = undefined;
    this.#listening = false;
    client.end().catch(() => undefined);
    this.#timer = setTimeout(() => void this.start(), RECONNECT_MS);
  }
}

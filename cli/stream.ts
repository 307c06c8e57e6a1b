/** Server-sent events of one operation, from the beginning to its end, through any number of lost connections. */
import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { Operation, OperationEvent } from '../contract/operation.ts';
import { ENDED } from '../contract/operation.ts';
import { type Api, problemError, unreachable } from './api.ts';

/** Pings come every 15 s; longer silence is a dead connection. */
const SILENCE_MS = 45_000;
const GIVE_UP_MS = 120_000;

/**
 * Yields each event once, in order. Ends when the operation has ended and its last event was read.
 * @throws CliError when the service stays away for two minutes, or refuses.
 */
export async function* operationEvents(api: Api, operationId: string, after = 0): AsyncGenerator<OperationEvent> {
  let last = after;
  let lostSince = 0;
  const path = `/api/operations/${operationId}`;
  for (;;) {
    const silent = new AbortController();
    try {
      const response = await api.open('GET', `${path}/stream`, {
        headers: { accept: 'text/event-stream', ...(last > 0 ? { 'last-event-id': String(last) } : {}) },
        signal: AbortSignal.any([api.signal, silent.signal]),
      });
      if (!response.ok && response.status < 500) throw problemError(response.status, await response.text(), api.connection);
      if (response.ok && response.body) {
        for await (const data of messages(response.body, silent)) {
          const event = JSON.parse(data) as OperationEvent;
          if (event.seq <= last) continue;
          last = event.seq;
          lostSince = 0;
          yield event;
        }
      }
      const { operation } = await api.get<{ operation: Operation }>(path);
      if (ENDED.includes(operation.status) && (await nothingLeft(api, path, last))) return;
      lostSince = 0;
    } catch (error) {
      api.signal.throwIfAborted();
      if (error instanceof Error && error.name === 'CliError') throw error;
      lostSince ||= performance.now();
      if (performance.now() - lostSince > GIVE_UP_MS) throw unreachable(api.connection.url, error as Error);
    }
    await delay(500, undefined, { signal: api.signal });
  }
}

async function nothingLeft(api: Api, path: string, last: number): Promise<boolean> {
  const { events } = await api.get<{ events: unknown[] }>(`${path}/events`, { after: last, limit: 1 });
  return events.length === 0;
}

/** The `data` of each message. Comments and event names are skipped; they are signs of life all the same. */
export async function* messages(body: AsyncIterable<Uint8Array>, silent: AbortController): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const read: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => void read.push(data) });
  let timer = setTimeout(() => silent.abort(), SILENCE_MS);
  try {
    for await (const chunk of body) {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENCE_MS);
      parser.feed(decoder.decode(chunk, { stream: true }));
      yield* read.splice(0);
    }
  } finally {
    clearTimeout(timer);
  }
}

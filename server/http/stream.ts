/**
 * Server-sent events of one operation. Events are read from the table by number, after a wake-up or every two seconds,
 * so nothing is lost or sent twice whatever happens to notifications; the stream ends after the last event.
 */
import type { Request, Response } from 'express';
import { ENDED, type OperationStatus } from '../../contract/operation.ts';
import type { Services } from '../services/services.ts';
import type { Operation } from '../store/database.ts';
import { eventsAfter, operationById } from '../store/operations.ts';
import type { EventHub } from './event-hub.ts';
import { presentEvent } from './present.ts';

const POLL_MS = 2_000;
const PING_MS = 15_000;
const BATCH = 500;

export async function streamEvents(
  services: Services,
  hub: EventHub,
  operation: Operation,
  after: number,
  request: Request,
  response: Response,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const header = request.get('last-event-id') ?? '';
  let last = /^\d{1,9}$/.test(header) ? Number(header) : after;
  response.status(200);
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-accel-buffering', 'no');
  response.flushHeaders();
  let pingAt = performance.now() + PING_MS;
  try {
    while (!gone.signal.aborted) {
      // Registered before reading: an event between the read and the wait still wakes us.
      const woken = hub.next(operation.id, POLL_MS, gone.signal);
      const state = await operationById(services.db, null, operation.id);
      const events = await eventsAfter(services.db, operation.id, last, BATCH);
      for (const event of events)
        response.write(`id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(presentEvent(event))}\n\n`);
      last = events.at(-1)?.seq ?? last;
      if (!state || (ENDED.includes(state.status as OperationStatus) && last >= state.lastEventSeq)) break;
      if (events.length === BATCH) continue;
      await woken;
      if (performance.now() > pingAt) {
        response.write(': still here\n\n');
        pingAt = performance.now() + PING_MS;
      }
    }
  } catch (error) {
    // The headers are out; the client reconnects with Last-Event-ID.
    services.log.warn({ err: error, operation: operation.id }, 'event stream broke off');
  }
  response.end();
}

/**
 * Server-sent events of one operation. Events are read from the table by number, by one reader for all streams of the operation
 * (fan-out.ts), so nothing is lost or sent twice whatever happens to notifications; the stream ends after the last event.
 */
import type { Request, Response } from 'express';
import { onPlatform } from '../../kernel/can.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import type { Operation, OperationEvent } from '../../kernel/database.ts';
import { forAudience } from '../../kernel/http/audience.ts';
import type { EventHub } from '../../kernel/events/hub.ts';
import { follow, type Page } from '../../kernel/events/fan-out.ts';
import { operationPage } from '../../kernel/events/feeds.ts';
import { beat } from '../../kernel/http/heartbeat.ts';
import { presentEvent } from '../present.ts';
import { beginStream, tell } from '../../kernel/http/streams.ts';

export async function streamEvents(
  services: Services,
  hub: EventHub,
  principal: Principal,
  operation: Operation,
  after: number,
  request: Request,
  response: Response,
): Promise<void> {
  const gone = await hub.open(principal, response);
  if (gone === null) return;
  const header = request.get('last-event-id') ?? '';
  const cursor = /^\d{1,9}$/.test(header) ? Number(header) : after;
  beginStream(response);
  const turned = beat(response);
  const write = (page: Page<OperationEvent>): void => {
    // It has another owner now.
    if (!onPlatform(principal) && page.owner !== undefined && page.owner !== principal.organizationId) return gone.abort();
    turned();
    tell(response, page.rows.map((event) => textFor(principal, event)).join(''));
  };
  try {
    await hub.feeds.ofOperation(operation.id, (feed) =>
      follow({
        feed,
        cursor,
        read: (from, limit) => operationPage(services.db, operation.id, from, limit),
        cursorOf: (event) => event.seq,
        isAfter: (event, seq) => event.seq > seq,
        write,
        signal: gone.signal,
      }),
    );
  } catch (error) {
    // The headers are out; the client reconnects with Last-Event-ID.
    services.log.warn({ err: error, operation: operation.id }, 'event stream broke off');
  }
  response.end();
}

/** Made once for all streams that tell it: one for the seller's tokens, one for organizations'. */
const texts = { seller: new WeakMap<OperationEvent, string>(), organization: new WeakMap<OperationEvent, string>() };
function textFor(principal: Principal, event: OperationEvent): string {
  const made = texts[onPlatform(principal) ? 'seller' : 'organization'];
  let text = made.get(event);
  if (text === undefined) {
    text = `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(forAudience(principal, presentEvent(event)))}\n\n`;
    made.set(event, text);
  }
  return text;
}

/**
 * Server-sent notices of every event that the caller may see, each once and in order. Events are read by position, by one
 * reader for all streams (fan-out.ts), so nothing depends on a notification; `Last-Event-ID` goes on where a broken stream ended.
 */
import type { Request, Response } from 'express';
import type { Change, ChangePage } from '../../../contract/changes.ts';
import { can } from '../can.ts';
import { EVENT_KINDS, type EventKind, type Topic, topicOf, TOPICS } from '../../../contract/events.ts';
import type { Principal, Services } from '../services.ts';
import { changesAfter, changesNow, isKept } from './store.ts';
import type { PlacedEvent } from './event-store.ts';
import type { EventHub } from './hub.ts';
import { follow, type Page } from './fan-out.ts';
import { beat } from '../http/heartbeat.ts';
import { beginStream, tell } from '../http/streams.ts';

/** A second number is of a former release, whose positions are no more. */
const FORM = /^\d{1,20}$/;
/** Larger numbers are no positions of any database. */
const MAX = 2n ** 63n - 1n;

function cursorOf(text: string | undefined): string | null {
  if (text === undefined || !FORM.test(text) || BigInt(text) > MAX) return null;
  // Without leading zeros, which the database would read as octal.
  return BigInt(text).toString();
}

/** What is told where nobody asks for certain topics, under the name `change`. */
const USUAL: readonly Topic[] = ['vps', 'operation'];

function kindsFor(principal: Principal, topics: readonly Topic[]): EventKind[] {
  return EVENT_KINDS.filter((kind) => topics.includes(topicOf(kind)) && can(principal, TOPICS[topicOf(kind)]));
}

function present(event: PlacedEvent): Change {
  const { vps_id = null, operation_id = null, status = null } = event.data as Partial<Record<string, string>>;
  return { id: event.position, kind: event.kind, vps_id, operation_id, status, data: event.data, at: event.at } as Change;
}

/** Where to begin: after what was seen last, or from now on. `reset`: what was seen last is not known here any more. */
async function begin({ db }: Services, after: string | undefined): Promise<{ cursor: string; reset: boolean }> {
  const cursor = cursorOf(after);
  if (cursor !== null && (await isKept(db, cursor))) return { cursor, reset: false };
  return { cursor: await changesNow(db), reset: after !== undefined };
}

export interface Wanted {
  readonly after?: string | undefined;
  readonly topics?: readonly Topic[] | undefined;
}

/** The same as one answer, for who cannot keep a stream open. */
export async function changePage(services: Services, principal: Principal, wanted: Wanted, limit: number): Promise<ChangePage> {
  const { cursor, reset } = await begin(services, wanted.after);
  const kinds = kindsFor(principal, wanted.topics ?? USUAL);
  const rows = await changesAfter(services.db, principal.organizationId, kinds, cursor, limit);
  return { changes: rows.map(present), last: (rows.at(-1)?.position ?? cursor) as ChangePage['last'], reset };
}

/** What one organization is told of a page; streams that ask for the same get the same text. */
const texts = new WeakMap<Page<PlacedEvent>, Map<string, string>>();
function textFor(page: Page<PlacedEvent>, organizationId: string | null, kinds: readonly EventKind[]): string {
  let known = texts.get(page);
  if (!known) texts.set(page, (known = new Map()));
  const audience = `${organizationId ?? ''} ${kinds.join()}`;
  let text = known.get(audience);
  if (text === undefined) {
    const mine = page.rows.filter((row) => kinds.includes(row.kind) && (organizationId === null || row.organization_id === organizationId));
    text = mine.map((row) => `id: ${row.position}\nevent: ${nameOf(row)}\ndata: ${JSON.stringify(present(row))}\n\n`).join('');
    known.set(audience, text);
  }
  return text;
}

/** VPSes and operations are told as `change`, all else by its topic. */
function nameOf({ kind }: PlacedEvent): string {
  const topic = topicOf(kind);
  return USUAL.includes(topic) ? 'change' : topic;
}

export async function streamChanges(
  services: Services,
  hub: EventHub,
  principal: Principal,
  wanted: Wanted,
  request: Request,
  response: Response,
): Promise<void> {
  const gone = await hub.open(principal, response);
  if (gone === null) return;
  const { cursor, reset } = await begin(services, request.get('last-event-id') ?? wanted.after);
  beginStream(response);
  tell(response, `id: ${cursor}\nevent: ${reset ? 'reset' : 'ready'}\ndata: {}\n\n`);
  const turned = beat(response);
  const { organizationId } = principal;
  const kinds = kindsFor(principal, wanted.topics ?? [...USUAL, 'sweep']);
  try {
    await follow({
      feed: hub.feeds.changes,
      cursor,
      read: async (from, limit) => ({ rows: await changesAfter(services.db, organizationId, kinds, from, limit) }),
      cursorOf: ({ position }) => position,
      isAfter: ({ position }, known) => BigInt(position) > BigInt(known),
      write: (page) => {
        turned();
        tell(response, textFor(page, organizationId, kinds));
      },
      signal: gone.signal,
    });
  } catch (error) {
    // The headers are out; the client comes back with Last-Event-ID.
    services.log.warn({ err: error }, 'change stream broke off');
  }
  response.end();
}

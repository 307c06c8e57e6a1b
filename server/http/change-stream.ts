/**
 * Server-sent notices of every change that the caller may see, each once and in order. Rows are read by position, after a
 * wake-up or every two seconds, so nothing depends on a notification; `Last-Event-ID` goes on where a broken stream ended.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Change, ChangePage } from '../../contract/changes.ts';
import type { Principal, Services } from '../services/services.ts';
import { type ChangeCursor, type ChangeRow, changesAfter, changesNow, isKept } from '../store/changes.ts';
import { tokenIsValid } from '../store/tokens.ts';
import { CHANGES, type EventHub } from './event-hub.ts';

const POLL_MS = 2_000;
/** First; then longer, for a transaction may stay open for hours. */
const PENDING_MS = 100;
const PING_MS = 15_000;
const BATCH = 500;

const FORM = /^(\d{1,20})-(\d{1,19})$/;
/** Larger numbers are no positions of any database. */
const MAX = 2n ** 63n - 1n;

function cursorOf(text: string | undefined): ChangeCursor | null {
  const [, xid, seq] = FORM.exec(text ?? '') ?? [];
  if (xid === undefined || seq === undefined || BigInt(xid) > MAX || BigInt(seq) > MAX) return null;
  // Without leading zeros, which the database would read as octal.
  return { xid: BigInt(xid).toString(), seq: BigInt(seq).toString() };
}
const idOf = ({ xid, seq }: ChangeCursor): string => `${xid}-${seq}`;

const present = (row: ChangeRow): Change =>
  ({ id: idOf(row), vps_id: row.vpsId, operation_id: row.operationId, status: row.status, at: row.at.toISOString() }) as Change;

/** Where to begin: after what was seen last, or from now on. `reset`: what was seen last is not known here any more. */
async function begin({ db }: Services, after: string | undefined): Promise<{ cursor: ChangeCursor; reset: boolean }> {
  const cursor = cursorOf(after);
  if (cursor && (await isKept(db, cursor))) return { cursor, reset: false };
  return { cursor: await changesNow(db), reset: after !== undefined };
}

/** The same as one answer, for who cannot keep a stream open. */
export async function changePage(services: Services, principal: Principal, after: string | undefined, limit: number): Promise<ChangePage> {
  const { cursor, reset } = await begin(services, after);
  const { rows } = await changesAfter(services.db, principal.organizationId, cursor, limit);
  return { changes: rows.map(present), last: idOf(rows.at(-1) ?? cursor) as ChangePage['last'], reset };
}

export async function streamChanges(
  services: Services,
  hub: EventHub,
  principal: Principal,
  after: string | undefined,
  request: Request,
  response: Response,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  let { cursor, reset } = await begin(services, request.get('last-event-id') ?? after);
  response.status(200);
  response.setHeader('content-type', 'text/event-stream; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('x-accel-buffering', 'no');
  response.write(`id: ${idOf(cursor)}\nevent: ${reset ? 'reset' : 'ready'}\ndata: {}\n\n`);
  let pingAt = performance.now() + PING_MS;
  let pendingMs = PENDING_MS;
  try {
    while (!gone.signal.aborted) {
      // Registered before reading: a change between the read and the wait still wakes us.
      const woken = hub.next(CHANGES, POLL_MS, gone.signal);
      const { rows, pending } = await changesAfter(services.db, principal.organizationId, cursor, BATCH);
      for (const row of rows) response.write(`id: ${idOf(row)}\nevent: change\ndata: ${JSON.stringify(present(row))}\n\n`);
      cursor = rows.at(-1) ?? cursor;
      if (rows.length === BATCH) continue;
      await (pending ? delay(pendingMs) : woken);
      pendingMs = pending ? Math.min(pendingMs * 2, POLL_MS) : PENDING_MS;
      if (performance.now() <= pingAt) continue;
      // It may stay open for days; a token may not.
      if (!(await tokenIsValid(services.db, principal.tokenId, new Date()))) break;
      response.write(': still here\n\n');
      pingAt = performance.now() + PING_MS;
    }
  } catch (error) {
    // The headers are out; the client comes back with Last-Event-ID.
    services.log.warn({ err: error }, 'change stream broke off');
  }
  response.end();
}

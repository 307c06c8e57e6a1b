/** A console's line through this process: between the websocket of a caller and the one at the provider, until one of them ends. */
import type { LookupFunction } from 'node:net';
import { type RawData, WebSocket } from 'ws';
import { LINE_END, LINE_OPEN, LINE_START, type LineEnd, type LineGreeting } from '../../../contract/console-line.ts';
import type { Line } from './ticket.ts';

/** Of a caller: keys, and what is pasted. */
export const MAX_TYPED_BYTES = 1024 * 1024;
/** Of a provider: a picture of a large screen. */
const MAX_SHOWN_BYTES = 8 * 1024 * 1024;
/** What may wait to be sent before the other side is not read any more, and until it is again. */
const HIGH_BYTES = 1024 * 1024;
const LOW_BYTES = 256 * 1024;

export const TIMES = { startMs: 15_000, connectMs: 10_000, pingMs: 30_000, idleMs: 30 * 60_000, closeMs: 2_000 };

const WORDS: Readonly<Record<LineEnd, string>> = {
  ended: 'The provider closed the console.',
  refused: 'The provider did not open the console. Open it again.',
  idle: 'Nothing was typed for half an hour.',
  rights: 'You may not use this console now.',
  unstarted: `The line was not started: send "${LINE_START}" first.`,
  ticket: 'This ticket opens nothing any more. Ask for another: POST /api/vps/:id/console',
  many: 'You have as many consoles open as one person may have. Close one first.',
  full: 'Too many consoles are open here. Try again in a moment.',
  stopping: 'Plinth restarts. Open it again in a moment.',
};

/** Ends a line, or one that never began, and says why. */
export function hangUp(client: WebSocket, how: LineEnd, closeMs = TIMES.closeMs): void {
  client.close(LINE_END[how], WORDS[how]);
  // Who does not answer the close is not waited for.
  setTimeout(() => client.terminate(), closeMs).unref();
}

export interface RelayParts {
  readonly client: WebSocket;
  readonly line: Line;
  /** How the provider's address is found; absent: as the system does. */
  readonly lookup?: LookupFunction;
  /** Whether the caller may go on, asked at each ping. */
  readonly mayStay: () => Promise<boolean>;
  readonly times?: typeof TIMES;
}

/** Begins it. Answers what ends it; that may be called at any time. */
export function relay({ client, line, lookup, mayStay, times = TIMES }: RelayParts): (how: LineEnd) => void {
  const timers = new Set<NodeJS.Timeout>();
  let provider: WebSocket | null = null;
  let isOver = false;
  let answers = true;
  const end = (how: LineEnd): void => {
    if (isOver) return;
    isOver = true;
    for (const timer of timers) clearTimeout(timer);
    provider?.terminate();
    // One that is not read never hears the answer to its close.
    client.resume();
    hangUp(client, how, times.closeMs);
  };
  const after = (ms: number, how: LineEnd): NodeJS.Timeout => {
    const timer = setTimeout(() => end(how), ms).unref();
    timers.add(timer);
    return timer;
  };
  const unstarted = after(times.startMs, 'unstarted');
  const idle = after(times.idleMs, 'idle');
  timers.add(
    setInterval(() => {
      if (!answers) return client.terminate();
      answers = false;
      client.ping();
      if (provider?.readyState === WebSocket.OPEN) provider.ping();
      void mayStay().then(
        (may) => may || end('rights'),
        () => undefined,
      );
    }, times.pingMs).unref(),
  );
  client.on('pong', () => (answers = true));
  client.on('error', () => client.terminate());
  client.on('close', () => end('ended'));
  client.on('message', (data, isBinary) => {
    idle.refresh();
    if (provider) return pass(client, provider, data, isBinary);
    if (isBinary || String(data as Buffer) !== LINE_START) return end('unstarted');
    clearTimeout(unstarted);
    provider = connect(client, line, lookup, times.connectMs);
    let isOpen = false;
    provider.on('open', () => (isOpen = true));
    provider.on('error', () => end(isOpen ? 'ended' : 'refused'));
    provider.on('close', () => end('ended'));
  });
  client.send(JSON.stringify({ kind: line.kind, password: line.password } satisfies LineGreeting));
  return end;
}

/** Redirections are not followed: the address that was told is the one that was looked at. */
function connect(client: WebSocket, { url, subprotocol }: Line, lookup: LookupFunction | undefined, connectMs: number): WebSocket {
  const provider = new WebSocket(url, subprotocol === null ? [] : [subprotocol], {
    followRedirects: false,
    perMessageDeflate: false,
    handshakeTimeout: connectMs,
    maxPayload: MAX_SHOWN_BYTES,
    ...(lookup ? { lookup } : {}),
  });
  // What is typed before there is somebody waits where it is.
  client.pause();
  provider.on('open', () => {
    client.send(LINE_OPEN);
    client.resume();
  });
  provider.on('message', (data, isBinary) => pass(provider, client, data, isBinary));
  return provider;
}

/** A side that takes slowly has the other wait. */
function pass(from: WebSocket, to: WebSocket, data: RawData, isBinary: boolean): void {
  to.send(data as Buffer, { binary: isBinary }, () => {
    if (from.isPaused && to.bufferedAmount < LOW_BYTES) from.resume();
  });
  if (to.bufferedAmount > HIGH_BYTES) from.pause();
}

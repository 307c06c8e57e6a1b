/** A console's line between two real websockets: how it begins, what it carries, and each way in which it ends. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { LINE_END, type LineEnd } from '../../../contract/console-line.ts';
import { relay, TIMES } from './relay.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function listening(server: Server): Promise<string> {
  open.push({ close: () => [server.closeAllConnections(), server.close()] });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** The other end. */
async function provider(taken: (line: WebSocket) => void): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, maxPayload: 64 * 1024 * 1024 });
  sockets.on('connection', taken);
  return await listening(server);
}

interface Opened {
  readonly caller: WebSocket;
  readonly heard: (string | Buffer)[];
  readonly end: (how: LineEnd) => void;
  readonly closed: Promise<number>;
}

async function line(url: string, more: { times?: Partial<typeof TIMES>; mayStay?: () => Promise<boolean> } = {}): Promise<Opened> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  const taken = new Promise<(how: LineEnd) => void>((resolve) =>
    sockets.on('connection', (client) =>
      resolve(
        relay({
          client,
          line: { kind: 'serial', url, password: 'of the screen', subprotocol: null, real: false },
          mayStay: more.mayStay ?? (async () => true),
          times: { ...TIMES, closeMs: 100, ...more.times },
        }),
      ),
    ),
  );
  const caller = new WebSocket(await listening(server));
  const heard: (string | Buffer)[] = [];
  caller.on('message', (data, isBinary) => heard.push(isBinary ? (data as Buffer) : String(data)));
  const closed = once(caller, 'close').then(([code]) => code as number);
  const end = await taken;
  await expect.poll(() => heard.length).toBe(1);
  return { caller, heard, end, closed };
}

const started = async (opened: Opened): Promise<void> => {
  opened.caller.send('start');
  await expect.poll(() => opened.heard[1]).toBe('open');
};

test('greets, waits for the start, and carries both kinds of frames both ways', async () => {
  let connections = 0;
  const url = await provider((far) => {
    connections += 1;
    far.on('message', (data, isBinary) => far.send(data, { binary: isBinary }));
  });
  const opened = await line(url);
  expect(opened.heard).toEqual([JSON.stringify({ kind: 'serial', password: 'of the screen' })]);
  expect(connections).toBe(0);
  await started(opened);
  opened.caller.send('as text');
  opened.caller.send(Buffer.from('as bytes'));
  await expect.poll(() => opened.heard.slice(2)).toEqual(['as text', Buffer.from('as bytes')]);
  expect(connections).toBe(1);
});

test('a caller who reads slowly has the provider wait, and gets all of it', async () => {
  const part = Buffer.alloc(1024 * 1024, 7);
  let far: WebSocket | undefined;
  const url = await provider((socket) => {
    far = socket;
    for (let i = 0; i < 40; i += 1) socket.send(part);
  });
  const opened = await line(url);
  opened.caller.send('start');
  await expect.poll(() => opened.heard[1]).toBe('open');
  opened.caller.pause();
  // What nobody takes stays where it comes from, beside what the sockets themselves hold.
  await expect.poll(() => far!.bufferedAmount > 10 * part.length).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(far!.bufferedAmount).toBeGreaterThan(10 * part.length);
  opened.caller.resume();
  await expect.poll(() => opened.heard.length, { timeout: 10_000 }).toBe(42);
});

test('ends with the provider, with the caller, and where nobody is', async () => {
  const lines: WebSocket[] = [];
  const url = await provider((far) => lines.push(far));
  const first = await line(url);
  await started(first);
  lines[0]!.close();
  expect(await first.closed).toBe(LINE_END.ended);
  const second = await line(url);
  await started(second);
  const gone = once(lines[1]!, 'close');
  second.caller.close();
  await gone;
  const nobody = await line('ws://127.0.0.1:9/');
  nobody.caller.send('start');
  expect(await nobody.closed).toBe(LINE_END.refused);
});

test('follows no redirection', async () => {
  let reached = false;
  const url = await provider(() => (reached = true));
  const server = createServer();
  server.on('upgrade', (_request, socket) => socket.end(`HTTP/1.1 302 Found\r\nLocation: ${url}\r\nContent-Length: 0\r\n\r\n`));
  const opened = await line(await listening(server));
  opened.caller.send('start');
  expect(await opened.closed).toBe(LINE_END.refused);
  expect(reached).toBe(false);
});

test.each<[LineEnd, Partial<typeof TIMES>, boolean, string | null]>([
  ['unstarted', { startMs: 30 }, true, null],
  ['unstarted', {}, true, 'something else'],
  ['idle', { idleMs: 120 }, true, 'start'],
  ['rights', { pingMs: 30 }, false, 'start'],
])('ends as %s', async (how, times, may, said) => {
  const opened = await line(await provider(() => undefined), { times, mayStay: async () => may });
  if (said !== null) opened.caller.send(said);
  expect(await opened.closed).toBe(LINE_END[how]);
});

test('what is typed puts the idle end off, and a silent caller is given up', async () => {
  const url = await provider(() => undefined);
  const typing = await line(url, { times: { idleMs: 250 } });
  await started(typing);
  for (let i = 0; i < 8; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    typing.caller.send('x');
  }
  expect(typing.caller.readyState).toBe(WebSocket.OPEN);
  expect(await typing.closed).toBe(LINE_END.idle);
  const silent = await line(url, { times: { pingMs: 40 } });
  await started(silent);
  silent.caller.pause();
  setTimeout(() => silent.caller.resume(), 300);
  expect(await silent.closed).toBe(1006);
});

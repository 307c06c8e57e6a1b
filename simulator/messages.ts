/**
 * What is not HTTP, at the ports where HTTP is: each message becomes a call at the same port, so that log, faults and routes are those
 * of all providers, and its answer goes back the way it came.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Frames, framed } from '../lib/frames.ts';
import type { MessageWords, Simulation } from '../providers/simulation.ts';

/** @param lines where open connections are kept that the server does not count */
export function takeMessages(
  server: Server,
  lines: Set<Duplex>,
  simulations: readonly Simulation[],
  mountPath: (provider: string) => string,
): void {
  const speakers = simulations.filter(({ messages }) => messages);
  if (speakers.length === 0) return;
  const [asHttp] = server.listeners('connection') as [(socket: Socket) => void];
  server.removeListener('connection', asHttp);
  server.on('connection', (socket) => {
    lines.add(socket);
    const onError = (): void => void socket.destroy();
    socket.on('error', onError).once('close', () => lines.delete(socket));
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return socket.destroy();
      socket.unshift(first);
      const speaker = speakers.find(({ messages }) => messages!.isOurs(first[0]!));
      if (speaker) return void answerAll(socket, speaker.messages!, mountPath(speaker.id)).catch(onError);
      lines.delete(socket);
      socket.off('error', onError);
      asHttp.call(server, socket);
    });
  });
}

/** In order, until the caller hangs up or a call gets no answer. */
async function answerAll(socket: Socket, messages: MessageWords, mountPath: string): Promise<void> {
  const hungUp = new AbortController();
  socket.once('close', () => hungUp.abort());
  const host = socket.localFamily === 'IPv6' ? `[${socket.localAddress}]` : socket.localAddress;
  const base = `http://${host}:${socket.localPort}${mountPath}`;
  const frames = new Frames();
  for await (const piece of socket as AsyncIterable<Buffer>) {
    for (const message of frames.add(piece)) socket.write(await answer(message, messages, base, hungUp.signal));
  }
}

/** Framed; an answer of several messages is so already. */
async function answer(message: Buffer, messages: MessageWords, base: string, signal: AbortSignal): Promise<Buffer> {
  const { method, path } = messages.callOf(message);
  const call = method === 'GET' ? `${path}?message=${message.toString('base64url')}` : path;
  const headers = { 'content-type': 'application/octet-stream' };
  const response = await fetch(base + call, { method, signal, headers, ...(method === 'GET' ? {} : { body: new Uint8Array(message) }) });
  const body = Buffer.from(await response.arrayBuffer());
  const told = response.ok ? body : messages.refuse(message, response.status);
  if (response.ok && response.headers.get('content-type') === messages.several) return told;
  return framed(told);
}

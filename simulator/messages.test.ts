/** What is no HTTP, at the ports where HTTP is. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Router } from 'express';
import type { Simulation } from '../providers/simulation.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from './server.ts';

/** Says everything back, in capital letters. */
const echo: Simulation = {
  id: 'echo',
  errorAnswer: (status) => ({ body: { status } }),
  messages: {
    isOurs: (first) => first < 0x10,
    callOf: (message) => ({ method: message[0] === 33 ? 'POST' : 'GET', path: '/say' }),
    refuse: (_message, status) => Buffer.from(String(status)),
  },
  router() {
    const router = Router();
    router.get('/say', (request, response) => {
      response
        .type('application/octet-stream')
        .send(Buffer.from(Buffer.from(String(request.query['message']), 'base64url').toString().toUpperCase()));
    });
    router.get('/plain', (_request, response) => void response.json({ plain: true }));
    return router;
  },
};
let simulator: Simulator;
afterEach(() => simulator.close());
const start = async (options: SimulatorOptions = {}) => (simulator = await startSimulator({ simulations: [echo], ...options }));

async function open(origin = simulator.origin): Promise<Socket> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}
const framed = (text: string): Buffer => Buffer.concat([Buffer.of(0, text.length), Buffer.from(text)]);
/** Texts until the other side closes, or so many have come. */
async function heard(socket: Socket, count: number): Promise<string[]> {
  let all = Buffer.alloc(0);
  for await (const piece of socket as AsyncIterable<Buffer>) {
    all = Buffer.concat([all, piece]);
    const texts: string[] = [];
    for (let at = 0; at + 2 <= all.length && at + 2 + all[at + 1]! <= all.length; at += 2 + all[at + 1]!)
      texts.push(all.toString('utf8', at + 2, at + 2 + all[at + 1]!));
    if (texts.length >= count) return texts;
  }
  return ['closed'];
}

it('is answered message by message, in order, in whatever pieces it comes, beside HTTP on the same port', async () => {
  await start({ clientPort: 0 });
  for (const origin of [simulator.origin, simulator.clientOrigin('echo')!]) {
    const socket = await open(origin);
    const bytes = Buffer.concat(['one', 'two', 'three'].map(framed));
    for (const byte of bytes) {
      socket.write(Buffer.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await heard(socket, 3)).toEqual(['ONE', 'TWO', 'THREE']);
    const path = origin === simulator.origin ? '/echo/plain' : '/plain';
    expect(await (await fetch(origin + path)).json()).toEqual({ plain: true });
  }
});

it('meets the faults and the log that calls meet', async () => {
  await start();
  const { faults, requests } = simulator.world;
  faults.add({ provider: 'echo', kind: 'status', status: 503, path: '^/say' });
  const socket = await open();
  socket.write(Buffer.concat(['one', 'two', '!no such route'].map(framed)));
  expect(await heard(socket, 3)).toEqual(['503', 'TWO', '404']);
  expect(requests.latest(10).map(({ method, status, fault }) => [method, status, fault])).toEqual([['POST', 404, undefined], ['GET', 200, undefined], ['GET', 503, 'status']]); // prettier-ignore
  for (const kind of ['cut', 'lost-answer'] as const) {
    faults.add({ provider: 'echo', kind });
    const cut = await open();
    cut.write(framed('one'));
    expect(await heard(cut, 1)).toEqual(['closed']);
  }
  faults.add({ provider: 'echo', kind: 'malformed' });
  const broken = await open();
  broken.write(framed('one'));
  expect(await heard(broken, 1)).toEqual(['{"half an answer": ']);
});

it('does not keep the simulator from closing, whatever it waits for', async () => {
  await start();
  simulator.world.faults.add({ provider: 'echo', kind: 'timeout' });
  const sockets = [await open(), await open(), await open()];
  sockets[1]!.write(Buffer.of(0));
  sockets[2]!.write(framed('one'));
  await expect.poll(() => simulator.world.faults.list()).toEqual([]);
  const closed = Promise.all(sockets.map((socket) => once(socket.on('error', () => undefined).resume(), 'close')));
  await simulator.close();
  await closed;
  await start();
});

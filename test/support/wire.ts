/** A line to a service that can be cut, refused or held still. Closed after the test file. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll } from 'vitest';

const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.splice(0).map((close) => close())));

export interface Wire {
  readonly origin: string;
  /** Everything through it breaks off at once. */
  cut: () => void;
  /** New connections are closed at once. */
  refuse: (refusing: boolean) => void;
  /** Nothing gets through and nothing is told: as when a line goes dead. */
  hold: (holding: boolean) => void;
}

export async function makeWire(target: string): Promise<Wire> {
  const sockets = new Set<Socket>();
  let refusing = false;
  let holding = false;
  const server: Server = createServer((client) => {
    if (refusing) return void client.destroy();
    const upstream = connect(Number(new URL(target).port), '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => (sockets.delete(socket), other.destroy()));
      socket.on('data', (chunk: Buffer) => void other.write(chunk));
      if (holding) socket.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  closers.push(async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    refuse: (value) => void (refusing = value),
    hold(value) {
      holding = value;
      for (const socket of sockets) {
        if (value) socket.pause();
        else socket.resume();
      }
    },
  };
}

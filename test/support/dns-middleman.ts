/** Stands between a client and a name server, on TCP: counts what is asked, and has a hand in the answers. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Middleman {
  readonly port: number;
  /** Updates that went on to the server. */
  updates(): number;
  /** What becomes of the next answers: as it is returned; null cuts the connection. `isUpdate`: of what was asked. */
  meddle(change: ((answer: Buffer, isUpdate: boolean) => Buffer | null) | undefined): void;
  close(): Promise<void>;
}

/** One message of TCP's: its length first. */
function* messagesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at + 2 <= bytes.length; at += 2 + bytes.readUInt16BE(at)) yield bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at));
}
const isUpdate = (message: Buffer): boolean => ((message[2]! >> 3) & 15) === 5;

export async function startMiddleman(to: number): Promise<Middleman> {
  const sockets = new Set<Socket>();
  let updates = 0;
  let change: ((answer: Buffer, isUpdate: boolean) => Buffer | null) | undefined;
  const server = createServer((caller) => {
    const server = connect(to, '127.0.0.1');
    for (const socket of [caller, server])
      sockets.add(socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket)));
    caller.on('data', (asked) => {
      updates += [...messagesOf(asked)].filter(isUpdate).length;
      server.write(asked);
    });
    server.on('data', (answered) => {
      for (const message of change ? messagesOf(answered) : []) {
        const told = change!(message, isUpdate(message));
        if (told === null) return void caller.destroy();
        caller.write(Buffer.concat([Buffer.of(told.length >> 8, told.length & 255), told]));
      }
      if (!change) caller.write(answered);
    });
    caller.once('close', () => server.destroy());
    server.once('close', () => caller.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    updates: () => updates,
    meddle: (how) => void (change = how),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A gRPC server on loopback that serves processes of this user only; see lib/own-peer.ts for why there is no other secret. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { ServerCredentials, type Server } from '@grpc/grpc-js';
import { isOwnPeer } from '../lib/own-peer.ts';

export interface PrivatePort {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Takes no new connections; resolves when the open ones, which are the gRPC server's to end, have ended. */
  close(): Promise<void>;
}

/** Rejects when no port can be opened. A connection of anybody else is cut before a byte of it is read. */
export async function listenPrivately(server: Pick<Server, 'createConnectionInjector'>): Promise<PrivatePort> {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer({ pauseOnConnect: true, noDelay: true }, (socket: Socket) => {
    socket.on('error', () => socket.destroy());
    const admit = (own: boolean): void => {
      if (!own) return void socket.destroy();
      socket.resume();
      injector.injectConnection(socket);
    };
    isOwnPeer(socket).then(admit, () => socket.destroy());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return { port: (listener.address() as AddressInfo).port, close: () => new Promise((resolve) => listener.close(() => resolve())) };
}

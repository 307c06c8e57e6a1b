/**
 * A way from a person's machine to the service's warm provider host of one of a VPS's accounts: gRPC over an
 * upgraded HTTP connection, each call under the service's guard. The account's credential stays in the service; only the Plinth token travels.
 */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { isOwnPeer } from '../../lib/own-peer.ts';

export const TUNNEL_PROTOCOL = 'plinth-provider';

export interface TunnelTarget {
  /** Service origin, for example `https://plinth.example.com`. */
  readonly origin: string;
  readonly token: string;
  readonly vpsId: string;
  /** The provider's package; with the VPS it tells the account. */
  readonly pulumiPackage: string;
}

export interface Tunnel {
  /** `127.0.0.1:<port>`; every connection to it reaches the service's provider host. */
  readonly address: string;
  close(): void;
}

/** Opens the local end. Fails at once, with the service's own words, when it refuses. */
export async function openTunnel(target: TunnelTarget): Promise<Tunnel> {
  const first = await connectRemote(target);
  let spare: Socket | null = first;
  const sockets = new Set<Socket>([first]);
  const join = async (local: Socket): Promise<void> => {
    // Whoever gets in here acts with this person's token.
    if (!(await isOwnPeer(local))) throw new Error('A connection of another user was refused.');
    const taken = spare;
    spare = null;
    const remote = taken ?? (await connectRemote(target));
    sockets.add(remote);
    joinBoth(local, remote);
  };
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (local) => {
    sockets.add(local);
    join(local).catch((error: Error) => local.destroy(error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Pipes both ways and lets neither end outlive the other. */
function joinBoth(a: Socket, b: Socket): void {
  a.pipe(b);
  b.pipe(a);
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}

async function connectRemote(target: TunnelTarget): Promise<Socket> {
  const url = new URL(
    `/api/vps/${encodeURIComponent(target.vpsId)}/providers/${encodeURIComponent(target.pulumiPackage)}/tunnel`,
    target.origin,
  );
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      headers: { connection: 'Upgrade', upgrade: TUNNEL_PROTOCOL, authorization: `Bearer ${target.token}` },
    });
    request.on('upgrade', (_response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      (socket as Socket).setNoDelay(true);
      resolve(socket as Socket);
    });
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        reject(new Error(`${target.origin} refused the provider connection (${response.statusCode}): ${problemDetail(text)}`)),
      );
    });
    request.on('error', (error) => reject(new Error(`Cannot reach Plinth at ${target.origin}: ${error.message}`)));
    request.end();
  });
}

function problemDetail(text: string): string {
  try {
    const problem = JSON.parse(text) as { detail?: string; title?: string };
    return problem.detail ?? problem.title ?? text;
  } catch {
    return text.slice(0, 300);
  }
}

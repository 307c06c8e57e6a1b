/**
 * Server end of hand-run provider calls: an upgraded connection on which the warm provider host of one of a VPS's accounts is
 * served, each call under the guard of services/provider-door.ts. The credential stays in this process.
 */
import type { IncomingMessage } from 'node:http';
import type { RightsWatch } from '../../kernel/events/hub.ts';
import type { Upgrade, UpgradeDoor } from '../../kernel/http/upgrades.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { ProviderDoor } from './door.ts';
import type { Principal } from '../../kernel/services.ts';

const PATH = /^\/api\/vps\/([a-z0-9]{1,64})\/providers\/([a-z0-9-]{1,64})\/tunnel$/;
const PROTOCOL = 'plinth-provider';

export interface TunnelOptions {
  /** Before anything is looked up; the answer takes the status that the caller got. @throws Refusal when it asks too often */
  readonly admit: (request: IncomingMessage) => Promise<(status: number) => void>;
  /** null when the bearer token is unknown, expired or revoked. */
  readonly authenticate: (token: string) => Promise<Principal | null>;
  /** @throws Refusal when the caller may not, or there is no such VPS or account. */
  readonly open: (caller: Principal, vpsId: string, pulumiPackage: string) => Promise<ProviderDoor>;
  /** Closes tunnels with the rights of their tokens. */
  readonly tokens: RightsWatch;
}

export function tunnelDoor(options: TunnelOptions): UpgradeDoor {
  return {
    path: PATH,
    protocol: PROTOCOL,
    failure: new Refusal(502, 'tunnel_failed', 'The provider host could not be reached.'),
    accept: (upgrade) => accept(options, upgrade),
  };
}

async function accept(options: TunnelOptions, { request, socket, head, names }: Upgrade): Promise<void> {
  const [vpsId = '', pulumiPackage = ''] = names;
  const settle = await options.admit(request);
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  const caller = scheme?.toLowerCase() === 'bearer' && token ? await options.authenticate(token) : null;
  if (!caller) {
    settle(401);
    throw new Refusal(401, 'unauthenticated', 'This token is unknown, expired or revoked.');
  }
  const { host, guard } = await options.open(caller, vpsId, pulumiPackage);
  if (socket.destroyed) {
    host.release();
    return;
  }
  const unwatch = options.tokens.hold(caller, () => socket.destroy());
  socket.once('close', () => {
    unwatch();
    host.release();
  });
  socket.setNoDelay(true);
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${PROTOCOL}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  host.serve(socket, guard);
}

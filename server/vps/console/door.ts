/** Where the lines of consoles come in: a websocket of who asked for one, with the ticket that they were given for it. */
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { LINE_PROTOCOL, TICKET } from '../../../contract/console-line.ts';
import { identifyUpgrade } from '../../identity/identify-upgrade.ts';
import { mustCan } from '../../kernel/can.ts';
import type { HttpParts } from '../../kernel/domain.ts';
import type { Upgrade, UpgradeDoor } from '../../kernel/http/upgrades.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { situationFrom } from '../changes/guard.ts';
import { consoleRefusal } from '../changes/standing.ts';
import { mustVps } from '../vps.ts';
import { OpenLines } from './open-lines.ts';
import { hangUp, MAX_TYPED_BYTES, relay } from './relay.ts';
import { type Line, TicketDesk } from './ticket.ts';

interface DoorState extends HttpParts {
  readonly desk: TicketDesk;
  readonly lines: OpenLines;
  readonly sockets: WebSocketServer;
}

export function consoleDoor(parts: HttpParts): UpgradeDoor {
  const state: DoorState = {
    ...parts,
    desk: new TicketDesk(parts.services.secrets),
    lines: new OpenLines(),
    sockets: new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: MAX_TYPED_BYTES,
      handleProtocols: (offered) => (offered.has(LINE_PROTOCOL) ? LINE_PROTOCOL : false),
    }),
  };
  return {
    path: /^\/api\/vps\/([a-z0-9]{1,64})\/console\/line$/,
    protocol: 'websocket',
    failure: new Refusal(502, 'console_failed', 'The console could not be opened. Open it again.'),
    accept: (upgrade) => accept(state, upgrade),
    cut: () => state.lines.endAll('stopping'),
  };
}

async function accept(state: DoorState, { request, socket, head, names }: Upgrade): Promise<void> {
  const { services, limits, sockets } = state;
  const vpsId = names[0] ?? '';
  const settle = await limits.admit(request, null);
  const caller = await identifyUpgrade(services, request);
  if (!caller) {
    settle(401);
    throw new Refusal(401, 'unauthenticated', 'Sign in, or send a token: Authorization: Bearer plinth_….');
  }
  settle(101);
  mustCan(caller, 'vps:console');
  await mustVps(services, caller, vpsId);
  if (socket.destroyed) return;
  // From here on a browser's page hears why not: it is told nothing of an answer to its upgrade.
  const ticket = ticketOf(request.headers['sec-websocket-protocol']);
  sockets.handleUpgrade(request, socket, head, (client) => begin(state, client, caller, vpsId, ticket));
}

const ticketOf = (offered = ''): string =>
  offered
    .split(/\s*,\s*/)
    .find((each) => each.startsWith(TICKET))
    ?.slice(TICKET.length) ?? '';

function begin({ services, hub, desk, lines }: DoorState, client: WebSocket, caller: Principal, vpsId: string, ticket: string): void {
  client.on('error', () => client.terminate());
  const refused = lines.refusal(caller);
  if (refused) return hangUp(client, refused);
  const line = desk.take(ticket, caller, vpsId);
  if (!line) return hangUp(client, 'ticket');
  const found = lookupOf(services, line);
  if (!found) return hangUp(client, 'refused');
  const end = relay({ client, line, ...found, mayStay: () => mayStay(services, caller, vpsId) });
  const release = lines.add(caller, end);
  const unwatch = hub.tokens.hold(caller, () => end('rights'));
  client.once('close', () => {
    release();
    unwatch();
  });
}

/** A real provider's address is one of the world outside, whoever told it. null: it is not. */
export function lookupOf({ wall }: Pick<Services, 'wall'>, { url, real }: Line): Pick<Parameters<typeof relay>[0], 'lookup'> | null {
  if (!real) return {};
  const address = new URL(url);
  if (address.protocol !== 'wss:') return null;
  try {
    return { lookup: wall.lookupFor(address) };
  } catch {
    return null;
  }
}

/** Whether what let them open it still does; what their role gives is watched elsewhere. */
async function mayStay(services: Services, caller: Principal, vpsId: string): Promise<boolean> {
  try {
    const vps = await mustVps(services, caller, vpsId);
    return consoleRefusal(situationFrom(services, caller, vps, [])) === null;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

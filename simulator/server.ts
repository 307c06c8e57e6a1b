/**
 * The simulator's HTTP server: every provider's API under its own path, the control API under
 * `/_simulator`, and a page for people at `/`.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Simulation } from '../providers/simulation.ts';
import { controlRouter } from './control.ts';
import { FaultSwitches, faultMiddleware, sayError, type Fault } from './faults.ts';
import { simulations as everySimulation } from './list.ts';
import { Machines } from './machines.ts';
import { takeMessages } from './messages.ts';
import { pageRouter } from './page.ts';
import { RequestLog } from './request-log.ts';
import type { SimulatorState } from './state.ts';
import { isUnwritable, openStorage, type Storage } from './storage.ts';
import { CLOCK, World } from './world.ts';

export interface SimulatorOptions {
  readonly host?: string;
  /** 0 or absent takes a free one. */
  readonly port?: number;
  /**
   * Gives every provider a port of its own with its API at the root, for clients whose paths begin at the origin: this one for the
   * first of the list, the next for the next; 0 takes free ones. One that is taken is told through `log`, and the rest goes on.
   */
  readonly clientPort?: number;
  /** The SQLite file; `:memory:` (the default) forgets at close. */
  readonly dataFile?: string;
  /** 1 = as slow as the real clouds; 100 = a hundred times faster. */
  readonly speed?: number;
  readonly log?: (message: string) => void;
  /** Lets whoever sends it use the control API; without it only this user's processes do. */
  readonly token?: string;
  /** The providers to simulate; all of them unless told. */
  readonly simulations?: readonly Simulation[];
}

export interface Simulator {
  readonly origin: string;
  /** Base URL of a provider's API, for an account's endpoint. */
  baseUrl(provider: string): string;
  /** Where the provider's API stands at the root; undefined without `clientPort`. */
  clientOrigin(provider: string): string | undefined;
  readonly world: SimulatorState;
  close(): Promise<void>;
}

/** Long, as the clouds' own fronts are: a client that was busy for a while finds its connection open. Milliseconds. */
const KEEP_ALIVE_MS = 95_000;

type Handlers = (RequestHandler | ErrorRequestHandler)[];
type Apis = ReadonlyMap<string, Handlers>;

/** Starts the simulator. Rejects when the port is taken or the data file cannot be opened. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const speed = options.speed ?? 1;
  if (!(speed > 0)) throw new RangeError(`The simulator's speed must be above 0; got ${speed}.`);
  const simulations = options.simulations ?? everySimulation;
  const storage = openStorage(options.dataFile ?? ':memory:');
  const state = buildState(simulations, storage, speed, options.log ?? (() => undefined));
  const log = options.log ?? (() => undefined);
  const apis: Apis = new Map(simulations.map((simulation) => [simulation.id, handlersOf(simulation, state, log)]));
  const app = buildApp(apis, state, options.token);
  for (const world of state.worlds.values()) world.start();

  const host = options.host ?? '127.0.0.1';
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, app);
  const lines = new Set<Duplex>();
  server.on('upgrade', consoles(state, lines));
  takeMessages(server, lines, simulations, mountPath);
  try {
    await listen(server, options.port ?? 0, host);
  } catch (error) {
    for (const world of state.worlds.values()) world.stop();
    storage.close();
    throw error;
  }
  const own = await openOwnPorts(apis, state, lines, { host, first: options.clientPort, log });
  const origin = originOf(server, host);
  return {
    origin,
    baseUrl: (provider) => origin + mountPath(provider),
    clientOrigin: (provider) => (own.has(provider) ? originOf(own.get(provider)!, host) : undefined),
    world: state,
    async close() {
      // A server waits for websockets and for what is no HTTP, and does not count them among its connections.
      for (const line of lines) line.destroy();
      await Promise.all([server, ...own.values()].map(closeServer));
      await state.machines.close();
      for (const world of state.worlds.values()) world.stop();
      storage.close();
    },
  };
}

/** Equals the provider's `descriptor.simulatorPath`. */
export function mountPath(provider: string): string {
  return `/${provider}`;
}

/** The providers' own ports; empty when none were asked for. */
async function openOwnPorts(
  apis: Apis,
  state: SimulatorState,
  lines: Set<Duplex>,
  { host, first, log }: { readonly host: string; readonly first: number | undefined; readonly log: (message: string) => void },
): Promise<Map<string, Server>> {
  const open = new Map<string, Server>();
  if (first === undefined) return open;
  for (const [place, [id, handlers]] of [...apis].entries()) {
    const app = plainApp();
    app.use(...handlers);
    const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, app);
    server.on('upgrade', consoles(state, lines, id));
    takeMessages(server, lines, [state.worlds.get(id)!.simulation], () => '');
    try {
      await listen(server, first === 0 ? 0 : first + place, host);
      open.set(id, server);
    } catch (error) {
      log(`${id} has no port of its own: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return open;
}

function originOf(server: Server, host: string): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
}

function closeServer(server: Server): Promise<unknown> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  return closed;
}

function buildState(simulations: readonly Simulation[], storage: Storage, speed: number, log: (message: string) => void): SimulatorState {
  const faults = new FaultSwitches(storage.collection<Fault>('faults'), () => String(storage.count('fault-id')));
  const worlds = new Map(simulations.map((simulation) => [simulation.id, new World({ simulation, storage, faults, speed, log })] as const));
  const requests = new RequestLog();
  return {
    speed,
    worlds,
    faults,
    requests,
    machines: new Machines(() => worlds.values()),
    advance(ms) {
      const ahead = ms === 0 ? storage.counter(CLOCK) : storage.count(CLOCK, ms, ms);
      for (const world of worlds.values()) world.rearm();
      return ahead;
    },
    reset() {
      for (const world of worlds.values()) world.stop();
      storage.clear();
      requests.clear();
      for (const world of worlds.values()) world.start();
    },
  };
}

function buildApp(apis: Apis, state: SimulatorState, token: string | undefined): Express {
  const app = plainApp();
  app.use(byHostName([...apis.keys()]));
  app.use(pageRouter());
  app.use('/_simulator', controlRouter(state, token));
  for (const [id, handlers] of apis) app.use(mountPath(id), ...handlers);
  app.use(noProvider([...apis.keys()]));
  return app;
}

function plainApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  return app;
}

/** One provider's API, wherever it is mounted; made once, for its timers are the world's. */
function handlersOf(simulation: Simulation, state: SimulatorState, log: (message: string) => void): Handlers {
  return [
    exactJson(simulation.contentType),
    state.requests.middleware(simulation),
    faultMiddleware(simulation, state.faults, (provider, text) => vanish(state.worlds.get(provider), text)),
    express.json({ limit: '2mb', strict: false }),
    simulation.router(state.worlds.get(simulation.id)!),
    notFound(simulation),
    failed(simulation, log),
  ];
}

/** A path that belongs to no provider is a client with a wrong base URL, and is told so. */
function noProvider(ids: readonly string[]): RequestHandler {
  const bases = ids.map(mountPath).join(', ');
  return (request, response) => {
    response.status(404).json({ error: `Nothing at ${request.path}: the providers' APIs are below ${bases}.` });
  };
}

/** What someone in the vendor's console deletes at the worst moment. */
function vanish(world: World | undefined, text: string): void {
  if (!world) return;
  const { simulation } = world;
  const instances = (simulation.instances?.(world) ?? []).filter(({ label, tags }) => [label, ...tags].some((each) => each.includes(text)));
  const records = (simulation.records?.(world) ?? []).filter(({ name, comment }) =>
    [name, comment ?? ''].some((each) => each.includes(text)),
  );
  for (const { id } of [...instances, ...records]) simulation.removeBehindBack?.(world, id);
}

/** Websockets are consoles of servers, at `/<provider>/_console/<token>`, or without the provider on its own port. */
function consoles(
  state: SimulatorState,
  lines: Set<Duplex>,
  only?: string,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (request, socket, head) => {
    lines.add(socket);
    socket.on('error', () => socket.destroy()).on('close', () => lines.delete(socket));
    const found = /^(?:\/([a-z][a-z0-9]*))?\/_console\/([A-Za-z0-9]+)$/.exec(request.url ?? '');
    const world = state.worlds.get(found?.[1] ?? only ?? '');
    if (found && world?.simulation.console) world.simulation.console(world, found[2]!, request, socket, head);
    else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  };
}

/** Clients whose paths begin at the origin reach a provider as `http://<provider>.localhost:<port>`. */
function byHostName(providers: readonly string[]): RequestHandler {
  const ids = new Set(providers);
  return (request, _response, next) => {
    const [name, rest] = request.hostname.split('.');
    if (name !== undefined && rest !== undefined && ids.has(name)) request.url = mountPath(name) + request.url;
    next();
  };
}

/** Some vendors' clients compare the content type to the letter; Express would add its own charset. */
function exactJson(contentType = 'application/json; charset=utf-8'): RequestHandler {
  return (_request, response, next) => {
    response.json = (body: unknown) => {
      const text = Buffer.from(JSON.stringify(body));
      response.setHeader('content-type', contentType);
      response.setHeader('content-length', text.length);
      response.end(text);
      return response;
    };
    next();
  };
}

function notFound(simulation: Simulation): RequestHandler {
  return (_request, response) => sayError(response, 404, simulation.errorAnswer(404));
}

/** A body that is not JSON is the caller's mistake; anything else is ours and is logged. */
function failed(simulation: Simulation, log: (message: string) => void): ErrorRequestHandler {
  return (error: { status?: number; stack?: string }, request, response, next) => {
    const isTheirs = error.status !== undefined && error.status >= 400 && error.status < 500;
    // What the file cannot keep is not done, as at a provider that is down.
    const status = isUnwritable(error) ? 503 : isTheirs ? error.status! : 500;
    if (status >= 500) log(`${simulation.id}: ${request.method} ${request.path} failed: ${error.stack ?? String(error)}`);
    if (response.headersSent) return next(error);
    sayError(response, status, simulation.errorAnswer(status));
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const reason = error.code === 'EADDRINUSE' ? 'another program uses it' : (error.code ?? error.message);
      reject(new Error(`The simulator cannot listen on ${host}:${port}: ${reason}. Choose another port with SIMULATOR_PORT.`));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

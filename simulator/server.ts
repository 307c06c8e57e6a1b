/**
 * The simulator's HTTP server: every provider's API under its own path, the control API under
 * `/_simulator`, and a page for people at `/`.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Simulation } from '../providers/simulation.ts';
import { controlRouter } from './control.ts';
import { FaultSwitches, faultMiddleware, type Fault } from './faults.ts';
import { simulations as everySimulation } from './list.ts';
import { pageRouter } from './page.ts';
import { RequestLog } from './request-log.ts';
import type { SimulatorState } from './state.ts';
import { openStorage, type Storage } from './storage.ts';
import { World } from './world.ts';

export interface SimulatorOptions {
  readonly host?: string;
  /** 0 or absent takes a free one. */
  readonly port?: number;
  /** The SQLite file; `:memory:` (the default) forgets at close. */
  readonly dataFile?: string;
  /** 1 = as slow as the real clouds; 100 = a hundred times faster. */
  readonly speed?: number;
  readonly log?: (message: string) => void;
  /** The providers to simulate; all of them unless told. */
  readonly simulations?: readonly Simulation[];
}

export interface Simulator {
  readonly origin: string;
  /** Base URL of a provider's API, for an account's endpoint. */
  baseUrl(provider: string): string;
  readonly world: SimulatorState;
  close(): Promise<void>;
}

/** Starts the simulator. Rejects when the port is taken or the data file cannot be opened. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const speed = options.speed ?? 1;
  if (!(speed > 0)) throw new RangeError(`The simulator's speed must be above 0; got ${speed}.`);
  const simulations = options.simulations ?? everySimulation;
  const storage = openStorage(options.dataFile ?? ':memory:');
  const state = buildState(simulations, storage, speed, options.log ?? (() => undefined));
  const app = buildApp(simulations, state, options.log ?? (() => undefined));
  for (const world of state.worlds.values()) world.start();

  const host = options.host ?? '127.0.0.1';
  const server = createServer(app);
  try {
    await listen(server, options.port ?? 0, host);
  } catch (error) {
    for (const world of state.worlds.values()) world.stop();
    storage.close();
    throw error;
  }
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    baseUrl: (provider) => origin + mountPath(provider),
    world: state,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      for (const world of state.worlds.values()) world.stop();
      storage.close();
    },
  };
}

/** Equals the provider's `descriptor.simulatorPath`. */
export function mountPath(provider: string): string {
  return `/${provider}`;
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
    reset() {
      for (const world of worlds.values()) world.stop();
      storage.clear();
      requests.clear();
      for (const world of worlds.values()) world.start();
    },
  };
}

function buildApp(simulations: readonly Simulation[], state: SimulatorState, log: (message: string) => void): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.use(byHostName(simulations));
  app.use(pageRouter());
  app.use('/_simulator', controlRouter(state));
  for (const simulation of simulations) {
    const world = state.worlds.get(simulation.id)!;
    app.use(
      mountPath(simulation.id),
      exactJson(simulation.contentType),
      state.requests.middleware(simulation.id),
      faultMiddleware(simulation, state.faults, (provider, text) => vanish(state.worlds.get(provider), text)),
      express.json({ limit: '2mb', strict: false }),
      simulation.router(world),
      notFound(simulation),
      failed(simulation, log),
    );
  }
  return app;
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

/** Clients whose paths begin at the origin reach a provider as `http://<provider>.localhost:<port>`. */
function byHostName(simulations: readonly Simulation[]): RequestHandler {
  const ids = new Set(simulations.map((simulation) => simulation.id));
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
  return (_request, response) => {
    const answer = simulation.errorAnswer(404);
    response
      .status(404)
      .set(answer.headers ?? {})
      .json(answer.body);
  };
}

/** A body that is not JSON is the caller's mistake; anything else is ours and is logged. */
function failed(simulation: Simulation, log: (message: string) => void): ErrorRequestHandler {
  return (error: { status?: number; stack?: string }, request, response, next) => {
    const status = error.status !== undefined && error.status >= 400 && error.status < 500 ? error.status : 500;
    if (status === 500) log(`${simulation.id}: ${request.method} ${request.path} failed: ${error.stack ?? String(error)}`);
    if (response.headersSent) return next(error);
    const answer = simulation.errorAnswer(status);
    response
      .status(status)
      .set(answer.headers ?? {})
      .json(answer.body);
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

/**
 * Serves one provider for one account to any number of engines, from inside the worker. An engine
 * attaches when its environment has `PULUMI_DEBUG_PROVIDERS=<package>:<port>`.
 *
 * One host per (provider, account): the engine configures whatever process it attaches to, so a process
 * with two credentials would serve the wrong one. How one operation's cancellation reaches its own calls
 * and no others is told in active-calls.ts.
 */
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type { AccountConnection, Provider } from '../../providers/provider.ts';
import { RateBudget } from '../../providers/rate-budget.ts';
import { listenPrivately } from '../private-port.ts';
import { ActiveCalls } from './active-calls.ts';
import { EngineLogs } from './engine-logs.ts';
import { type CallGuard, serveGuarded } from './guarded.ts';
import { type Handler, makeService, toUnary, type Severity } from './service.ts';

/** The engine's own bound; state with user data passes gRPC's default of 4 MB easily. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;
const LIMITS = { 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES, 'grpc.max_send_message_length': MAX_MESSAGE_BYTES };

/** How long answers may take to leave after the last call ended. */
const ANSWERS_MS = 500;

export interface ProviderHostOptions {
  readonly provider: Provider;
  /** null for a provider without accounts, whose definitions never touch `ctx.client`'s API. */
  readonly connection: AccountConnection | null;
  readonly log: (severity: Severity, message: string, urn?: string) => void;
  /** Every `ctx.progress`, with the URN of its resource, which names stack and resource. */
  readonly onProgress?: (urn: string, message: string) => void;
}

export interface ProviderHost {
  /** On 127.0.0.1. */
  readonly port: number;
  /** The Pulumi package name, the key in `PULUMI_DEBUG_PROVIDERS`. */
  readonly package: string;
  /** Calls to definitions that have not ended, those of engines that are gone included. */
  activeCalls(): number;
  /** Serves one connection from elsewhere, each call only when `guard` lets it pass, until either end closes it. */
  serve(connection: Duplex, guard: CallGuard): void;
  /** Refuses new calls and waits up to `graceMs` for the running ones; then aborts them. */
  close(graceMs: number): Promise<void>;
}

/** Rejects when the provider's `connect` does or the port cannot be opened. */
export async function openProviderHost(options: ProviderHostOptions): Promise<ProviderHost> {
  const { provider, log } = options;
  const { descriptor } = provider;
  const connection = options.connection ?? withoutAccount(provider);
  const calls = new ActiveCalls();
  const engines = new EngineLogs();
  const service = makeService({
    provider,
    client: provider.connect(connection),
    accountId: connection.accountId,
    calls,
    engines,
    log,
    onProgress: options.onProgress ?? (() => undefined),
  });
  const server = new grpc.Server(LIMITS);
  const unary = (name: string, handler: Handler) => toUnary(descriptor.id, name, handler, log);
  const methods = Object.entries(service).map(([name, handler]) => [name, unary(name, handler)] as const);
  const guests = new Set<() => void>();
  // Methods that are not here (Construct, Call, Parameterize, List) answer UNIMPLEMENTED by themselves.
  server.addService(providerGrpc.ResourceProviderService as unknown as grpc.ServiceDefinition, Object.fromEntries(methods));
  const { port, close } = await listenPrivately(server);
  return {
    port,
    package: descriptor.pulumiPackage,
    activeCalls: () => calls.size,
    serve(connection, guard) {
      const peer = `guest ${randomUUID()}`;
      const end = serveGuarded(connection, { provider, service, guard, peer, limits: LIMITS, toUnary: unary });
      guests.add(end);
      connection.once('close', () => guests.delete(end));
    },
    async close(graceMs) {
      const stopped = close();
      server.tryShutdown(() => undefined);
      await calls.drain(graceMs);
      // The last answers are still on their way out; only connections that stay open without a call are cut.
      await Promise.race([stopped, delay(ANSWERS_MS, undefined, { ref: false })]);
      for (const end of guests) end();
      server.forceShutdown();
      await stopped;
      engines.close();
    },
  };
}

function withoutAccount({ descriptor }: Provider): AccountConnection {
  return {
    accountId: descriptor.id,
    credential: {},
    endpoint: { kind: 'real', baseUrl: descriptor.apiBaseUrl ?? '' },
    budget: new RateBudget(descriptor.rate.requests, descriptor.rate.perMs),
  };
}

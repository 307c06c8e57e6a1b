/**
 * What the plain `pulumi` command starts as `pulumi-resource-<package>` when someone works on a pulled
 * stack by hand. Checks and diffs are answered here; calls that reach a cloud go through the service's own
 * warm host of the account, so the key never leaves it and its rate budget is shared. Which
 * account, and what may be done with it, is the service's to say: it knows which update this login runs; see stack.ts.
 */
import * as grpc from '@grpc/grpc-js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type * as rpc from '@pulumi/pulumi/proto/provider_pb.js';
import type { Provider } from '../../providers/provider.ts';
import { listenPrivately } from '../private-port.ts';
import { ActiveCalls } from '../provider-host/active-calls.ts';
import { EngineLogs } from '../provider-host/engine-logs.ts';
import { openProviderHost } from '../provider-host/host.ts';
import { makeService, toUnary } from '../provider-host/service.ts';
import { type Login, readLogin } from './login.ts';
import { vpsOf } from './stack.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';

const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;
const CHANNEL = { 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES, 'grpc.max_send_message_length': MAX_MESSAGE_BYTES };

export interface ProviderPlugin {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `provider` to one engine. `env` is where the login is read from. */
export async function openProviderPlugin(provider: Provider, env: Readonly<Record<string, string | undefined>>): Promise<ProviderPlugin> {
  if (provider.descriptor.roles.every((role) => role === 'utility')) return localPlugin(provider);
  const remote = new RemoteHost(provider, env);
  const local = makeService({
    provider,
    client: null,
    accountId: '',
    calls: new ActiveCalls(),
    engines: new EngineLogs(),
    log: () => undefined,
    onProgress: () => undefined,
  });
  const handlers = {
    ...local,
    configure: (call: Call<rpc.ConfigureRequest>) => {
      remote.note(call.request.getUrn());
      return local['configure']!(call);
    },
    create: (call: Call<rpc.CreateRequest>) => (call.request.getPreview() ? local['create']!(call) : remote.forward('create', call)),
    update: (call: Call<rpc.UpdateRequest>) => (call.request.getPreview() ? local['update']!(call) : remote.forward('update', call)),
    read: (call: Call<rpc.ReadRequest>) => remote.forward('read', call),
    delete: (call: Call<rpc.DeleteRequest>) => remote.forward('delete', call),
    invoke: (call: Call<rpc.InvokeRequest>) => remote.forward('invoke', call),
  };
  const server = new grpc.Server(CHANNEL);
  const methods = Object.entries(handlers).map(([name, handler]) => {
    const isForwarded = ['create', 'update', 'read', 'delete', 'invoke'].includes(name);
    return [name, isForwarded ? toForwarded(handler) : toUnary(provider.descriptor.id, name, handler, () => undefined)] as const;
  });
  server.addService(providerGrpc.ResourceProviderService as unknown as grpc.ServiceDefinition, Object.fromEntries(methods));
  const port = await listenPrivately(server);
  return {
    port: port.port,
    async close() {
      remote.close();
      void port.close();
      server.forceShutdown();
    },
  };
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
type ForwardedMethod = 'create' | 'update' | 'read' | 'delete' | 'invoke';

async function localPlugin(provider: Provider): Promise<ProviderPlugin> {
  const host = await openProviderHost({ provider, connection: null, log: () => undefined });
  return { port: host.port, close: () => host.close(0) };
}

/** The service's host of one account, reached through a tunnel. */
class RemoteHost {
  readonly #provider: Provider;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #tunnel: Tunnel | null = null;
  #client: Promise<grpc.Client> | null = null;
  /** The provider's own, for functions, which have none. */
  #urn: string | undefined;
  constructor(provider: Provider, env: Readonly<Record<string, string | undefined>>) {
    this.#provider = provider;
    this.#env = env;
  }

  note(providerUrn: string | undefined): void {
    this.#urn = providerUrn || undefined;
  }

  async forward(method: ForwardedMethod, call: Call<unknown>): Promise<unknown> {
    const client = (await this.#clientFor(call.request)) as unknown as Record<
      string,
      (request: unknown, callback: (error: grpc.ServiceError | null, response: unknown) => void) => grpc.ClientUnaryCall
    >;
    return new Promise((resolve, reject) => {
      const forwarded = client[method]!(call.request, (error, response) => (error ? reject(error) : resolve(response)));
      call.on('cancelled', () => forwarded.cancel());
    });
  }

  /** Opens the way to the host, once for all calls that wait for it. A plug-in serves one stack. */
  #clientFor(request: unknown): Promise<grpc.Client> {
    if (this.#client) return this.#client;
    const urn = (request as { getUrn?: () => string }).getUrn?.() ?? this.#urn;
    if (urn === undefined) throw new Error('The engine has not said whose stack this is, which functions need.');
    const vpsId = vpsOf(urn);
    const opened = readLogin(this.#env).then((login) => this.#open(login, vpsId));
    this.#client = opened;
    // A refusal is told to the calls that waited; the next one asks again.
    opened.catch(() => {
      if (this.#client === opened) this.#client = null;
    });
    return opened;
  }

  async #open(login: Login, vpsId: string): Promise<grpc.Client> {
    const tunnel = await openTunnel({ ...login, vpsId, pulumiPackage: this.#provider.descriptor.pulumiPackage });
    const Client = providerGrpc.ResourceProviderClient as unknown as new (
      address: string,
      credentials: grpc.ChannelCredentials,
      options: object,
    ) => grpc.Client;
    this.#tunnel = tunnel;
    return new Client(tunnel.address, grpc.credentials.createInsecure(), CHANNEL);
  }

  close(): void {
    this.#client?.then(
      (client) => client.close(),
      () => undefined,
    );
    this.#tunnel?.close();
    this.#client = null;
    this.#tunnel = null;
  }
}

/** Keeps the remote error whole: its details say, for example, that a server was made but is not ready. */
function toForwarded(handler: (call: any) => unknown): grpc.handleUnaryCall<any, any> {
  return (call, callback) => {
    Promise.try(handler, call).then(
      (response) => callback(null, response),
      (error: grpc.ServiceError | Error) => {
        if ('code' in error) callback({ code: error.code, details: error.details, metadata: error.metadata });
        else callback({ code: grpc.status.UNKNOWN, details: error.message });
      },
    );
  };
}

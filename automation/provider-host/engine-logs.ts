/**
 * Messages to the engines. Each connection names its engine's address in the handshake, so a message
 * reaches the engine whose call it belongs to and no other, however many use the host.
 */
import * as grpc from '@grpc/grpc-js';
import engineGrpc from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import enginePb from '@pulumi/pulumi/proto/engine_pb.js';

export interface EngineMessage {
  readonly severity: 'debug' | 'info' | 'warning' | 'error';
  readonly message: string;
  /** '' for none. */
  readonly urn: string;
  /** Shown beside the resource while it runs, not kept. */
  readonly ephemeral: boolean;
}

interface EngineClient {
  log(request: enginePb.LogRequest, callback: (error: grpc.ServiceError | null) => void): unknown;
  close(): void;
}

/** Connections remembered at most: the engines of finished operations leave no notice when they go. */
const MAX_ENGINES = 64;

export class EngineLogs {
  readonly #addresses = new Map<string, string>();
  readonly #clients = new Map<string, EngineClient>();

  /** `address` is `host:port` on this machine; anything else is not an engine we talk to. */
  attach(peer: string, address: string): void {
    if (!/^(127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(address)) return;
    this.#addresses.set(peer, address);
    for (const oldest of this.#addresses.keys()) {
      if (this.#addresses.size <= MAX_ENGINES) break;
      this.detach(oldest);
    }
  }

  detach(peer: string): void {
    this.#addresses.delete(peer);
    this.#clients.get(peer)?.close();
    this.#clients.delete(peer);
  }

  /** Best effort: a message that cannot be delivered is dropped. */
  send(peer: string, message: EngineMessage): void {
    const client = this.#client(peer);
    if (!client) return;
    const request = new enginePb.LogRequest();
    request.setSeverity(enginePb.LogSeverity[message.severity.toUpperCase() as keyof typeof enginePb.LogSeverity]);
    request.setMessage(message.message);
    request.setUrn(message.urn);
    request.setEphemeral(message.ephemeral);
    client.log(request, () => undefined);
  }

  close(): void {
    for (const peer of this.#addresses.keys()) this.detach(peer);
  }

  #client(peer: string): EngineClient | undefined {
    const address = this.#addresses.get(peer);
    if (address === undefined) return undefined;
    let client = this.#clients.get(peer);
    if (!client) {
      client = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure()) as EngineClient;
      this.#clients.set(peer, client);
    }
    return client;
  }
}

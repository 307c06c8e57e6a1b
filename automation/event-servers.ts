/**
 * Receives the CLI's engine events over gRPC, as the Automation API does, but with servers that
 * stay open: one port serves one operation at a time, so nothing has to tell operations apart.
 */
import { createRequire } from 'node:module';
import type { EngineEvent as RawEngineEvent } from '@pulumi/pulumi/automation/index.js';
import { listenPrivately } from './private-port.ts';

const require = createRequire(import.meta.url);
const grpc = require('@grpc/grpc-js');
const { EventsService } = require('@pulumi/pulumi/proto/events_grpc_pb.js');
/** As the SDK's own channels: 400 MiB, so that no event is cut. Read from there, it would load the whole SDK. */
const CHANNEL = { 'grpc.max_receive_message_length': 400 * 1024 * 1024 };
const { Empty } = require('google-protobuf/google/protobuf/empty_pb.js');

interface EventStream {
  on(event: 'data', listener: (request: { getEvent(): string }) => void): void;
  on(event: 'end' | 'error', listener: (error?: Error) => void): void;
}

export interface EventPort {
  /** Value for `--event-log`. */
  readonly address: string;
  release(): void;
}

interface Slot {
  readonly port: number;
  readonly close: () => void;
  listener: ((event: RawEngineEvent) => void) | undefined;
}

async function openSlot(): Promise<Slot> {
  const server = new grpc.Server(CHANNEL);
  let slot: Slot | undefined;
  server.addService(EventsService, {
    streamEvents(call: EventStream, callback: (error: Error | null, reply?: unknown) => void) {
      // A stream that outlives its operation (a killed CLI) must not speak into the next one.
      const listener = slot?.listener;
      call.on('data', (request) => {
        if (slot && slot.listener === listener) listener?.(JSON.parse(request.getEvent()) as RawEngineEvent);
      });
      call.on('end', () => callback(null, new Empty()));
      call.on('error', () => undefined);
    },
  });
  const port = await listenPrivately(server);
  const close = (): void => {
    void port.close();
    server.forceShutdown();
  };
  slot = { port: port.port, close, listener: undefined };
  return slot;
}

export class EventServers {
  readonly #idle: Slot[] = [];
  readonly #all = new Set<Slot>();

  async lease(listener: (event: RawEngineEvent) => void): Promise<EventPort> {
    const slot = this.#idle.pop() ?? (await openSlot());
    this.#all.add(slot);
    slot.listener = listener;
    return {
      address: `tcp://127.0.0.1:${slot.port}`,
      release: () => {
        slot.listener = undefined;
        this.#idle.push(slot);
      },
    };
  }

  close(): void {
    for (const slot of this.#all) slot.close();
    this.#all.clear();
    this.#idle.length = 0;
  }
}

/**
 * The part of a host's service that someone outside this machine may call over one connection: what reaches the cloud, and
 * each call only after `guard` has let it pass. The rest (handshakes, schemas, checks and diffs) needs no account and is the
 * caller's own matter.
 */
import type { Duplex } from 'node:stream';
import * as grpc from '@grpc/grpc-js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type * as rpc from '@pulumi/pulumi/proto/provider_pb.js';
import { parseIdentityTag } from '../../providers/identity.ts';
import type { Provider } from '../../providers/provider.ts';
import { diffInputs } from './diff.ts';
import { CallRefused } from './service-errors.ts';
import type { Handler } from './service.ts';
import { fromStruct, plain, type Values } from './values.ts';

const METHODS = ['create', 'read', 'update', 'delete', 'invoke'] as const;
const RECORD_MARK = /^plinth vps-([a-z0-9]+)/;

export interface AskedCall {
  readonly method: (typeof METHODS)[number];
  /** '' for a function. */
  readonly urn: string;
  /** Type token of the resource, or the function's. */
  readonly token: string;
  /** '' where the call has none. */
  readonly id: string;
  /** Of a create or update: it only tells what would be, and reaches no cloud. */
  readonly preview: boolean;
  /** Top-level inputs of an update that no update may change. */
  readonly replaces: readonly string[];
  /** VPSes as whose own the inputs mark the thing; `generation` null where the mark has none. */
  readonly marks: readonly { readonly vpsId: string; readonly generation: number | null }[];
}

/** null lets the call pass; a sentence refuses it. */
export type CallGuard = (call: AskedCall) => Promise<string | null>;

export interface GuardedPart {
  readonly provider: Provider;
  readonly service: Record<string, Handler>;
  readonly guard: CallGuard;
  /** Names the connection among all of the host's. */
  readonly peer: string;
  readonly limits: grpc.ServerOptions;
  readonly toUnary: (name: string, handler: Handler) => grpc.UntypedHandleCall;
}

/** Serves the connection until it closes. Answers what ends it. */
export function serveGuarded(connection: Duplex, part: GuardedPart): () => void {
  const server = new grpc.Server(part.limits);
  const methods = METHODS.map((method) => [method, part.toUnary(method, guarded(method, part))] as const);
  server.addService(providerGrpc.ResourceProviderService as unknown as grpc.ServiceDefinition, Object.fromEntries(methods));
  server.createConnectionInjector(grpc.ServerCredentials.createInsecure()).injectConnection(connection);
  const end = (): void => {
    connection.destroy();
    server.forceShutdown();
  };
  connection.once('close', end);
  return end;
}

type Call = grpc.ServerUnaryCall<any, unknown>;

function guarded(method: AskedCall['method'], { provider, service, guard, peer }: GuardedPart): Handler {
  return async (call: Call) => {
    const refused = await guard(describe(method, call.request, provider));
    if (refused !== null) throw new CallRefused(refused);
    const own: Pick<Call, 'request' | 'getPeer' | 'on'> = { request: call.request, getPeer: () => peer, on: call.on.bind(call) };
    return service[method]!(own as Call);
  };
}

function describe(method: AskedCall['method'], request: any, provider: Provider): AskedCall {
  const none = { urn: '', id: '', preview: false, replaces: [], marks: [] };
  if (method === 'invoke') return { ...none, method, token: (request as rpc.InvokeRequest).getTok() };
  const urn: string = request.getUrn();
  const type = urn.split('::')[2] ?? '';
  const token = type.slice(type.lastIndexOf('$') + 1);
  const named = { ...none, method, urn, token };
  if (method === 'create') {
    const create = request as rpc.CreateRequest;
    return { ...named, preview: create.getPreview(), marks: marksIn(fromStruct(create.getProperties())) };
  }
  if (method !== 'update') return { ...named, id: request.getId() };
  const update = request as rpc.UpdateRequest;
  const newInputs = fromStruct(update.getNews());
  const definition = provider.resources.find((each) => each.token === token);
  const olds = { oldInputs: fromStruct(update.getOldInputs()), oldOutputs: fromStruct(update.getOlds()) };
  const replaces = definition ? diffInputs({ definition, ...olds, newInputs }).replaces : [];
  return { ...named, id: update.getId(), preview: update.getPreview(), replaces, marks: marksIn(newInputs) };
}

function marksIn(inputs: Values): AskedCall['marks'] {
  return textsIn(plain(inputs)).flatMap((text): AskedCall['marks'] => {
    const tag = parseIdentityTag(text);
    if (tag) return [tag];
    const owner = RECORD_MARK.exec(text)?.[1];
    return owner === undefined ? [] : [{ vpsId: owner, generation: null }];
  });
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The `ResourceProvider` gRPC service of one provider and one account. */
import type * as grpc from '@grpc/grpc-js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import pluginPb from '@pulumi/pulumi/proto/plugin_pb.js';
import providerPb from '@pulumi/pulumi/proto/provider_pb.js';
import type * as rpc from '@pulumi/pulumi/proto/provider_pb.js';
import type { Provider } from '../../providers/provider.ts';
import type { CheckFailure, ResourceContext, ResourceDefinition } from '../../providers/resource.ts';
import { ProviderError } from '../../providers/errors.ts';
import type { ActiveCalls } from './active-calls.ts';
import { checkInputs } from './check.ts';
import { changePath, diffInputs, type PropertyChange } from './diff.ts';
import type { EngineLogs } from './engine-logs.ts';
import { previewCreate, previewUpdate } from './preview.ts';
import { createResource, invokeFunction, readResource, updateResource } from './resource-calls.ts';
import { packageSchema } from './schema.ts';
import { toServiceError } from './service-errors.ts';
import { fromStruct, plain, toStruct } from './values.ts';

/** Reads and functions have no timeout of their own in the contract; this one only ends what hangs. */
const DEFAULT_READ_TIMEOUT_MS = 300_000;

export type Severity = 'debug' | 'info' | 'warning' | 'error';

export interface ServiceOptions {
  readonly provider: Provider;
  readonly client: unknown;
  /** Separates accounts where calls must take turns. */
  readonly accountId: string;
  readonly calls: ActiveCalls;
  readonly engines: EngineLogs;
  readonly log: (severity: Severity, message: string, urn?: string) => void;
  readonly onProgress: (urn: string, message: string) => void;
}

interface ResourceRequest {
  getUrn(): string;
  getType(): string;
  getTimeout(): number;
}
type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;
export type Handler = (call: Call<any>) => unknown;

/** Unary methods by their name in the service definition; a rejection becomes the call's error. */
export function makeService(options: ServiceOptions): Record<string, Handler> {
  const { provider, calls, engines } = options;
  const { descriptor } = provider;
  const service = new Resources(options);
  return {
    handshake: (call: Call<rpc.ProviderHandshakeRequest>) => {
      engines.attach(call.getPeer(), call.request.getEngineAddress());
      const response = new providerPb.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(true);
      return response;
    },
    attach: (call: Call<pluginPb.PluginAttach>) => {
      engines.attach(call.getPeer(), call.request.getAddress());
      return new emptyPb.Empty();
    },
    getPluginInfo: () => {
      const response = new pluginPb.PluginInfo();
      response.setVersion(descriptor.pulumiPackageVersion);
      return response;
    },
    getSchema: () => {
      const response = new providerPb.GetSchemaResponse();
      response.setSchema(packageSchema(provider));
      return response;
    },
    // The account belongs to the host, not to the program: a program's provider options neither fail nor change anything.
    checkConfig: (call: Call<rpc.CheckRequest>) => {
      const response = new providerPb.CheckResponse();
      response.setInputs(call.request.getNews());
      return response;
    },
    diffConfig: () => {
      const response = new providerPb.DiffResponse();
      response.setChanges(providerPb.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    },
    configure: () => {
      const response = new providerPb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setAcceptresources(true);
      response.setAcceptoutputs(true);
      return response;
    },
    cancel: (call: Call<unknown>) => {
      calls.cancelPeer(call.getPeer());
      return new emptyPb.Empty();
    },
    getMapping: () => new providerPb.GetMappingResponse(),
    getMappings: () => new providerPb.GetMappingsResponse(),
    check: (call) => service.check(call),
    diff: (call) => service.diff(call),
    create: (call) => service.create(call),
    read: (call) => service.read(call),
    update: (call) => service.update(call),
    delete: (call) => service.delete(call),
    invoke: (call) => service.invoke(call),
  };
}

class Resources {
  readonly #options: ServiceOptions;
  readonly #definitions: ReadonlyMap<string, ResourceDefinition>;
  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#definitions = new Map(options.provider.resources.map((definition) => [definition.token, definition]));
  }

  check(call: Call<rpc.CheckRequest>): rpc.CheckResponse {
    const { inputs, failures } = checkInputs(this.#definition(call.request.getUrn()), fromStruct(call.request.getNews()));
    const response = new providerPb.CheckResponse();
    // A failed check's inputs are never used, and may hold what cannot be sent back.
    if (failures.length === 0) response.setInputs(toStruct(inputs));
    response.setFailuresList(toFailures(failures));
    return response;
  }

  diff(call: Call<rpc.DiffRequest>): rpc.DiffResponse {
    const { request } = call;
    const definition = this.#definition(request.getUrn());
    const difference = diffInputs({
      definition,
      oldInputs: fromStruct(request.getOldInputs()),
      oldOutputs: fromStruct(request.getOlds()),
      newInputs: fromStruct(request.getNews()),
      ignoreChanges: request.getIgnorechangesList(),
    });
    const response = new providerPb.DiffResponse();
    const { DIFF_SOME, DIFF_NONE } = providerPb.DiffResponse.DiffChanges;
    response.setChanges(difference.changes.length > 0 ? DIFF_SOME : DIFF_NONE);
    response.setReplacesList([...difference.replaces]);
    response.setDeletebeforereplace(difference.deleteBeforeReplace);
    response.setDiffsList([...new Set(difference.changes.map((change) => String(change.path[0])))]);
    response.setStablesList([...(definition.stableOutputs ?? [])]);
    response.setHasdetaileddiff(true);
    for (const change of difference.changes) response.getDetaileddiffMap().set(changePath(change), toPropertyDiff(change));
    return response;
  }

  async create(call: Call<rpc.CreateRequest>): Promise<rpc.CreateResponse> {
    const { request } = call;
    const definition = this.#definition(request.getUrn());
    const inputs = fromStruct(request.getProperties());
    const response = new providerPb.CreateResponse();
    if (request.getPreview()) {
      response.setProperties(toStruct(previewCreate(definition, inputs)));
      return response;
    }
    const created = await this.#run(call, 'create', definition.timeoutsMs.create, (ctx) => createResource(definition, ctx, inputs));
    response.setId(created.id);
    response.setProperties(toStruct(created.outputs));
    return response;
  }

  async read(call: Call<rpc.ReadRequest>): Promise<rpc.ReadResponse> {
    const { request } = call;
    const definition = this.#definition(request.getUrn());
    const recorded = { inputs: fromStruct(request.getInputs()), outputs: fromStruct(request.getProperties()) };
    const found = await this.#run(call, 'read', DEFAULT_READ_TIMEOUT_MS, (ctx) => readResource(definition, ctx, request.getId(), recorded));
    const response = new providerPb.ReadResponse();
    // No id is how the engine is told that it is gone.
    if (found === null) return response;
    response.setId(found.id);
    response.setInputs(toStruct(found.inputs));
    response.setProperties(toStruct(found.outputs));
    return response;
  }

  async update(call: Call<rpc.UpdateRequest>): Promise<rpc.UpdateResponse> {
    const { request } = call;
    const definition = this.#definition(request.getUrn());
    const args = {
      oldInputs: fromStruct(request.getOldInputs()),
      oldOutputs: fromStruct(request.getOlds()),
      inputs: fromStruct(request.getNews()),
    };
    const response = new providerPb.UpdateResponse();
    if (request.getPreview()) {
      response.setProperties(toStruct(previewUpdate(definition, { inputs: args.oldInputs, outputs: args.oldOutputs }, args.inputs)));
      return response;
    }
    const outputs = await this.#run(call, 'update', definition.timeoutsMs.update, (ctx) =>
      updateResource(definition, ctx, request.getId(), args),
    );
    response.setProperties(toStruct(outputs));
    return response;
  }

  async delete(call: Call<rpc.DeleteRequest>): Promise<emptyPb.Empty> {
    const { request } = call;
    const definition = this.#definition(request.getUrn());
    const outputs = fromStruct(request.getProperties());
    await this.#run(call, 'delete', definition.timeoutsMs.delete, (ctx) => definition.delete(ctx, request.getId(), plain(outputs)));
    return new emptyPb.Empty();
  }

  async invoke(call: Call<rpc.InvokeRequest>): Promise<rpc.InvokeResponse> {
    const { provider, calls, client } = this.#options;
    const token = call.request.getTok();
    const definition = provider.functions.find((candidate) => candidate.token === token);
    if (!definition) throw this.#unknownToken('function', token);
    const request = {
      provider: provider.descriptor.id,
      peer: call.getPeer(),
      what: `function ${token}`,
      timeoutMs: DEFAULT_READ_TIMEOUT_MS,
      onGone: (listener: () => void) => call.on('cancelled', listener),
    };
    const outcome = await calls.run(request, (signal) =>
      invokeFunction(definition, { client, signal, ...this.#voice(call, '') }, fromStruct(call.request.getArgs())),
    );
    const response = new providerPb.InvokeResponse();
    if ('failures' in outcome) response.setFailuresList(toFailures(outcome.failures));
    else response.setReturn(toStruct(outcome.result));
    return response;
  }

  #run<T>(
    call: Call<ResourceRequest>,
    verb: 'create' | 'read' | 'update' | 'delete',
    defaultTimeoutMs: number,
    work: (ctx: ResourceContext) => Promise<T>,
  ): Promise<T> {
    const { provider, calls, client, accountId } = this.#options;
    const { id } = provider.descriptor;
    const urn = call.request.getUrn();
    const seconds = call.request.getTimeout();
    const request = {
      provider: id,
      peer: call.getPeer(),
      what: `${verb} of "${urn.slice(urn.lastIndexOf('::') + 2)}"`,
      timeoutMs: seconds > 0 ? seconds * 1_000 : defaultTimeoutMs,
      ...(verb === 'read' ? {} : { exclusiveKey: JSON.stringify([id, accountId, urn]) }),
      onGone: (listener: () => void) => call.on('cancelled', listener),
    };
    const voice = this.#voice(call, urn);
    return calls.run({ ...request, onSlow: voice.progress }, (signal) => work({ client, urn, signal, ...voice }));
  }

  /** Where a definition's messages go: Plinth's own log and view, and the engine that made this call. */
  #voice(call: Call<unknown>, urn: string): Pick<ResourceContext, 'log' | 'progress'> {
    const { log, onProgress, engines } = this.#options;
    const peer = call.getPeer();
    return {
      log: (severity, message) => {
        log(severity, message, urn);
        engines.send(peer, { severity, message, urn, ephemeral: false });
      },
      progress: (message) => {
        onProgress(urn, message);
        engines.send(peer, { severity: 'info', message, urn, ephemeral: true });
      },
    };
  }

  #definition(urn: string): ResourceDefinition {
    const qualifiedType = urn.split('::')[2] ?? '';
    const token = qualifiedType.slice(qualifiedType.lastIndexOf('$') + 1);
    const definition = this.#definitions.get(token);
    if (!definition) throw this.#unknownToken('resource', token);
    return definition;
  }

  #unknownToken(what: string, token: string): ProviderError {
    const { descriptor, resources, functions } = this.#options.provider;
    const known = (what === 'resource' ? resources : functions).map((definition) => definition.token).join(', ') || 'none';
    const message = `${descriptor.name} has no ${what} "${token}" here. It serves: ${known}.`;
    return new ProviderError({ provider: descriptor.id, kind: 'invalid', message });
  }
}

function toFailures(failures: readonly CheckFailure[]): rpc.CheckFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new providerPb.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

function toPropertyDiff(change: PropertyChange): rpc.PropertyDiff {
  const { Kind } = providerPb.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const diff = new providerPb.PropertyDiff();
  diff.setKind(kinds[change.kind][change.replaces ? 1 : 0]);
  diff.setInputdiff(true);
  return diff;
}

/** The gRPC form of a method: the promise's end is the call's answer. */
export function toUnary(provider: string, name: string, handler: Handler, log: ServiceOptions['log']): grpc.handleUnaryCall<any, any> {
  return (call, callback) => {
    new Promise((resolve) => resolve(handler(call))).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toServiceError(provider, name, error, (message) => log('error', message))),
    );
  };
}

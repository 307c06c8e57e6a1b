/**
 * A stand-in for a vendor's plugin: the same gRPC service, reading every resource as the vendor's does (vendor-reads.ts) and keeping
 * exactly the properties of the vendor's schema. It is as strict as they are: a state without `id` is a resource that is gone, and a
 * time that is not RFC 3339 ends the call.
 */
import * as grpc from '@grpc/grpc-js';
import emptyPb from 'google-protobuf/google/protobuf/empty_pb.js';
import pluginPb from '@pulumi/pulumi/proto/plugin_pb.js';
import providerGrpc from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import providerPb from '@pulumi/pulumi/proto/provider_pb.js';
import type * as rpc from '@pulumi/pulumi/proto/provider_pb.js';
import { fromStruct, markSecrets, plain, secretKeys, toStruct, type Value, type Values } from '../../automation/provider-host/values.ts';
import { isTime, isZonedTime, type Property } from './vendor-schema.ts';
import { vendorReads, type Get } from './vendor-reads.ts';

export interface VendorPlugin {
  readonly port: number;
  /** Type tokens of the resources it was asked to read. */
  readonly read: string[];
  close(): void;
}

export interface VendorPluginOptions {
  /** Of the simulated API, its base path included. */
  readonly baseUrl: string;
  readonly token: string;
  readonly version: string;
  /** By type token. */
  readonly schema: ReadonlyMap<string, Readonly<Record<string, Property>>>;
}

type Call<Request> = { readonly request: Request };

export async function startVendorPlugin({ baseUrl, token, version, schema }: VendorPluginOptions): Promise<VendorPlugin> {
  const asked: string[] = [];
  const get: Get = async (path) => {
    const response = await fetch(baseUrl + path, { headers: { authorization: `Bearer ${token}` } });
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const service = {
    handshake: async () => new providerPb.ProviderHandshakeResponse(),
    attach: async () => new emptyPb.Empty(),
    getPluginInfo: async () => {
      const response = new pluginPb.PluginInfo();
      response.setVersion(version);
      return response;
    },
    cancel: async () => new emptyPb.Empty(),
    checkConfig: async ({ request }: Call<rpc.CheckRequest>) => checked(request),
    diffConfig: async () => new providerPb.DiffResponse(),
    configure: async () => {
      const response = new providerPb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      return response;
    },
    check: async ({ request }: Call<rpc.CheckRequest>) => checked(request),
    diff: async ({ request }: Call<rpc.DiffRequest>) => diff(request),
    read: async ({ request }: Call<rpc.ReadRequest>) => {
      const type = tokenOf(request.getUrn());
      asked.push(type);
      return read(request, type, schema.get(type), get);
    },
  };
  const server = new grpc.Server();
  const methods = Object.entries(service).map(([name, handler]) => [name, unary(handler as (call: Call<never>) => Promise<unknown>)]);
  server.addService(providerGrpc.ResourceProviderService as unknown as grpc.ServiceDefinition, Object.fromEntries(methods));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, at) => (error ? reject(error) : resolve(at)));
  });
  return { port, read: asked, close: () => server.forceShutdown() };
}

function unary(handler: (call: Call<never>) => Promise<unknown>): grpc.handleUnaryCall<never, unknown> {
  return (call, callback) => {
    handler(call).then(
      (response) => callback(null, response),
      (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: String(error) }),
    );
  };
}

function tokenOf(urn: string): string {
  const qualified = urn.split('::')[2]!;
  return qualified.slice(qualified.lastIndexOf('$') + 1);
}

function checked(request: rpc.CheckRequest): rpc.CheckResponse {
  const response = new providerPb.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

/** The plugins compare the program's values with the state's, and leave alone what the program does not say. */
function diff(request: rpc.DiffRequest): rpc.DiffResponse {
  const state = plain(fromStruct(request.getOlds()));
  const ignored = new Set(request.getIgnorechangesList().map((path) => /^\w+/.exec(path)?.[0]));
  const news = plain(fromStruct(request.getNews()));
  const changed = Object.keys(news).filter((key) => !ignored.has(key) && !covers(state[key], news[key]));
  const response = new providerPb.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = providerPb.DiffResponse.DiffChanges;
  response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList(changed);
  return response;
}

/** Lists are compared as sets; an address' or text's case matters. */
function covers(state: unknown, wanted: unknown): boolean {
  if (wanted === null || wanted === undefined || wanted === '') return true;
  if (Array.isArray(wanted)) {
    const there = Array.isArray(state) ? state : [];
    return there.length === wanted.length && wanted.every((each) => there.some((one) => covers(one, each)));
  }
  if (typeof wanted !== 'object') return state === wanted;
  return Object.entries(wanted).every(([key, value]) => covers((state as Record<string, unknown> | undefined)?.[key], value));
}

async function read(
  request: rpc.ReadRequest,
  type: string,
  schema: Readonly<Record<string, Property>> | undefined,
  get: Get,
): Promise<rpc.ReadResponse> {
  const response = new providerPb.ReadResponse();
  const how = vendorReads[type];
  if (!how || !schema) throw new Error(`The stand-in knows no ${type}.`);
  const state = fromStruct(request.getProperties());
  const known = plain(state) as Record<string, unknown>;
  for (const [key, value] of Object.entries(known))
    if (isTime(key) && !isZonedTime(value)) throw new Error(`${key}: "${String(value)}" is not valid RFC 3339.`);
  const told = known['id'] === undefined ? null : await how(get, request.getId(), known);
  if (told === null) return response;
  // What is undefined is not told.
  const now = Object.fromEntries(
    Object.entries({ ...known, ...(JSON.parse(JSON.stringify(told)) as Values) }).filter(([key]) => key === 'id' || key in schema),
  ) as Values;
  const inputs = fromStruct(request.getInputs());
  const written = plain(inputs);
  const refreshed: Values = Object.fromEntries(
    Object.entries(inputs).map(([key, value]): [string, Value] => [key, covers(now[key], written[key]) ? value : now[key]!]),
  );
  response.setId(request.getId());
  response.setProperties(toStruct(markSecrets(now, {}, secretKeys(state))));
  response.setInputs(toStruct(refreshed));
  return response;
}

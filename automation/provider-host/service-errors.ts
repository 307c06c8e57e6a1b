/** How an exception of a definition travels to the engine. */
import * as grpc from '@grpc/grpc-js';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';
import providerPb from '@pulumi/pulumi/proto/provider_pb.js';
import statusPb from '@pulumi/pulumi/proto/status_pb.js';
import { ProviderError } from '../../providers/errors.ts';
import { toStruct, type Values } from './values.ts';

const MAX_MESSAGE_LENGTH = 2_000;

/** A resource that exists but is not usable, already in the engine's terms. */
export class PartialState extends Error {
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
  readonly reasons: readonly string[];
  constructor(id: string, inputs: Values, outputs: Values, reasons: readonly string[]) {
    super(reasons.join('; '));
    this.id = id;
    this.inputs = inputs;
    this.outputs = outputs;
    this.reasons = reasons;
  }
}

/** What a guard said; the caller gets the sentence as it is. */
export class CallRefused extends Error {}

/** Messages of ProviderError go through unharmed; anything else is named unexpected, and its stack goes to `log` only. */
export function toServiceError(provider: string, what: string, error: unknown, log: (message: string) => void): Partial<grpc.ServiceError> {
  if (error instanceof PartialState) return partialState(error);
  if (error instanceof CallRefused) return { code: grpc.status.PERMISSION_DENIED, details: error.message };
  if (error instanceof ProviderError) return { code: grpc.status.UNKNOWN, details: error.message };
  log(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const message = error instanceof Error ? error.message : String(error);
  return { code: grpc.status.UNKNOWN, details: `[${provider}/unexpected] ${message.slice(0, MAX_MESSAGE_LENGTH)}` };
}

/** The engine reads the state of a failed initialisation from a `google.rpc.Status` in this one header. */
function partialState(error: PartialState): Partial<grpc.ServiceError> {
  const detail = new providerPb.ErrorResourceInitFailed();
  detail.setId(error.id);
  detail.setProperties(toStruct(error.outputs));
  detail.setInputs(toStruct(error.inputs));
  detail.setReasonsList([...error.reasons]);
  const packed = new anyPb.Any();
  packed.pack(detail.serializeBinary(), 'pulumirpc.ErrorResourceInitFailed');
  const status = new statusPb.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add('grpc-status-details-bin', Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: error.message, metadata };
}

/** Shared pieces of Pulumi's state protocol: errors in the shape the CLI prints, strict names, body schemas. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { type BodyLimits, readJson } from '../kernel/http/body.ts';
import { databaseRefusal } from '../kernel/postgres/refusal.ts';
import { LeaseLostError, StackBusyError } from './store.ts';
import { UnresolvedCreatesError } from './versions-store.ts';
import type { StackRow, UpdateRow } from './rows.ts';
import type { StateAction, StatePrincipal } from './access.ts';

/** The CLI prints `[code] message`; 401 makes it ask for a login, 409 on start names the holder. */
export class StateError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'StateError';
    this.status = status;
  }
}

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'may hold letters, digits, ".", "_" and "-" only, up to 100');
export const StackPath = z.object({ org: name, project: name, stack: name });
export const UpdatePath = StackPath.extend({ update: z.uuid() });

export const CheckpointBody = z.looseObject({
  version: z.union([z.literal(3), z.literal(4)], { error: 'only deployments of schema 3 and 4 are understood' }),
  features: z.array(z.string()).optional(),
  deployment: z.looseObject({
    manifest: z.looseObject({ time: z.string(), magic: z.string(), version: z.string() }),
    resources: z.array(z.looseObject({ urn: z.string(), type: z.string() })).nullish(),
    pending_operations: z.array(z.looseObject({ type: z.string() })).nullish(),
  }),
});

export const StringMap = z.record(z.string(), z.string());

export const CreateStackBody = z.object({
  stackName: name,
  tags: StringMap.nullish(),
  state: CheckpointBody.nullish(),
  config: z.unknown().optional(),
});
export const CreateUpdateBody = z.object({
  options: z.looseObject({ dryRun: z.boolean().optional() }).nullish(),
  config: z.record(z.string(), z.unknown()).nullish(),
  metadata: z.looseObject({ message: z.string().nullish(), environment: StringMap.nullish() }).nullish(),
});
export const StartUpdateBody = z.object({ tags: StringMap.nullish(), journalVersion: z.number().int().nullish() }).default({});
const entryId = z.number().int().min(0).nullish();
export const JournalBody = z.object({
  entries: z
    .array(
      z.looseObject({
        version: z.literal(1),
        kind: z.number().int(),
        sequenceID: z.number().int().min(0).max(2_147_483_647),
        operationID: z.number().int(),
        removeOld: entryId,
        removeNew: entryId,
      }),
    )
    .nullish(),
});
export const EventsBody = z.object({ events: z.array(z.looseObject({ sequence: z.number().int() })).nullish() });
export const Base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64');

/** What a body may be, by what it carries. gzip where the engine compresses what it sends. */
export const SMALL: BodyLimits = { bytes: 64 * 1024, depth: 16, members: 2_000 };
export const CONFIG: BodyLimits = { bytes: 1024 * 1024, depth: 64, members: 20_000 };
export const SECRETS: BodyLimits = { bytes: 4 * 1024 * 1024, depth: 8, members: 20_000, gzip: true };
/** A checkpoint, steps of it, or events that show it: of one VPS's stack some 100 KB. */
export const STATE: BodyLimits = { bytes: 16 * 1024 * 1024, depth: 128, members: 200_000, gzip: true };

/** Reads and checks the body. Call it when the caller is known to be allowed what it asks, not before. */
export async function bodyOf<T>(request: Request, schema: z.ZodType<T>, limits: BodyLimits): Promise<T> {
  return parse(schema, await readJson(request, limits));
}

export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new StateError(400, `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'is not valid'}`);
}

/** Engine version as the CLI tells it in its User-Agent: `pulumi-cli/1 (v3.259.0; linux; …)`. */
export function engineVersion(request: Request): string {
  return /\(([^;()]+);/.exec(request.headers['user-agent'] ?? '')?.[1]?.trim() ?? '';
}

/** An update whose lease token the request carries. */
export interface HeldUpdate {
  readonly stack: StackRow;
  readonly update: UpdateRow;
  readonly token: string;
  readonly tokenHash: Buffer;
}

export interface StateRequest extends Request {
  principal?: StatePrincipal;
  held?: HeldUpdate;
}

export function principalOf(request: Request): StatePrincipal {
  const { principal } = request as StateRequest;
  if (!principal) throw new StateError(401, 'Log in with a Plinth API token: pulumi login <this address>.');
  return principal;
}

export type Handler = (request: Request, response: Response) => Promise<void> | void;

/** Async handlers' rejections reach the error handler. */
export function route(handler: Handler): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    Promise.resolve()
      .then(() => handler(request, response))
      .catch(next);
  };
}

export interface ErrorAnswer {
  readonly status: number;
  readonly message: string;
  readonly unexpected: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** The same code that the API gives. */
  readonly problem?: string;
}

/** Error to the CLI's `{code, message}`; unexpected ones tell nothing but that they were logged. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof StateError) return { status: error.status, message: error.message, unexpected: false };
  if (error instanceof LeaseLostError) return { status: 403, message: error.message, unexpected: false };
  if (error instanceof StackBusyError) {
    const { holder } = error;
    const since = holder.startedAt?.toISOString() ?? 'just now';
    return { status: 409, message: `Another update is in progress: ${holder.kind} by ${holder.actor} since ${since}.`, unexpected: false };
  }
  const trouble = databaseRefusal(error);
  if (trouble) {
    const { status, message, headers, code } = trouble;
    return { status, message, headers, problem: code, unexpected: false };
  }
  if (error instanceof UnresolvedCreatesError) return { status: 409, message: error.message, unexpected: false };
  if (error instanceof RangeError) return { status: 400, message: error.message, unexpected: false };
  const status = (error as { status?: number } | null)?.status;
  if (status !== undefined && status >= 400 && status < 500) return { status, message: (error as Error).message, unexpected: false };
  return { status: 500, message: 'The state service failed; its log has the cause.', unexpected: true };
}

/** The right that an update needs as long as it runs. */
export function actionOf({ kind, dryRun }: Pick<UpdateRow, 'kind' | 'dryRun'>): StateAction {
  return dryRun ? 'preview' : (ACTION_OF_KIND[kind] ?? 'import');
}

export const ACTION_OF_KIND: Readonly<Record<string, StateAction>> = {
  update: 'update',
  preview: 'preview',
  refresh: 'refresh',
  destroy: 'destroy',
  import: 'import',
};

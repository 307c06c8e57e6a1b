/**
 * A route is data: method, path, the permission it needs and the zod schemas of what goes in and out. The router parses with
 * them and the OpenAPI document is made of the very same objects, so the two cannot differ.
 */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Permission } from '../../../contract/permissions.ts';
import type { Db } from '../database.ts';
import type { Refusal } from '../problem.ts';
import type { Principal } from '../services.ts';

export interface RouteContext<Params, Query, Body> {
  readonly principal: Principal;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly requestId: string;
  readonly request: Request;
  readonly response: Response;
}

/** `STREAMED`: the handler wrote the answer itself. */
export const STREAMED = Symbol('streamed');
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** A permission that depends on what is asked. */
export interface Asked<Params, Query, Body> {
  /** All that `of` may name; who has none of them is refused before anything is read. */
  readonly anyOf: readonly Permission[];
  /** Those that this request needs, each of them. */
  of(asked: { readonly params: Params; readonly query: Query; readonly body: Body }): readonly Permission[];
}

export interface Route<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express form, for example `/api/vps/:id`. */
  readonly path: string;
  readonly summary: string;
  /** What its path was before: it answers there too for one version, with a `Deprecation` header. */
  readonly formerly?: string;
  /** It is the former path of another, which this names. */
  readonly successor?: string;
  /** Its name in clients, where the one made from method and path (operation-id.ts) reads badly. */
  readonly id?: string;
  /** Who may call it (contract/permissions.ts); `public` needs no token. */
  readonly permission: Permission | Asked<z.output<P>, z.output<Q>, z.output<B>> | 'public';
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** How refusals of it look to clients of an older system; absent: problem details. */
  readonly refusal?: { readonly schema: z.ZodType; readonly of: (refusal: Refusal) => unknown };
  /** An older system's contract has providers' ids of the caller's own servers in its answers: nothing is left out for anyone. */
  readonly whole?: true;
  /** Takes no Idempotency-Key: its answer is for this one request, and nothing of it is kept. */
  readonly unrepeated?: true;
  /**
   * Why its change is not one transaction of the router's, where it is none: every other changing route has `transaction`.
   * - `changes nothing`: it looks, and only its question needs a body;
   * - `in steps`: a provider is asked between them, or there are too many for one transaction; each is kept as it comes, and asked again it
   *   goes on where it was;
   * - `by the sign-in library`: which keeps people and sessions in transactions of its own;
   * - `not kept here`: what it changes stands outside the database.
   */
  readonly apart?: 'changes nothing' | 'in steps' | 'by the sign-in library' | 'not kept here';
  /** A megabyte instead of 128 KiB. */
  readonly largeBody?: true;
  /** `streamed`: may also be (or only is) a stream of server-sent events. `media`: a file of one of these types. */
  readonly responses: Readonly<
    Record<
      number,
      { readonly description: string; readonly schema?: z.ZodType; readonly streamed?: true; readonly media?: readonly string[] }
    >
  >;
  readonly handler: (context: RouteContext<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer | typeof STREAMED>;
}

/** The answer that is kept with the change. */
export interface KeptAnswer extends Answer {
  /**
   * What may only begin once the change is kept. The caller is told its answer; one who repeats the request is told the kept one.
   * A file or a stream is written here: no transaction stays open for as long as somebody reads.
   */
  readonly afterwards?: () => Promise<Answer | typeof STREAMED>;
}

/**
 * A route whose change is one transaction, which the router opens: the handler gets it as `tx`, and the answer is kept for the
 * caller's Idempotency-Key in it, so that a crash right after it cannot make the change twice. What takes long or asks a provider
 * is done before, in `prepare`, which gets no transaction. A read that is itself recorded (an export in the audit trail) is one, too.
 * No route opens a transaction of its own.
 */
export interface TransactionalRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, Prepared> extends Omit<
  Route<P, Q, B>,
  'handler'
> {
  readonly transaction: true;
  readonly prepare?: (context: Asking<P, Q, B>) => Promise<Prepared>;
  readonly handler: (context: Asking<P, Q, B> & { readonly tx: Db; readonly prepared: Prepared }) => Promise<KeptAnswer>;
}
type Asking<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> = RouteContext<z.output<P>, z.output<Q>, z.output<B>>;

/** Types a route by its schemas. */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, Prepared = undefined>(
  definition: TransactionalRoute<P, Q, B, Prepared>,
): Route;
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(definition: Route<P, Q, B>): Route;
export function route(definition: object): Route {
  return definition as Route;
}

/** What the router does with either. */
export type AnyRoute = Route & Partial<Pick<TransactionalRoute<z.ZodType, z.ZodType, z.ZodType, unknown>, 'transaction' | 'prepare'>>;

/** Every permission that a route may ask for. */
export function permissionsOf({ permission }: Pick<Route, 'permission'>): readonly Permission[] {
  if (permission === 'public') return [];
  return typeof permission === 'string' ? [permission] : permission.anyOf;
}

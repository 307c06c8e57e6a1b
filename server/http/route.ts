/**
 * A route is data: method, path, the role it needs and the zod schemas of what goes in and out. The router parses with
 * them and the OpenAPI document is made of the very same objects, so the two cannot differ.
 */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { Role } from '../../contract/ids.ts';
import type { Db } from '../store/database.ts';
import type { Principal } from '../services/services.ts';

export interface RouteContext<Params, Query, Body> {
  readonly principal: Principal;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly requestId: string;
  readonly request: Request;
  readonly response: Response;
  /**
   * Stores the answer under the caller's Idempotency-Key in the transaction that makes the change, so that a crash right
   * after it cannot make the change twice. Without a key it does nothing.
   */
  readonly settle: (tx: Db, status: number, body: unknown) => Promise<void>;
}

/** `STREAMED`: the handler wrote the answer itself. */
export const STREAMED = Symbol('streamed');
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route<P extends z.ZodType = z.ZodType, Q extends z.ZodType = z.ZodType, B extends z.ZodType = z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Express form, for example `/api/vps/:id`. */
  readonly path: string;
  readonly summary: string;
  /** Its name in clients, where the one made from method and path (operation-id.ts) reads badly. */
  readonly id?: string;
  /** The least role that may call it; `public` needs no token. */
  readonly role: Role | 'public';
  /** No caller bound to one organization gets in, because of this: `accounts belong to the operator of Plinth`. */
  readonly operatorOnly?: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** `streamed`: may also be (or only is) a stream of server-sent events. */
  readonly responses: Readonly<Record<number, { readonly description: string; readonly schema?: z.ZodType; readonly streamed?: true }>>;
  readonly handler: (context: RouteContext<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer | typeof STREAMED>;
}

/** Types a route by its schemas. */
export function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(definition: Route<P, Q, B>): Route {
  return definition as unknown as Route;
}

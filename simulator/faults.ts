/**
 * Fault switches: what goes wrong, at which provider, for which calls and how often. They stand
 * before a provider's own routes and are kept with the world, so they survive a restart.
 */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Collection, Simulation } from '../providers/simulation.ts';

export const faultSchema = z.strictObject({
  provider: z.string().min(1),
  kind: z.enum(['status', 'timeout', 'cut', 'malformed', 'lost-answer', 'delay', 'flag']),
  /** HTTP method; absent = any. */
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  /** Regular expression on the path below the provider's base, query included. */
  path: z.string().max(500).refine(isRegExp, 'not a regular expression').optional(),
  /** How many calls it hits; null = until deleted. Default: 1, for flags null. */
  times: z.int().positive().nullable().optional(),
  status: z.int().min(300).max(599).optional(),
  retryAfterSeconds: z.number().nonnegative().optional(),
  /** Of a delay, real milliseconds. */
  ms: z.int().nonnegative().max(600_000).optional(),
  flag: z.string().min(1).max(100).optional(),
  objectId: z.string().min(1).max(200).optional(),
});
export type FaultRequest = z.infer<typeof faultSchema>;
export interface Fault extends FaultRequest {
  readonly id: string;
  times: number | null;
  hits: number;
}

export class FaultSwitches {
  readonly #faults: Collection<Fault>;
  readonly #nextId: () => string;
  constructor(faults: Collection<Fault>, nextId: () => string) {
    this.#faults = faults;
    this.#nextId = nextId;
  }

  add(request: FaultRequest): Fault {
    if (request.kind === 'status' && request.status === undefined) throw new Error('A fault of kind status needs "status".');
    if (request.kind === 'delay' && request.ms === undefined) throw new Error('A fault of kind delay needs "ms".');
    if (request.kind === 'flag' && request.flag === undefined) throw new Error('A fault of kind flag needs "flag".');
    const times = request.times === undefined ? (request.kind === 'flag' ? null : 1) : request.times;
    return this.#faults.put({ ...request, id: this.#nextId(), times, hits: 0 });
  }
  list(): Fault[] {
    return this.#faults.all();
  }
  remove(id: string): boolean {
    return this.#faults.delete(id);
  }
  /** Removes all, or all of one provider; tells how many. */
  clear(provider?: string): number {
    const doomed = this.#faults.filter((fault) => provider === undefined || fault.provider === provider);
    for (const fault of doomed) this.#faults.delete(fault.id);
    return doomed.length;
  }

  hasFlag(provider: string, flag: string, objectId?: string): boolean {
    const fault = this.#faults.find(
      (fault) =>
        fault.kind === 'flag' &&
        fault.provider === provider &&
        fault.flag === flag &&
        (fault.objectId === undefined || fault.objectId === objectId),
    );
    if (fault) this.#use(fault);
    return fault !== undefined;
  }

  /** Every fault that hits this call, each used up once: delays first, then at most one other. */
  take(provider: string, method: string, path: string): Fault[] {
    const matching = this.#faults.filter(
      (fault) =>
        fault.kind !== 'flag' &&
        fault.provider === provider &&
        (fault.method === undefined || fault.method === method) &&
        (fault.path === undefined || new RegExp(fault.path).test(path)),
    );
    const breaking = matching.find((fault) => fault.kind !== 'delay');
    const taken = matching.filter((fault) => fault.kind === 'delay');
    if (breaking) taken.push(breaking);
    for (const fault of taken) this.#use(fault);
    return taken;
  }

  #use(fault: Fault): void {
    if (fault.times === null) fault.hits += 1;
    else if (fault.times <= 1) {
      this.#faults.delete(fault.id);
      return;
    } else {
      fault.times -= 1;
      fault.hits += 1;
    }
    this.#faults.put(fault);
  }
}

/** Applies the switches of one provider to the calls that reach its routes. */
export function faultMiddleware(simulation: Simulation, switches: FaultSwitches): RequestHandler {
  return async (request, response, next) => {
    for (const fault of switches.take(simulation.id, request.method, request.url)) {
      if (fault.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
      else return apply(fault, simulation, request, response, next);
    }
    next();
  };
}

function apply(fault: Fault, simulation: Simulation, request: Request, response: Response, next: NextFunction): void {
  response.locals['fault'] = fault.kind;
  switch (fault.kind) {
    case 'status': {
      const status = fault.status ?? 500;
      const answer = simulation.errorAnswer(status);
      for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
      if (fault.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(fault.retryAfterSeconds));
      response.status(status).json(answer.body);
      return;
    }
    case 'timeout':
      return; // The client's patience ends it.
    case 'cut':
      request.socket.destroy();
      return;
    case 'lost-answer':
      replaceEnd(response, () => request.socket.destroy());
      return next();
    case 'malformed':
      replaceEnd(response, (end) => {
        response.removeHeader('content-length');
        response.removeHeader('etag');
        end('{"half an answer": ');
      });
      return next();
    default:
      return next();
  }
}

/** The route runs to its end, then `ending` decides what the client sees of it. */
function replaceEnd(response: Response, ending: (end: (body: string) => void) => void): void {
  const end = response.end.bind(response) as (body: string) => Response;
  response.write = (() => true) as Response['write'];
  response.end = (() => {
    ending((body) => void end(body));
    return response;
  }) as Response['end'];
}

function isRegExp(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/**
 * Fault switches: what goes wrong, at which provider, for which calls and how often. They stand
 * before a provider's own routes and are kept with the world, so they survive a restart.
 */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Collection, Simulation } from '../providers/simulation.ts';
import { HeldCalls } from './held-calls.ts';

export const faultSchema = z.strictObject({
  provider: z.string().min(1),
  kind: z.enum(['status', 'timeout', 'cut', 'malformed', 'lost-answer', 'delay', 'vanish', 'hold', 'flag']),
  /** Only calls with this credential; absent = any. Not for flags. */
  account: z.string().min(1).max(300).optional(),
  /** HTTP method; absent = any. */
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
  /** Regular expression on the path below the provider's base, query included. */
  path: z.string().max(500).refine(isRegExp, 'not a regular expression').optional(),
  /** How many calls it hits; null = until deleted. Default: 1, for flags null. A hold hits one call and lasts until deleted. */
  times: z.int().positive().nullable().optional(),
  /** Lets this many matching calls pass first. */
  skip: z.int().nonnegative().optional(),
  /** Hits a matching call with this probability; `seed` makes the dice the same each time. */
  chance: z.number().gt(0).max(1).optional(),
  seed: z.int().nonnegative().optional(),
  status: z.int().min(300).max(599).optional(),
  retryAfterSeconds: z.number().nonnegative().optional(),
  /** Of a delay, real milliseconds. */
  ms: z.int().nonnegative().max(600_000).optional(),
  /** Of a hold: before the call is run, or after it, with its answer withheld. */
  when: z.enum(['before', 'after']).optional(),
  flag: z.string().min(1).max(100).optional(),
  objectId: z.string().min(1).max(200).optional(),
  /** Of a vanishing: whatever of `victim` (default: the provider itself) has this text in its label, name, tags or comment. */
  match: z.string().min(1).max(200).optional(),
  victim: z.string().min(1).optional(),
});
export type FaultRequest = z.infer<typeof faultSchema>;
export interface Fault extends FaultRequest {
  readonly id: string;
  times: number | null;
  skip?: number;
  hits: number;
}
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly account: string | undefined;
}
/** Removes what has the text in its label, name, tags or comment from a provider's world, without trace. */
export type Vanish = (provider: string, text: string) => void;

/** After these the call goes on. */
const PASSING: readonly string[] = ['delay', 'vanish', 'hold'];

export class FaultSwitches {
  readonly held = new HeldCalls();
  readonly #faults: Collection<Fault>;
  readonly #nextId: () => string;
  readonly #dice = new Map<string, () => number>();
  constructor(faults: Collection<Fault>, nextId: () => string) {
    this.#faults = faults;
    this.#nextId = nextId;
  }

  add(request: FaultRequest): Fault {
    if (request.kind === 'status' && request.status === undefined) throw new Error('A fault of kind status needs "status".');
    if (request.kind === 'delay' && request.ms === undefined) throw new Error('A fault of kind delay needs "ms".');
    if (request.kind === 'flag' && request.flag === undefined) throw new Error('A fault of kind flag needs "flag".');
    if (request.kind === 'vanish' && request.match === undefined) throw new Error('A fault of kind vanish needs "match".');
    if (request.kind === 'hold' && (request.when === undefined || request.times !== undefined))
      throw new Error('A fault of kind hold needs "when" and has no "times".');
    const lasting = request.kind === 'flag' || request.kind === 'hold';
    const times = request.times === undefined ? (lasting ? null : 1) : request.times;
    return this.#faults.put({ ...request, id: this.#nextId(), times, hits: 0 });
  }
  /** `held`: how many calls it keeps waiting now. */
  list(): (Fault & { held: number })[] {
    return this.#faults.all().map((fault) => ({ ...fault, held: this.held.count(fault.id) }));
  }
  remove(id: string): boolean {
    const removed = this.#faults.delete(id);
    this.held.release(id);
    return removed;
  }
  /** Removes all, or all of one provider; tells how many. */
  clear(provider?: string): number {
    const doomed = this.#faults.filter((fault) => provider === undefined || fault.provider === provider);
    for (const fault of doomed) this.remove(fault.id);
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

  /** Every fault that hits this call, each used up once: those after which it goes on first, then at most one other. */
  take(provider: string, { method, path, account }: Call): Fault[] {
    const matching = this.#faults.filter(
      (fault) =>
        fault.kind !== 'flag' &&
        fault.provider === provider &&
        (fault.method === undefined || fault.method === method) &&
        (fault.account === undefined || fault.account === account) &&
        (fault.path === undefined || new RegExp(fault.path).test(path)),
    );
    const due = matching.filter((fault) => this.#isDue(fault));
    const breaking = due.find((fault) => !PASSING.includes(fault.kind));
    const taken = due.filter((fault) => PASSING.includes(fault.kind));
    if (breaking) taken.push(breaking);
    for (const fault of taken) this.#use(fault);
    return taken;
  }

  #isDue(fault: Fault): boolean {
    if (fault.skip !== undefined && fault.skip > 0) {
      fault.skip -= 1;
      this.#faults.put(fault);
      return false;
    }
    // It hit its call and waits to be deleted.
    if (fault.kind === 'hold') return fault.hits === 0;
    return fault.chance === undefined || this.#roll(fault) < fault.chance;
  }

  #roll({ id, seed }: Fault): number {
    if (seed === undefined) return Math.random();
    const dice = this.#dice.get(id) ?? seededDice(seed);
    this.#dice.set(id, dice);
    return dice();
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

/** The credential of a call: as its API has it, else a bearer token, the user name of basic authentication, or the key of a signature. */
export function accountOf(request: Request, simulation: Pick<Simulation, 'credentialOf'>): string | undefined {
  if (simulation.credentialOf) return simulation.credentialOf(request);
  const header = request.get('authorization') ?? '';
  const basic = /^Basic (\S+)$/i.exec(header)?.[1];
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString('utf8').split(':')[0];
  return (/^Bearer (\S+)$/i.exec(header) ?? /^AWS4-HMAC-SHA256 Credential=([^/\s]+)\//.exec(header))?.[1];
}

/** An error in the provider's own shape. */
export function sayError(response: Response, status: number, { body, headers = {} }: ReturnType<Simulation['errorAnswer']>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (typeof body === 'string' && headers['content-type'] !== undefined) response.status(status).send(body);
  else response.status(status).json(body);
}

/** Applies the switches of one provider to the calls that reach its routes. */
export function faultMiddleware(simulation: Simulation, switches: FaultSwitches, vanish: Vanish): RequestHandler {
  return async (request, response, next) => {
    const call = { method: request.method, path: request.url, account: accountOf(request, simulation) };
    for (const fault of switches.take(simulation.id, call)) {
      if (fault.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.ms));
      else if (fault.kind === 'vanish') vanish(fault.victim ?? simulation.id, fault.match ?? '');
      else if (fault.kind === 'hold') {
        if (!(await hold(fault, switches.held, response))) return;
      } else return apply(fault, simulation, request, response, next);
    }
    next();
  };
}

/** False when the caller hung up before its call was run: then it never is. */
async function hold(fault: Fault, held: HeldCalls, response: Response): Promise<boolean> {
  response.locals['fault'] = fault.kind;
  if (fault.when === 'before') return await held.wait(fault.id, response);
  replaceEnd(response, (_end, original) => void held.wait(fault.id, response).then((released) => released && original()));
  return true;
}

function apply(fault: Fault, simulation: Simulation, request: Request, response: Response, next: NextFunction): void {
  response.locals['fault'] = fault.kind;
  switch (fault.kind) {
    case 'status': {
      const status = fault.status ?? 500;
      if (fault.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(fault.retryAfterSeconds));
      sayError(response, status, simulation.errorAnswer(status));
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

/** The route runs to its end, then `ending` decides what the client sees of it: a text of its own, or the route's answer. */
function replaceEnd(response: Response, ending: (end: (body: string) => void, original: () => void) => void): void {
  const end = response.end.bind(response) as (...body: unknown[]) => Response;
  response.write = (() => true) as Response['write'];
  response.end = ((...body: unknown[]) => {
    ending(
      (text) => void end(text),
      () => void end(...body),
    );
    return response;
  }) as Response['end'];
}

/** Mulberry32: small, and the same numbers for the same seed everywhere. */
function seededDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function isRegExp(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/**
 * Who asks too much is told when to come again, before anything is done for them: by address, by token, and by address for
 * tokens that are none. One guard before all doors; what a door answers tells whether the token was good.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { networkOf, plainAddress } from '../../../lib/addresses.ts';
import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import proxyAddress from 'proxy-addr';
import type { Config } from '../config.ts';
import { Refusal } from '../problem.ts';
import type { Db } from '../database.ts';
import { Limiter, type Verdict } from './limiter.ts';

/** Asked by balancers, and about this process alone. */
const FREE: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
/** Whose command line wants errors in a shape of its own. */
const STATE_PROTOCOL = /^\/api\/(stacks|user)(\/|$)/;
/** Digests of tokens that were good a while ago: an address that others guess from does not shut their owners out. */
const MAX_KNOWN = 10_000;
const KNOWN_MS = 600_000;

/** Which of the addresses of a request is its caller's; see `PLINTH_TRUST_PROXY`. */
export function callerAddressOf(config: Config): (request: IncomingMessage) => string {
  const { trustProxy } = config;
  const trust =
    typeof trustProxy === 'number' ? (_address: string, hop: number) => hop < trustProxy : proxyAddress.compile([...trustProxy]);
  return (request) => plainAddress(proxyAddress(request, trust));
}

/** What one customer has of it. */
export function addressOf(config: Config): (request: IncomingMessage) => string {
  const callerAddress = callerAddressOf(config);
  return (request) => networkOf(callerAddress(request));
}

export class Limits {
  readonly #addressOf: (request: IncomingMessage) => string;
  readonly #addresses: Limiter;
  readonly #tokens: Limiter;
  readonly #signIns: Limiter;
  readonly #known = new Map<string, number>();

  constructor(db: Db, log: Logger, config: Config) {
    this.#addressOf = addressOf(config);
    this.#addresses = new Limiter(db, log, 'address', config.limits.addressPerMinute);
    this.#tokens = new Limiter(db, log, 'token', config.limits.tokenPerMinute);
    this.#signIns = new Limiter(db, log, 'sign-in', config.limits.signInsPerMinute);
  }

  /** Before every route. */
  readonly guard: RequestHandler = async (request, response, next) => {
    if (FREE.has(request.path)) return next();
    try {
      const settle = await this.admit(request, response);
      response.once('finish', () => settle(response.statusCode));
    } catch (error) {
      if (!(error instanceof Refusal) || !STATE_PROTOCOL.test(request.path)) throw error;
      const { status, headers, message, code } = error;
      return void response.status(status).set(headers).json({ code: status, message, problem: code });
    }
    next();
  };

  /**
   * Counts a request; call the answer with the status that it got. @throws Refusal 429
   * @param response gets the headers that tell what is left
   */
  async admit(request: IncomingMessage, response: Response | null): Promise<(status: number) => void> {
    const address = digest(this.#addressOf(request));
    const credential = credentialOf(request);
    const token = credential === null ? null : digest(credential);
    const known = token !== null && (this.#known.get(token) ?? 0) > performance.now();
    const guessing = token !== null && !known ? this.#signIns.spent(address) : null;
    if (guessing) throw tooMany('too_many_sign_ins', 'Too many wrong tokens came from this address', guessing, response);
    const here = await this.#addresses.take(address);
    if (!here.allowed) throw tooMany('too_many_requests', 'Too many requests came from this address', here, response);
    // A token that may be none has no count of its own.
    const mine = known ? await this.#tokens.take(token) : null;
    if (mine && !mine.allowed) throw tooMany('too_many_requests', 'This token asks too much', mine, response);
    if (response) tellLimit(response, mine ?? here);
    return (status) => {
      if (token === null) return;
      if (status < 400) return this.#remember(token);
      if (status !== 401) return;
      this.#known.delete(token);
      void this.#signIns.take(address);
    };
  }

  #remember(token: string): void {
    // To the end: who was not seen longest goes first.
    this.#known.delete(token);
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    this.#known.set(token, performance.now() + KNOWN_MS);
  }
}

/** What a request presents to say who asks. */
function credentialOf({ headers }: IncomingMessage): string | null {
  if (headers.authorization !== undefined) return headers.authorization.replace(/^\S+\s+/, '');
  const cookie = (headers.cookie ?? '')
    .split('; ')
    .find((pair) => /^((__Host-)?plinth_session|(__Secure-)?plinth\.session_token)=/.test(pair));
  return cookie ?? null;
}

function tooMany(code: string, what: string, verdict: Verdict, response: Response | null): Refusal {
  const seconds = Math.max(1, Math.ceil(verdict.resetMs / 1000));
  if (response) tellLimit(response, verdict);
  return new Refusal(429, code, `${what}. Wait ${seconds} s, then ask less often.`, [], { 'retry-after': String(seconds) });
}

function tellLimit(response: Response, { limit, remaining, resetMs }: Verdict): void {
  if (limit === 0) return;
  response.setHeader('ratelimit-policy', `${limit};w=60`);
  response.setHeader('ratelimit-limit', limit);
  response.setHeader('ratelimit-remaining', remaining);
  response.setHeader('ratelimit-reset', Math.ceil(resetMs / 1000));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/**
 * The last calls that reached the simulated APIs, and totals. Never a header or body: those hold credentials. An invented
 * one (`sim-…`) opens nothing in the world and tells the accounts apart.
 */
import type { RequestHandler } from 'express';
import type { Simulation } from '../providers/simulation.ts';
import { accountOf } from './faults.ts';

export interface LoggedRequest {
  readonly at: string;
  readonly provider: string;
  readonly method: string;
  /** Below the provider's base path, query included. */
  readonly path: string;
  /** 0 = the client got no answer. */
  readonly status: number;
  readonly ms: number;
  readonly fault?: string;
  /** Its credential, where that is an invented one. */
  readonly account?: string;
}

const KEPT = 2_000;

export class RequestLog {
  #entries: LoggedRequest[] = [];
  readonly #totals = new Map<string, Map<string, number>>();

  middleware(simulation: Pick<Simulation, 'id' | 'credentialOf'>): RequestHandler {
    return (request, response, next) => {
      const start = performance.now();
      const { method, url } = request;
      response.once('close', () => {
        const fault = response.locals['fault'] as string | undefined;
        const account = accountOf(request, simulation);
        this.#add({
          at: new Date().toISOString(),
          provider: simulation.id,
          method,
          path: url,
          status: response.writableFinished ? response.statusCode : 0,
          ms: Math.round((performance.now() - start) * 10) / 10,
          ...(fault === undefined ? {} : { fault }),
          ...(account?.startsWith('sim-') ? { account } : {}),
        });
      });
      next();
    };
  }

  /** Newest first. */
  latest(limit: number, provider?: string, account?: string): LoggedRequest[] {
    const own = this.#entries.filter(
      (entry) => (provider === undefined || entry.provider === provider) && (account === undefined || entry.account === account),
    );
    return own.slice(-limit).toReversed();
  }
  /** Requests of a provider by status; `none` where the client got no answer. */
  totals(provider: string): Record<string, number> {
    return Object.fromEntries(this.#totals.get(provider) ?? []);
  }
  clear(): void {
    this.#entries = [];
    this.#totals.clear();
  }

  #add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    if (this.#entries.length > KEPT * 2) this.#entries = this.#entries.slice(-KEPT);
    const totals = this.#totals.get(entry.provider) ?? new Map<string, number>();
    const key = entry.status === 0 ? 'none' : String(entry.status);
    totals.set(key, (totals.get(key) ?? 0) + 1);
    this.#totals.set(entry.provider, totals);
  }
}

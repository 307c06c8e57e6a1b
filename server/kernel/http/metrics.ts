/** Prometheus metrics of this process, and gauges read from the database when asked. */
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** A domain's own gauges. */
export type RegisterGauges = (registers: Registry[]) => void;

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram;
  readonly #ended: Counter;

  /** `gauges` register themselves and read the database when scraped. */
  constructor(gauges: readonly RegisterGauges[]) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      name: 'plinth_http_request_seconds',
      help: 'Time to answer',
      labelNames: ['method', 'path', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10],
      registers,
    });
    this.#ended = new Counter({
      name: 'plinth_operation_attempts_total',
      help: 'Ended attempts',
      labelNames: ['kind', 'outcome'],
      registers,
    });
    for (const register of gauges) register(registers);
  }

  request(method: string, path: string, status: number, ms: number): void {
    this.#requests.observe({ method, path, status: String(status) }, ms / 1000);
  }

  attempt(kind: string, outcome: string): void {
    this.#ended.inc({ kind, outcome });
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }
}

/** Prometheus metrics of this process, and gauges read from the database when asked. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { countBulk } from '../store/bulk.ts';
import type { Database } from '../store/database.ts';
import { countOperations } from '../store/operations.ts';
import { countByStatus } from '../store/vpses.ts';

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram;
  readonly #ended: Counter;

  constructor(db: Database) {
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
    // They register themselves and read the database when scraped.
    vpsGauge(db, registers);
    operationGauge(db, registers);
    bulkGauge(db, registers);
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

function vpsGauge(db: Database, registers: Registry[]): Gauge {
  return new Gauge({
    name: 'plinth_vps',
    help: 'VPSes by status',
    labelNames: ['status'],
    registers,
    async collect() {
      this.reset();
      for (const row of await countByStatus(db)) this.set({ status: row.status }, row.count);
    },
  });
}

function operationGauge(db: Database, registers: Registry[]): Gauge {
  return new Gauge({
    name: 'plinth_operations',
    help: 'Operations by kind and status',
    labelNames: ['kind', 'status'],
    registers,
    async collect() {
      this.reset();
      for (const row of await countOperations(db)) this.set({ kind: row.kind, status: row.status }, row.count);
    },
  });
}

function bulkGauge(db: Database, registers: Registry[]): void {
  const shared = { labelNames: ['status'], registers };
  const items = new Gauge({ name: 'plinth_bulk_items', help: 'Items of bulk runs that have not finished, by status', ...shared });
  const runs = new Gauge({
    name: 'plinth_bulk_runs',
    help: 'Bulk runs by status',
    ...shared,
    async collect() {
      const counted = await countBulk(db);
      runs.reset();
      items.reset();
      for (const row of counted.runs) runs.set({ status: row.status }, row.count);
      for (const row of counted.items) items.set({ status: row.status }, row.count);
    },
  });
}

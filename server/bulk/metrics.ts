/** Bulk runs and what is left of them to do. */
import { Gauge, type Registry } from 'prom-client';
import { countBulk } from './store.ts';
import type { Database } from '../kernel/database.ts';

export function bulkGauges(db: Database): (registers: Registry[]) => void {
  return (registers) => bulkGauge(db, registers);
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

/** How many VPSes and operations there are, by what they are in. */
import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../kernel/database.ts';
import { countOperations } from './operations/store.ts';
import { countByStatus } from './store.ts';

export function vpsGauges(db: Database): (registers: Registry[]) => void {
  return (registers) => {
    vpsGauge(db, registers);
    operationGauge(db, registers);
  };
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

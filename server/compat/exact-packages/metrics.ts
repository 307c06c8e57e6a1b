/** Exact packages in figures: looks, changes, what can be had, and refused set-ups. */
import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../../kernel/database.ts';
import { allPackages, refusedSetUps, syncHistory } from './store.ts';

type Counted = readonly { readonly labels: Record<string, string>; readonly count: number }[];

/** Each reads what it shows when it is asked for. */
export function packageGauges(db: Database): (registers: Registry[]) => void {
  return (registers) => {
    const gauge = (name: string, help: string, labelNames: string[], read: () => Promise<Counted>): Gauge =>
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        async collect() {
          this.reset();
          for (const { labels, count } of await read()) this.set(labels, count);
        },
      });
    gauge('plinth_package_syncs', 'Looks at packages since the first', ['outcome'], async () => {
      const { succeeded, failed } = await syncHistory(db);
      return Object.entries({ succeeded, failed }).map(([outcome, count]) => ({ labels: { outcome }, count }));
    });
    gauge('plinth_package_changes', 'What looks at packages changed', ['change'], async () => {
      const { created, disabled, reEnabled } = await syncHistory(db);
      return Object.entries({ created, disabled, 're-enabled': reEnabled }).map(([change, count]) => ({ labels: { change }, count }));
    });
    gauge('plinth_package_refusals', 'Set-ups refused', ['reason'], async () =>
      (await refusedSetUps(db)).map(({ reason, count }) => ({ labels: { reason }, count })),
    );
    gauge('plinth_packages', 'Packages by whether they can be had', ['available'], async () => {
      const rows = await allPackages(db);
      return [true, false].map((available) => ({
        labels: { available: String(available) },
        count: rows.filter((row) => row.available === available).length,
      }));
    });
  };
}

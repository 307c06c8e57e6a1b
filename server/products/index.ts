/** What is sold, for how much and where. */
import type { Domain } from '../kernel/domain.ts';
import { catalogSweep } from './catalog-sweep.ts';
import { firstPlace } from './store.ts';
import { productRoutes } from './routes.ts';

const OFFERS_MS = 10 * 60_000;

export const products: Domain = {
  name: 'products',
  routes: productRoutes,
  follow: ({ db, planNames }) => {
    planNames.ofProduct = (id) => firstPlace(db, id);
  },
  sweeps: (services) => [{ name: 'offers', everyMs: OFFERS_MS, always: true, run: (signal) => catalogSweep(services, signal) }],
};

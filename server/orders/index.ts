/** Purchases: from a quote to a server that was paid for. */
import type { Domain } from '../kernel/domain.ts';
import { clockSweep } from './clocks/advance.ts';
import { clockRoutes } from './clocks/routes.ts';
import { registerOrders } from './follow.ts';
import { orderPolicyRoutes } from './policy-routes.ts';
import { orderRoutes } from './routes.ts';
import { orderSweep } from './sweep.ts';

const ORDERS_MS = 1_000;
const CLOCKS_MS = 1_000;

export const orders: Domain = {
  name: 'orders',
  routes: (services) => [...orderRoutes(services), ...orderPolicyRoutes(services), ...clockRoutes(services)],
  follow: registerOrders,
  sweeps: (services) => [
    { name: 'test-clocks', everyMs: CLOCKS_MS, always: true, run: (signal) => clockSweep(services, signal) },
    { name: 'orders', everyMs: ORDERS_MS, always: true, run: (signal) => orderSweep(services, signal) },
  ],
};

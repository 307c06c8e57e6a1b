/** Subscriptions and invoices: what is owed, when, by whom. */
import type { Domain } from '../kernel/domain.ts';
import { buyerRoutes } from './buyers/routes.ts';
import { usageRoutes } from './usage/routes.ts';
import { usageSweep } from './usage/sweep.ts';
import { businessDriftSweep } from './business-drift/find.ts';
import { couponRoutes } from './coupons/routes.ts';
import { dunningRoutes } from './dunning/routes.ts';
import { creditRoutes } from './credit/routes.ts';
import { creditNoteRoutes } from './invoices/credit-note-routes.ts';
import { invoiceRoutes } from './invoices/routes.ts';
import { priceChangeRoutes } from './price-changes/routes.ts';
import { profileRoutes } from './profile/routes.ts';
import { registerBilling } from './subscriptions/paid.ts';
import { reportRoutes } from './reports/routes.ts';
import { subscriptionRoutes } from './subscriptions/routes.ts';
import { billingSweep } from './subscriptions/sweep.ts';
import { taxRoutes } from './tax/routes.ts';

const BILLING_MS = 1_000;
const DRIFT_MS = 10 * 60_000;
const USAGE_MS = 60 * 60_000;

export const billing: Domain = {
  name: 'billing',
  routes: (services) => [
    ...buyerRoutes(services),
    ...subscriptionRoutes(services),
    ...invoiceRoutes(services),
    ...creditNoteRoutes(services),
    ...profileRoutes(services),
    ...taxRoutes(services),
    ...creditRoutes(services),
    ...couponRoutes(services),
    ...priceChangeRoutes(services),
    ...reportRoutes(services),
    ...dunningRoutes(services),
    ...usageRoutes(services),
  ],
  follow: registerBilling,
  sweeps: (services) => [
    { name: 'billing', everyMs: BILLING_MS, run: (signal) => billingSweep(services, signal) },
    { name: 'usage', everyMs: USAGE_MS, always: true, run: (signal) => usageSweep(services, signal) },
    { name: 'business-drift', everyMs: DRIFT_MS, always: true, run: () => businessDriftSweep(services) },
  ],
};

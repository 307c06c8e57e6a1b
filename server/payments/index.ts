/** Money that comes in and goes back, through payment providers. */
import type { Domain } from '../kernel/domain.ts';
import { paymentAccountRoutes } from './account-routes.ts';
import { connectSimulator } from './connect.ts';
import { webhookRouter } from './door.ts';
import { debtSettled, suspendDisputed } from './disputed-servers.ts';
import { exportRoutes } from './export.ts';
import { registerPayments } from './give-back.ts';
import { orderPaymentRoutes } from './order-payment.ts';
import { startRestoredBilling } from './restore.ts';
import { paymentRoutes } from './routes.ts';
import { startPayments } from './worker.ts';

const DISPUTES_MS = 60_000;

export const payments: Domain = {
  name: 'payments',
  routes: (services) => [
    ...paymentRoutes(services),
    ...paymentAccountRoutes(services),
    ...exportRoutes(services),
    ...orderPaymentRoutes(services),
  ],
  follow: (services) => {
    registerPayments(services);
    for (const settled of ['invoice.paid', 'invoice.voided'] as const)
      services.hooks.register(settled, 'payments', async (tx, { kind, invoiceId }) => {
        if (kind === 'debt') await debtSettled(services, tx, invoiceId);
      });
  },
  sweeps: (services) => [{ name: 'disputes', everyMs: DISPUTES_MS, run: (signal) => suspendDisputed(services, signal) }],
  doors: (services) => [webhookRouter(services)],
  opened: async (services, { http, simulator }) => {
    if (simulator === null) return;
    await connectSimulator(services, simulator, http).catch((error: unknown) =>
      services.log.warn({ err: error }, 'the simulated payment provider could not be connected'),
    );
  },
  watch: startRestoredBilling,
  work: async ({ services }) => [startPayments(services)],
};

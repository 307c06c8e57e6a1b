/** What people and their programs are told: mails and webhooks. */
import type { Domain } from '../kernel/domain.ts';
import { alertTeller } from './alerts-told.ts';
import { mailSweep } from './mail/outbox.ts';
import { mailboxRoutes } from './mail/routes.ts';
import { moneyTeller } from './money-told.ts';
import { notificationRoutes } from './routes.ts';
import { supportTeller } from './support-told.ts';
import { vpsTeller } from './vps-told.ts';
import { startWebhooks, webhookProcessor } from './webhooks/delivery.ts';
import { webhookRoutes } from './webhooks/routes.ts';

export const notifications: Domain = {
  name: 'notifications',
  routes: (services) => [...mailboxRoutes(services), ...notificationRoutes(services), ...webhookRoutes(services)],
  processors: (services) => [
    webhookProcessor(),
    vpsTeller(services),
    moneyTeller(services),
    supportTeller(services),
    alertTeller(services),
  ],
  sweeps: (services) => [mailSweep(services)],
  work: async ({ services }) => [startWebhooks(services)],
};

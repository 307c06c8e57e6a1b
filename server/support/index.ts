/** What customers and staff say to each other: tickets, planned work that is told of ahead of time; and finding what is spoken of. */
import type { Domain } from '../kernel/domain.ts';
import { findRoutes } from './find/routes.ts';
import { maintenanceRoutes } from './maintenance/routes.ts';
import { openByHand } from './tickets/by-hand.ts';
import { ticketRoutes } from './tickets/routes.ts';

export const support: Domain = {
  name: 'support',
  follow: (services) => services.hooks.register('options.changed', 'support', openByHand),
  routes: (services) => [...ticketRoutes(services), ...maintenanceRoutes(services), ...findRoutes(services)],
};

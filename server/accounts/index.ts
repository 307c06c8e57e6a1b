/** Accounts at providers, and what can be made in them. */
import type { Domain } from '../kernel/domain.ts';
import type { Account } from '../kernel/database.ts';
import type { Principal, Services } from '../kernel/services.ts';
import { adminRoutes } from './routes.ts';

/** `accountOfVps` comes from above: that of a VPS which the caller sees. @throws Refusal when it sees none */
export const accounts = (accountOfVps: (services: Services, principal: Principal, vpsId: string) => Promise<Account>): Domain => ({
  name: 'accounts',
  routes: (services) => adminRoutes(services, (principal, vpsId) => accountOfVps(services, principal, vpsId)),
});

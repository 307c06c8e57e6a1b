/** The domains from the bottom up, each with what its `index.ts` says it has. */
import { accounts } from './accounts/index.ts';
import { backend } from './backend/index.ts';
import type { StateService } from './backend/service.ts';
import { billing } from './billing/index.ts';
import { bulk } from './bulk/index.ts';
import { compat } from './compat/index.ts';
import { drift } from './drift/index.ts';
import { identity } from './identity/index.ts';
import type { Domain } from './kernel/domain.ts';
import type { EventHub } from './kernel/events/hub.ts';
import type { Route } from './kernel/http/route.ts';
import type { Services } from './kernel/services.ts';
import { notifications } from './notifications/index.ts';
import { operating } from './operating/index.ts';
import { orders } from './orders/index.ts';
import { payments } from './payments/index.ts';
import { products } from './products/index.ts';
import { support } from './support/index.ts';
import { profiles } from './profiles/index.ts';
import { vps } from './vps/index.ts';
import { mustVps } from './vps/vps.ts';

export const domainsOver = (state: StateService): readonly Domain[] => [
  identity,
  accounts(async (services, principal, vpsId) => (await mustVps(services, principal, vpsId)).account),
  profiles,
  vps,
  backend(state),
  drift,
  bulk,
  operating,
  products,
  billing,
  orders,
  payments,
  support,
  notifications,
  compat,
];

export function routesOf(domains: readonly Domain[], services: Services, hub: EventHub): Route[] {
  return domains.flatMap((domain) => domain.routes?.(services, hub) ?? []);
}

/** Every route, to be read: none of them is called, so that nothing needs to be there. */
export function describedRoutes(): Route[] {
  return routesOf(domainsOver({} as StateService), {} as Services, {} as EventHub);
}

/** The routes of the five older systems, over the same services as every other. */
import type { Route } from '../kernel/http/route.ts';
import type { Services } from '../kernel/services.ts';
import { exactPackageRoutes } from './exact-packages/routes.ts';
import { movingRoutes } from './moving/routes.ts';
import { vpsPlanRoutes } from './multi-provider/routes.ts';
import { personalServerRoutes } from './personal-server/routes.ts';
import { serverShopRoutes } from './server-shop/routes.ts';
import { tradingDeskRoutes } from './trading-desk/routes.ts';

export function compatRoutes(services: Services): Route[] {
  return [
    ...tradingDeskRoutes(services),
    ...serverShopRoutes(services),
    ...exactPackageRoutes(services),
    ...personalServerRoutes(services),
    ...vpsPlanRoutes(services),
    ...movingRoutes(services),
  ];
}

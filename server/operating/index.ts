/** What the people who run Plinth look at and decide. */
import type { Domain } from '../kernel/domain.ts';
import { brandRoutes } from './brand/routes.ts';
import { changeRoutes } from './changes-routes.ts';
import { masterKeyRoutes } from './master-key-routes.ts';
import { overviewRoutes } from './overview/routes.ts';
import { givenUpRoutes } from './queue/given-up-routes.ts';
import { jobRoutes } from './queue/routes.ts';
import { startRestoreWatch } from './restore-watch.ts';
import { simulatorRoutes } from './simulator/routes.ts';

export const operating: Domain = {
  name: 'operating',
  routes: (services, hub) => [
    ...changeRoutes(services, hub),
    ...brandRoutes(services),
    ...overviewRoutes(services),
    ...masterKeyRoutes(services),
    ...jobRoutes(services),
    ...givenUpRoutes(services),
    ...simulatorRoutes(services),
  ],
  watch: startRestoreWatch,
};

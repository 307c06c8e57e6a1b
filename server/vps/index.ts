/** VPSes, and the operations by which they change. */
import { readStartTime } from '../../automation/recovery.ts';
import type { Domain } from '../kernel/domain.ts';
import { consoleDoor } from './console/door.ts';
import { consoleRoutes } from './console/routes.ts';
import { importRoutes } from './import/routes.ts';
import { vpsGauges } from './metrics.ts';
import { operationRoutes } from './operations/routes.ts';
import { thisWorker } from './operations/run.ts';
import { startWorker } from './operations/worker.ts';
import { ownerRoutes } from './owner-routes.ts';
import { vpsRoutes } from './routes.ts';
import { setupRoutes } from './setup/routes.ts';
import { snapshotRoutes } from './snapshots/routes.ts';
import { sshKeyRoutes } from './ssh-keys/routes.ts';
import { taskRoutes } from './tasks/routes.ts';
import { startTerminations } from './termination/sweep.ts';
import { usageRoutes } from './usage/routes.ts';

export const vps: Domain = {
  name: 'vps',
  routes: (services, hub) => [
    ...vpsRoutes(services),
    ...snapshotRoutes(services),
    ...usageRoutes(services),
    ...consoleRoutes(services),
    ...operationRoutes(services, hub),
    ...taskRoutes(services),
    ...ownerRoutes(services),
    ...importRoutes(services),
    ...setupRoutes(services),
    ...sshKeyRoutes(services),
  ],
  upgrades: (parts) => [consoleDoor(parts)],
  gauges: vpsGauges,
  work: async ({ services, operating, engine, pulse, boss, metrics }) => {
    const worker = await startWorker(
      {
        services: operating,
        engine,
        pulse,
        lease: thisWorker(readStartTime(process.pid)),
        attempted: (kind, outcome) => metrics.attempt(kind, outcome),
      },
      boss,
    );
    return [{ stop: () => worker.stop(services.config.drainMs) }, startTerminations(services)];
  },
};

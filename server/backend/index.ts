/** Plinth as the Pulumi backend: states of the stacks, and the doors by which people's own engines come in. */
import { authenticate } from '../identity/tokens/authenticate.ts';
import type { Domain } from '../kernel/domain.ts';
import { endedStacksSweep, stateRetentionSweep } from './retention.ts';
import { stackRoutes } from './routes.ts';
import { keyWrapper, type StateService } from './service.ts';
import { openProviderDoor } from './tunnel/door.ts';
import { tunnelDoor } from './tunnel/tunnel.ts';
import { sealUserData } from './user-data/seal.ts';

/** Over the one state service of the process, whose workers' engines use it, too. */
export const backend = (state: StateService): Domain => ({
  name: 'backend',
  routes: (services) => stackRoutes(services, state.care),
  doors: () => [state.router],
  upgrades: ({ services, hub, limits, hosts }) => [
    tunnelDoor({
      admit: (request) => limits.admit(request, null),
      authenticate: (token) => authenticate(services.db, token),
      open: (caller, vpsId, pulumiPackage) => openProviderDoor({ services, hosts, store: state.store }, caller, vpsId, pulumiPackage),
      tokens: hub.tokens,
    }),
  ],
  sweeps: (services) => [stateRetentionSweep(services, state.care), endedStacksSweep(state.care)],
  upgrade: async (services) => {
    const sealed = await sealUserData(services, keyWrapper(services.secrets));
    if (sealed > 0) services.log.info({ sealed }, 'user data that an earlier version kept in clear is sealed now');
  },
});

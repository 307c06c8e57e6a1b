/** People and their sign-in, organizations, tokens, and the record of who did what. */
import type { Domain } from '../kernel/domain.ts';
import { auditRoutes } from './audit/routes.ts';
import { auditSweep } from './audit/sweep.ts';
import { impersonationRoutes } from './impersonation/routes.ts';
import { invitationRoutes } from './invitations/routes.ts';
import { memberRoutes } from './members/routes.ts';
import { ownOrganizationRoutes } from './organizations/own-routes.ts';
import { organizationRoutes } from './organizations/routes.ts';
import { privacyRoutes } from './privacy/routes.ts';
import { retentionSweep } from './privacy/sweep.ts';
import { serviceAccountRoutes } from './service-accounts/routes.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { deviceRoutes } from './sign-in/device-routes.ts';
import { ownRoutes } from './sign-in/own-routes.ts';
import { signInSweep } from './sign-in/prune.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { tokenRoutes } from './tokens/routes.ts';
import { userRoutes } from './users/routes.ts';
import { viewRoutes } from './views/routes.ts';

export const identity: Domain = {
  name: 'identity',
  routes: (services) => [
    ...tokenRoutes(services),
    ...auditRoutes(services),
    ...ownOrganizationRoutes(services),
    ...memberRoutes(services),
    ...serviceAccountRoutes(services),
    ...impersonationRoutes(services),
    ...organizationRoutes(services),
    ...sessionRoutes(services),
    ...signInRoutes(services),
    ...ownRoutes(services),
    ...viewRoutes(services),
    ...deviceRoutes(services),
    ...userRoutes(services),
    ...privacyRoutes(services),
    ...invitationRoutes(services),
  ],
  sweeps: (services) => [signInSweep(services), auditSweep(services), retentionSweep(services)],
};

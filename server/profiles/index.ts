/** What is put on servers at their first boot. */
import type { Domain } from '../kernel/domain.ts';
import { publishBuiltIn } from './profiles.ts';
import { setupProfileRoutes } from './routes.ts';

export const profiles: Domain = {
  name: 'profiles',
  routes: setupProfileRoutes,
  upgrade: ({ db }) => publishBuiltIn(db),
};

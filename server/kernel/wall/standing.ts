/** For whose eyes the database is read now; it follows a request through every await. */
import { AsyncLocalStorage } from 'node:async_hooks';

const storage = new AsyncLocalStorage<string | null>();

/** What `services.db` reads within `work` is read in this organization's name. */
export function behindWall<T>(organizationId: string, work: () => T): T {
  return storage.run(organizationId, work);
}

/** For what an organization's request does with rows that are nobody's, such as filling a cache. */
export function besideWall<T>(work: () => T): T {
  return storage.run(null, work);
}

/** Whose rows may be seen; null: no wall stands. */
export function standsFor(): string | null {
  return storage.getStore() ?? null;
}

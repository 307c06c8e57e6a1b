/** The end of a user's own server: at its provider too, where it lives until what is paid of it is over. */
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { terminateVps } from '../../vps/termination/termination.ts';
import { livingVpsByReference } from '../vps-store.ts';
import { ownerOf } from './owner.ts';

/** @throws Refusal 404 "No VPS", 403 for who has no organization of their own */
export async function endOwn(services: Services, principal: Principal): Promise<void> {
  const owner = await ownerOf(services, principal);
  const id = await livingVpsByReference(services.db, owner.principal.organizationId, owner.reference);
  if (id === null) throw new Refusal(404, 'not_found', 'No VPS');
  await terminateVps(services, owner.principal, id, 0);
}

/** Whose server it is: the signed-in user's, in the organization that was made with them; of a token its organization's. */
import { slugOf } from '../../identity/users/handle.ts';
import { personIn } from '../../identity/sign-in/principal.ts';
import { personById } from '../../identity/users/store.ts';
import { Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { organizationById } from '../../kernel/settings.ts';
import { organizationByName } from '../organizations-store.ts';

export interface Owner {
  /** Acting in that organization. */
  readonly principal: Principal & { readonly organizationId: string };
  /** Of the one server that there may be. */
  readonly reference: string;
  readonly id: string;
  readonly handle: string;
}

/** @throws Refusal 403 for who has no organization of their own */
export async function ownerOf({ db }: Services, principal: Principal): Promise<Owner> {
  const { actor, organizationId } = principal;
  if (actor.kind === 'user') {
    const person = await personById(db, actor.id);
    const personal = person && (await organizationByName(db, person.handle));
    const acting = personal && (await personIn(db, actor.id, personal.id));
    if (person && acting && acting.organizationId === personal.id) {
      const own = { ...principal, ...acting, organizationId: personal.id };
      return { principal: own, reference: `user:${actor.id}`, id: actor.id, handle: person.handle };
    }
  }
  const organization = organizationId === null ? null : await organizationById(db, organizationId);
  if (!organization) throw new Refusal(403, 'forbidden', 'This is for users with an organization of their own. Sign in as one.');
  const own = { ...principal, organizationId: organization.id };
  return { principal: own, reference: `organization:${organization.id}`, id: organization.id, handle: slugOf(organization.name) || 'vps' };
}

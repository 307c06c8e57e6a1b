/** Which terms an order agrees to. */
import type { z } from 'zod';
import type { Terms } from '../../contract/organization.ts';
import { acceptTerms, listAcceptances } from '../identity/organizations/store.ts';
import { onPlatform } from '../kernel/can.ts';
import type { Db } from '../kernel/database.ts';
import { refuseField } from '../kernel/problem.ts';
import type { Principal } from '../kernel/services.ts';
import { readSetting } from '../kernel/settings.ts';

/**
 * An order agrees to the terms that hold now: by naming their version, or because its organization has accepted them before.
 * @returns the version; null: none hold, or the seller orders for somebody who agreed elsewhere
 * @throws Refusal that names them
 */
export async function agreedTerms(
  db: Db,
  { actor, name, organizationId: ofCaller }: Pick<Principal, 'organizationId' | 'name' | 'actor'>,
  organizationId: string,
  named: string | undefined,
  address: string | null,
): Promise<string | null> {
  const terms = (await readSetting(db, 'terms')) as z.infer<typeof Terms> | null;
  if (named !== undefined && named !== terms?.version) {
    const remedy = terms ? `Read ${terms.url}, and send "${terms.version}".` : 'Leave it out.';
    throw refuseField('terms', `version "${named}" does not hold`, remedy, 422, 'terms_not_accepted');
  }
  if (terms === null) return null;
  const { version } = terms;
  if (named !== undefined) {
    await acceptTerms(db, { organizationId, version, userId: actor.kind === 'user' ? actor.id : null, acceptedBy: name, address });
    return version;
  }
  if ((await listAcceptances(db, organizationId)).some((each) => each.version === version)) return version;
  if (onPlatform({ organizationId: ofCaller })) return null;
  throw refuseField(
    'terms',
    `version "${version}" has to be agreed to`,
    `Read ${terms.url}, and send "${version}".`,
    422,
    'terms_not_accepted',
  );
}

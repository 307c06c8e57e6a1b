/**
 * What goes on in somebody's name after the request that began it (a bulk run, an update by hand) has the rights of that
 * moment, not of the beginning: the credential is kept by reference and asked anew.
 */
import { personIn } from '../sign-in/principal.ts';
import { principalOfToken } from '../tokens/authenticate.ts';
import type { Db } from '../../kernel/database.ts';
import type { Scope } from '../../kernel/listing.ts';
import type { Principal } from '../../kernel/services.ts';

/** What to keep of a principal. */
export function credentialOf({ tokenId, actor }: Pick<Principal, 'tokenId' | 'actor'>): string {
  return tokenId ?? `${actor.kind}:${actor.id}`;
}

/** Null when the credential counts no more, or acts elsewhere now. */
export async function presentRights(db: Db, credential: string, scope: Scope): Promise<Principal | null> {
  const userId = /^user:(.+)$/.exec(credential)?.[1];
  const principal = userId === undefined ? await principalOfToken(db, credential) : await personIn(db, userId, scope);
  return principal?.organizationId === scope ? principal : null;
}

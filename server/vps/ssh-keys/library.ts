/** The keys that an organization keeps: taken in by the rule that every door has, and given to servers as copies. */
import { MOST_SSH_KEYS } from '../../../contract/fields.ts';
import type { Db } from '../../kernel/database.ts';
import { refuseField } from '../../kernel/problem.ts';
import { requireSshKey } from '../create/checks.ts';
import { fingerprintOf, normalSshKey } from './public-key.ts';
import { countSshKeys, markUsed, type SshKey, sshKeyByFingerprint, sshKeysByIds } from './store.ts';

/** Of one organization. */
const MOST = 100;

interface WithKeys {
  readonly ssh_keys?: readonly string[] | undefined;
  readonly ssh_key_ids?: readonly string[] | undefined;
}

/**
 * The request with the keys themselves in place of their ids: what is renamed or removed later changes nothing of it. A key that
 * is pasted and picked is there once. `at`: where the ids stand in the request, for a refusal.
 * @throws Refusal 422 for an id that is none of the organization's, and for more keys than a server may have
 */
export async function withPickedKeys<T extends WithKeys>(
  db: Db,
  organizationId: string,
  { ssh_key_ids: ids, ...request }: T,
  at = 'ssh_key_ids',
): Promise<Omit<T, 'ssh_key_ids'> & { ssh_keys: string[] }> {
  const pasted = request.ssh_keys ?? [];
  // A key that is pasted wrong is refused where it is looked at, with the others of the request.
  if (ids === undefined || ids.length === 0) return { ...request, ssh_keys: [...pasted] };
  const found = new Map((await sshKeysByIds(db, organizationId, ids)).map((key) => [key.id, key]));
  const have = new Set(pasted.map(fingerprintOf));
  const picked = ids.map((id, index) => {
    const key = found.get(id);
    if (!key)
      throw refuseField(`${at}.${index}`, 'no such key in this organization', 'Take an id from GET /api/ssh-keys.', 422, 'not_found');
    return key;
  });
  const fresh = [...new Set(picked)].filter(({ fingerprint }) => !have.has(fingerprint));
  if (pasted.length + fresh.length > MOST_SSH_KEYS)
    throw refuseField(at, `makes more than ${MOST_SSH_KEYS} keys with those that are pasted`, 'Leave some out.', 422, 'invalid_request');
  return { ...request, ssh_keys: [...pasted, ...fresh.map(lineOf)] };
}

/** The name tells whose line it is in authorized_keys; providers take plain ASCII there. */
function lineOf({ publicKey, name }: SshKey): string {
  const comment = name.normalize('NFKD').replaceAll(/[^\x20-\x7e]/g, '');
  return normalSshKey(`${publicKey} ${comment}`);
}

/** What a key's row says of it. The comment is left out: it often names a person. @throws Refusal that does not repeat the text */
export function sheetOfKey(text: string): { publicKey: string; type: string; fingerprint: string } {
  requireSshKey('public_key', text);
  const [type = '', blob = ''] = normalSshKey(text).split(' ');
  return { publicKey: `${type} ${blob}`, type, fingerprint: fingerprintOf(text) };
}

/** @throws Refusal 409 for a key that is there already, and where there are as many as there may be */
export async function requireRoomFor(tx: Db, organizationId: string, fingerprint: string): Promise<void> {
  const count = await countSshKeys(tx, organizationId);
  const twin = await sshKeyByFingerprint(tx, organizationId, fingerprint);
  if (twin) throw refuseField('public_key', `is there already, as "${twin.name}"`, 'Use that one, or rename it.', 409, 'key_taken');
  if (count >= MOST)
    throw refuseField(
      'public_key',
      `would be one more than the ${MOST} keys that an organization keeps at most`,
      'Remove one that is no longer used.',
      409,
      'limit_reached',
    );
}

/** Notes at those the organization keeps that a server got them now, picked or pasted. */
export async function noteUse(tx: Db, organizationId: string, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await markUsed(tx, organizationId, keys.map(fingerprintOf));
}

/** Keys that an organization keeps, named on the command line. */
import type { z } from 'zod';
import { SshKeyId } from '../../contract/fields.ts';
import type { SshKey, SshKeyList } from '../../contract/ssh-key.ts';
import type { Api } from '../api.ts';
import type { OptionSpecs } from '../command.ts';
import { CliError, EXIT, usage } from '../errors.ts';

export const SSH_KEYS = '/api/ssh-keys';

/** For every command that puts keys on a server. */
export const PICK_OPTIONS = {
  'ssh-key-id': { type: 'string', value: 'KEY', multiple: true, help: 'a key that is kept, by id or name; see plinth ssh-key list' },
} as const satisfies OptionSpecs;

/** @param word its id, name or fingerprint @throws CliError (not found, or usage when several have the name) */
export async function findSshKey(api: Api, query: { organization_id?: string }, word: string): Promise<SshKey> {
  const { ssh_keys: all } = await api.get<z.infer<typeof SshKeyList>>(SSH_KEYS, query);
  const found = all.filter(({ id, name, fingerprint }) => [id, name, fingerprint].includes(word));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw usage(`${found.length} keys are called "${word}". Name one by its id: ${found.map(({ id }) => id).join(', ')}.`);
  throw new CliError(EXIT.notFound, `There is no SSH key "${word}". See: plinth ssh-key list`);
}

/**
 * As a request's `ssh_key_ids`; {} when none were named. An id goes as it is, for the service knows whose it must be.
 * @param query whose keys a name means; {} where the token is one organization's own
 */
export async function pickedKeys(
  api: Api,
  query: { organization_id?: string },
  { 'ssh-key-id': words }: { readonly 'ssh-key-id': readonly string[] },
): Promise<{ ssh_key_ids?: string[] }> {
  if (words.length === 0) return {};
  const ids: string[] = [];
  for (const word of words) ids.push(SshKeyId.safeParse(word).success ? word : (await findSshKey(api, query, word)).id);
  return { ssh_key_ids: ids };
}

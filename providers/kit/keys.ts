/**
 * SSH keys of which an account takes each once, under whatever name: all stacks with a key share it, and what the account calls
 * it is nobody's matter.
 */
import { SHARED_KEY_PREFIX } from '../identity.ts';
import type { SharedKey, SharedKeyClient } from '../instance-extras.ts';
import type { CallOptions } from '../provider.ts';
import type { CheckFailure, Json, Properties } from '../resource.ts';
import { signalOf } from '../wait.ts';
import { fingerprintOf, nameFor, sameKey } from './names.ts';
import { type Objects, type ObjectSheet, text } from './object.ts';
import type { Rest } from './rest.ts';
import type { Call } from './server-sheet.ts';

/** Refuses what is no key before the vendor is asked. */
export function checkPublicKey({ publicKey }: Properties): CheckFailure[] {
  return typeof publicKey === 'string' && !fingerprintOf(publicKey)
    ? [{ property: 'publicKey', reason: 'is no OpenSSH public key: expected "ssh-ed25519 AAAA… comment".' }]
    : [];
}

/** What sheets of such keys have in common. */
export const accountKey = {
  noun: 'SSH key',
  inputs: { name: { ...text, computed: true }, publicKey: { ...text, required: true, same: sameKey } },
  replaceOn: (before, after) => (sameKey(before['publicKey'], after['publicKey']) ? [] : ['publicKey']),
  check: checkPublicKey,
  nameFor,
  leaves: ({ name }) => String(name).startsWith(SHARED_KEY_PREFIX),
} satisfies Partial<ObjectSheet<never>>;

/** Inputs in the program's words; of an import, in the vendor's. */
export function keyInputs(known: Properties, name: string, publicKey: string): Record<string, Json> {
  return { ...known, name: known['name'] ?? name, publicKey: known['publicKey'] ?? publicKey };
}

/** Those that no stack takes away, for the service. */
export function sharedKeysOf<T>(client: Rest, keys: Objects<T>, present: (key: T) => SharedKey): SharedKeyClient {
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  return {
    list: async (o) => (await keys.list(call(o))).map(present).filter(({ name }) => name.startsWith(SHARED_KEY_PREFIX)),
    remove: (id, o) => keys.remove(call(o), id),
  };
}

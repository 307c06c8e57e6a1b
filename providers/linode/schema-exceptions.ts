/** Differences to the vendor's schema that are meant: the difference as the provider contract names it, and why. */
const REPLACES_BY_CODE = 'The vendor’s plugin replaces on it in code; its schema cannot say so.';

export const schemaExceptions: Readonly<Record<string, string>> = {
  'Instance.metadatas: replaces here true': 'The vendor marks the userData in it, the only thing it has.',
  'Instance.rootPass: replaces here false':
    'Version 6 replaces; the pinned 5.1.1 sets it in place, and a password is no reason to lose a disk.',
  'SshKey.sshKey: replaces here true': REPLACES_BY_CODE,
  'Rdns.address: replaces here true': REPLACES_BY_CODE,
};

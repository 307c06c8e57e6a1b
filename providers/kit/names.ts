/** Names, keys and marks as every provider's folder needs them. */
import { createHash } from 'node:crypto';
import { parseIdentityTag, SHARED_KEY_PREFIX } from '../identity.ts';
import type { OwnedObject } from '../instance-extras.ts';
import type { Json, Properties } from '../resource.ts';

/** A VPS id has sixteen characters; a name that a person chose hardly ever has that form. */
const OWNER = '([a-z0-9]{16})';
const OWN_NAMES: Readonly<Record<OwnedObject['kind'], RegExp>> = {
  'ssh-key': new RegExp(`^plinth-key-${OWNER}-\\d+$`),
  firewall: new RegExp(`^plinth-(?:fw-)?${OWNER}(?:-\\d+)?$`),
  'startup-script': new RegExp(`^plinth-script-${OWNER}$`),
  snapshot: new RegExp(`^plinth-vps-${OWNER}-.+$`),
  address: new RegExp(`^plinth-ip-${OWNER}$`),
};

/** Those of these objects that are ours by name. A key that servers share is no single VPS's. */
export function ownedAmong(
  kind: OwnedObject['kind'],
  objects: readonly { readonly id: string | number; readonly name: string }[],
): OwnedObject[] {
  return objects.flatMap(({ id, name }) => {
    const vpsId = OWN_NAMES[kind].exec(name)?.[1];
    return vpsId === undefined ? [] : [{ kind, id: String(id), name, vpsId }];
  });
}

/** What a resource is called at the vendor: the program's name for it, else its logical one. */
export function nameFor({ name }: Properties, urn: string): string {
  return typeof name === 'string' ? name : urn.split('::').at(-1)!;
}

/** Whose keys and firewalls are made: the VPS of the mark that comes first, else the label. */
export function ownerOf({ tags, label }: { readonly tags: readonly string[]; readonly label: string }): string {
  return parseIdentityTag(tags[0] ?? '')?.vpsId ?? label;
}

/** The MD5 fingerprint by which APIs know an OpenSSH public key, or undefined when it is none. */
export function fingerprintOf(publicKey: string): string | undefined {
  const [type, blob] = publicKey.trim().split(/\s+/);
  if (!type || !blob || !/^[A-Za-z0-9+/]+=*$/.test(blob)) return undefined;
  return createHash('md5').update(Buffer.from(blob, 'base64')).digest('hex').match(/../g)!.join(':');
}

/** What a key is called that all servers with it share: it follows from the key, so that every stack says the same. */
export function sharedKeyName(publicKey: string): string {
  return SHARED_KEY_PREFIX + (fingerprintOf(publicKey) ?? '').replaceAll(':', '').slice(0, 12);
}

/** Comments and white space do not make another key. */
export function sameKey(before: Json | undefined, after: Json | undefined): boolean {
  return typeof before === 'string' && typeof after === 'string' && fingerprintOf(before) === fingerprintOf(after);
}

export function textList(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Those of a list of objects; none where it was left out. */
export function objectList(value: Json | undefined): Properties[] {
  return Array.isArray(value) ? (value as Properties[]) : [];
}

/** Tags where a vendor keeps labels in pairs: a tag is a key without a value; `key:value` is a pair. */
export function labelsOf(tags: readonly string[]): Record<string, string> {
  return Object.fromEntries(tags.map((tag) => [tag.split(':', 1)[0]!, tag.includes(':') ? tag.slice(tag.indexOf(':') + 1) : '']));
}
export function tagsOf(labels: Json | undefined): string[] {
  return Object.entries((labels ?? {}) as Record<string, string>).map(([key, value]) => (value === '' ? key : `${key}:${value}`));
}

/** Sets without an order of their own, in the program's, so that nothing looks changed. */
export function inOrderOf(before: readonly string[], now: readonly string[]): string[] {
  const known = before.filter((each) => now.includes(each));
  return [...known, ...now.filter((each) => !known.includes(each))];
}

/** The given values without those that are absent or empty texts. */
export function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ''));
}

/**
 * `linode:index/instance:Instance`: its inputs, outputs and rules, named as in the vendor's package.
 * Where the vendor replaces, so does this; `rootPass` is the exception (see README.md).
 */
import type { CheckFailure, Properties, PropertySpec } from '../resource.ts';
import { descriptor } from './descriptor.ts';

const strings: PropertySpec['items'] = { type: 'string' };
const anything: PropertySpec = { type: 'any' };
/** Part of the vendor's schema, refused by `checkInstance`. */
const refused: PropertySpec = { type: 'array', items: anything };

const disk: PropertySpec = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    label: { type: 'string' },
    size: { type: 'integer' },
    filesystem: { type: 'string' },
    readOnly: { type: 'boolean' },
    image: { type: 'string' },
    authorizedKeys: { type: 'array', items: { type: 'string' } },
    authorizedUsers: { type: 'array', items: { type: 'string' } },
    stackscriptId: { type: 'integer' },
    stackscriptData: { type: 'object', additional: { type: 'string' }, secret: true },
    rootPass: { type: 'string', secret: true },
  },
};

export const instanceInputs: Readonly<Record<string, PropertySpec>> = {
  alerts: {
    type: 'object',
    computed: true,
    properties: {
      cpu: { type: 'integer', min: 0 },
      io: { type: 'integer', min: 0 },
      networkIn: { type: 'integer', min: 0 },
      networkOut: { type: 'integer', min: 0 },
      transferQuota: { type: 'integer', min: 0 },
    },
  },
  authorizedKeys: { type: 'array', items: strings, replace: true },
  authorizedUsers: { type: 'array', items: strings, replace: true },
  backupId: { type: 'integer', replace: true },
  backupsEnabled: { type: 'boolean', computed: true },
  bootConfigLabel: { type: 'string', computed: true },
  booted: { type: 'boolean', computed: true },
  configs: { ...refused, computed: true, deprecated: 'Use the image of the server; Linode makes the configuration.' },
  diskEncryption: { type: 'string', computed: true, replace: true, oneOf: ['enabled', 'disabled'] },
  disks: { ...refused, items: disk, computed: true, deprecated: 'Use the image of the server; Linode makes the disks.' },
  firewallId: { type: 'integer', replace: true },
  group: { type: 'string', deprecated: 'Use tags.' },
  image: { type: 'string', replace: true },
  interfaces: { type: 'array', items: anything },
  ipv4s: { type: 'array', items: strings, replace: true, unordered: true, computed: true },
  label: { type: 'string', computed: true },
  metadatas: { type: 'array', items: { type: 'object', properties: { userData: { type: 'string' } } }, replace: true },
  migrationType: { type: 'string', default: 'cold', oneOf: ['cold', 'warm'] },
  placementGroup: {
    type: 'object',
    properties: {
      id: { type: 'integer', required: true },
      compliantOnly: { type: 'boolean' },
      label: { type: 'string' },
      placementGroupPolicy: { type: 'string' },
      placementGroupType: { type: 'string' },
    },
  },
  placementGroupExternallyManaged: { type: 'boolean', default: false },
  privateIp: { type: 'boolean' },
  region: { type: 'string', required: true },
  resizeDisk: { type: 'boolean', default: false },
  rootPass: { type: 'string', secret: true },
  sharedIpv4s: { ...refused, items: { type: 'string' }, computed: true },
  stackscriptData: { type: 'object', additional: { type: 'string' }, secret: true, replace: true },
  stackscriptId: { type: 'integer', replace: true },
  swapSize: { type: 'integer', computed: true, min: 0 },
  tags: { type: 'array', items: strings, unordered: true, computed: true },
  type: { type: 'string', default: 'g6-standard-1' },
  watchdogEnabled: { type: 'boolean', default: true },
};

export const instanceOutputs: Readonly<Record<string, PropertySpec>> = {
  backups: { type: 'array', items: anything },
  capabilities: { type: 'array', items: strings },
  hasUserData: { type: 'boolean' },
  hostUuid: { type: 'string' },
  ipAddress: { type: 'string' },
  ipv6: { type: 'string' },
  lkeClusterId: { type: 'integer' },
  privateIpAddress: { type: 'string' },
  specs: { type: 'array', items: anything },
  status: { type: 'string' },
};

/** Addresses survive everything but a move to another region; the engine then sees the change in the answer. */
export const instanceStableOutputs = ['hasUserData', 'ipAddress', 'ipv4s', 'ipv6', 'lkeClusterId', 'hostUuid', 'capabilities'] as const;

const KEY =
  /^(ssh-(rsa|ed25519|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+={0,3}( .*)?$/;

/** Rules that Linode would report only after the order, or not at all. */
export function checkInstance(inputs: Properties): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  const { label, rootPass, image, metadatas } = inputs;
  if (typeof label === 'string' && label !== '' && !descriptor.limits.labelPattern.test(label))
    fail(
      'label',
      `Linode labels have 3 to 64 letters, digits, "-", "_" and ".", begin and end with a letter or digit, and never repeat a separator; "${label}" does not.`,
    );
  const { minLength, maxLength } = descriptor.password;
  if (typeof rootPass === 'string' && (rootPass.length < minLength || rootPass.length > maxLength))
    fail('rootPass', `Linode takes root passwords of ${minLength} to ${maxLength} characters; this one has ${rootPass.length}.`);
  for (const property of ['disks', 'configs', 'sharedIpv4s'] as const) {
    if (Array.isArray(inputs[property]) && inputs[property].length > 0)
      fail(property, `${property} is not supported here: let Linode make it from the image, or run this stack with the vendor's plugin.`);
  }
  for (const [i, key] of (Array.isArray(inputs.authorizedKeys) ? inputs.authorizedKeys : []).entries()) {
    if (typeof key === 'string' && !KEY.test(key.trim()))
      fail(`authorizedKeys[${i}]`, 'This is not an OpenSSH public key ("ssh-ed25519 AAAA… comment").');
  }
  for (const [i, tag] of (Array.isArray(inputs.tags) ? inputs.tags : []).entries()) {
    if (typeof tag === 'string' && (tag.length < 3 || tag.length > 50))
      fail(`tags[${i}]`, `Linode takes tags of 3 to 50 characters; "${tag}" has ${tag.length}.`);
  }
  if (Array.isArray(metadatas)) {
    if (metadatas.length > 1) fail('metadatas', 'Linode takes one metadata block.');
    const userData = (metadatas[0] as { userData?: unknown } | undefined)?.userData;
    if (typeof userData === 'string') failures.push(...checkUserData(userData));
  }
  if (inputs.stackscriptId !== undefined && image === undefined)
    fail('stackscriptId', 'A StackScript needs an image to run on; set image.');
  return failures;
}

function checkUserData(encoded: string): CheckFailure[] {
  const property = 'metadatas[0].userData';
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(encoded)) return [{ property, reason: 'Linode takes user data in base64; encode it first.' }];
  const bytes = Buffer.from(encoded, 'base64').length;
  const limit = descriptor.limits.userDataBytes;
  return bytes > limit
    ? [{ property, reason: `User data may have ${limit} bytes before base64; this has ${bytes}. Shorten it or fetch the rest at boot.` }]
    : [];
}

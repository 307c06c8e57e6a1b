/** How a stack program declares a Linode server, with the vendor's own classes. */
import { createHash } from 'node:crypto';
import { Firewall } from '@pulumi/linode/firewall.js';
import { Instance } from '@pulumi/linode/instance.js';
import { Rdns } from '@pulumi/linode/rdns.js';
import { SshKey } from '@pulumi/linode/sshKey.js';
import * as pulumi from '@pulumi/pulumi';
import { parseIdentityTag } from '../identity.ts';
import { besides } from '../kit/declare.ts';
import { ownerOf } from '../kit/names.ts';
import type { FirewallRule, InstanceModule, InstanceRequest } from '../provider.ts';

import { descriptor } from './descriptor.ts';
import { keyLabel } from './helpers.ts';
import { bareAddress } from './outputs.ts';

/** Linode allows 32 characters for a firewall's label, half of what a server's has. */
const FIREWALL_ID_LENGTH = 22;

export const instanceModule: InstanceModule = {
  ignoreChanges: ['image', 'rootPass', 'authorizedKeys', 'authorizedUsers', 'metadatas', 'stackscriptId', 'stackscriptData'],
  importedIgnoreChanges: ['watchdogEnabled', 'privateIp'],
  declare(name, request, opts) {
    const options = descriptor.options.parse(request.options) as { privateIpEnabled: boolean; watchdog: boolean };
    const child = besides(opts);
    const keys = request.sshPublicKeys.map(
      // Labels of keys that exist stay: those of older stacks are made from the server's label.
      (key, i) =>
        new SshKey(
          `${name}-key-${i + 1}`,
          { label: labelOfKey(request, i + 1), sshKey: key.trim() },
          { ...child, ignoreChanges: ['label'] },
        ),
    );
    const instance = new Instance(
      name,
      {
        label: request.label,
        region: request.region,
        type: request.plan,
        image: request.snapshotId ?? request.image,
        rootPass: request.rootPassword,
        tags: [...request.tags],
        backupsEnabled: request.backups,
        watchdogEnabled: options.watchdog,
        ...(options.privateIpEnabled ? { privateIp: true } : {}),
        // By way of the key resources, so that they exist first and go last.
        ...(keys.length > 0 ? { authorizedKeys: keys.map(({ sshKey }) => sshKey) } : {}),
        ...(request.userData === null ? {} : { metadatas: [{ userData: encoded(request.userData) }] }),
      },
      { deleteBeforeReplace: true, ...opts },
    );
    if (request.firewall) declareFirewall(name, request, request.firewall, instance, child);
    return {
      resource: instance,
      instanceId: instance.id,
      ipv4: instance.ipAddress,
      // Linode gives every server an IPv6 address; it is only not shown when it was not asked for.
      ipv6: request.ipv6 ? instance.ipv6.apply((address) => bareAddress(address ?? '')) : pulumi.output(''),
    };
  },
  declareReverseName(name, { instance, name: rdns, ipVersion }, opts) {
    const address = ipVersion === 4 ? instance.ipv4 : instance.ipv6;
    // Linode looks the name up first; a record that was just made is not everywhere yet.
    return new Rdns(name, { address, rdns, waitForAvailable: true }, opts);
  },
};

function labelOfKey({ tags, label }: InstanceRequest, number: number): string {
  const vpsId = parseIdentityTag(tags[0] ?? '')?.vpsId;
  return vpsId === undefined ? `${label}-key-${number}`.slice(-64) : keyLabel(vpsId, number);
}

/** Linode's API and the vendor's package both take user data in base64. */
function encoded(userData: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.output(userData).apply((text) => Buffer.from(text, 'utf8').toString('base64'));
}

function declareFirewall(
  name: string,
  request: InstanceRequest,
  rules: readonly FirewallRule[],
  instance: Instance,
  opts: pulumi.CustomResourceOptions,
): Firewall {
  const args = {
    label: firewallLabel(request),
    tags: [...request.tags],
    inboundPolicy: 'DROP',
    outboundPolicy: 'ACCEPT',
    inbounds: rules.map((rule, i) => inbound(rule, i)),
    // Attached from this side: firewallId on the server could not change without replacing it.
    linodes: [instance.id.apply(Number)],
  };
  return new Firewall(`${name}-firewall`, args, opts);
}

function firewallLabel(request: InstanceRequest): string {
  const id = ownerOf(request);
  const short = id.length <= FIREWALL_ID_LENGTH ? id : createHash('sha256').update(id).digest('hex').slice(0, FIREWALL_ID_LENGTH);
  return `plinth-fw-${short}`;
}

function inbound(rule: FirewallRule, index: number) {
  const ipv6s = rule.sources.filter((source) => source.includes(':'));
  const ipv4s = rule.sources.filter((source) => !source.includes(':'));
  return {
    label: `rule-${index + 1}`,
    action: 'ACCEPT',
    protocol: rule.protocol.toUpperCase(),
    ...(rule.ports === null ? {} : { ports: rule.ports }),
    ...(ipv4s.length > 0 ? { ipv4s } : {}),
    ...(ipv6s.length > 0 ? { ipv6s } : {}),
  };
}

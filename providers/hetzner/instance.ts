/** How a stack program declares a Hetzner server: the vendor's tokens and property names, without its SDK. */
import * as pulumi from '@pulumi/pulumi';
import { besides, declarer, declareSharedKeys } from '../kit/declare.ts';
import { labelsOf, ownerOf } from '../kit/names.ts';
import type { FirewallRule, InstanceModule } from '../provider.ts';
import { descriptor } from './descriptor.ts';

const declared = declarer('hcloud:index', descriptor.pulumiPackageVersion);

export const instanceModule: InstanceModule = {
  ignoreChanges: ['image', 'userData', 'sshKeys'],
  importedIgnoreChanges: ['deleteProtection', 'rebuildProtection', 'keepDisk'],
  declare(name, request, opts) {
    const keys = declareSharedKeys(declared, 'sshKey:SshKey', name, request.sshPublicKeys, opts);
    const args = {
      name: request.label,
      location: request.region,
      serverType: request.plan,
      image: request.snapshotId ?? request.image,
      backups: request.backups,
      labels: labelsOf(request.tags),
      ...(keys.length > 0 ? { sshKeys: keys.map(({ id }) => id) } : {}),
      ...(request.userData === null ? {} : { userData: request.userData }),
    };
    const server = declared('server:Server', name, args, ['ipv4Address', 'ipv6Address'], { deleteBeforeReplace: true, ...opts });
    if (request.firewall) {
      const rules = request.firewall.map(toRule);
      const applyTos = [{ server: server.id.apply(Number) }];
      declared('firewall:Firewall', `${name}-firewall`, { name: `plinth-${ownerOf(request)}`, rules, applyTos }, [], besides(opts));
    }
    return {
      resource: server,
      instanceId: server.id,
      ipv4: server.told('ipv4Address'),
      // Every server has a network of its own, which costs nothing; it is only not shown when it was not asked for.
      ipv6: request.ipv6 ? server.told('ipv6Address') : pulumi.output(''),
    };
  },
  declareReverseName(name, { instance, name: dnsPtr, ipVersion }, opts) {
    const args = { serverId: instance.instanceId.apply(Number), ipAddress: ipVersion === 4 ? instance.ipv4 : instance.ipv6, dnsPtr };
    return declared('rdns:Rdns', name, args, [], opts);
  },
};

function toRule({ protocol, ports, sources }: FirewallRule) {
  return { direction: 'in', protocol, ...(ports === null ? {} : { port: ports }), sourceIps: [...sources] };
}

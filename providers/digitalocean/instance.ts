/** How a stack program declares a droplet, with the vendor's own classes. */
import { Droplet } from '@pulumi/digitalocean/droplet.js';
import { Firewall } from '@pulumi/digitalocean/firewall.js';
import { SshKey } from '@pulumi/digitalocean/sshKey.js';
import * as pulumi from '@pulumi/pulumi';
import { besides } from '../kit/declare.ts';
import { ownerOf } from '../kit/names.ts';
import type { FirewallRule, InstanceModule, InstanceRequest } from '../provider.ts';
import { descriptor } from './descriptor.ts';
import { KEY_NAME_PREFIX } from './ssh-key.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

export const instanceModule: InstanceModule = {
  ignoreChanges: ['image', 'userData', 'sshKeys', 'monitoring', 'dropletAgent', 'vpcUuid'],
  declare(name, request, opts) {
    const options = descriptor.options.parse(request.options) as { monitoring: boolean; vpcEnabled: boolean; vpcUuid?: string };
    const child = besides(opts);
    const keys = request.sshPublicKeys.map(
      (publicKey, i) => new SshKey(`${name}-key-${i + 1}`, { name: `${KEY_NAME_PREFIX}${ownerOf(request)}-${i + 1}`, publicKey }, child),
    );
    const droplet = new Droplet(
      name,
      {
        name: request.label,
        region: request.region,
        size: request.plan,
        image: request.snapshotId ?? request.image,
        tags: [...request.tags],
        backups: request.backups,
        ipv6: request.ipv6,
        monitoring: options.monitoring,
        ...(options.vpcUuid === undefined || !options.vpcEnabled ? {} : { vpcUuid: options.vpcUuid }),
        // By fingerprint: it follows from the key itself, whichever server registered it.
        ...(keys.length > 0 ? { sshKeys: keys.map(({ fingerprint }) => fingerprint) } : {}),
        ...(request.userData === null ? {} : { userData: request.userData }),
      },
      opts,
    );
    if (request.firewall) declareFirewall(name, request, request.firewall, droplet, child);
    return {
      resource: droplet,
      instanceId: droplet.id,
      ipv4: droplet.ipv4Address,
      ipv6: request.ipv6 ? droplet.ipv6Address.apply((address) => address ?? '') : pulumi.output(''),
    };
  },
};

function declareFirewall(
  name: string,
  request: InstanceRequest,
  rules: readonly FirewallRule[],
  droplet: Droplet,
  opts: pulumi.CustomResourceOptions,
): Firewall {
  const args = {
    name: `plinth-${ownerOf(request)}`,
    dropletIds: [droplet.id.apply(Number)],
    inboundRules: rules.map(({ protocol, ports, sources }) => ({
      protocol,
      ...(protocol === 'icmp' ? {} : { portRange: ports ?? 'all' }),
      sourceAddresses: [...sources],
    })),
    // Without outbound rules DigitalOcean lets nothing out.
    outboundRules: [
      { protocol: 'tcp', portRange: 'all', destinationAddresses: EVERYWHERE },
      { protocol: 'udp', portRange: 'all', destinationAddresses: EVERYWHERE },
      { protocol: 'icmp', destinationAddresses: EVERYWHERE },
    ],
  };
  return new Firewall(`${name}-firewall`, args, opts);
}

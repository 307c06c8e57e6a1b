/** How a stack program declares a VPS at OVH. The token is Plinth's own: the vendor's resource may buy twice, see README.md. */
import * as pulumi from '@pulumi/pulumi';
import { declarer } from '../kit/declare.ts';
import type { InstanceModule } from '../provider.ts';
import { descriptor } from './descriptor.ts';

const declared = declarer('ovhvps:index', descriptor.pulumiPackageVersion);

export const instanceModule: InstanceModule = {
  ignoreChanges: ['image', 'publicKey'],
  declare(name, request, opts) {
    const [publicKey] = request.sshPublicKeys;
    const args = {
      displayName: `${request.tags[0]!}.${request.label}`,
      plan: request.plan,
      datacenter: request.region,
      image: request.image,
      ...(publicKey === undefined ? {} : { publicKey: publicKey.trim() }),
    };
    const vps = declared('vps:Vps', name, args, ['ipv4', 'ipv6'], opts);
    return {
      resource: vps,
      instanceId: vps.id,
      ipv4: vps.told('ipv4'),
      ipv6: request.ipv6 ? vps.told('ipv6') : pulumi.output(''),
      // OVH mails it to the holder of the account, or there is none because a key lets people in.
      generatedPassword: pulumi.secret(''),
    };
  },
  declareReverseName(name, { instance, name: domain, ipVersion }, opts) {
    const args = { service: instance.instanceId, address: ipVersion === 4 ? instance.ipv4 : instance.ipv6, domain };
    return declared('reverse:Reverse', name, args, [], opts);
  },
};

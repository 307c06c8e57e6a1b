/** How a stack program declares an instance at OVH: the vendor's tokens and property names, without its SDK. */
import * as pulumi from '@pulumi/pulumi';
import { Declared, declarer, declareSharedKeys } from '../kit/declare.ts';
import type { InstanceModule } from '../provider.ts';
import { descriptor } from './descriptor.ts';

const { pulumiPackageVersion: version } = descriptor;
const declared = declarer('ovh:index', version);

export const instanceModule: InstanceModule = {
  ignoreChanges: ['imageId', 'userData', 'sshKeyName'],
  declare(name, request, opts) {
    const keys = declareSharedKeys(declared, 'cloudProjectSshKey:CloudProjectSshKey', name, request.sshPublicKeys, opts);
    const args = {
      // The mark comes first: the name is all that an instance carries.
      name: `${request.tags[0]!}.${request.label}`,
      region: request.region,
      flavorId: request.plan,
      imageId: request.snapshotId ?? request.image,
      // One key is the instance's; the others are in its user data.
      ...(keys.length > 0 ? { sshKeyName: keys[0]!.told('name') } : {}),
      ...(request.userData === null ? {} : { userData: request.userData }),
    };
    const server = declared('cloudInstance:CloudInstance', name, args, ['ipv4', 'ipv6'], opts);
    return {
      resource: server,
      instanceId: server.id,
      ipv4: server.told('ipv4'),
      ipv6: request.ipv6 ? server.told('ipv6') : pulumi.output(''),
    };
  },
  declareReverseName(name, { instance, name: domain, ipVersion }, opts) {
    const address = ipVersion === 4 ? instance.ipv4 : instance.ipv6;
    return new Declared('ovh:Ip/reverse:Reverse', version, name, { ip: address, ReverseIp: address, ReverseValue: domain }, [], opts);
  },
};

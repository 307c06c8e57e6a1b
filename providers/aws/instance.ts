/** How a stack program declares an EC2 instance: the vendor's tokens and property names, without its SDK. */
import * as pulumi from '@pulumi/pulumi';
import { besides, type Declared, declarer } from '../kit/declare.ts';
import { ownerOf } from '../kit/names.ts';
import type { FirewallRule, InstanceModule } from '../provider.ts';
import { descriptor } from './descriptor.ts';
import { pairsOf } from './server.ts';

const declared = declarer('aws:ec2', descriptor.pulumiPackageVersion);
/** The lasting address of a server; one that was imported keeps what it has. */
const addressOf = new WeakMap<pulumi.Resource, Declared>();

const EVERYBODY = { cidrBlocks: ['0.0.0.0/0'], ipv6CidrBlocks: ['::/0'] };
/** EC2 lets nothing in that no group lets in. */
const OPEN = [{ protocol: '-1', fromPort: 0, toPort: 0, ...EVERYBODY }];
const OUT = [{ protocol: '-1', fromPort: 0, toPort: 0, ...EVERYBODY }];

export const instanceModule: InstanceModule = {
  ignoreChanges: ['ami', 'userData', 'keyName', 'associatePublicIpAddress', 'subnetId'],
  importedIgnoreChanges: ['metadataOptions'],
  firewallPaths: ['vpcSecurityGroupIds'],
  declare(name, request, opts) {
    const owner = ownerOf(request);
    const { region, options } = request;
    const tags = { Name: `plinth-${owner}` };
    const isImported = opts.import !== undefined;
    const [publicKey] = request.sshPublicKeys;
    // EC2 takes one; cloud-init has them all.
    const key =
      publicKey === undefined
        ? null
        : declared(
            'keyPair:KeyPair',
            `${name}-key-1`,
            { keyName: `plinth-key-${owner}-1`, publicKey: publicKey.trim(), region, tags },
            ['fingerprint'],
            besides(opts),
          );
    const group = request.keepsFirewall ? null : firewall(name, owner, request, besides(opts));
    const server = declared(
      'instance:Instance',
      name,
      {
        ami: request.snapshotId ?? request.image,
        instanceType: request.plan,
        region,
        tags: { Name: request.label, ...pairsOf(request.tags) },
        ...(isImported ? {} : { associatePublicIpAddress: true, metadataOptions: { httpTokens: 'required' } }),
        ...(options['subnetId'] ? { subnetId: options['subnetId'] } : {}),
        ...(group ? { vpcSecurityGroupIds: [group.id] } : {}),
        ...(key ? { keyName: key.told('keyName') } : {}),
        ...(request.userData === null ? {} : { userData: request.userData }),
      },
      ['publicIp'],
      opts,
    );
    const handle = { resource: server, instanceId: server.id, ipv6: pulumi.output('') };
    if (isImported) return { ...handle, ipv4: server.told('publicIp') };
    const address = declared(
      'eip:Eip',
      `${name}-address`,
      { domain: 'vpc', instance: server.id, region, tags },
      ['publicIp', 'allocationId'],
      besides(opts),
    );
    addressOf.set(server, address);
    return { ...handle, ipv4: address.told('publicIp') };
  },
  declareReverseName(name, { instance, name: domainName }, opts) {
    const address = addressOf.get(instance.resource);
    // Only an elastic address can have one.
    if (!address) return instance.resource;
    return declared('eipDomainName:EipDomainName', name, { allocationId: address.told('allocationId'), domainName }, [], opts);
  },
};

function firewall(
  name: string,
  owner: string,
  { firewall: rules, region, options }: Parameters<InstanceModule['declare']>[1],
  opts: pulumi.CustomResourceOptions,
): Declared {
  const args = {
    name: `plinth-${owner}`,
    description: `Plinth VPS ${owner}`,
    ingress: rules ? rules.flatMap(toRules) : OPEN,
    egress: OUT,
    region,
    tags: { Name: `plinth-${owner}` },
    ...(options['vpcId'] ? { vpcId: options['vpcId'] } : {}),
  };
  return declared('securityGroup:SecurityGroup', `${name}-firewall`, args, [], opts);
}

/** ICMP is another protocol for IPv6. */
function toRules({ protocol, ports, sources }: FirewallRule): object[] {
  const [v4, v6] = [sources.filter((each) => !each.includes(':')), sources.filter((each) => each.includes(':'))];
  if (protocol === 'icmp')
    return [
      ...(v4.length > 0 ? [{ protocol, fromPort: -1, toPort: -1, cidrBlocks: v4 }] : []),
      ...(v6.length > 0 ? [{ protocol: 'icmpv6', fromPort: -1, toPort: -1, ipv6CidrBlocks: v6 }] : []),
    ];
  const [from, to = from] = (ports ?? '0-65535').split('-').map(Number);
  const where = { ...(v4.length > 0 ? { cidrBlocks: v4 } : {}), ...(v6.length > 0 ? { ipv6CidrBlocks: v6 } : {}) };
  return [{ protocol, fromPort: from!, toPort: to!, ...where }];
}

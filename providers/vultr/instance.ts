/** How a stack program declares a Vultr server with the vendor's own classes. */
import * as pulumi from '@pulumi/pulumi';
import { FirewallGroup } from '@ediri/vultr/firewallGroup.js';
import { FirewallRule } from '@ediri/vultr/firewallRule.js';
import { Instance } from '@ediri/vultr/instance.js';
import { ReverseIpv4 } from '@ediri/vultr/reverseIpv4.js';
import { ReverseIpv6 } from '@ediri/vultr/reverseIpv6.js';
import { SSHKey } from '@ediri/vultr/sshkey.js';
import { StartupScript } from '@ediri/vultr/startupScript.js';
import { parseIdentityTag } from '../identity.ts';
import type { FirewallRule as Rule, InstanceHandle, InstanceModule, InstanceRequest, ReverseNameRequest } from '../provider.ts';
import { options } from './descriptor.ts';
import { expandIpv6 } from './ipv6.ts';

/** Of ICMP, which has no ports. */
const NO_PORT = '';
/** Vultr takes no rule for TCP or UDP without ports. */
const ALL_PORTS = '1:65535';

/** The logical name of helpers at Vultr: `plinth-vps-<id>`, the same in every generation. */
function ownName(name: string, request: InstanceRequest): string {
  const identity = request.tags.map(parseIdentityTag).find((tag) => tag !== null);
  return identity ? `plinth-vps-${identity.vpsId}` : name;
}

interface PlainRule {
  readonly ipType: 'v4' | 'v6';
  readonly protocol: string;
  readonly subnet: string;
  readonly subnetSize: number;
  readonly port: string;
}

/** One Vultr rule per source, each once: a rule has one subnet, and a port range is written with a colon. */
export function plainRules(firewall: readonly Rule[]): PlainRule[] {
  const rules = firewall.flatMap((rule) =>
    rule.sources.map((source) => {
      const [subnet = '', size = ''] = source.split('/');
      const ipType = subnet.includes(':') ? ('v6' as const) : ('v4' as const);
      return {
        ipType,
        protocol: rule.protocol,
        subnet,
        subnetSize: size === '' ? (ipType === 'v6' ? 128 : 32) : Number(size),
        port: rule.ports?.replace('-', ':') ?? (rule.protocol === 'icmp' ? NO_PORT : ALL_PORTS),
      };
    }),
  );
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

function declareFirewall(
  name: string,
  own: string,
  request: InstanceRequest,
  opts: pulumi.CustomResourceOptions,
): { id?: pulumi.Output<string>; rules: pulumi.Resource[] } {
  if (request.firewall === null) return { rules: [] };
  const group = new FirewallGroup(`${name}-firewall`, { description: own }, opts);
  const rules = plainRules(request.firewall).map((rule) => {
    // The rule's content is its logical name: editing the list never renames its neighbours.
    const port = rule.port === '' ? '' : `-${rule.port.replace(':', '-')}`;
    const logical = `${name}-firewall-${rule.protocol}${port}-${rule.subnet}-${rule.subnetSize}`.replace(/[^A-Za-z0-9.-]/g, '_');
    const { port: ports, ...rest } = rule;
    const args = { ...rest, firewallGroupId: group.id, ...(ports === '' ? {} : { port: ports }) };
    return new FirewallRule(logical, args, { ...opts, parent: opts.parent ?? group });
  });
  return { id: group.id, rules };
}

/** What its disk begins with: Vultr takes one of the two. */
function sourceOf({ image, snapshotId }: InstanceRequest): { osId: number } | { snapshotId: string } {
  if (snapshotId !== undefined) return { snapshotId };
  const osId = Number(image);
  if (!Number.isInteger(osId)) throw new Error(`Image ${image} is not an operating system id of Vultr, which are whole numbers.`);
  return { osId };
}

function declare(name: string, request: InstanceRequest, opts: pulumi.CustomResourceOptions): InstanceHandle {
  const source = sourceOf(request);
  const account = options.parse(request.options);
  const own = ownName(name, request);
  // What is protected is the server: rules that are taken off and keys that are no more go.
  const { ignoreChanges: _ignored, import: _its, protect: _kept, ...helperOpts } = opts;
  // Keys reach Linux only: "only valid for Linux/FreeBSD".
  const publicKeys = request.windows ? [] : request.sshPublicKeys;
  const keys = publicKeys.map((sshKey, index) => new SSHKey(`${name}-key-${index}`, { name: `${own}-key-${index}`, sshKey }, helperOpts));
  const firewall = declareFirewall(name, own, request, helperOpts);
  // Windows images have no cloud-init; Vultr runs a start-up script in them at first boot.
  const script =
    request.windows && request.userData !== null
      ? new StartupScript(
          `${name}-script`,
          {
            name: `${own}-script`,
            type: 'boot',
            script: pulumi.output(request.userData).apply((text) => Buffer.from(text).toString('base64')),
          },
          helperOpts,
        )
      : undefined;

  const resource = new Instance(
    name,
    {
      region: request.region,
      plan: request.plan,
      ...source,
      label: request.label,
      hostname: request.hostname,
      tags: [...request.tags],
      enableIpv6: request.ipv6,
      ddosProtection: account.ddosProtection,
      activationEmail: false,
      backups: request.backups ? 'enabled' : 'disabled',
      ...(request.backups ? { backupsSchedule: { type: 'daily', hour: account.backupHour } } : {}),
      ...(keys.length === 0 ? {} : { sshKeyIds: keys.map((key) => key.id) }),
      ...(firewall.id === undefined ? {} : { firewallGroupId: firewall.id }),
      ...(account.vpcIds.length === 0 ? {} : { vpcIds: account.vpcIds }),
      ...(script === undefined ? {} : { scriptId: script.id }),
      ...(request.windows || request.userData === null ? {} : { userData: request.userData }),
    },
    // The rules stand before the server answers anybody.
    { ...opts, dependsOn: firewall.rules.length === 0 ? opts.dependsOn : withRules(opts.dependsOn, firewall.rules) },
  );
  return {
    resource,
    instanceId: resource.id,
    ipv4: resource.mainIp,
    ipv6: resource.v6MainIp,
    ...(request.windows ? { generatedPassword: pulumi.secret(resource.defaultPassword) } : {}),
  };
}

function declareReverseName(name: string, request: ReverseNameRequest, opts: pulumi.CustomResourceOptions): pulumi.CustomResource {
  const { instance, ipVersion, name: reverse } = request;
  // Vultr's own form of the address; a stack that has it in short has the same one.
  const ip = ipVersion === 4 ? instance.ipv4 : instance.ipv6.apply(expandIpv6);
  const args = { instanceId: instance.instanceId, ip, reverse };
  return ipVersion === 4 ? new ReverseIpv4(name, args, opts) : new ReverseIpv6(name, args, opts);
}

type DependsOn = pulumi.CustomResourceOptions['dependsOn'];

function withRules(before: DependsOn, rules: pulumi.Resource[]): DependsOn {
  if (before === undefined) return rules;
  return pulumi.output(before).apply((known): pulumi.Resource[] => [...(Array.isArray(known) ? known : [known]), ...rules]);
}

export const instanceModule: InstanceModule = {
  ignoreChanges: ['userData', 'sshKeyIds', 'osId', 'snapshotId', 'scriptId', 'hostname'],
  importedIgnoreChanges: ['backupsSchedule', 'ddosProtection', 'vpcIds'],
  declare,
  declareReverseName,
};

/** How a stack program declares a server at Compute Engine: the vendor's tokens and property names, without its SDK. */
import * as pulumi from '@pulumi/pulumi';
import { besides, declarer } from '../kit/declare.ts';
import { labelsOf, ownerOf } from '../kit/names.ts';
import type { FirewallRule, InstanceModule } from '../provider.ts';
import type { Json } from '../resource.ts';
import { descriptor } from './descriptor.ts';
import { natIpOf } from './server.ts';

const declared = declarer('gcp:compute', descriptor.pulumiPackageVersion);
/** Above the rules that a default network has for everybody, below ours. */
const LAST = 60_000;

export const instanceModule: InstanceModule = {
  ignoreChanges: ['bootDisk', 'metadata', 'networkInterfaces'],
  importedIgnoreChanges: ['allowStoppingForUpdate'],
  firewallPaths: ['tags'],
  declare(name, request, opts) {
    const owner = ownerOf(request);
    const isImported = opts.import !== undefined;
    const region = request.region.replace(/-[a-z]$/, '');
    const network = String(request.options['network'] || 'default');
    const tag = `plinth-${owner}`;
    const address = isImported
      ? null
      : declared('address:Address', `${name}-address`, { name: `plinth-ip-${owner}`, region }, ['address'], besides(opts));
    const keys = request.sshPublicKeys.map((key) => `root:${key.trim()}`).join('\n');
    const args = {
      name: request.label,
      zone: request.region,
      machineType: request.plan,
      labels: labelsOf(request.tags),
      tags: [tag],
      allowStoppingForUpdate: true,
      bootDisk: { initializeParams: request.snapshotId === undefined ? { image: request.image } : { snapshot: request.snapshotId } },
      networkInterfaces: [{ network, accessConfigs: address ? [{ natIp: address.told('address') }] : [] }],
      metadata: {
        'enable-oslogin': 'FALSE',
        ...(request.userData === null ? {} : { 'user-data': request.userData }),
        ...(keys === '' ? {} : { 'ssh-keys': keys }),
      },
    };
    const server = declared('instance:Instance', name, args, ['instanceId'], { deleteBeforeReplace: true, ...opts });
    const rules = request.keepsFirewall ? [] : walls(request.firewall);
    rules.forEach(({ behind, ...rule }, place) => {
      const names = { name: place === 0 ? tag : `plinth-fw-${owner}-${place}`, network, targetTags: [tag] };
      declared('firewall:Firewall', `${name}-firewall${behind}`, { ...names, ...rule }, [], besides(opts));
    });
    // A server that was imported keeps the address it has.
    const ipv4 = address ? address.told('address') : server.toldAs<Json>('networkInterfaces').apply(natIpOf);
    return { resource: server, instanceId: server.id, ipv4, ipv6: pulumi.output('') };
  },
};

/** Without a firewall all is let in; with one, what no rule lets in stays out, whatever the network lets in for everybody. */
function walls(rules: readonly FirewallRule[] | null): { behind: string; [key: string]: unknown }[] {
  if (!rules) return [{ behind: '', allows: [{ protocol: 'all' }], sourceRanges: ['0.0.0.0/0'] }];
  const families = rules.flatMap(({ sources, ...rule }) =>
    [sources.filter((each) => !each.includes(':')), sources.filter((each) => each.includes(':'))]
      .filter((each) => each.length > 0)
      .map((each) => ({ rule, sources: each.toSorted() })),
  );
  const bySources = [...Map.groupBy(families, ({ sources }) => sources.join())].toSorted(([a], [b]) => a.localeCompare(b));
  return [
    { behind: '', denies: [{ protocol: 'all' }], sourceRanges: ['0.0.0.0/0'], priority: LAST },
    ...bySources.map(([, same], place) => ({
      behind: `-${place + 1}`,
      allows: same.map(({ rule }) => ({ protocol: rule.protocol, ...(rule.ports === null ? {} : { ports: [rule.ports] }) })),
      sourceRanges: same[0]!.sources,
    })),
  ];
}

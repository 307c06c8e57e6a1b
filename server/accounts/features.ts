/** What a provider can do beside changing a server, each with its reason where not. */
import type { ActionCapability } from '../../contract/lifecycle.ts';
import type { VpsDetail } from '../../contract/vps.ts';
import type { Capability, Descriptor } from '../../providers/provider.ts';

export function featuresAt({ capabilities }: Pick<Descriptor, 'capabilities'>): VpsDetail['features'] {
  const { snapshots, serverFromSnapshot, backups, rescue, bandwidth, metrics, console, firewall, reverseDns, resizeDown } = capabilities;
  const told = (capability: Capability): ActionCapability =>
    capability.can ? { allowed: true } : { allowed: false, code: 'not_supported', reason: capability.reason };
  return {
    snapshots: told(snapshots),
    server_from_snapshot: told(serverFromSnapshot),
    backups: told(backups),
    rescue: told(rescue),
    bandwidth: told(bandwidth),
    metrics: told(metrics),
    console: told(console),
    firewall: told(firewall),
    reverse_dns: told(reverseDns),
    resize_down: told(resizeDown),
  };
}

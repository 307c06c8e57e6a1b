/** Tags, keys, firewall, backups, reverse names. */
import { kind } from '../../../contract/operations/configure.ts';
import type { VpsAction } from '../../../contract/lifecycle.ts';
import type { Capability, Descriptor } from '../../../providers/provider.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import { Refusal, refuseField } from '../../kernel/problem.ts';
import { soldRefusal } from '../changes/standing.ts';
import { mustDiffer, unchanged } from '../changes/planning.ts';
import { checkAccess } from '../create/checks.ts';
import { buildableSpec } from '../create/plan.ts';
import { normalSshKey } from '../ssh-keys/public-key.ts';
import { changeOfSpec, runChange } from './change.ts';
import { defineSheet } from './sheet.ts';

type Settings = Extract<VpsAction, { action: 'configure' }>;

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:configure' },
  traits: { bringsAboutSpec: true },
  bulk: { planned: 'each' },
  plan: async (services, vps, change) => {
    const { before, descriptor, same } = unchanged(services, vps);
    const sold = soldRefusal({ sold: vps.subscriptionId });
    if (sold && change.backups !== undefined && change.backups !== before.compute.backups)
      throw new Refusal(409, sold.code, `backups: ${sold.reason}`);
    const notes = change.ssh_keys === undefined ? [] : ['The keys reach the server with its next reinstall.'];
    return { ...same, spec: configured(descriptor, before, change), notes };
  },
  run: runChange,
  succeeded: changeOfSpec,
});

function configured(descriptor: Descriptor, before: VpsSpec, change: Settings): VpsSpec {
  checkAccess(change);
  const { firewall, backups, reverseDns } = descriptor.capabilities;
  const refuse = (field: string, capability: Capability): void => {
    if (!capability.can) throw refuseField(field, capability.reason, 'Leave it out.', 409, 'not_supported');
  };
  if (change.firewall) refuse('firewall', firewall);
  if (change.backups) refuse('backups', backups);
  if (change.reverse_dns) refuse('reverse_dns', reverseDns);
  if (change.reverse_dns && !before.dns)
    throw refuseField('reverse_dns', 'the VPS has no DNS name to lead back to', 'Leave it out.', 409, 'no_dns_name');
  const given = {
    ...before,
    tags: change.tags ?? before.tags,
    sshPublicKeys: change.ssh_keys?.map(normalSshKey) ?? before.sshPublicKeys,
    firewall: change.firewall === undefined ? before.firewall : change.firewall,
    compute: { ...shielded(before.compute, change), backups: change.backups ?? before.compute.backups },
    dns: before.dns && change.reverse_dns !== undefined ? { ...before.dns, reverse: change.reverse_dns } : before.dns,
  };
  return mustDiffer(buildableSpec(given, descriptor), before);
}

/** The rules of an imported server are Plinth's from the first ones on, also when they are taken off again. */
function shielded(compute: VpsSpec['compute'], { firewall }: Settings): VpsSpec['compute'] {
  return compute.imported && firewall ? { ...compute, imported: { ...compute.imported, shielded: true } } : compute;
}

/** Another label, host name and DNS name. It takes its label and name when it is asked for; what does not come about gives them back. */
import { kind } from '../../../contract/operations/rename.ts';
import type { VpsAction } from '../../../contract/lifecycle.ts';
import type { Descriptor } from '../../../providers/provider.ts';
import { VpsSpec } from '../../../stacks/spec.ts';
import { hostOf, nameOf } from '../../kernel/host-names.ts';
import { mustDiffer, unchanged } from '../changes/planning.ts';
import { checkLabel } from '../create/checks.ts';
import { buildableSpec } from '../create/plan.ts';
import { forgetWish } from '../dns-names/dns-names.ts';
import { labelAgain, labelBack } from '../label.ts';
import { labelTaken } from '../vps.ts';
import { changeOfSpec, runChange } from './change.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:rename', provided: ({ rename }) => rename },
  traits: { bringsAboutSpec: true },
  again: {
    take: async (tx, vps, { spec }) => {
      const label = await labelAgain(tx, vps, spec);
      if (label === null) throw labelTaken(VpsSpec.parse(spec).label);
      return label;
    },
  },
  plan: async (services, vps, change) => {
    const { before, descriptor, same } = unchanged(services, vps);
    return { ...same, spec: renamed(descriptor, before, change) };
  },
  personDoes: () => 'rename',
  run: runChange,
  succeeded: changeOfSpec,
  failed: async ({ tx, vps, operation, begun }) => {
    if (!begun) await forgetWish(tx, vps, operation);
    return await labelBack(tx, vps);
  },
});

function renamed(descriptor: Descriptor, before: VpsSpec, change: Extract<VpsAction, { action: 'rename' }>): VpsSpec {
  const { label = before.label } = change;
  if (label !== before.label) checkLabel(label);
  const { dns } = before;
  const called = { ...before, label, compute: label === before.label ? before.compute : withoutImportedLabel(before.compute) };
  if (!dns) {
    const followed = before.hostname === before.label ? label : before.hostname;
    const hostname = change.hostname === undefined ? followed : hostOf('hostname', change.hostname);
    return mustDiffer(buildableSpec({ ...called, hostname }, descriptor), before);
  }
  const followed = dns.name === `${before.label}.${dns.zone}` ? `${label}.${dns.zone}` : dns.name;
  const name = change.hostname === undefined ? followed : nameOf('hostname', change.hostname, dns.zone);
  return mustDiffer(buildableSpec({ ...called, hostname: name, dns: { ...dns, name } }, descriptor), before);
}

/** From now on the server at the provider is called after its VPS. */
function withoutImportedLabel(compute: VpsSpec['compute']): VpsSpec['compute'] {
  if (!compute.imported) return compute;
  const { label: _label, ...imported } = compute.imported;
  return { ...compute, imported };
}

/** What a change does to a stack's resources, in words for a preview. Pure. */
import type { ChangePreview } from '../../../contract/lifecycle.ts';
import type { VpsSpec } from '../../../stacks/spec.ts';
import type { Way } from '../../../contract/operations/kind.ts';

type Resource = ChangePreview['resources'][number];
type Effects = Pick<ChangePreview, 'resources' | 'replaces_instance' | 'data_loss' | 'interruption' | 'new_address'>;

export function effectsOf(before: VpsSpec, spec: VpsSpec, way: Way): Effects {
  return {
    resources: way === 'destroy' ? ending(before) : changing(before, spec, way),
    replaces_instance: way === 'replacement',
    data_loss: ['destroy', 'replacement', 'rebuild', 'restore'].includes(way),
    interruption: way !== 'update' || before.compute.plan !== spec.compute.plan,
    new_address: way === 'replacement',
  };
}

/** The end of a VPS whose import has not succeeded: the server was never its own. */
export function forgetting(before: VpsSpec): Effects {
  const resources = all([...records(before), ...reverseNames(before)], 'delete');
  return { resources, replaces_instance: false, data_loss: false, interruption: false, new_address: false };
}

const perAddress = (name: string, { compute }: VpsSpec): string[] => [`${name} A`, ...(compute.ipv6 ? [`${name} AAAA`] : [])];
const records = (of: VpsSpec): string[] => (of.dns ? perAddress('dns record', of) : []);
const reverseNames = (of: VpsSpec): string[] => (of.dns?.reverse ? perAddress('reverse name', of) : []);
const all = (names: readonly string[], effect: Resource['effect']): Resource[] => names.map((name) => ({ name, effect }));

function ending(before: VpsSpec): Resource[] {
  const keys = before.sshPublicKeys.map((_, index) => `ssh key ${index + 1}`);
  return all(['instance', ...records(before), ...reverseNames(before), ...(before.firewall ? ['firewall'] : []), ...keys], 'delete');
}

function changing(before: VpsSpec, spec: VpsSpec, way: Way): Resource[] {
  const differs = (pick: (spec: VpsSpec) => unknown): boolean => JSON.stringify(pick(before)) !== JSON.stringify(pick(spec));
  const found: Resource[] = [];
  const touched = differs(({ label, compute, tags }) => [label, compute.plan, compute.backups, tags]);
  if (way === 'replacement') found.push(...all(['instance'], 'replace'), ...all(records(before), 'update'));
  else if (way === 'rebuild') found.push(...all(['instance'], 'reinstall'));
  else if (way === 'restore') found.push(...all(['instance'], 'restore'));
  else if (way === 'set-password' || touched) found.push(...all(['instance'], 'update'));
  const renamed = differs(({ dns }) => dns?.name);
  if (renamed) found.push(...all(records(spec), 'update'));
  found.push(...reversing(before, spec, way, renamed));
  if (differs(({ firewall }) => firewall))
    found.push(...all(['firewall'], !before.firewall ? 'create' : spec.firewall ? 'update' : 'delete'));
  if (differs(({ sshPublicKeys }) => sshPublicKeys)) found.push(...all(['ssh keys'], 'update'));
  if (way !== 'update' && way !== 'restore') found.push(...all(['password'], 'replace'));
  return found;
}

/** A reverse name belongs to an address, so a new address needs a new one. */
function reversing(before: VpsSpec, spec: VpsSpec, way: Way, renamed: boolean): Resource[] {
  const [had, has] = [reverseNames(before), reverseNames(spec)];
  const kept = has.filter((name) => had.includes(name));
  return [
    ...all(way === 'replacement' ? kept : [], 'replace'),
    ...all(way !== 'replacement' && renamed ? kept : [], 'update'),
    ...all(
      has.filter((name) => !had.includes(name)),
      'create',
    ),
    ...all(
      had.filter((name) => !has.includes(name)),
      'delete',
    ),
  ];
}

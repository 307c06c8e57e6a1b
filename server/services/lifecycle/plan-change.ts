/** From a wished change to the spec it leads to: checked against catalogue and rules before anything is ordered. */
import type { VpsChange } from '../../../contract/lifecycle.ts';
import type { Capability, Descriptor, Image, Plan } from '../../../providers/provider.ts';
import { asOwn, VpsSpec } from '../../../stacks/spec.ts';
import { refuseField, Refusal } from '../../problem.ts';
import type { VpsWithAccount } from '../../store/vpses.ts';
import { providerOf } from '../accounts.ts';
import { readCatalog } from '../catalog.ts';
import type { Services } from '../services.ts';
import { checkAccess, checkLabel, checkLabelAt, checkPassword } from '../order-checks.ts';
import { parseSpec } from '../vps-plan.ts';
import { makePassword } from './password.ts';
import { planDestroy } from './plan-destroy.ts';
import { planRestore } from './plan-restore.ts';
import type { PlannedChange, Way } from './planned-change.ts';

export async function planChange(services: Services, vps: VpsWithAccount, change: VpsChange): Promise<PlannedChange> {
  const before = VpsSpec.parse(vps.spec);
  const { descriptor } = providerOf(services, vps.account);
  const same = { before, spec: before, password: null, notes: [] };
  if (change.action === 'destroy') return { ...same, ...(await planDestroy(services, vps, change.final_snapshot)), way: 'destroy' };
  if (change.action === 'resize') return { ...same, ...(await planResize(services, vps, descriptor, before, change.plan)), way: 'update' };
  if (change.action === 'rename') return { ...same, spec: planRename(descriptor, before, change), way: 'update' };
  if (change.action === 'configure') return { ...same, ...planConfigure(descriptor, before, change), way: 'update' };
  if (change.action === 'restore-snapshot') return { ...same, ...(await planRestore(services, vps, descriptor, before, change.snapshot)) };
  if (change.root_pass !== undefined) checkPassword(change.root_pass, descriptor.password);
  const password = change.root_pass ?? makePassword(descriptor.password);
  if (change.action === 'reset-password') return { ...same, password, way: 'set-password', notes: ['The server restarts.'] };
  return { ...same, ...(await planReinstall(services, vps, descriptor, before, change.image)), password };
}

async function planResize(services: Services, vps: VpsWithAccount, descriptor: Descriptor, before: VpsSpec, wanted: string) {
  const { items } = await readCatalog(services, vps.account, 'plans');
  const plan = items.find(({ id }) => id === wanted);
  const present = items.find(({ id }) => id === before.compute.plan);
  const remedy = 'Take one from GET /api/admin/upstream/plans.';
  if (!plan) throw refuseField('plan', `"${vps.account.name}" has no plan "${wanted}"`, remedy, 422, 'unknown_plan');
  if (wanted === before.compute.plan) throw refuseField('plan', 'it is the present one', remedy, 409, 'same_plan');
  if (!plan.available || !plan.regions.includes(before.compute.region))
    throw refuseField('plan', `it cannot be had in ${before.compute.region} now`, 'Choose another, or try later.', 409, 'out_of_stock');
  const down = present !== undefined && plan.diskGb < present.diskGb;
  const capability = down ? descriptor.capabilities.resizeDown : descriptor.capabilities.resizeUp;
  if (!capability.can) throw new Refusal(409, 'not_supported', `plan: ${capability.reason}`);
  await checkImageFits(services, vps, before.compute.image, plan);
  const notes = down
    ? [`The disk shrinks from ${present.diskGb} to ${plan.diskGb} GB; the provider refuses it when the present disks are larger.`]
    : [];
  return { spec: parseSpec({ ...before, compute: { ...before.compute, plan: plan.id } }), notes };
}

async function checkImageFits(services: Services, vps: VpsWithAccount, id: string, plan: Plan): Promise<void> {
  const { items } = await readCatalog(services, vps.account, 'images');
  const image = items.find((item) => item.id === id);
  if (image && image.minDiskGb > plan.diskGb)
    throw refuseField('plan', `its image needs ${image.minDiskGb} GB of disk; the plan has ${plan.diskGb}`, 'Choose a larger plan.');
}

function planRename(descriptor: Descriptor, before: VpsSpec, change: Extract<VpsChange, { action: 'rename' }>): VpsSpec {
  const { label = before.label } = change;
  if (label !== before.label) {
    checkLabel(label);
    checkLabelAt(descriptor, label);
  }
  const { dns } = before;
  const renamed = { ...before, label, compute: label === before.label ? before.compute : withoutImportedLabel(before.compute) };
  if (!dns) {
    const hostname = change.hostname ?? (before.hostname === before.label ? label : before.hostname);
    return changed(parseSpec({ ...renamed, hostname }), before);
  }
  const followed = dns.name === `${before.label}.${dns.zone}` ? `${label}.${dns.zone}` : dns.name;
  const given = change.hostname;
  const name = given === undefined ? followed : given.endsWith(`.${dns.zone}`) ? given : `${given}.${dns.zone}`;
  if (given === dns.zone) throw refuseField('hostname', 'is the zone itself', `Use a name below it, for example ${label}.${dns.zone}.`);
  if (name.length > 253) throw refuseField('hostname', 'is longer than 253 characters with its zone', 'Use a shorter name.');
  return changed(parseSpec({ ...renamed, hostname: name, dns: { ...dns, name } }), before);
}

/** From now on the server at the provider is called after its VPS. */
function withoutImportedLabel(compute: VpsSpec['compute']): VpsSpec['compute'] {
  if (!compute.imported) return compute;
  const { label: _label, ...imported } = compute.imported;
  return { ...compute, imported };
}

function changed(spec: VpsSpec, before: VpsSpec): VpsSpec {
  if (JSON.stringify(spec) === JSON.stringify(before))
    throw new Refusal(409, 'nothing_to_change', 'The VPS is so already. Send what shall be different.');
  return spec;
}

function planConfigure(descriptor: Descriptor, before: VpsSpec, change: Extract<VpsChange, { action: 'configure' }>) {
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
  const spec = parseSpec({
    ...before,
    tags: change.tags ?? before.tags,
    sshPublicKeys: change.ssh_keys?.map((key) => key.trim()) ?? before.sshPublicKeys,
    firewall: change.firewall === undefined ? before.firewall : change.firewall,
    compute: { ...before.compute, backups: change.backups ?? before.compute.backups },
    dns: before.dns && change.reverse_dns !== undefined ? { ...before.dns, reverse: change.reverse_dns } : before.dns,
  });
  const notes = change.ssh_keys === undefined ? [] : ['The keys reach the server with its next reinstall.'];
  return { spec: changed(spec, before), notes };
}

async function planReinstall(services: Services, vps: VpsWithAccount, descriptor: Descriptor, before: VpsSpec, wanted: string | undefined) {
  const id = wanted ?? before.compute.image;
  const { items } = await readCatalog(services, vps.account, 'images');
  const image = items.find((item) => item.id === id);
  const remedy = 'Take one from GET /api/admin/upstream/images.';
  if (!image) throw refuseField('image', `"${vps.account.name}" has no image "${id}"`, remedy, 422, 'unknown_image');
  if (image.deprecated) throw refuseField('image', 'the provider no longer offers it', 'Choose a newer image.', 422, 'image_deprecated');
  if (image.regions !== null && !image.regions.includes(before.compute.region))
    throw refuseField('image', `it is not in the region ${before.compute.region}`, 'Choose another image.', 422, 'image_not_in_region');
  if ((image.family === 'windows') !== before.compute.windows)
    throw refuseField('image', 'a server does not change between Windows and Linux', 'Order a new server.', 422, 'family_change');
  await checkPlanHolds(services, vps, before.compute.plan, image);
  // A rebuild that boots with the first user data again would bring the old password back.
  const replaced = before.compute.windows || descriptor.rebuildKeepsPassword === true || !descriptor.capabilities.rebuild.can;
  const generation = before.generation + (replaced ? 1 : 0);
  // Nothing of what was set up elsewhere is left on a new disk.
  const spec = asOwn(parseSpec({ ...before, generation, compute: { ...before.compute, image: image.id } }));
  const way: Way = replaced ? 'replacement' : 'rebuild';
  const notes = [
    ...(replaced ? ['A new server takes the place of the old one; its address changes.'] : []),
    ...(before.compute.imported ? ['The server was imported; from now on its name and settings at the provider are Plinth’s.'] : []),
  ];
  return { spec, way, notes };
}

async function checkPlanHolds(services: Services, vps: VpsWithAccount, planId: string, image: Image): Promise<void> {
  const { items } = await readCatalog(services, vps.account, 'plans');
  const plan = items.find(({ id }) => id === planId);
  if (plan && image.minDiskGb > plan.diskGb)
    throw refuseField('image', `it needs ${image.minDiskGb} GB of disk; the plan has ${plan.diskGb}`, 'Choose another image.');
}

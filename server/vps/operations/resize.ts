/** Another plan for the same server. */
import { kind } from '../../../contract/operations/resize.ts';
import type { Descriptor, Plan } from '../../../providers/provider.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { Refusal, refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { soldRefusal } from '../changes/standing.ts';
import { unchanged } from '../changes/planning.ts';
import { buildableSpec } from '../create/plan.ts';
import type { VpsWithAccount } from '../store.ts';
import { changeOfSpec, runChange } from './change.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: {
    permission: 'vps:resize',
    cannot: soldRefusal,
    provided: ({ resizeDown, resizeUp }) => (resizeDown.can ? resizeDown : resizeUp),
  },
  traits: { bringsAboutSpec: true },
  bulk: { planned: 'alike', price: 'plan' },
  plan: async (services, vps, { plan: wanted }) => {
    const { before, descriptor, same } = unchanged(services, vps);
    const { items } = await readCatalog(services, vps.account, 'plans');
    const plan = items.find(({ id }) => id === wanted);
    const present = items.find(({ id }) => id === before.compute.plan);
    const remedy = 'Take one from GET /api/admin/upstream/plans.';
    if (!plan) throw refuseField('plan', `${descriptor.name} has no plan "${wanted}"`, remedy, 422, 'unknown_plan');
    if (wanted === before.compute.plan) throw refuseField('plan', 'it is the present one', remedy, 409, 'same_plan');
    if (!plan.available || !plan.regions.includes(before.compute.region))
      throw refuseField('plan', `it cannot be had in ${before.compute.region} now`, 'Choose another, or try later.', 409, 'out_of_stock');
    if (present?.architecture !== undefined && present.architecture !== plan.architecture)
      throw refuseField(
        'plan',
        `its processor is ${plan.architecture ?? 'another'}, the server's is ${present.architecture}`,
        'Choose a plan of the same processor; to another one a server moves by a new order.',
        422,
        'other_architecture',
      );
    const down = present !== undefined && plan.diskGb < present.diskGb;
    const capability = down ? descriptor.capabilities.resizeDown : descriptor.capabilities.resizeUp;
    if (!capability.can) throw new Refusal(409, 'not_supported', `plan: ${capability.reason}`);
    await requireImageFits(services, vps, before.compute.image, plan);
    const notes = present === undefined ? [] : diskNotes(descriptor, present.diskGb, plan.diskGb);
    return { ...same, spec: buildableSpec({ ...before, compute: { ...before.compute, plan: plan.id } }, descriptor), notes };
  },
  personDoes: () => 'resize',
  run: runChange,
  succeeded: changeOfSpec,
});

function diskNotes({ name, resizeLeavesDisk }: Descriptor, before: number, after: number): string[] {
  if (after < before) return [`The disk shrinks from ${before} to ${after} GB; the provider refuses it when the present disks are larger.`];
  if (after > before && resizeLeavesDisk)
    return [
      `The disk stays as large as it is (${before} GB for this plan): ${name} enlarges none by itself. The rest, up to ${after} GB, is free for enlarging it there.`,
    ];
  return [];
}

async function requireImageFits(services: Services, vps: VpsWithAccount, id: string, plan: Plan): Promise<void> {
  const { items } = await readCatalog(services, vps.account, 'images');
  const image = items.find((item) => item.id === id);
  if (image && image.minDiskGb > plan.diskGb)
    throw refuseField('plan', `its image needs ${image.minDiskGb} GB of disk; the plan has ${plan.diskGb}`, 'Choose a larger plan.');
}

/** A fresh system: in place where the provider can, else by another server in its place. */
import { kind } from '../../../contract/operations/reinstall.ts';
import type { Image } from '../../../providers/provider.ts';
import { endingOf } from '../../../providers/manners.ts';
import { asOwn } from '../../../stacks/spec.ts';
import { firstBootOf } from '../../../stacks/user-data.ts';
import { providerOf } from '../../accounts/accounts.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { Services } from '../../kernel/services.ts';
import { newPassword, unchanged } from '../changes/planning.ts';
import { checkKeys } from '../create/checks.ts';
import { buildableSpec } from '../create/plan.ts';
import { passwordChange } from '../password/life.ts';
import { setUpAgain } from '../setup/again.ts';
import { untilReady } from '../setup/ready.ts';
import { awaitBoot } from '../setup/store.ts';
import { withPickedKeys } from '../ssh-keys/library.ts';
import { normalSshKey } from '../ssh-keys/public-key.ts';
import type { VpsWithAccount } from '../store.ts';
import { changeOnNewDisk, runAfterProvider, specOf } from './change.ts';
import { keepPassword } from './reset-password.ts';
import { defineSheet } from './sheet.ts';

export const sheet = defineSheet(kind, {
  rules: { permission: 'vps:reinstall', inError: true },
  traits: { makesServer: true, bringsAboutSpec: true, destructive: true },
  bulk: { losesData: true, planned: 'alike' },
  plan: async (services, vps, { image: wanted, root_pass: asked, ssh_keys: pasted, ssh_key_ids: picked, setup: profile }) => {
    const { before, descriptor, same } = unchanged(services, vps);
    const password = newPassword(asked, descriptor);
    const image = await mustImage(services, vps, wanted ?? before.compute.image);
    if (image.regions !== null && !image.regions.includes(before.compute.region))
      throw refuseField('image', `it is not in the region ${before.compute.region}`, 'Choose another image.', 422, 'image_not_in_region');
    if ((image.family === 'windows') !== before.compute.windows)
      throw refuseField('image', 'a server does not change between Windows and Linux', 'Order a new server.', 422, 'family_change');
    await requirePlanHolds(services, vps, before.compute.plan, image);
    // A rebuild that boots with the first user data again would bring the old password back.
    // Where a month is paid for, another server would be another month: the provider writes the disk anew.
    if (before.compute.windows && (pasted?.length || picked?.length))
      throw refuseField(pasted?.length ? 'ssh_keys' : 'ssh_key_ids', 'Windows takes none', 'Leave it out.', 422, 'not_supported');
    const keys = pasted || picked ? await keysFor(services, vps, { ssh_keys: pasted, ssh_key_ids: picked }) : before.sshPublicKeys;
    const windows = before.compute.windows && endingOf(descriptor).when === 'now';
    const replaced = windows || descriptor.rebuildKeepsPassword === true || !descriptor.capabilities.rebuild.can;
    const generation = before.generation + (replaced ? 1 : 0);
    // Nothing of what was set up elsewhere is left on a new disk.
    const fresh = asOwn({ ...before, generation, sshPublicKeys: keys, compute: { ...before.compute, image: image.id } });
    const again = await setUpAgain(services, vps, fresh, profile);
    const spec = buildableSpec(again.spec, descriptor);
    const notes = [
      ...(replaced ? ['A new server takes the place of the old one; its address changes.'] : []),
      ...(before.compute.imported ? ['The server was imported; from now on its name and settings at the provider are Plinth’s.'] : []),
    ];
    return { ...same, spec, way: replaced ? 'replacement' : 'rebuild', password, notes, setup: again.setup };
  },
  mayReplace: ({ way }) => way === 'replacement',
  bringsPassword: () => true,
  personDoes: () => 'reinstall',
  run: async (work) => {
    const made = await runAfterProvider(
      work,
      work.request.way === 'rebuild' ? 'reinstalling' : null,
      async ({ services, vps, signal }, { compute, id }, password) => {
        if (password === undefined) throw new Error(`VPS ${vps.id} has no password for its new system.`);
        await awaitBoot(services.db, vps.id);
        const spec = specOf(work);
        const { descriptor } = providerOf(services, vps.account);
        const { userData, script } = firstBootOf(spec, descriptor, password);
        const setup = script === null ? {} : { setup: { owner: vps.id, script } };
        const keys = spec.sshPublicKeys.length === 0 ? {} : { sshPublicKeys: spec.sshPublicKeys };
        const asked = { image: spec.compute.image, password, ...keys, ...(userData === null ? {} : { userData }), ...setup };
        const { password: made } = await compute.rebuild(id, asked, { signal });
        const { newPassword: how } = descriptor;
        // Where the first boot sets the one that was asked for, what the provider made is gone by then.
        if (made !== undefined && userData === null) await keepPassword(work, { how: 'made', password: made });
        else if (how === 'mailed') await keepPassword(work, { how, to: null });
      },
    );
    return await untilReady(work, made);
  },
  // On a disk that was written anew the password is the one that was asked for or told, whatever the system.
  succeeded: (ended) => ({
    ...changeOnNewDisk(ended),
    ...(ended.request.way === 'rebuild' ? passwordChange(ended, { windowsToo: true }) : {}),
  }),
  failed: async ({ begun }) => (begun ? { status: 'error' } : null),
});

async function mustImage(services: Services, vps: VpsWithAccount, id: string): Promise<Image> {
  if (id === '')
    throw refuseField(
      'image',
      'what the server was made of is not known',
      'Name one from GET /api/admin/upstream/images.',
      422,
      'image_unknown',
    );
  const { items } = await readCatalog(services, vps.account, 'images');
  const image = items.find((item) => item.id === id);
  const { name } = providerOf(services, vps.account).descriptor;
  if (!image)
    throw refuseField('image', `${name} has no image "${id}"`, 'Take one from GET /api/admin/upstream/images.', 422, 'unknown_image');
  if (image.deprecated) throw refuseField('image', 'the provider no longer offers it', 'Choose a newer image.', 422, 'image_deprecated');
  return image;
}

/** Exactly those that are pasted and picked. @throws Refusal */
async function keysFor(services: Services, vps: VpsWithAccount, asked: Parameters<typeof withPickedKeys>[2]): Promise<string[]> {
  checkKeys('ssh_keys', asked.ssh_keys);
  const { ssh_keys: keys } = await withPickedKeys(services.db, vps.organizationId, asked);
  return keys.map(normalSshKey);
}

async function requirePlanHolds(services: Services, vps: VpsWithAccount, planId: string, image: Image): Promise<void> {
  const { items } = await readCatalog(services, vps.account, 'plans');
  const plan = items.find(({ id }) => id === planId);
  if (plan && image.minDiskGb > plan.diskGb)
    throw refuseField('image', `it needs ${image.minDiskGb} GB of disk; the plan has ${plan.diskGb}`, 'Choose another image.');
}

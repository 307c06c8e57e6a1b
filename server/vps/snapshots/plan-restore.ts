/** Going back to a snapshot or backup: what it overwrites, and which password the server has afterwards. */
import type { VpsSpec } from '../../../stacks/spec.ts';
import type { Snapshot as ProviderSnapshot } from '../../../providers/instance-extras.ts';
import type { Descriptor } from '../../../providers/provider.ts';
import { refuseField } from '../../kernel/problem.ts';
import type { VpsWithAccount } from '../store.ts';
import { readCatalog } from '../../accounts/catalog.ts';
import type { Services } from '../../kernel/services.ts';
import { buildableSpec } from '../create/plan.ts';
import { openOnSnapshot, passwordAt } from '../password/life.ts';
import { makePassword } from '../password/password.ts';
import type { RestoreSource } from '../changes/planned-change.ts';
import { findSnapshot, mustBeReady, type SnapshotEntry } from './snapshots.ts';

/** @throws Refusal when it is not there, not finished or larger than the server's disk; ProviderError when nobody answers. */
export async function planRestore(services: Services, vps: VpsWithAccount, descriptor: Descriptor, before: VpsSpec, ref: string) {
  const entry = await findSnapshot(services, vps, ref);
  const source = mustBeReady(entry, ref);
  await checkDisk(services, vps, before, source);
  const { password, note } = await passwordAfter(services, vps, descriptor, entry);
  const what = entry.row ? `the snapshot "${entry.row.name}"` : `the ${source.kind} of ${source.createdAt}`;
  const notes = [`Everything written since ${what} is lost.`, note];
  const image = entry.row?.image ?? before.compute.image;
  const beside = password === null ? [] : [{ name: 'password', effect: 'replace' as const }];
  const restore: RestoreSource = { id: source.id, kind: source.kind };
  return {
    spec: buildableSpec({ ...before, compute: { ...before.compute, image } }, descriptor),
    way: 'restore' as const,
    password,
    notes,
    restore,
    beside,
  };
}

async function checkDisk(services: Services, vps: VpsWithAccount, { compute }: VpsSpec, { minDiskGb }: ProviderSnapshot): Promise<void> {
  if (minDiskGb === null) return;
  const { items } = await readCatalog(services, vps.account, 'plans');
  const plan = items.find(({ id }) => id === compute.plan);
  if (plan && plan.diskGb < minDiskGb)
    throw refuseField(
      'snapshot',
      `it needs ${minDiskGb} GB of disk; the plan has ${plan.diskGb}`,
      'Resize the VPS first.',
      409,
      'disk_too_small',
    );
}

interface PasswordAfter {
  /** null: the recorded one stays as it is. */
  readonly password: string | null;
  readonly note: string;
}

async function passwordAfter(
  services: Services,
  vps: VpsWithAccount,
  descriptor: Descriptor,
  entry: SnapshotEntry,
): Promise<PasswordAfter> {
  if (descriptor.restoreNeedsPassword)
    return { password: makePassword(descriptor.password), note: 'The server gets a new password, which can be shown once.' };
  // There a password lives as long as its server, whose first user data sets it on every new disk.
  if (descriptor.rebuildKeepsPassword) return { password: null, note: 'The password stays the present one.' };
  const password = await passwordOn(services, vps, entry);
  if (password !== null) return { password, note: 'The password is the one of that time again, and can be shown once more.' };
  return { password, note: 'The password of that time is not known here: the one that is shown may be wrong afterwards.' };
}

/** The administrator's password on that disk; null = not known. */
async function passwordOn(services: Services, vps: VpsWithAccount, { row, found }: SnapshotEntry): Promise<string | null> {
  const { secrets, db } = services;
  if (row) return openOnSnapshot(secrets, row);
  if (found?.kind !== 'backup') return null;
  return await passwordAt(db, secrets, vps, new Date(found.createdAt));
}

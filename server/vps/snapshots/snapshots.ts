/**
 * Snapshots of a VPS: what is recorded, merged with what the provider has now. The provider's own scheduled backups are
 * read live only. Names at the provider carry the VPS and the row, so that a repeated order finds its own.
 */
import { randomUUID } from 'node:crypto';
import type { Snapshot as ProviderSnapshot, SnapshotClient } from '../../../providers/instance-extras.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Db, Snapshot } from '../../kernel/database.ts';
import { requireUnused } from './in-use.ts';
import { insertSnapshot, snapshotById, snapshotsOf, updateSnapshot } from './store.ts';
import type { VpsWithAccount } from '../store.ts';
import { clientOf, providerOf } from '../../accounts/accounts.ts';
import type { Services } from '../../kernel/services.ts';
import { sealOnSnapshot } from '../password/life.ts';

const READ_TIMEOUT_MS = 15_000;

/** At least one of the two is there. */
export interface SnapshotEntry {
  readonly row: Snapshot | null;
  /** null: the provider does not have it, or was not asked. */
  readonly found: ProviderSnapshot | null;
}

/** What every snapshot of a VPS is called at its provider, up to the last part. */
export function snapshotPrefix(vpsId: string): string {
  return `plinth-vps-${vpsId}-`;
}

/** @throws Refusal 409 with the provider's reason when it has none. */
export function snapshotClient(services: Services, vps: VpsWithAccount): SnapshotClient {
  const { snapshots } = providerOf(services, vps.account).descriptor.capabilities;
  if (!snapshots.can) throw new Refusal(409, 'not_supported', snapshots.reason);
  const client = clientOf(services, vps.account).compute?.snapshots;
  if (!client) throw new Refusal(409, 'not_supported', 'This version of Plinth makes no snapshots at this provider.');
  return client;
}

/** @throws ProviderError, Refusal */
export async function listAtProvider(services: Services, vps: VpsWithAccount, signal?: AbortSignal): Promise<ProviderSnapshot[]> {
  const patience = AbortSignal.timeout(READ_TIMEOUT_MS);
  // A terminated server's backups went with it.
  const instanceId = vps.status === 'terminated' ? null : vps.instanceId;
  const options = { signal: signal ? AbortSignal.any([signal, patience]) : patience };
  return await snapshotClient(services, vps).list(instanceId, snapshotPrefix(vps.id), options);
}

/** Each row with what the provider has of it, then what no row tells of. */
export function merge(rows: readonly Snapshot[], found: readonly ProviderSnapshot[]): SnapshotEntry[] {
  const left = new Set(found);
  const entries: SnapshotEntry[] = rows.map((row) => {
    const own = found.find((item) => isOf(item, row)) ?? null;
    if (own) left.delete(own);
    return { row, found: own };
  });
  return [...entries, ...[...left].map((item) => ({ row: null, found: item }))];
}

/** By id once it is known; before that by the name that only this row gave. */
function isOf(item: ProviderSnapshot, row: Snapshot): boolean {
  return (
    item.kind === 'snapshot' && (row.providerSnapshotId === null ? item.name === row.providerName : item.id === row.providerSnapshotId)
  );
}

/** One that can be restored or deleted, by its row's id or the provider's. @throws Refusal 404, ProviderError */
export async function findSnapshot(services: Services, vps: VpsWithAccount, ref: string): Promise<SnapshotEntry> {
  const entries = merge(await snapshotsOf(services.db, vps.id), await listAtProvider(services, vps));
  const entry = entries.find(({ row, found }) => row?.id === ref || found?.id === ref);
  if (!entry) throw notFound('snapshot', ref);
  return entry;
}

/** A new row with the password that the disk has now. */
export async function recordSnapshot(
  services: Pick<Services, 'secrets'>,
  tx: Db,
  vps: VpsWithAccount,
  given: { readonly name: string; readonly note?: string | undefined; readonly final?: boolean; readonly operationId?: string },
): Promise<Snapshot> {
  const id = randomUUID();
  return await insertSnapshot(tx, {
    id,
    vpsId: vps.id,
    name: given.name,
    note: given.note || null,
    final: given.final ?? false,
    status: 'pending',
    providerName: snapshotPrefix(vps.id) + id.replaceAll('-', '').slice(0, 12),
    image: vps.image,
    rootPassword: sealOnSnapshot(services.secrets, id, vps),
    operationId: given.operationId ?? null,
  });
}

/** One that can be deleted. @throws Refusal, ProviderError */
export async function deletableSnapshot(services: Services, vps: VpsWithAccount, ref: string): Promise<SnapshotEntry> {
  // A recorded one can be deleted without the provider's list: deleting what is gone counts as done.
  const row = await snapshotById(services.db, vps.id, ref);
  if (row) return { row, found: null };
  const entry = await findSnapshot(services, vps, ref);
  if (entry.found?.kind === 'backup')
    throw new Refusal(409, 'not_deletable', 'A backup is the provider’s: its schedule replaces it. Switch backups off to have none.');
  return entry;
}

/** One that is there, and finished. @throws Refusal 409 */
export function mustBeReady({ row, found }: SnapshotEntry, ref: string): ProviderSnapshot {
  const name = row ? `The snapshot "${row.name}"` : `The snapshot ${ref}`;
  if (!found) throw new Refusal(409, 'snapshot_missing', `${name} is not at the provider. It can only be deleted from the record.`);
  if (row?.status === 'deleting') throw new Refusal(409, 'snapshot_deleting', `${name} is being deleted. Choose another.`);
  if (found.status !== 'available')
    throw new Refusal(409, `snapshot_${found.status}`, `${name} is ${found.status}; only a finished one can be restored.`);
  return found;
}

/** @throws Refusal 409 when it is deleted already, or a new server is being made of it */
export async function markSnapshotDeleting(tx: Db, vps: VpsWithAccount, { row, found }: SnapshotEntry): Promise<Snapshot> {
  const atProvider = row?.providerSnapshotId ?? found?.id;
  if (atProvider) await requireUnused(tx, vps.accountId, [atProvider]);
  if (row) {
    const now = await snapshotById(tx, vps.id, row.id);
    if (!now || now.deletedAt !== null) throw new Refusal(409, 'snapshot_gone', `The snapshot "${row.name}" is deleted already.`);
    return await updateSnapshot(tx, row.id, { status: 'deleting', message: null });
  }
  // One that the record has forgotten, as after a restored database; it gets a row so that its end is recorded.
  const { id, name } = found!;
  const taken = { name, providerName: name, providerSnapshotId: id, status: 'deleting', image: vps.image };
  return await insertSnapshot(tx, { id: randomUUID(), vpsId: vps.id, ...taken });
}

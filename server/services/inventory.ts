/** What accounts hold that no record accounts for, and the one way to delete of it. */
import { identityTag } from '../../providers/identity.ts';
import { notFound, Refusal, refuseField } from '../problem.ts';
import { appendAudit } from '../store/audit.ts';
import { type Account, inTransaction } from '../store/database.ts';
import { namedVpses, namesInstance } from '../store/drift.ts';
import { type InventoryItem, inventoryById, markGone } from '../store/inventory.ts';
import { clientOf, mustAccount, openAccount, providerOf } from './accounts.ts';
import { globalSwitches } from './automation.ts';
import type { Principal, Services } from './services.ts';
import { vpsOfTags } from '../sweeps/inventory.ts';

/** A thing seen once may be one that is just being made. */
const SIGHTINGS = 2;
const DELETE_TIMEOUT_MS = 10 * 60_000;
/** Not a server that a retry of its VPS would adopt, and never a stranger's. */
const DELETABLE: readonly string[] = ['unknown_vps', 'terminated_vps', 'second_server'];

export function isDeletable(item: InventoryItem): boolean {
  return item.kind === 'orphan' && DELETABLE.includes(item.reason) && item.seenCount >= SIGHTINGS && item.goneAt === null;
}

/**
 * Deletes an orphan at its provider, and answers when the provider no longer has it. Looked at once more right before:
 * its tags must still name a VPS that does not need it.
 */
export async function deleteOrphan(
  services: Services,
  principal: Principal,
  id: string,
  objectId: string,
  reason: string,
): Promise<InventoryItem> {
  const item = await inventoryById(services.db, id);
  if (!item || item.goneAt !== null) throw notFound('inventory item', id);
  if (!isDeletable(item)) throw notDeletable(item);
  if (objectId !== item.objectId)
    throw refuseField(
      'object_id',
      'is not this server’s id at the provider',
      'Type the id that the inventory shows, to be sure which one goes.',
    );
  const { hold } = await globalSwitches(services.db);
  if (hold) throw new Refusal(409, 'destructive_hold', `Nothing is deleted now: ${hold.reason}`);
  const account = await mustAccount(services, item.accountId);
  await lookAgain(services, account, item);
  const audit = (action: string) =>
    inTransaction(services.db, (tx) =>
      appendAudit(tx, {
        actor: principal.name,
        action,
        target: item.objectId,
        organizationId: null,
        data: { account: account.id, label: item.label, reason },
      }),
    );
  await audit('inventory.orphan-delete-ordered');
  await deleteAtProvider(services, account, item);
  await markGone(services.db, id);
  await audit('inventory.orphan-deleted');
  return { ...item, goneAt: new Date() };
}

async function lookAgain(services: Services, account: Account, item: InventoryItem): Promise<void> {
  const { compute } = clientOf(services, account);
  const now = await compute?.getInstance(item.objectId, { signal: AbortSignal.timeout(30_000) });
  if (!now)
    throw new Refusal(
      409,
      'already_gone',
      `The provider has no server ${item.objectId} any more. The next sweep takes it off the inventory.`,
    );
  const owner = vpsOfTags(now.tags);
  if (owner?.vpsId !== item.vpsId || now.label !== item.label)
    throw new Refusal(409, 'changed_meanwhile', `The server ${item.objectId} is not what the inventory saw. Run the drift sweep again.`);
  const [vps] = await namedVpses(services.db, item.vpsId === null ? [] : [item.vpsId], new Date());
  if (vps?.living && item.reason !== 'second_server') throw notDeletable(item);
  if (vps && (vps.busy || (await namesInstance(services.db, vps.id, item.objectId)))) throw notDeletable(item);
}

async function deleteAtProvider(services: Services, account: Account, item: InventoryItem): Promise<void> {
  const provider = providerOf(services, account);
  const resource = provider.resources.find(({ token }) => token === provider.recordedAs?.instance?.token);
  if (!resource)
    throw new Refusal(501, 'cannot_delete', `Plinth cannot delete servers at ${provider.descriptor.name} by itself. Delete it there.`);
  const { providerId: _, ...connection } = openAccount(services, account);
  const context = {
    client: provider.connect({ ...connection, budget: services.budgetFor(account.id, provider) }),
    urn: `urn:pulumi:inventory::plinth::${resource.token}::${item.objectId}`,
    signal: AbortSignal.timeout(DELETE_TIMEOUT_MS),
    log: (severity: string, message: string) => services.log.debug({ severity, object: item.objectId }, message),
    progress: () => undefined,
  };
  const owner = item.vpsId === null ? [] : [identityTag(item.vpsId, 1)];
  await resource.delete(context, item.objectId, { tags: owner });
}

function notDeletable(item: InventoryItem): Refusal {
  const why =
    item.kind !== 'orphan'
      ? 'only orphans, servers that carry Plinth’s own tag, are'
      : item.reason === 'not_adopted'
        ? 'its VPS lives and has no other server: retry that VPS, which adopts it'
        : item.seenCount < SIGHTINGS
          ? `it was seen ${item.seenCount} time; ${SIGHTINGS} sweeps must have seen it`
          : 'a living VPS needs it';
  return new Refusal(409, 'not_deletable', `The ${item.kind} ${item.objectId} is not deleted: ${why}.`);
}

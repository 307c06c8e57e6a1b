/** What accounts hold that no record accounts for, and the one way to delete of it. */
import type { OwnedObject } from '../../../providers/instance-extras.ts';
import { timeNow } from '../../kernel/clock.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { type Account, inTransaction } from '../../kernel/database.ts';
import { namedVpses, namesInstance } from '../store.ts';
import { type InventoryItem, inventoryById, markGone } from '../../accounts/inventory/store.ts';
import { clientOf, mustAccount } from '../../accounts/accounts.ts';
import { globalSwitches } from '../../kernel/kill-switches/kill-switches.ts';
import { deleteLeftover } from '../../vps/termination/leftovers.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { vpsOfComment, vpsOfTags } from './sweep.ts';

/** A thing seen once may be one that is just being made. */
const SIGHTINGS = 2;
const LOOK_TIMEOUT_MS = 30_000;
/** Not a server that a retry of its VPS would adopt, and never a stranger's. */
const DELETABLE: Readonly<Record<string, readonly string[]>> = {
  orphan: ['unknown_vps', 'terminated_vps', 'second_server'],
  record: ['unknown_vps', 'terminated_vps'],
  leftover: ['unknown_vps', 'terminated_vps'],
};

/** `held`: while the database looks restored, nothing is; what it does not know may be a customer's. */
export function isDeletable(item: InventoryItem, held: boolean): boolean {
  return !held && (DELETABLE[item.kind] ?? []).includes(item.reason) && item.seenCount >= SIGHTINGS && item.goneAt === null;
}

/**
 * Deletes an orphan, a dangling record or a leftover at its provider, and answers when the provider no longer has it.
 * Looked at once more right before: it must still name a VPS that does not need it.
 */
export async function deleteStray(
  services: Services,
  principal: Principal,
  id: string,
  objectId: string,
  reason: string,
): Promise<InventoryItem> {
  const item = await inventoryById(services.db, id);
  if (!item || item.goneAt !== null) throw notFound('inventory item', id);
  if (!isDeletable(item, false)) throw notDeletable(item);
  if (objectId !== item.objectId)
    throw refuseField('object_id', 'is not its id at the provider', 'Type the id that the inventory shows, to be sure which one goes.');
  const { hold } = await globalSwitches(services.db);
  if (hold) throw new Refusal(409, 'destructive_hold', `Nothing is deleted now. ${hold.reason}`);
  const account = await mustAccount(services, item.accountId);
  const remove = await lookAgain(services, account, item);
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
  await audit(`inventory.${item.kind}-delete-ordered`);
  await remove();
  await markGone(services.db, id);
  await audit(`inventory.${item.kind}-deleted`);
  return { ...item, goneAt: timeNow() };
}

/** What deletes it, once it was seen to be what the inventory holds. */
async function lookAgain(services: Services, account: Account, item: InventoryItem): Promise<() => Promise<void>> {
  const { owner, label, remove } = await seenNow(services, account, item);
  if (owner !== item.vpsId || label !== item.label)
    throw new Refusal(
      409,
      'changed_meanwhile',
      `The ${item.kind} ${item.objectId} is not what the inventory saw. Run the drift sweep again.`,
    );
  const [vps] = await namedVpses(services.db, item.vpsId === null ? [] : [item.vpsId], timeNow());
  if (vps?.living && item.reason !== 'second_server') throw notDeletable(item);
  if (vps && (vps.busy || (await namesInstance(services.db, vps.id, item.objectId)))) throw notDeletable(item);
  return remove;
}

interface SeenNow {
  readonly owner: string | null;
  readonly label: string;
  readonly remove: () => Promise<void>;
}

async function seenNow(services: Services, account: Account, item: InventoryItem): Promise<SeenNow> {
  const { objectId, vpsId } = item;
  const { compute, dns } = clientOf(services, account);
  const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS);
  if (item.kind === 'record') {
    const { zoneId } = item.detail as { zoneId: string };
    const now = (await dns?.findRecords(zoneId, item.label, { signal }))?.find(({ id }) => id === objectId);
    if (!dns || !now) throw alreadyGone(item);
    return { owner: vpsOfComment(now.comment), label: now.name, remove: () => dns.deleteRecord(zoneId, objectId) };
  }
  if (item.kind === 'leftover') {
    const { what } = item.detail as { what: OwnedObject['kind'] };
    const now = (await compute?.listOwned({ signal }))?.find(({ id, kind }) => id === objectId && kind === what);
    if (!now) throw alreadyGone(item);
    return { owner: now.vpsId, label: now.name, remove: () => deleteLeftover(services, account, now) };
  }
  const now = await compute?.getInstance(objectId, { signal });
  if (!now) throw alreadyGone(item);
  const instance = { kind: 'instance' as const, id: objectId, name: now.label, vpsId };
  return { owner: vpsOfTags(now.tags)?.vpsId ?? null, label: now.label, remove: () => deleteLeftover(services, account, instance) };
}

function alreadyGone({ kind, objectId }: InventoryItem): Refusal {
  const message = `The provider has no ${kind} ${objectId} any more. The next sweep takes it off the inventory.`;
  return new Refusal(409, 'already_gone', message);
}

function notDeletable(item: InventoryItem): Refusal {
  const why =
    item.kind === 'unmanaged'
      ? 'only what carries Plinth’s own tag, comment or name is'
      : item.reason === 'not_adopted'
        ? 'its VPS lives and has no other server: retry that VPS, which adopts it'
        : item.seenCount < SIGHTINGS
          ? `it was seen ${item.seenCount} time; ${SIGHTINGS} sweeps must have seen it`
          : 'a living VPS needs it';
  return new Refusal(409, 'not_deletable', `The ${item.kind} ${item.objectId} is not deleted: ${why}.`);
}

/**
 * What a destroy left although its stack is empty: a record whose deletion was never confirmed, a key of a former program.
 * Only what the VPS's own identity names, exactly; a second server with its tag is left to a person.
 */
import { parseIdentityTag } from '../../../providers/identity.ts';
import type { VpsWithAccount } from '../store.ts';
import { deleteLeftover } from './leftovers.ts';
import type { Services } from '../../kernel/services.ts';
import { mustCompute } from '../../accounts/accounts.ts';
import { ownedOf, recordsOf } from './proof.ts';

/** Names of what was asked to go. What cannot be read or deleted now shows in the proof that follows. */
export async function removeLeftovers(services: Services, vps: VpsWithAccount, signal: AbortSignal): Promise<string[]> {
  const removed: string[] = [];
  // A provider that keeps what it promised to delete must not keep the leak from being told.
  const patience = AbortSignal.any([signal, AbortSignal.timeout(services.config.destroyTimeoutMs)]);
  const attempt = async (what: string, work: () => Promise<readonly string[]>): Promise<void> => {
    try {
      removed.push(...(await work()));
    } catch (error) {
      signal.throwIfAborted();
      services.log.warn({ err: error, vps: vps.id, what }, 'a leftover could not be deleted');
    }
  };
  await attempt('records', () => removeRecords(services, vps, patience));
  await attempt('instance', () => removeInstance(services, vps, patience));
  // After the server: keys and firewalls in use are kept by their provider.
  await attempt('helpers', () => removeHelpers(services, vps, patience));
  return removed;
}

async function removeRecords(services: Services, vps: VpsWithAccount, signal: AbortSignal): Promise<string[]> {
  const found = await recordsOf(services, vps, signal);
  for (const { id } of found?.records ?? []) await found!.client.deleteRecord(found!.zoneId, id, { signal });
  return (found?.records ?? []).map(({ type, name }) => `${type} ${name}`);
}

async function removeInstance(services: Services, vps: VpsWithAccount, signal: AbortSignal): Promise<string[]> {
  if (vps.instanceId === null) return [];
  const instance = await mustCompute(services, vps.account).getInstance(vps.instanceId, { signal });
  if (!instance?.tags.some((tag) => parseIdentityTag(tag)?.vpsId === vps.id)) return [];
  await deleteLeftover(services, vps.account, { kind: 'instance', id: instance.id, name: instance.label, vpsId: vps.id }, signal);
  return [`instance ${instance.id}`];
}

async function removeHelpers(services: Services, vps: VpsWithAccount, signal: AbortSignal): Promise<string[]> {
  const owned = await ownedOf(services, vps, signal);
  for (const object of owned) await deleteLeftover(services, vps.account, object, signal);
  return owned.map(({ kind, name }) => `${kind} ${name}`);
}

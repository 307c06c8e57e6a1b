/**
 * Rescue: Vultr has no mode of that name for cloud servers. Its documented way is SystemRescue from the public ISO library:
 * attaching an ISO boots the server from it, detaching boots its own disk again.
 */
import { isProviderError } from '../errors.ts';
import type { RescueChange } from '../instance-extras.ts';
import type { Call } from '../kit/server-sheet.ts';
import * as shapes from './schemas.ts';
import { servers } from './server.ts';

const RESCUE_SYSTEM = /system ?rescue/i;
const OTHER_PROCESSOR = /aarch64|\barm/i;
const MOVE_MS = 20 * 60_000;

/** What is in an instance's drive. `moving`: Vultr is attaching or detaching. */
type Drive = 'empty' | 'rescue' | 'other' | 'moving';

/** Returns when the server runs from the rescue system, or from its own disk again. @throws ProviderError */
export async function changeRescue(call: Call, id: string, change: RescueChange): Promise<void> {
  const { client, signal } = call;
  const iso = rescueIso(await client.all({ path: '/v2/iso-public', signal }, 'public_isos', shapes.PublicIso));
  if (change === 'enter' && iso === undefined)
    throw client.error('unexpected', "Vultr's public ISO library holds no SystemRescue now. Mount a rescue ISO in Vultr's console.");
  await moveIso(call, id, change === 'enter' ? iso!.id : null, iso?.id);
  // Neither attaching nor detaching is known to start a server that is switched off.
  await servers.perform(call, id, servers.sheet.power.on);
}

/** Returns when the drive holds the rescue system (`wanted` is its id) or nothing (null). */
async function moveIso(call: Call, id: string, wanted: string | null, rescueId: string | undefined): Promise<void> {
  const { client, signal } = call;
  const path = `${servers.path(id)}/iso`;
  let orderedAt = Number.NEGATIVE_INFINITY;
  await servers.until(call, `instance ${id} to ${wanted === null ? 'leave' : 'enter'} rescue`, MOVE_MS, async () => {
    const now = driveOf(await client.one({ path, signal }, 'iso_status', shapes.IsoStatus), rescueId);
    if (now === (wanted === null ? 'empty' : 'rescue')) return true;
    if (wanted !== null && now === 'other')
      throw client.error('invalid', `Instance ${id} has another ISO attached. Detach it at Vultr, then enter rescue again.`);
    // An order may take a moment to show; each one reboots the server.
    if (now === 'moving' || performance.now() - orderedAt < client.consistencyMs) return undefined;
    const order = wanted === null ? { path: `${path}/detach` } : { path: `${path}/attach`, body: { iso_id: wanted } };
    try {
      await client.send({ method: 'POST', ...order, repeatable: true, signal });
      orderedAt = performance.now();
    } catch (error) {
      // Locked: the next look tells.
      if (!isProviderError(error, 'conflict')) throw error;
    }
    return undefined;
  });
}

/**
 * `ready` is an empty drive. Vultr tells the id of an attached ISO only when it is the account's own, so an attached one
 * without an id is of the public library, where Plinth takes nothing but the rescue system from.
 */
export function driveOf(status: shapes.IsoStatus, rescueId: string | undefined): Drive {
  const isRescue = rescueId !== undefined && status.iso_id === rescueId;
  if (status.state === '' || status.state === 'ready') return isRescue ? 'rescue' : 'empty';
  if (status.state !== 'isomounted' && status.state !== 'attached') return 'moving';
  return isRescue || status.iso_id === '' || status.iso_id === '0' ? 'rescue' : 'other';
}

/** The newest SystemRescue for the processors that Vultr's cloud servers have. */
export function rescueIso(library: readonly shapes.PublicIso[]): shapes.PublicIso | undefined {
  const titled = library.map((iso) => ({ iso, title: `${iso.name} ${iso.description}` }));
  return titled
    .filter(({ title }) => RESCUE_SYSTEM.test(title) && !OTHER_PROCESSOR.test(title))
    .sort((a, b) => b.title.localeCompare(a.title, 'en', { numeric: true }))[0]?.iso;
}

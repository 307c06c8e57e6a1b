/**
 * Rescue: Vultr has no mode of that name for cloud servers. Its documented way is SystemRescue from the public ISO library:
 * attaching an ISO boots the server from it, detaching boots its own disk again.
 */
import { isProviderError } from '../errors.ts';
import type { RescueChange } from '../instance-extras.ts';
import type { CallOptions } from '../provider.ts';
import { signalOf, waitFor } from '../wait.ts';
import { instancePath, type VultrClient } from './client.ts';
import { untilInstance } from './compute-waits.ts';
import { VULTR } from './errors.ts';
import { problem } from './instance-state.ts';
import { changePower } from './power.ts';
import * as shapes from './schemas.ts';

const RESCUE_SYSTEM = /system ?rescue/i;
const OTHER_PROCESSOR = /aarch64|\barm/i;

/** What is in an instance's drive. `moving`: Vultr is attaching or detaching. */
type Drive = 'empty' | 'rescue' | 'other' | 'moving';

/** Returns when the server runs from the rescue system, or from its own disk again. @throws ProviderError */
export async function changeRescue(client: VultrClient, id: string, change: RescueChange, o: CallOptions): Promise<void> {
  const iso = rescueIso(await client.all('/v2/iso-public', 'public_isos', shapes.PublicIso, {}, o));
  if (change === 'enter' && iso === undefined)
    throw problem('unexpected', "Vultr's public ISO library holds no SystemRescue now. Mount a rescue ISO in Vultr's console.");
  await moveIso(client, id, change === 'enter' ? iso!.id : null, iso?.id, o);
  await untilInstance(client, id, o, {
    what: `instance ${id} to boot`,
    key: 'vultr/rescue/boot',
    done: (instance) => instance.status === 'active' && instance.server_status !== 'locked',
  });
  // Neither attaching nor detaching is known to start a server that is switched off.
  await changePower(client, id, 'on', o);
}

/** Returns when the drive holds the rescue system (`wanted` is its id) or nothing (null). */
async function moveIso(
  client: VultrClient,
  id: string,
  wanted: string | null,
  rescueId: string | undefined,
  o: CallOptions,
): Promise<void> {
  let orderedAt = Number.NEGATIVE_INFINITY;
  await waitFor({
    provider: VULTR,
    what: `instance ${id} to ${wanted === null ? 'leave' : 'enter'} rescue`,
    key: 'vultr/rescue',
    signal: signalOf(o),
    deadlineMs: client.timing.actionMs,
    probe: async () => {
      const status = await client.one({ method: 'GET', path: `${instancePath(id)}/iso`, ...o }, 'iso_status', shapes.IsoStatus);
      const now = driveOf(status, rescueId);
      if (now === (wanted === null ? 'empty' : 'rescue')) return true;
      if (wanted !== null && now === 'other')
        throw problem('invalid', `Instance ${id} has another ISO attached. Detach it at Vultr, then enter rescue again.`);
      // An order may take a moment to show; each one reboots the server.
      if (now === 'moving' || performance.now() - orderedAt < client.timing.consistencyMs) return undefined;
      if (await orderIso(client, id, wanted, o)) orderedAt = performance.now();
      return undefined;
    },
  });
}

/** False while the server is locked. */
async function orderIso(client: VultrClient, id: string, iso: string | null, o: CallOptions): Promise<boolean> {
  const path = `${instancePath(id)}/iso/${iso === null ? 'detach' : 'attach'}`;
  const body = iso === null ? undefined : { iso_id: iso };
  try {
    await client.send({ method: 'POST', path, body, repeatable: true, ...o });
    return true;
  } catch (error) {
    if (isProviderError(error, 'conflict')) return false;
    throw error;
  }
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

/** Power of an instance. */
import { isProviderError } from '../errors.ts';
import type { CallOptions, PowerAction } from '../provider.ts';
import { instancePath, type VultrClient } from './client.ts';
import { mustFind, untilInstance, whileBusy } from './compute-waits.ts';

const ACTIONS = { on: 'start', off: 'halt', reboot: 'reboot' } as const satisfies Record<PowerAction, string>;

/** Returns when Vultr reports the new power state. @throws ProviderError */
export async function changePower(client: VultrClient, id: string, action: PowerAction, o: CallOptions): Promise<void> {
  const wanted = action === 'off' ? 'stopped' : 'running';
  await whileBusy(client, id, o, async () => {
    const now = await mustFind(client, id, o);
    if (action !== 'reboot' && now.power_status === wanted) return;
    await client.send({ method: 'POST', path: `${instancePath(id)}/${ACTIONS[action]}`, ...o }).catch((error: unknown) => {
      // Starting or halting twice does no harm, and the wait below sees what became of it.
      if (!isProviderError(error, 'unknown_outcome')) throw error;
    });
  });
  await untilInstance(client, id, o, {
    what: `instance ${id} to be ${wanted}`,
    key: `vultr/power/${action}`,
    done: (instance) => instance.power_status === wanted,
  });
}

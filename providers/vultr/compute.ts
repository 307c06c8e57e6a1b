/** The service's view of one Vultr account: look-ups, lists, power, reinstall, snapshots, rescue. */
import { z } from 'zod';
import { commonCompute } from '../kit/compute.ts';
import { given } from '../kit/names.ts';
import type { Rest } from '../kit/rest.ts';
import type { Call } from '../kit/server-sheet.ts';
import type { CallOptions, ComputeClient } from '../provider.ts';
import { signalOf } from '../wait.ts';
import { presentAccount, presentImage, presentInstance, presentPlan, presentRegion } from './catalog.ts';
import { groups, keys, owned, scripts } from './helpers.ts';
import { changeRescue } from './rescue.ts';
import * as shapes from './schemas.ts';
import { isWindows, servers } from './server.ts';
import { PATH, snapshots } from './snapshots.ts';

const REBUILDS = 3;
const REBUILD_MS = 60 * 60_000;

export function compute(client: Rest): ComputeClient & Required<Pick<ComputeClient, 'snapshots' | 'rescue'>> {
  const call = (o?: CallOptions): Call => ({ client, signal: signalOf(o) });
  return {
    ...commonCompute(client, servers, presentInstance),
    account: async (o) => presentAccount(await client.one({ path: '/v2/account', signal: o?.signal }, 'account', shapes.Account)),
    regions: async (o) => (await client.all({ path: '/v2/regions', signal: o?.signal }, 'regions', shapes.Region)).map(presentRegion),
    async plans(o) {
      const ask = (query: { os?: string }) => client.all({ path: '/v2/plans', query, signal: o?.signal }, 'plans', shapes.Plan);
      const [plans, windows] = [await ask({}), await ask({ os: 'windows' })];
      const capable = new Set(windows.map(({ id }) => id));
      return plans.map((plan) => presentPlan(plan, capable.has(plan.id)));
    },
    images: async (o) =>
      (await client.all({ path: '/v2/os', signal: o?.signal }, 'os', shapes.OperatingSystem)).flatMap((os) => presentImage(os) ?? []),
    async console(id, o) {
      const { kvm } = await servers.must(call(o), id);
      if (kvm === '') throw client.error('conflict', `Vultr tells no console of instance ${id} yet. Try again when it runs.`);
      return { kind: 'page', url: kvm, expiresAt: null };
    },
    rescue: (id, change, o) => changeRescue(call(o), id, change),
    async rebuild(id, { image, userData, sshKeyIds = [] }, o) {
      const osId = Number(image);
      if (!Number.isInteger(osId))
        throw client.error('invalid', `${image} is not an operating system id of Vultr, which are whole numbers.`);
      if (sshKeyIds.length > 0)
        throw client.error('invalid', 'Vultr installs SSH keys only when a server is made; put them into the user data.');
      const password = await install(call(o), id, osId, userData);
      return password === '' ? {} : { password };
    },
    async bandwidth(id, o) {
      // An instance without traffic yet answers an empty list in place of the map.
      const shape = z.union([shapes.Bandwidth, z.array(z.never()).transform(() => ({}))]);
      const days = await client.one({ path: `${servers.path(id)}/bandwidth`, signal: o?.signal }, 'bandwidth', shape);
      return Object.entries(days as z.infer<typeof shapes.Bandwidth>)
        .map(([date, day]) => ({ date, incomingBytes: day.incoming_bytes, outgoingBytes: day.outgoing_bytes }))
        .sort((a, b) => a.date.localeCompare(b.date));
    },
    snapshots: snapshots(client),
    async listOwned(o) {
      const [held, walls, started, kept] = await Promise.all([
        keys.list(call(o)),
        groups.list(call(o)),
        scripts.list(call(o)),
        client.all({ path: PATH, signal: o?.signal }, 'snapshots', shapes.Snapshot),
      ]);
      return [
        ...held.flatMap(({ id, name }) => owned('ssh-key', id, name)),
        ...walls.flatMap(({ id, description }) => owned('firewall', id, description)),
        ...started.flatMap(({ id, name }) => owned('startup-script', id, name)),
        ...kept.flatMap(({ id, description }) => owned('snapshot', id, description)),
      ];
    },
  };
}

/**
 * `reinstall` keeps the system, a change of `os_id` installs another; both make a new password. Its disk is given up at once, and a
 * lost answer held the only copy of the password: then once more.
 */
async function install(call: Call, id: string, osId: number, userData: string | undefined): Promise<string> {
  const { client, signal } = call;
  const body = userData === undefined ? {} : { user_data: Buffer.from(userData).toString('base64') };
  const change = { method: 'PATCH', path: servers.path(id), signal } as const;
  const windows = await isWindows(call, osId);
  for (let round = 1; ; round++) {
    const password = await servers.ask(call, id, async ({ os_id: now, hostname }) => {
      if (now !== osId)
        return (await client.one({ ...change, body: { ...body, os_id: String(osId) } }, 'instance', shapes.Instance)).default_password;
      if (Object.keys(given(body)).length > 0) await client.send({ ...change, body, repeatable: true });
      return servers.reinstall(call, id, hostname);
    });
    // A reinstall ends at `ok`, whatever it says on the way.
    await servers.until(call, `instance ${id} to be reinstalled`, REBUILD_MS, async () => {
      const { os_id: now, server_status: status } = await servers.ready(call, id);
      return now === osId && status === 'ok' ? true : undefined;
    });
    await servers.perform(call, id, servers.sheet.power.on);
    // Vultr did not promise a password for a change of system; a reinstall of it makes one.
    if (password !== '' || !windows) return password;
    if (round >= REBUILDS) throw client.error('malformed', `Vultr reinstalled instance ${id} without telling its new password.`);
  }
}

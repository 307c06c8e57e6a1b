/** The service's view of one Vultr account: look-ups, lists, power, reinstall, snapshots, rescue. */
import { z } from 'zod';
import { isProviderError } from '../errors.ts';
import type {
  AccountInfo,
  BandwidthDay,
  CallOptions,
  ComputeClient,
  Image,
  InstanceSummary,
  Page,
  Plan,
  PowerAction,
  Region,
} from '../provider.ts';
import type { OwnedObject, RescueChange, SnapshotClient } from '../instance-extras.ts';
import { presentAccount, presentImage, presentInstance, presentPlan, presentRegion } from './catalog.ts';
import { instancePath, type VultrClient } from './client.ts';
import { mustFind, untilInstance, whileBusy } from './compute-waits.ts';
import { isReady, problem } from './instance-state.ts';
import { listOwned } from './owned.ts';
import { changePower } from './power.ts';
import { changeRescue } from './rescue.ts';
import * as shapes from './schemas.ts';
import { snapshotsOf } from './snapshots.ts';

const REBUILD_ATTEMPTS = 3;

export class VultrCompute implements ComputeClient {
  readonly snapshots: SnapshotClient;
  readonly #client: VultrClient;
  constructor(client: VultrClient) {
    this.#client = client;
    this.snapshots = snapshotsOf(client);
  }

  async account(o: CallOptions = {}): Promise<AccountInfo> {
    return presentAccount(await this.#client.one({ method: 'GET', path: '/v2/account', ...o }, 'account', shapes.Account));
  }

  async regions(o: CallOptions = {}): Promise<Region[]> {
    return (await this.#client.all('/v2/regions', 'regions', shapes.Region, {}, o)).map(presentRegion);
  }

  async plans(o: CallOptions = {}): Promise<Plan[]> {
    const plans = await this.#client.all('/v2/plans', 'plans', shapes.Plan, {}, o);
    const windows = await this.#client.all('/v2/plans', 'plans', shapes.Plan, { os: 'windows' }, o);
    const capable = new Set(windows.map((plan) => plan.id));
    return plans.map((plan) => presentPlan(plan, capable.has(plan.id)));
  }

  async images(o: CallOptions = {}): Promise<Image[]> {
    return (await this.#client.systems(o)).map(presentImage).filter((image) => image !== null);
  }

  async listInstances(cursor?: string | null, o: CallOptions = {}): Promise<Page<InstanceSummary>> {
    const page = await this.#client.page('/v2/instances', 'instances', shapes.Instance, { cursor: cursor ?? undefined }, o);
    return { items: page.items.map(presentInstance), next: page.next };
  }

  async getInstance(id: string, o: CallOptions = {}): Promise<InstanceSummary | null> {
    const instance = await this.#client.findInstance(id, o);
    return instance === null ? null : presentInstance(instance);
  }

  power(id: string, action: PowerAction, o: CallOptions = {}): Promise<void> {
    return changePower(this.#client, id, action, o);
  }

  rescue(id: string, change: RescueChange, o: CallOptions = {}): Promise<void> {
    return changeRescue(this.#client, id, change, o);
  }

  async rebuild(
    id: string,
    args: { image: string; userData?: string; password?: string; sshKeyIds?: string[] },
    o: CallOptions = {},
  ): Promise<{ password?: string }> {
    const osId = Number(args.image);
    if (!Number.isInteger(osId)) throw problem('invalid', `${args.image} is not an operating system id of Vultr, which are whole numbers.`);
    if (args.sshKeyIds !== undefined && args.sshKeyIds.length > 0)
      throw problem('invalid', 'Vultr installs SSH keys only when a server is made; put them into the user data.');
    const windows = await this.#client.isWindows(osId, o);
    const userData: Record<string, string> =
      args.userData === undefined ? {} : { user_data: Buffer.from(args.userData).toString('base64') };
    // Ready as for Windows even on Linux: a reinstall ends at `ok`, whatever it says on the way.
    const installed = (instance: shapes.Instance): boolean =>
      instance.os_id === osId && isReady(instance, { first: true, windows: true, ipv6: false, publicIpv4: false });
    const what = `instance ${id} to be reinstalled`;
    const key = `vultr/rebuild/${windows ? 'windows' : 'linux'}`;
    for (let attempt = 1; ; attempt++) {
      try {
        const made = await whileBusy(this.#client, id, o, () => this.#install(id, osId, userData, o));
        await untilInstance(this.#client, id, o, { what, key, done: installed });
        if (made.default_password !== '') return { password: made.default_password };
        if (!windows) return {};
        // Vultr did not promise a password for a change of system; a reinstall of it makes one.
        if (attempt >= REBUILD_ATTEMPTS) throw problem('malformed', `Vultr reinstalled instance ${id} without telling its new password.`);
      } catch (error) {
        // Its disk is given up already, and the lost answer held the only copy of the password: once more.
        if (!isProviderError(error, 'unknown_outcome') || attempt >= REBUILD_ATTEMPTS) throw error;
      }
    }
  }

  /** `reinstall` keeps the system, a change of `os_id` installs another; both make a new password. */
  async #install(id: string, osId: number, userData: Record<string, string>, o: CallOptions): Promise<shapes.Instance> {
    const before = await mustFind(this.#client, id, o);
    if (before.os_id !== osId) return this.#client.patchInstance(id, { ...userData, os_id: String(osId) }, o);
    if (Object.keys(userData).length > 0) await this.#client.patchInstance(id, userData, o);
    return this.#client.reinstall(id, before.hostname, o);
  }

  async bandwidth(id: string, o: CallOptions = {}): Promise<BandwidthDay[]> {
    const request = { method: 'GET', path: `${instancePath(id)}/bandwidth`, ...o } as const;
    // An instance without traffic yet answers an empty list in place of the map.
    const days = await this.#client.one(request, 'bandwidth', z.union([shapes.Bandwidth, z.array(z.never()).transform(() => ({}))]));
    return Object.entries(days as z.infer<typeof shapes.Bandwidth>)
      .map(([date, day]) => ({ date, incomingBytes: day.incoming_bytes, outgoingBytes: day.outgoing_bytes }))
      .sort((a, b) => a.date.localeCompare(b.date));
  }

  listOwned(o: CallOptions = {}): Promise<OwnedObject[]> {
    return listOwned(this.#client, o);
  }

  async removeTag(id: string, tag: string, o: CallOptions = {}): Promise<void> {
    const found = await this.#client.findInstance(id, o);
    if (found === null || !found.tags.includes(tag)) return;
    await this.#client.patchInstance(id, { tags: found.tags.filter((each) => each !== tag) }, o);
  }
}

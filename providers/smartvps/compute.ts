/** One account's stock, machines and power, for the service. Machines are listed from our own rows: SmartVPS has no list. */
import { isProviderError } from '../errors.ts';
import type { OrderedEnd } from '../manners.ts';
import type { AccountConnection, CallOptions, ComputeClient, Image, InstanceSummary, PackageStock, Plan } from '../provider.ts';
import { signalOf, waitFor } from '../wait.ts';
import { type MachineStatus, SmartVps } from './client.ts';
import { options } from './descriptor.ts';
import { install, ready } from './server.ts';

const HOURS_A_MONTH = 730;
const BUSY_MS = 10 * 60_000;
/** Id, name, family. The list is fixed. */
const SYSTEMS: readonly [string, string, Image['family']][] = [
  ['2022', 'Windows Server 2022', 'windows'],
  ['2019', 'Windows Server 2019', 'windows'],
  ['2016', 'Windows Server 2016', 'windows'],
  ['2012', 'Windows Server 2012', 'windows'],
  ['11', 'Windows 11', 'windows'],
  ['ubuntu', 'Ubuntu', 'linux'],
  ['centos', 'CentOS', 'linux'],
];

export function compute(connection: AccountConnection): ComputeClient {
  const client = new SmartVps(connection);
  const call = (o?: CallOptions) => ({ client, signal: signalOf(o) });
  const known = async (): Promise<readonly InstanceSummary[]> => (await connection.known?.()) ?? [];
  const power = async (id: string, action: 'on' | 'off', o?: CallOptions): Promise<void> => {
    const wanted = action === 'on' ? 'running' : 'stopped';
    await waitFor({
      provider: 'smartvps',
      what: `machine ${id} to be ${wanted}`,
      key: `smartvps/${action}`,
      signal: signalOf(o),
      deadlineMs: BUSY_MS,
      probe: async () => {
        const now = await client.status(id, o?.signal);
        if (now && !now.busy && now.power === wanted) return true;
        if (now && !now.busy)
          await client.order(action === 'on' ? 'start' : 'stop', { ip: id }, o?.signal).catch((error: unknown) => {
            if (!isProviderError(error, 'conflict')) throw error;
          });
        return undefined;
      },
    });
  };
  /** Every machine ends with its month unless it is renewed. */
  const ends = async (id: string, o?: CallOptions): Promise<OrderedEnd> => {
    const status = await client.status(id, o?.signal);
    return { at: status && status.expires !== '' ? endOf(status.expires) : null };
  };
  return {
    async account(o) {
      await client.stock(o?.signal);
      return { name: connection.credential['username'] ?? 'SmartVPS', status: 'active' };
    },
    /** A region is a package: where a machine's address is from. */
    async regions(o) {
      const stock = await client.stock(o?.signal);
      return stock.map(({ id, name, status, ipv4 }) => {
        return { id: `${id}::${name}`, name: `${name} (${ipv4} free)`, country: null, available: status === 'active' && ipv4 > 0 };
      });
    },
    async plans(o) {
      const stock = await client.stock(o?.signal);
      return plansOf(
        connection.options,
        stock.filter(({ status, ipv4 }) => status === 'active' && ipv4 > 0).map(({ id, name }) => `${id}::${name}`),
      );
    },
    images: async () =>
      SYSTEMS.map(([id, name, family]) => {
        const distribution = family === 'windows' ? 'windows' : id;
        return { id, name, family, distribution, deprecated: id === '2012', minDiskGb: 0, regions: null };
      }),
    async listInstances(_cursor, o) {
      const items: InstanceSummary[] = [];
      for (const each of await known()) {
        const status = await client.status(each.id, o?.signal);
        // Its silence is no absence while the machine is paid for.
        if (status || !isOver(each)) items.push(status ? toSummary(status, each) : { ...each, status: 'unknown' });
      }
      return { items, next: null };
    },
    async getInstance(id, o) {
      const status = await client.status(id, o?.signal);
      const row = (await known()).find((each) => each.id === id);
      if (status) return toSummary(status, row);
      if (row && isOver(row)) return null;
      throw client.error('malformed', `SmartVPS says nothing of machine ${id}; it may be busy, unknown or gone.`);
    },
    async power(id, action, o) {
      await ready(call(o), id);
      if (action !== 'on') await power(id, 'off', o);
      if (action !== 'off') await power(id, 'on', o);
    },
    rebuild: async (id, { image }, o) => ({ password: (await install(call(o), id, image)).password }),
    bandwidth: async () => [],
    endings: { orderedEnd: ends, setEnd: ends },
    packages: (o) => packagesOf(client, o?.signal),
    listOwned: async () => [],
  };
}

async function packagesOf(client: SmartVps, signal?: AbortSignal): Promise<PackageStock> {
  const { listed, packages } = await client.listed(signal);
  return { listed, packages: packages.map(({ ipv4: free, ...each }) => ({ ...each, free })) };
}

/** Sizes and prices are the account's settings: the API tells neither. */
function plansOf(settings: AccountConnection['options'] = {}, regions: readonly string[] = []): Plan[] {
  const { memory, currency } = options.parse(settings);
  return Object.entries(memory).map(([id, { vcpus, diskGb, price }]) => ({
    id,
    name: `${id} of memory`,
    vcpus,
    memoryMb: Number(id.replace(/GB$/, '')) * 1024,
    diskGb,
    transferGb: null,
    priceMonthly: price,
    priceHourly: (Number(price) / HOURS_A_MONTH).toFixed(5),
    currency,
    regions,
    available: regions.length > 0,
    windows: true,
    periods: [{ months: 1, first: price, renewal: price }],
  }));
}

/** Whether the month that was paid of it is over, by what we recorded. */
function isOver({ endsAt }: InstanceSummary): boolean {
  return endsAt !== undefined && Date.parse(endsAt) < Date.now();
}

function endOf(date: string): string | null {
  const at = Date.parse(date);
  return Number.isFinite(at) ? new Date(at).toISOString() : null;
}

function toSummary(status: MachineStatus, row: InstanceSummary | undefined): InstanceSummary {
  const power = status.power === 'running' ? 'running' : status.power === 'stopped' ? 'stopped' : 'unknown';
  const endsAt = endOf(status.expires);
  return {
    id: status.ip,
    label: row?.label ?? status.ip,
    status: status.busy ? 'busy' : power,
    region: row?.region ?? '',
    plan: `${status.memory}GB`,
    image: status.os,
    ipv4: status.ip,
    ipv6: null,
    tags: row?.tags ?? [],
    createdAt: row?.createdAt ?? new Date(0).toISOString(),
    ...(endsAt === null ? {} : { endsAt }),
  };
}

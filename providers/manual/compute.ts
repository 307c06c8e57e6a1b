/** What the service asks of an account whose servers people provide: its own rows and settings answer. */
import { placeOf } from '../kit/cities.ts';
import type { AccountConnection, ComputeClient, InstanceSummary } from '../provider.ts';
import { options } from './descriptor.ts';

const HOURS_A_MONTH = 730;

export function compute(connection: AccountConnection): ComputeClient {
  const settings = options.parse(connection.options ?? {});
  /** What a person has just done and no row tells yet. */
  const done = new Map<string, InstanceSummary['status']>();
  const known = async (): Promise<readonly InstanceSummary[]> =>
    ((await connection.known?.()) ?? []).map((each) => ({ ...each, status: done.get(each.id) ?? each.status }));
  const regions = settings.places.map(({ id }) => id);
  return {
    account: () => Promise.resolve({ name: 'servers that people provide', status: 'active' }),
    regions: () =>
      Promise.resolve(
        settings.places.map(({ id, name, country: code, location }) => {
          const country = code?.toUpperCase() ?? null;
          return { id, name, country, ...(location ? { location } : placeOf(name, country)), available: true };
        }),
      ),
    plans: () =>
      Promise.resolve(
        settings.plans.map(({ price, ...plan }) => ({
          ...plan,
          transferGb: null,
          priceMonthly: price,
          priceHourly: (Number(price) / HOURS_A_MONTH).toFixed(5),
          currency: settings.currency,
          regions,
          available: true,
        })),
      ),
    images: () =>
      Promise.resolve(
        settings.systems.map(({ id, name, family }) => {
          return { id, name, family, distribution: id.split('-')[0]!, deprecated: false, minDiskGb: 0, regions: null };
        }),
      ),
    listInstances: async () => ({ items: await known(), next: null }),
    getInstance: async (id) => (await known()).find((each) => each.id === id) ?? null,
    // Its task was answered before this is called: the person has done it.
    power: async (id, action) => void done.set(id, action === 'off' ? 'stopped' : 'running'),
    rebuild: () => Promise.resolve({}),
    bandwidth: () => Promise.resolve([]),
    listOwned: () => Promise.resolve([]),
  };
}

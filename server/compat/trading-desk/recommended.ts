/** What the trading desk proposes, by provider: whom a plan or region is for. Sizes and prices come from today's catalogue. */
import type { Plan, Region } from '../../../providers/provider.ts';

interface Proposal {
  readonly id: string;
  readonly name: string;
  readonly bestFor: string;
}
export interface Proposals {
  readonly plans: readonly Proposal[];
  readonly regions: readonly Proposal[];
}

const BROKERS: Readonly<Record<string, string>> = {
  US: 'US brokers',
  GB: 'EU/UK brokers',
  DE: 'EU brokers',
  NL: 'EU brokers',
  FI: 'EU brokers',
  FR: 'EU brokers',
  SG: 'Asia',
  JP: 'Japan brokers',
};

const NAMED: Readonly<Record<string, Proposals>> = {
  vultr: {
    plans: [
      { id: 'vc2-1c-2gb', name: 'Basic', bestFor: 'A single EA' },
      { id: 'vc2-2c-4gb', name: 'Standard', bestFor: 'Several EAs' },
      { id: 'vhf-1c-2gb', name: 'Performance', bestFor: 'High-frequency trading' },
    ],
    regions: [
      { id: 'ewr', name: 'New Jersey', bestFor: 'US brokers' },
      { id: 'ord', name: 'Chicago', bestFor: 'US brokers' },
      { id: 'lhr', name: 'London', bestFor: 'EU/UK brokers' },
      { id: 'fra', name: 'Frankfurt', bestFor: 'EU brokers' },
      { id: 'ams', name: 'Amsterdam', bestFor: 'EU brokers' },
      { id: 'sgp', name: 'Singapore', bestFor: 'Asia' },
      { id: 'nrt', name: 'Tokyo', bestFor: 'Japan brokers' },
    ],
  },
};

/** Another provider's: its cheapest plans of 2 GB, of 4 GB and with two processors, and a region near each group of brokers. */
export function proposalsOf(provider: string, plans: readonly Plan[], regions: readonly Region[]): Proposals {
  const named = NAMED[provider];
  if (named) return named;
  const buyable = plans.filter((plan) => plan.available && plan.regions.length > 0);
  const cheapest = (fits: (plan: Plan) => boolean): Plan | undefined =>
    buyable.filter(fits).toSorted((a, b) => Number(a.priceMonthly) - Number(b.priceMonthly))[0];
  const sizes: readonly [Plan | undefined, string, string][] = [
    [cheapest(({ memoryMb }) => memoryMb >= 2_000), 'Basic', 'A single EA'],
    [cheapest(({ memoryMb, vcpus }) => memoryMb >= 4_000 && vcpus >= 2), 'Standard', 'Several EAs'],
    [cheapest(({ memoryMb, vcpus }) => memoryMb >= 8_000 && vcpus >= 4), 'Performance', 'High-frequency trading'],
  ];
  const first = Map.groupBy(
    regions.filter(({ available, country }) => available && country !== null && country in BROKERS),
    ({ country }) => country!,
  );
  return {
    plans: sizes.flatMap(([plan, name, bestFor]) => (plan ? [{ id: plan.id, name, bestFor }] : [])),
    regions: [...first].map(([country, [region]]) => ({ id: region!.id, name: region!.name, bestFor: BROKERS[country]! })),
  };
}

/** Compute Engine's catalogue at the simulator. */
import type { SimPlan } from '../../../simulator/cloud/model.ts';
import { diskGbFor, FAMILIES, SYSTEMS } from '../data.ts';

const PLACES = ['europe-west3', 'europe-west1', 'us-central1', 'us-east1', 'asia-southeast1'];
export const ZONES = PLACES.flatMap((region) => ['a', 'b', 'c'].map((letter) => ({ id: `${region}-${letter}`, region })));

export interface GceType extends SimPlan {
  readonly shared: boolean;
}
const SHARED: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4 };
const GB_A_CPU: Readonly<Record<string, number>> = { standard: 4, highmem: 8, highcpu: 1 };

/** `e2-small`, `n2-standard-4`: two processors where they are shared, the number in the name otherwise. */
function type(family: string, size: string): GceType {
  const [kind = '', count] = size.split('-');
  const vcpus = count === undefined ? 2 : Number(count);
  const memoryMb = (count === undefined ? SHARED[kind]! : vcpus * GB_A_CPU[kind]!) * 1024;
  const regions = ZONES.map(({ id }) => id);
  return {
    id: `${family}-${size}`,
    vcpus,
    memoryMb,
    diskGb: diskGbFor(memoryMb),
    regions,
    architecture: 'X86_64',
    shared: count === undefined,
  };
}
export const TYPES: readonly GceType[] = Object.entries(FAMILIES).flatMap(([family, { sizes }]) => sizes.map((size) => type(family, size)));

export const IMAGES = SYSTEMS.map(({ family, name }) => ({ family, name: `${family}-v20261101`, description: name, diskSizeGb: '10' }));

/** USD an hour for a processor and a GB, a month for a GB of disk; with a factor for each region. */
const CORES: Readonly<Record<string, readonly [core: number, ram: number]>> = {
  e2: [0.02181159, 0.00292353],
  n2: [0.031611, 0.004237],
  n2d: [0.027502, 0.003686],
  t2d: [0.027502, 0.003686],
};
const FACTORS: Readonly<Record<string, number>> = {
  'europe-west3': 1.288,
  'europe-west1': 1.1,
  'us-central1': 1,
  'us-east1': 1,
  'asia-southeast1': 1.234,
};
const sku = (description: string, regions: readonly string[], usd: number, unit: string): object => ({
  skuId: description,
  description,
  category: { serviceDisplayName: 'Compute Engine', resourceFamily: 'Compute', usageType: 'OnDemand' },
  serviceRegions: regions,
  pricingInfo: [
    {
      pricingExpression: {
        usageUnit: unit,
        tieredRates: [
          { startUsageAmount: 0, unitPrice: { currencyCode: 'USD', units: String(Math.floor(usd)), nanos: Math.round((usd % 1) * 1e9) } },
        ],
      },
    },
  ],
});
export const SKUS: readonly object[] = [
  ...Object.entries(FACTORS).flatMap(([region, factor]) => [
    ...Object.entries(CORES).flatMap(([family, [core, ram]]) => [
      sku(`${FAMILIES[family]!.core} ${region}`, [region], core * factor, 'h'),
      sku(`${FAMILIES[family]!.ram} ${region}`, [region], ram * factor, 'GiBy.h'),
    ]),
    sku(`Balanced PD Capacity in ${region}`, [region], 0.1 * factor, 'GiBy.mo'),
  ]),
  sku('External IP Charge on a Standard VM', ['global'], 0.005, 'h'),
];

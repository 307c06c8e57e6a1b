/** What OVH sells as VPSes: models of 2027, their terms and mandatory parts, prices net in euros. */
import type { SimPlan } from '../../../simulator/cloud/model.ts';

export const DATACENTERS = ['GRA', 'SBG', 'DE', 'UK', 'WAW', 'BHS', 'SGP', 'SYD'] as const;
export const SYSTEMS = [
  'Debian 12',
  'Debian 13',
  'Ubuntu 24.04',
  'Ubuntu 26.04',
  'AlmaLinux 9',
  'AlmaLinux 10',
  'Rocky Linux 9',
  'Fedora 43',
  'Windows Server 2025 Standard (Desktop)',
] as const;

export interface OvhModel extends SimPlan {
  readonly month: string;
  readonly backup: string;
}
const model = (n: number, vcpus: number, memoryGb: number, diskGb: number, month: string, backup: string): OvhModel => {
  return { id: `vps-2027-model${n}`, vcpus, memoryMb: memoryGb * 1024, diskGb, month, backup, regions: DATACENTERS };
};
export const MODELS: readonly OvhModel[] = [
  model(1, 2, 4, 40, '4.49', '0.00'),
  model(2, 4, 8, 75, '6.99', '0.00'),
  model(3, 6, 12, 100, '10.49', '1.50'),
  model(4, 8, 24, 200, '19.99', '3.00'),
];

const ucents = (euros: string): number => Math.round(Number(euros) * 1e8);
function pricing(mode: string, interval: number, price: number, capacities: string[]): object {
  return {
    mode,
    interval,
    price,
    capacities,
    phase: 1,
    intervalUnit: interval === 0 ? 'none' : 'month',
    strategy: 'tiered',
    type: 'rental',
    commitment: interval > 1 ? interval : 0,
    tax: Math.round(price * 0.2),
    description: mode,
    mustBeCompleted: false,
    engagementConfiguration: null,
    promotions: [],
    quantity: { min: 1, max: 1 },
    repeat: { min: 1, max: null },
  };
}
/** A year costs ten months. The set-up of a plan that is paid by the month costs once. */
function pricingsOf(euros: string, setUp = '0.00'): object[] {
  const month = ucents(euros);
  return [
    pricing('default', 0, ucents(setUp), ['installation']),
    pricing('default', 1, month, ['renew']),
    pricing('upfront12', 0, 0, ['installation']),
    pricing('upfront12', 12, month * 10, ['renew']),
  ];
}
const shared = {
  addonFamilies: [],
  configurations: [],
  blobs: null,
  consumptionConfiguration: null,
  family: null,
  pricingType: 'rental',
  product: 'vps',
};
const addon = (planCode: string, euros: string): object => ({ ...shared, planCode, invoiceName: planCode, pricings: pricingsOf(euros) });
const backupOf = ({ id }: OvhModel): string => id.replace('vps-', 'option-auto-backup-').replace('-model', '-1-model');
const storageOf = ({ id }: OvhModel): string => id.replace('vps-', 'option-storage-local-');
const windowsOf = ({ id }: OvhModel): string => id.replace('vps-', 'option-windows-');

function planOf(one: OvhModel): object {
  const { id, vcpus, memoryMb, diskGb } = one;
  const family = (name: string, addons: string[]): object => ({
    name,
    addons,
    mandatory: true,
    exclusive: true,
    default: name === 'os' ? null : addons[0],
  });
  const configuration = (name: string, values: readonly string[]): object => ({ name, values, isMandatory: true, isCustom: false });
  return {
    ...shared,
    planCode: id,
    invoiceName: `VPS ${id.slice(-1)} (2027)`,
    pricings: pricingsOf(one.month, id.endsWith('model1') ? '0.00' : '2.00'),
    addonFamilies: [
      family('os', id.endsWith('model1') ? ['option-linux'] : [windowsOf(one), 'option-linux']),
      family('storage', [storageOf(one)]),
      family('automatedBackup', [backupOf(one)]),
    ],
    configurations: [
      configuration('vps_datacenter', DATACENTERS),
      configuration('vps_os', SYSTEMS),
      configuration('region', ['europe', 'canada']),
      configuration('infrastructure', ['production', 'test']),
    ],
    blobs: { technical: { cpu: { cores: vcpus }, memory: { size: memoryMb / 1024 }, storage: { disks: [{ capacity: diskGb }] } } },
  };
}

export function catalogue(subsidiary: string): object {
  const withdrawn = { ...planOf(MODELS[0]!), planCode: 'vps-2025-model1-degressivity12' };
  return {
    catalogId: 3_000,
    planFamilies: [],
    products: [],
    locale: { currencyCode: 'EUR', subsidiary, taxRate: 20 },
    plans: [...MODELS.map(planOf), withdrawn],
    addons: [
      addon('option-linux', '0.00'),
      ...MODELS.flatMap((one) => [addon(windowsOf(one), '9.00'), addon(storageOf(one), '0.00'), addon(backupOf(one), one.backup)]),
    ],
  };
}

/** Parts without which a model is not sold. */
export function mandatoryOf(one: OvhModel): readonly (readonly string[])[] {
  return [['option-linux', windowsOf(one)], [storageOf(one)], [backupOf(one)]];
}
export const SETTINGS = ['vps_datacenter', 'vps_os', 'region', 'infrastructure'] as const;
export function priceOf(one: OvhModel, mode: string): number {
  return (Number(one.month) + Number(one.backup)) * (mode === 'upfront12' ? 10 : 1);
}

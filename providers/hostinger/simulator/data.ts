/** Hostinger's catalogue: what a plan is, what its periods cost in cents, templates and data centres. */
import type { SimPlan } from '../../../simulator/cloud/model.ts';

export interface HostingerPrice extends SimPlan {
  readonly plan: string;
  readonly months: number;
  /** Cents of the whole period. */
  readonly price: number;
  readonly firstPrice: number;
  readonly transferTb: number;
}

export interface DataCentre {
  readonly id: string;
  readonly name: string;
  readonly country: string;
  readonly city: string;
  readonly continent: string;
}

/** Id, code, country, city, continent. */
const CENTRES: readonly [number, string, string, string, string][] = [
  [9, 'phx', 'us', 'Phoenix', 'North America'],
  [11, 'bnk', 'lt', 'Vilnius', 'Europe'],
  [13, 'mum', 'in', 'Mumbai', 'Asia'],
  [14, 'asc', 'br', 'São Paulo', 'South America'],
  [15, 'int', 'fr', 'Paris', 'Europe'],
  [17, 'bos', 'us', 'Boston', 'North America'],
  [18, 'fast', 'gb', 'Manchester', 'Europe'],
  [19, 'fra', 'de', 'Frankfurt', 'Europe'],
  [20, 'dci', 'id', 'Jakarta', 'Asia'],
  [21, 'kul', 'my', 'Kuala Lumpur', 'Asia'],
];
export const DATA_CENTRES: readonly DataCentre[] = CENTRES.map(([id, name, country, city, continent]) => {
  return { id: String(id), name, country, city, continent };
});

/** KVM number, processors, GB of memory and of disk, TB of transfer, cents a month, cents of the first month. */
const KVM: readonly [number, number, number, number, number, number, number][] = [
  [1, 1, 4, 50, 4, 1_399, 499],
  [2, 2, 8, 100, 8, 1_799, 699],
  [4, 4, 16, 200, 16, 2_999, 999],
  [8, 8, 32, 400, 32, 5_999, 1_999],
];
/** Period, months, share of the monthly price. */
const PERIODS: readonly [string, number, number][] = [
  ['1m', 1, 1],
  ['1y', 12, 0.75],
  ['2y', 24, 0.65],
];
export const PRICES: readonly HostingerPrice[] = KVM.flatMap(([kvm, vcpus, memory, diskGb, transferTb, monthly, first]) =>
  PERIODS.map(([name, months, share]) => ({
    id: `hostingercom-vps-kvm${kvm}-usd-${name}`,
    plan: `KVM ${kvm}`,
    vcpus,
    memoryMb: memory * 1024,
    diskGb,
    transferTb,
    months,
    price: Math.round(monthly * months * share),
    firstPrice: first * months,
    regions: DATA_CENTRES.map(({ id }) => id),
  })),
);

export interface Template {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly documentation: string | null;
}

const SYSTEMS: readonly [number, string][] = [
  [1002, 'Debian 11'],
  [1007, 'Ubuntu 22.04 LTS'],
  [1009, 'Alpine Linux'],
  [1012, 'CentOS 9 Stream'],
  [1013, 'Rocky Linux 8'],
  [1014, 'Rocky Linux 9'],
  [1015, 'AlmaLinux 8'],
  [1016, 'AlmaLinux 9'],
  [1031, 'Debian 12'],
  [1041, 'Fedora Cloud 42'],
  [1077, 'Ubuntu 24.04 LTS'],
  [1082, 'Debian 13'],
  [1121, 'Ubuntu 24.04 with Docker'],
  [1130, 'Ubuntu 24.04 with Coolify'],
  [1062, 'Ubuntu 22.04 with CyberPanel'],
];
export const TEMPLATES: readonly Template[] = SYSTEMS.map(([id, name]) => {
  const documentation = name.includes(' with ') ? `https://docs.example.com/${id}` : null;
  return { id, name, description: `${name} for virtual machines`, documentation };
});

/** Passwords that everybody knows: refused like any that a leak has told. */
export const LEAKED: readonly string[] = ['Password1234', 'Qwerty123456', 'Welcome12345', 'Hostinger123'];

/** The simulated catalogue: regions, sizes and images after DigitalOcean's public price list and slugs. */

export interface SimSize {
  readonly slug: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly transfer: number;
  readonly price_monthly: number;
  readonly description: string;
}
export interface SimRegion {
  readonly slug: string;
  readonly name: string;
  readonly available: boolean;
}
export interface SimImage {
  readonly id: number;
  readonly name: string;
  readonly distribution: string;
  readonly slug: string;
  readonly minDisk: number;
  readonly status: 'available' | 'retired';
  readonly kind: 'distribution' | 'application';
}

export const REGIONS: readonly SimRegion[] = [
  { slug: 'nyc1', name: 'New York 1', available: true },
  { slug: 'nyc2', name: 'New York 2', available: true },
  { slug: 'nyc3', name: 'New York 3', available: true },
  { slug: 'ams2', name: 'Amsterdam 2', available: false },
  { slug: 'ams3', name: 'Amsterdam 3', available: true },
  { slug: 'sfo1', name: 'San Francisco 1', available: false },
  { slug: 'sfo2', name: 'San Francisco 2', available: true },
  { slug: 'sfo3', name: 'San Francisco 3', available: true },
  { slug: 'sgp1', name: 'Singapore 1', available: true },
  { slug: 'lon1', name: 'London 1', available: true },
  { slug: 'fra1', name: 'Frankfurt 1', available: true },
  { slug: 'tor1', name: 'Toronto 1', available: true },
  { slug: 'blr1', name: 'Bangalore 1', available: true },
  { slug: 'syd1', name: 'Sydney 1', available: true },
];

const basic = (slug: string, vcpus: number, gb: number, disk: number, transfer: number, price: number, kind = 'Basic'): SimSize => ({
  slug,
  vcpus,
  memory: Math.round(gb * 1024),
  disk,
  transfer,
  price_monthly: price,
  description: kind,
});

const BASIC: readonly SimSize[] = [
  basic('s-1vcpu-512mb-10gb', 1, 0.5, 10, 0.5, 4),
  basic('s-1vcpu-1gb', 1, 1, 25, 1, 6),
  basic('s-1vcpu-2gb', 1, 2, 50, 2, 12),
  basic('s-2vcpu-2gb', 2, 2, 60, 3, 18),
  basic('s-2vcpu-4gb', 2, 4, 80, 4, 24),
  basic('s-4vcpu-8gb', 4, 8, 160, 5, 48),
  basic('s-8vcpu-16gb', 8, 16, 320, 6, 96),
  ...(
    [
      [1, 1, 25, 1, 7],
      [1, 2, 50, 2, 14],
      [2, 2, 60, 3, 21],
      [2, 4, 80, 4, 28],
      [2, 8, 100, 5, 42],
      [4, 8, 160, 5, 56],
      [4, 16, 200, 8, 84],
      [8, 16, 320, 6, 112],
      [8, 32, 400, 10, 168],
    ] as const
  ).map(([cpu, gb, disk, tb, price]) => basic(`s-${cpu}vcpu-${gb}gb-amd`, cpu, gb, disk, tb, price, 'Premium AMD')),
  ...(
    [
      [1, 1, 25, 1, 7],
      [1, 2, 50, 2, 14],
      [2, 2, 60, 3, 21],
      [2, 4, 80, 4, 28],
      [4, 8, 160, 5, 56],
      [8, 16, 320, 6, 112],
    ] as const
  ).map(([cpu, gb, disk, tb, price]) => basic(`s-${cpu}vcpu-${gb}gb-intel`, cpu, gb, disk, tb, price, 'Premium Intel')),
  ...(
    [
      [1, 1, 35, 1, 8],
      [1, 2, 70, 2, 16],
      [2, 2, 90, 3, 24],
      [2, 4, 120, 4, 32],
      [2, 8, 160, 5, 48],
      [4, 8, 240, 6, 64],
      [4, 16, 320, 8, 96],
      [8, 16, 480, 9, 128],
      [8, 32, 640, 10, 192],
    ] as const
  ).map(([cpu, gb, disk, tb, price]) => basic(`s-${cpu}vcpu-${gb}gb-${disk}gb-intel`, cpu, gb, disk, tb, price, 'Premium Intel')),
];

/** Dedicated families grow by their smallest size: all but the transfer doubles with the vCPUs. */
interface Family {
  readonly prefix: string;
  readonly suffix: string;
  readonly gbPerVcpu: number;
  readonly diskPer2: number;
  readonly pricePer2: number;
  readonly vcpus: readonly number[];
  readonly description: string;
}
const POWERS = [2, 4, 8, 16, 32];
const FAMILIES: readonly Family[] = [
  { prefix: 'c', suffix: '', gbPerVcpu: 2, diskPer2: 25, pricePer2: 42, vcpus: [...POWERS, 48], description: 'CPU-Optimized' },
  { prefix: 'c', suffix: '-intel', gbPerVcpu: 2, diskPer2: 25, pricePer2: 54.5, vcpus: [4, 8, 16, 32, 48], description: 'Premium Intel' },
  { prefix: 'c2', suffix: '', gbPerVcpu: 2, diskPer2: 50, pricePer2: 47, vcpus: [...POWERS, 48], description: 'CPU-Optimized 2x SSD' },
  { prefix: 'g', suffix: '', gbPerVcpu: 4, diskPer2: 25, pricePer2: 63, vcpus: [...POWERS, 40], description: 'General Purpose' },
  { prefix: 'g', suffix: '-intel', gbPerVcpu: 4, diskPer2: 30, pricePer2: 76, vcpus: POWERS, description: 'General Purpose Premium Intel' },
  { prefix: 'gd', suffix: '', gbPerVcpu: 4, diskPer2: 50, pricePer2: 68, vcpus: [...POWERS, 40], description: 'General Purpose 2x SSD' },
  { prefix: 'm', suffix: '', gbPerVcpu: 8, diskPer2: 50, pricePer2: 84, vcpus: [...POWERS, 24], description: 'Memory-Optimized' },
  {
    prefix: 'm',
    suffix: '-intel',
    gbPerVcpu: 8,
    diskPer2: 50,
    pricePer2: 99,
    vcpus: POWERS,
    description: 'Memory-Optimized Premium Intel',
  },
  { prefix: 'm3', suffix: '', gbPerVcpu: 8, diskPer2: 150, pricePer2: 104, vcpus: [...POWERS, 24], description: 'Memory-Optimized 3x SSD' },
  { prefix: 'm6', suffix: '', gbPerVcpu: 8, diskPer2: 300, pricePer2: 131, vcpus: [...POWERS, 24], description: 'Memory-Optimized 6x SSD' },
  { prefix: 'so', suffix: '', gbPerVcpu: 8, diskPer2: 300, pricePer2: 131, vcpus: [...POWERS, 24], description: 'Storage-Optimized' },
  {
    prefix: 'so1_5',
    suffix: '',
    gbPerVcpu: 8,
    diskPer2: 450,
    pricePer2: 163,
    vcpus: [...POWERS, 24],
    description: 'Storage-Optimized 1.5x SSD',
  },
];

export const SIZES: readonly SimSize[] = [
  ...BASIC,
  ...FAMILIES.flatMap((family) =>
    family.vcpus.map((vcpus) => ({
      slug:
        family.prefix === 'c'
          ? `c-${vcpus}${family.suffix}`
          : `${family.prefix}-${vcpus}vcpu-${vcpus * family.gbPerVcpu}gb${family.suffix}`,
      vcpus,
      memory: vcpus * family.gbPerVcpu * 1024,
      disk: (vcpus / 2) * family.diskPer2,
      transfer: 3 + Math.log2(vcpus),
      price_monthly: (vcpus / 2) * family.pricePer2,
      description: family.description,
    })),
  ),
];

/** Old regions sell only the regular Basic sizes; the newest hardware is not everywhere. */
export function soldIn(size: SimSize, region: SimRegion): boolean {
  if (!region.available) return false;
  const regular = size.description === 'Basic';
  if (['nyc2', 'sfo2'].includes(region.slug)) return regular || size.slug.startsWith('c-');
  if (size.slug.endsWith('-intel')) return region.slug !== 'nyc1';
  if (size.slug.startsWith('m6') || size.slug.startsWith('so1_5')) return ['nyc1', 'nyc3', 'ams3', 'fra1', 'sgp1'].includes(region.slug);
  return true;
}

const VERSIONS: readonly [distribution: string, slug: string, current: readonly string[], retired: readonly string[]][] = [
  [
    'Ubuntu',
    'ubuntu',
    ['25.10 x64', '25.04 x64', '24.04 (LTS) x64', '22.04 (LTS) x64'],
    ['24.10 x64', '23.10 x64', '23.04 x64', '20.04 (LTS) x64', '18.04 (LTS) x64', '16.04 (LTS) x64', '14.04 x64'],
  ],
  ['Debian', 'debian', ['13 x64', '12 x64', '11 x64'], ['10 x64', '9 x64', '8 x64']],
  ['CentOS', 'centos-stream', ['10 x64', '9 x64'], ['8 x64']],
  ['CentOS', 'centos', [], ['8.3 x64', '7.9 x64', '7.6 x64', '6.9 x64']],
  ['AlmaLinux', 'almalinux', ['10 x64', '9 x64', '8 x64'], []],
  ['Rocky Linux', 'rockylinux', ['10 x64', '9 x64', '8 x64'], []],
  ['Fedora', 'fedora', ['43 x64', '42 x64'], ['41 x64', '40 x64', '39 x64', '38 x64', '37 x64', '36 x64', '35 x64', '34 x64']],
  ['FreeBSD', 'freebsd', [], ['13.0 ufs x64', '12.2 ufs x64', '12.2 zfs x64', '11.4 zfs x64']],
  ['CoreOS', 'fedora-coreos', [], ['34 x64', '33 x64']],
  ['RancherOS', 'rancheros', [], ['1.5 x64', '1.4 x64']],
];
const APPLICATIONS: readonly [distribution: string, name: string, slug: string][] = [
  ['Ubuntu', 'Docker on Ubuntu 22.04', 'docker-20-04'],
  ['Ubuntu', 'LAMP on Ubuntu 22.04', 'lamp-20-04'],
  ['Ubuntu', 'LEMP on Ubuntu 22.04', 'lemp-20-04'],
  ['Ubuntu', 'NodeJS on Ubuntu 22.04', 'nodejs-20-04'],
  ['Ubuntu', 'WordPress on Ubuntu 22.04', 'wordpress-20-04'],
  ['Ubuntu', 'Django on Ubuntu 22.04', 'django-20-04'],
  ['Ubuntu', 'MySQL on Ubuntu 22.04', 'mysql-20-04'],
  ['AlmaLinux', 'cPanel & WHM on AlmaLinux 9', 'cpanel-cpanelwhm-7-9'],
];

export const IMAGES: readonly SimImage[] = buildImages();

function buildImages(): SimImage[] {
  const images: SimImage[] = [];
  let id = 179_000_000;
  const nextId = (): number => (id += 7_919);
  for (const [distribution, prefix, current, retired] of VERSIONS) {
    for (const version of [...current, ...retired]) {
      const suffix = version.replace(' (LTS)', '').replaceAll(/[. ]/g, '-');
      images.push({
        id: nextId(),
        name: prefix === 'centos-stream' ? `Stream ${version}` : version,
        distribution,
        slug: `${prefix}-${suffix}`,
        minDisk: distribution === 'Debian' || distribution === 'Ubuntu' ? 7 : 10,
        status: current.includes(version) ? 'available' : 'retired',
        kind: 'distribution',
      });
    }
  }
  for (const [distribution, name, slug] of APPLICATIONS)
    images.push({ id: nextId(), name, distribution, slug, minDisk: 25, status: 'available', kind: 'application' });
  return images;
}

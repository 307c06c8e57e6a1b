/** The simulated catalogue: regions, sizes and images after DigitalOcean's public price list and slugs. */
import type { SimPlan } from '../../../simulator/cloud/model.ts';

export interface Size extends SimPlan {
  readonly transfer: number;
  readonly monthly: number;
  readonly description: string;
}
export type Region = { readonly id: string; readonly name: string; readonly available: boolean };
export interface Image {
  readonly id: number;
  readonly name: string;
  readonly distribution: string;
  readonly slug: string;
  readonly minDisk: number;
  readonly status: 'available' | 'retired';
  readonly kind: 'distribution' | 'application';
}

/** Where nothing is sold any more. */
const FULL = ['ams2', 'sfo1'];
const PLACES = `nyc1 New York 1|nyc2 New York 2|nyc3 New York 3|ams2 Amsterdam 2|ams3 Amsterdam 3|sfo1 San Francisco 1|sfo2 San Francisco 2|
sfo3 San Francisco 3|sgp1 Singapore 1|lon1 London 1|fra1 Frankfurt 1|tor1 Toronto 1|blr1 Bangalore 1|syd1 Sydney 1`;
export const REGIONS: readonly Region[] = PLACES.split(/\|\s*/).map((place) => {
  const id = place.slice(0, 4);
  return { id, name: place.slice(5), available: !FULL.includes(id) };
});

type Bare = Omit<Size, 'regions'>;
type Row = readonly [vcpus: number, gb: number, diskGb: number, transfer: number, monthly: number];

const size = (id: string, [vcpus, gb, diskGb, transfer, monthly]: Row, description: string): Bare => {
  return { id, vcpus, memoryMb: Math.round(gb * 1024), diskGb, transfer, monthly, description };
};

/** vCPUs, memory and disk in GB, traffic in TB, dollars a month. */
const rows = (table: string): Row[] => table.split('|').map((row) => row.split(' ').map(Number) as unknown as Row);

const REGULAR = rows('1 1 25 1 6|1 2 50 2 12|2 2 60 3 18|2 4 80 4 24|4 8 160 5 48|8 16 320 6 96');
const AMD = rows(`1 1 25 1 7|1 2 50 2 14|2 2 60 3 21|2 4 80 4 28|2 8 100 5 42|4 8 160 5 56|4 16 200 8 84|8 16 320 6 112|8 32 400 10 168`);
const INTEL = rows('1 1 25 1 7|1 2 50 2 14|2 2 60 3 21|2 4 80 4 28|4 8 160 5 56|8 16 320 6 112');
/** Of these the disk is in the name, too. */
const LARGE_INTEL = rows(
  '1 1 35 1 8|1 2 70 2 16|2 2 90 3 24|2 4 120 4 32|2 8 160 5 48|4 8 240 6 64|4 16 320 8 96|8 16 480 9 128|8 32 640 10 192',
);
const shared = (rows: readonly Row[], description: string, ending: (row: Row) => string): Bare[] =>
  rows.map((row) => size(`s-${row[0]}vcpu-${row[1]}gb${ending(row)}`, row, description));

const BASIC: readonly Bare[] = [
  size('s-1vcpu-512mb-10gb', [1, 0.5, 10, 0.5, 4], 'Basic'),
  ...shared(REGULAR, 'Basic', () => ''),
  ...shared(AMD, 'Premium AMD', () => '-amd'),
  ...shared(INTEL, 'Premium Intel', () => '-intel'),
  ...shared(LARGE_INTEL, 'Premium Intel', ([, , diskGb]) => `-${diskGb}gb-intel`),
];

/** Dedicated families grow by their smallest size, of two vCPUs: all but the transfer doubles with them. */
type Family = readonly [name: string, gbPerVcpu: number, diskGb: number, monthly: number, vcpus: readonly number[], description: string];
const POWERS = [2, 4, 8, 16, 32];
/** A name that ends in `-intel` has the numbers before that. */
const FAMILIES: readonly Family[] = [
  ['c', 2, 25, 42, [...POWERS, 48], 'CPU-Optimized'],
  ['c-intel', 2, 25, 54.5, [4, 8, 16, 32, 48], 'Premium Intel'],
  ['c2', 2, 50, 47, [...POWERS, 48], 'CPU-Optimized 2x SSD'],
  ['g', 4, 25, 63, [...POWERS, 40], 'General Purpose'],
  ['g-intel', 4, 30, 76, POWERS, 'General Purpose Premium Intel'],
  ['gd', 4, 50, 68, [...POWERS, 40], 'General Purpose 2x SSD'],
  ['m', 8, 50, 84, [...POWERS, 24], 'Memory-Optimized'],
  ['m-intel', 8, 50, 99, POWERS, 'Memory-Optimized Premium Intel'],
  ['m3', 8, 150, 104, [...POWERS, 24], 'Memory-Optimized 3x SSD'],
  ['m6', 8, 300, 131, [...POWERS, 24], 'Memory-Optimized 6x SSD'],
  ['so', 8, 300, 131, [...POWERS, 24], 'Storage-Optimized'],
  ['so1_5', 8, 450, 163, [...POWERS, 24], 'Storage-Optimized 1.5x SSD'],
];

function dedicated([name, gbPerVcpu, diskGb, monthly, counts, description]: Family): Bare[] {
  const [prefix, suffix] = name.endsWith('-intel') ? [name.slice(0, -6), '-intel'] : [name, ''];
  return counts.map((vcpus) => {
    const gb = vcpus * gbPerVcpu;
    const id = prefix === 'c' ? `c-${vcpus}${suffix}` : `${prefix}-${vcpus}vcpu-${gb}gb${suffix}`;
    return size(id, [vcpus, gb, (vcpus / 2) * diskGb, 3 + Math.log2(vcpus), (vcpus / 2) * monthly], description);
  });
}

/** Old regions sell only the regular Basic sizes; the newest hardware is not everywhere. */
function isSoldIn({ id, description }: Bare, region: Region): boolean {
  if (!region.available) return false;
  if (['nyc2', 'sfo2'].includes(region.id)) return description === 'Basic' || id.startsWith('c-');
  if (id.endsWith('-intel')) return region.id !== 'nyc1';
  if (id.startsWith('m6') || id.startsWith('so1_5')) return ['nyc1', 'nyc3', 'ams3', 'fra1', 'sgp1'].includes(region.id);
  return true;
}

export const SIZES: readonly Size[] = [...BASIC, ...FAMILIES.flatMap(dedicated)].map((each) => ({
  ...each,
  regions: REGIONS.filter((region) => isSoldIn(each, region)).map(({ id }) => id),
}));

/** Distribution, beginning of the slugs, versions that are offered, versions that are not any more. */
const VERSIONS: readonly (readonly [distribution: string, prefix: string, current: string, retired: string])[] = [
  ['Ubuntu', 'ubuntu', '25.10,25.04,24.04 (LTS),22.04 (LTS)', '24.10,23.10,23.04,20.04 (LTS),18.04 (LTS),16.04 (LTS),14.04'],
  ['Debian', 'debian', '13,12,11', '10,9,8'],
  ['CentOS', 'centos-stream', '10,9', '8'],
  ['CentOS', 'centos', '', '8.3,7.9,7.6,6.9'],
  ['AlmaLinux', 'almalinux', '10,9,8', ''],
  ['Rocky Linux', 'rockylinux', '10,9,8', ''],
  ['Fedora', 'fedora', '43,42', '41,40,39,38,37,36,35,34'],
  ['FreeBSD', 'freebsd', '', '13.0 ufs,12.2 ufs,12.2 zfs,11.4 zfs'],
  ['CoreOS', 'fedora-coreos', '', '34,33'],
  ['RancherOS', 'rancheros', '', '1.5,1.4'],
];
const APPLICATIONS: readonly (readonly [distribution: string, name: string, slug: string])[] = [
  ['Ubuntu', 'Docker on Ubuntu 22.04', 'docker-20-04'],
  ['Ubuntu', 'LAMP on Ubuntu 22.04', 'lamp-20-04'],
  ['Ubuntu', 'LEMP on Ubuntu 22.04', 'lemp-20-04'],
  ['Ubuntu', 'NodeJS on Ubuntu 22.04', 'nodejs-20-04'],
  ['Ubuntu', 'WordPress on Ubuntu 22.04', 'wordpress-20-04'],
  ['Ubuntu', 'Django on Ubuntu 22.04', 'django-20-04'],
  ['Ubuntu', 'MySQL on Ubuntu 22.04', 'mysql-20-04'],
  ['AlmaLinux', 'cPanel & WHM on AlmaLinux 9', 'cpanel-cpanelwhm-7-9'],
];

function systemsOf([distribution, prefix, current, retired]: (typeof VERSIONS)[number]): Omit<Image, 'id'>[] {
  const minDisk = distribution === 'Debian' || distribution === 'Ubuntu' ? 7 : 10;
  const images = (versions: string, status: Image['status']): Omit<Image, 'id'>[] =>
    versions.split(',').flatMap((version) => {
      if (version === '') return [];
      const name = `${prefix === 'centos-stream' ? 'Stream ' : ''}${version} x64`;
      const slug = `${prefix}-${version.replace(' (LTS)', '').replaceAll(/[. ]/g, '-')}-x64`;
      return [{ name, distribution, slug, minDisk, status, kind: 'distribution' as const }];
    });
  return [...images(current, 'available'), ...images(retired, 'retired')];
}

export const IMAGES: readonly Image[] = [
  ...VERSIONS.flatMap(systemsOf),
  ...APPLICATIONS.map(([distribution, name, slug]) => {
    return { name, distribution, slug, minDisk: 25, status: 'available' as const, kind: 'application' as const };
  }),
].map((image, place) => ({ ...image, id: 179_000_000 + (place + 1) * 7_919 }));

export const findSize = (slug: unknown): Size | undefined => SIZES.find(({ id }) => id === slug);
export const findRegion = (slug: unknown): Region | undefined => REGIONS.find(({ id }) => id === slug);
export const findImage = (slugOrId: unknown): Image | undefined =>
  IMAGES.find(({ id, slug }) => slug === slugOrId || String(id) === String(slugOrId));

/** Hetzner's catalogue as its API tells it in 2026: types, locations, images. Prices are net euros a month. */
import type { SimPlan } from '../../../simulator/cloud/model.ts';

export interface HetznerLocation {
  readonly id: string;
  readonly number: number;
  readonly description: string;
  readonly country: string;
  readonly city: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly zone: string;
}

export interface HetznerType extends SimPlan {
  readonly number: number;
  readonly description: string;
  readonly category: string;
  readonly dedicated: boolean;
  /** Net a month by network zone. */
  readonly monthly: Readonly<Record<string, number>>;
  /** ISO 8601, of a type that is sold no more from then on. */
  readonly unavailableAfter: string | null;
}

export interface HetznerImage {
  readonly number: number;
  readonly name: string;
  readonly description: string;
  readonly flavor: string;
  readonly version: string | null;
  readonly architecture: 'x86' | 'arm';
  readonly app: boolean;
  readonly diskGb: number;
  readonly deprecated: string | null;
}

const place = (
  id: string,
  number: number,
  [description, country, city]: [string, string, string],
  [latitude, longitude]: [number, number],
  zone: string,
): HetznerLocation => ({ id, number, description, country, city, latitude, longitude, zone });

export const LOCATIONS: readonly HetznerLocation[] = [
  place('fsn1', 1, ['Falkenstein DC Park 1', 'DE', 'Falkenstein'], [50.47612, 12.370071], 'eu-central'),
  place('nbg1', 2, ['Nuremberg DC Park 1', 'DE', 'Nuremberg'], [49.452102, 11.076665], 'eu-central'),
  place('hel1', 3, ['Helsinki DC Park 1', 'FI', 'Helsinki'], [60.169855, 24.938379], 'eu-central'),
  place('ash', 4, ['Ashburn, VA', 'US', 'Ashburn, VA'], [39.045821, -77.487073], 'us-east'),
  place('hil', 5, ['Hillsboro, OR', 'US', 'Hillsboro, OR'], [45.54222, -122.951924], 'us-west'),
  place('sin', 6, ['Singapore', 'SG', 'Singapore'], [1.283333, 103.833333], 'ap-southeast'),
];

/** id, number, cores, memory (GB), disk (GB), euros a month in Europe, in the United States, in Singapore. */
type Row = readonly [id: string, number: number, cores: number, memory: number, disk: number, eu: number, us: number, sin: number];
const SHARED_NEW: readonly Row[] = [
  ['cx23', 114, 2, 4, 40, 2.99, 0, 0],
  ['cx33', 115, 4, 8, 80, 4.99, 0, 0],
  ['cx43', 116, 8, 16, 160, 8.99, 0, 0],
  ['cx53', 117, 16, 32, 320, 16.49, 0, 0],
];
const SHARED_OLD: readonly Row[] = [
  ['cx22', 104, 2, 4, 40, 3.79, 0, 0],
  ['cx32', 105, 4, 8, 80, 6.8, 0, 0],
];
const ARM: readonly Row[] = [
  ['cax11', 45, 2, 4, 40, 3.29, 0, 0],
  ['cax21', 93, 4, 8, 80, 5.99, 0, 0],
  ['cax31', 94, 8, 16, 160, 11.99, 0, 0],
  ['cax41', 95, 16, 32, 320, 23.99, 0, 0],
];
const REGULAR: readonly Row[] = [
  ['cpx11', 22, 2, 2, 40, 0, 4.49, 6.99],
  ['cpx21', 23, 3, 4, 80, 0, 8.49, 11.49],
  ['cpx31', 24, 4, 8, 160, 0, 15.99, 20.49],
  ['cpx41', 25, 8, 16, 240, 0, 29.99, 37.99],
  ['cpx51', 26, 16, 32, 360, 0, 59.99, 70.99],
  ['cpx12', 108, 1, 2, 40, 5.49, 0, 0],
  ['cpx22', 109, 2, 4, 80, 6.49, 0, 0],
  ['cpx32', 110, 4, 8, 160, 10.99, 0, 0],
  ['cpx42', 111, 8, 16, 320, 19.99, 0, 0],
  ['cpx52', 112, 12, 24, 480, 28.49, 0, 0],
  ['cpx62', 113, 16, 32, 640, 38.99, 0, 0],
];
const DEDICATED: readonly Row[] = [
  ['ccx13', 96, 2, 8, 80, 12.49, 12.99, 20.49],
  ['ccx23', 97, 4, 16, 160, 24.49, 24.99, 37.49],
  ['ccx33', 98, 8, 32, 240, 48.49, 48.99, 69.49],
  ['ccx43', 99, 16, 64, 360, 96.49, 96.99, 132.49],
  ['ccx53', 100, 32, 128, 600, 192.49, 192.99, 255.49],
  ['ccx63', 101, 48, 192, 960, 288.49, 288.99, 378.49],
];

const types = (
  rows: readonly Row[],
  kind: { category: string; dedicated?: boolean; arm?: boolean; unavailableAfter?: string },
): HetznerType[] =>
  rows.map(([id, number, vcpus, memory, diskGb, eu, us, sin]) => {
    const monthly = { 'eu-central': eu, 'us-east': us, 'us-west': us, 'ap-southeast': sin };
    const zones = Object.entries(monthly).flatMap(([zone, price]) => (price === 0 ? [] : [zone]));
    return {
      id,
      number,
      description: id.toUpperCase(),
      category: kind.category,
      dedicated: kind.dedicated === true,
      architecture: kind.arm ? 'arm' : 'x86',
      vcpus,
      memoryMb: memory * 1024,
      diskGb,
      regions: LOCATIONS.filter(({ zone }) => zones.includes(zone)).map((location) => location.id),
      monthly,
      unavailableAfter: kind.unavailableAfter ?? null,
    };
  });

export const TYPES: readonly HetznerType[] = [
  ...types(SHARED_NEW, { category: 'cost_optimized' }),
  ...types(SHARED_OLD, { category: 'cost_optimized', unavailableAfter: '2026-01-01T00:00:00+00:00' }),
  ...types(ARM, { category: 'cost_optimized', arm: true }),
  ...types(REGULAR, { category: 'regular_purpose' }),
  ...types(DEDICATED, { category: 'general_purpose', dedicated: true }),
];

/** Name, description, flavor, version, least disk, when it was deprecated. */
const SYSTEMS: readonly [string, string, string, string, number, string | null][] = [
  ['ubuntu-22.04', 'Ubuntu 22.04', 'ubuntu', '22.04', 5, null],
  ['ubuntu-24.04', 'Ubuntu 24.04', 'ubuntu', '24.04', 5, null],
  ['ubuntu-26.04', 'Ubuntu 26.04', 'ubuntu', '26.04', 5, null],
  ['ubuntu-20.04', 'Ubuntu 20.04', 'ubuntu', '20.04', 5, '2026-05-31T00:00:00+00:00'],
  ['debian-11', 'Debian 11', 'debian', '11', 5, '2026-09-30T00:00:00+00:00'],
  ['debian-12', 'Debian 12', 'debian', '12', 5, null],
  ['debian-13', 'Debian 13', 'debian', '13', 5, null],
  ['fedora-42', 'Fedora 42', 'fedora', '42', 5, null],
  ['fedora-43', 'Fedora 43', 'fedora', '43', 5, null],
  ['rocky-8', 'Rocky Linux 8', 'rocky', '8', 5, null],
  ['rocky-9', 'Rocky Linux 9', 'rocky', '9', 5, null],
  ['rocky-10', 'Rocky Linux 10', 'rocky', '10', 5, null],
  ['alma-8', 'AlmaLinux 8', 'alma', '8', 10, null],
  ['alma-9', 'AlmaLinux 9', 'alma', '9', 10, null],
  ['alma-10', 'AlmaLinux 10', 'alma', '10', 10, null],
  ['centos-stream-9', 'CentOS Stream 9', 'centos', 'stream9', 5, null],
  ['centos-stream-10', 'CentOS Stream 10', 'centos', 'stream10', 5, null],
  ['opensuse-15', 'openSUSE Leap 15', 'opensuse', '15', 5, null],
];
const APPS: readonly [string, string][] = [
  ['docker-ce', 'Docker CE'],
  ['wordpress', 'WordPress'],
  ['nextcloud', 'Nextcloud'],
  ['gitlab', 'GitLab CE'],
  ['lamp', 'LAMP Stack'],
];

export const IMAGES: readonly HetznerImage[] = (['x86', 'arm'] as const).flatMap((architecture, side) => [
  ...SYSTEMS.map(([name, description, flavor, version, diskGb, deprecated], place) => {
    const number = 161_547_000 + place * 10 + side;
    return { number, name, description, flavor, version, architecture, app: false, diskGb, deprecated };
  }),
  ...APPS.map(([name, description], place) => {
    const number = 40_093_000 + place * 10 + side;
    return { number, name, description, flavor: 'unknown', version: null, architecture, app: true, diskGb: 10, deprecated: null };
  }),
]);

/** A month of an IPv4 address, net; an IPv6 network costs nothing. */
export const IPV4_MONTHLY = 0.5;

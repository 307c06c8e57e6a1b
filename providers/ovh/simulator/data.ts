/** What OVH's Public Cloud sells: flavours, regions and images as of 2026, prices net in euros an hour. */
import type { SimPlan } from '../../../simulator/cloud/model.ts';

export interface OvhRegion {
  readonly id: string;
  readonly continent: 'EU' | 'NA' | 'ASIA';
  readonly centre: string;
}
const region = (id: string, continent: OvhRegion['continent'], centre: string): OvhRegion => ({ id, continent, centre });
export const REGIONS: readonly OvhRegion[] = [
  region('GRA11', 'EU', 'GRA'),
  region('SBG5', 'EU', 'SBG'),
  region('RBX-A', 'EU', 'RBX'),
  region('DE1', 'EU', 'DE'),
  region('WAW1', 'EU', 'WAW'),
  region('UK1', 'EU', 'UK'),
  region('BHS5', 'NA', 'BHS'),
  region('SGP1', 'ASIA', 'SGP'),
  region('SYD1', 'ASIA', 'SYD'),
];

export interface OvhFlavor extends SimPlan {
  /** Hundred-millionths of a euro an hour. */
  readonly hourly: number;
  readonly type: string;
  /** Mbit/s. */
  readonly network: number;
}
const everywhere = REGIONS.map(({ id }) => id);
const europe = REGIONS.filter(({ continent }) => continent === 'EU').map(({ id }) => id);
function family(
  type: string,
  sizes: readonly (readonly [id: string, vcpus: number, ram: number, disk: number, hourly: string, network: number])[],
  regions: readonly string[] = everywhere,
): OvhFlavor[] {
  return sizes.map(([id, vcpus, ram, diskGb, hourly, network]) => {
    return { id, vcpus, memoryMb: ram * 1000, diskGb, hourly: Math.round(Number(hourly) * 1e8), network, type: `ovh.${type}`, regions };
  });
}
export const FLAVORS: readonly OvhFlavor[] = [
  ...family('discovery', [
    ['d2-2', 1, 2, 25, '0.0099', 100],
    ['d2-4', 2, 4, 50, '0.0198', 250],
    ['d2-8', 4, 8, 50, '0.0336', 500],
  ]),
  ...family('ssd', [
    ['b2-7', 2, 7, 50, '0.0681', 250],
    ['b2-15', 4, 15, 100, '0.1281', 250],
    ['b2-30', 8, 30, 200, '0.2581', 500],
    ['b2-60', 16, 60, 400, '0.5081', 1000],
    ['b2-120', 32, 120, 400, '0.9981', 10000],
  ]),
  ...family(
    'b3',
    [
      ['b3-8', 2, 8, 50, '0.0508', 500],
      ['b3-16', 4, 16, 100, '0.1016', 1000],
      ['b3-32', 8, 32, 200, '0.2032', 2000],
      ['b3-64', 16, 64, 400, '0.4064', 4000],
      ['b3-128', 32, 128, 400, '0.8128', 8000],
      ['b3-256', 64, 256, 400, '1.6256', 16000],
    ],
    europe,
  ),
  ...family(
    'c3',
    [
      ['c3-4', 2, 4, 50, '0.0453', 500],
      ['c3-8', 4, 8, 100, '0.0906', 1000],
      ['c3-16', 8, 16, 200, '0.1812', 2000],
      ['c3-32', 16, 32, 400, '0.3624', 4000],
      ['c3-64', 32, 64, 400, '0.7248', 8000],
    ],
    europe,
  ),
  ...family(
    'r3',
    [
      ['r3-16', 2, 16, 50, '0.0703', 500],
      ['r3-32', 4, 32, 100, '0.1406', 1000],
      ['r3-64', 8, 64, 200, '0.2812', 2000],
      ['r3-128', 16, 128, 400, '0.5624', 4000],
    ],
    europe,
  ),
];

export interface OvhImage {
  readonly name: string;
  readonly minDisk: number;
  readonly user: string;
  readonly type: 'linux' | 'windows';
}
const linux = (name: string, user: string, minDisk = 0): OvhImage => ({ name, user, minDisk, type: 'linux' });
export const IMAGES: readonly OvhImage[] = [
  linux('Debian 11', 'debian'),
  linux('Debian 12', 'debian'),
  linux('Debian 13', 'debian'),
  linux('Ubuntu 22.04', 'ubuntu'),
  linux('Ubuntu 24.04', 'ubuntu'),
  linux('Ubuntu 26.04', 'ubuntu'),
  linux('AlmaLinux 9', 'almalinux', 10),
  linux('AlmaLinux 10', 'almalinux', 10),
  linux('Rocky Linux 9', 'rocky', 10),
  linux('Rocky Linux 10', 'rocky', 10),
  linux('Fedora 43', 'fedora'),
  { name: 'Windows Server 2022 Standard (Desktop)', user: 'Administrator', minDisk: 50, type: 'windows' },
];

/** EC2's catalogue at the simulator: types with their Linux prices in Frankfurt, regions with a factor, images with their dates. */
import type { SimPlan } from '../../../simulator/cloud/model.ts';
import { diskGbFor } from '../data.ts';

export interface Ec2Type extends SimPlan {
  readonly architecture: string;
  /** USD an hour in eu-central-1. */
  readonly hourly: number;
}

/** With what a server costs there, compared with Frankfurt. */
export const REGIONS: readonly { readonly id: string; readonly factor: number; readonly zones: readonly string[] }[] = [
  { id: 'eu-central-1', factor: 1, zones: ['a', 'b', 'c'] },
  { id: 'eu-west-1', factor: 0.95, zones: ['a', 'b', 'c'] },
  { id: 'us-east-1', factor: 0.8667, zones: ['a', 'b', 'c', 'd', 'f'] },
  { id: 'us-west-2', factor: 0.8667, zones: ['a', 'b', 'c', 'd'] },
  { id: 'ap-southeast-1', factor: 1.1, zones: ['a', 'b', 'c'] },
  { id: 'sa-east-1', factor: 1.4, zones: ['a', 'b', 'c'] },
];

type Row = readonly [type: string, vcpus: number, gib: number, hourly: number];
const INTEL: readonly Row[] = [
  ['t3.nano', 2, 0.5, 0.006],
  ['t3.micro', 2, 1, 0.012],
  ['t3.small', 2, 2, 0.024],
  ['t3.medium', 2, 4, 0.048],
  ['t3.large', 2, 8, 0.096],
  ['t3.xlarge', 4, 16, 0.192],
  ['t3.2xlarge', 8, 32, 0.384],
  ['t3a.nano', 2, 0.5, 0.0054],
  ['t3a.micro', 2, 1, 0.0108],
  ['t3a.small', 2, 2, 0.0216],
  ['t3a.medium', 2, 4, 0.0432],
  ['t3a.large', 2, 8, 0.0864],
  ['m6i.large', 2, 8, 0.115],
  ['m6i.xlarge', 4, 16, 0.23],
  ['m6i.2xlarge', 8, 32, 0.46],
  ['c6i.large', 2, 4, 0.097],
  ['c6i.xlarge', 4, 8, 0.194],
  ['r6i.large', 2, 16, 0.152],
];
const GRAVITON: readonly Row[] = [
  ['t4g.nano', 2, 0.5, 0.0048],
  ['t4g.micro', 2, 1, 0.0096],
  ['t4g.small', 2, 2, 0.0192],
  ['t4g.medium', 2, 4, 0.0384],
  ['t4g.large', 2, 8, 0.0768],
  ['m7g.medium', 1, 4, 0.0489],
  ['m7g.large', 2, 8, 0.0978],
];

const type =
  (architecture: string) =>
  ([id, vcpus, gib, hourly]: Row): Ec2Type => {
    const memoryMb = gib * 1024;
    return { id, vcpus, memoryMb, diskGb: diskGbFor(memoryMb), regions: REGIONS.map((region) => region.id), architecture, hourly };
  };
export const TYPES: readonly Ec2Type[] = [...INTEL.map(type('x86_64')), ...GRAVITON.map(type('arm64'))];
export const GP3_GB_MONTH = 0.0952;

export interface PublicImage {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly architecture: string;
  readonly diskGb: number;
  readonly created: string;
}
const NAMES: readonly (readonly [owner: string, diskGb: number, x86: string, arm: string])[] = [
  [
    '099720109477',
    8,
    'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-DAY',
    'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-DAY',
  ],
  [
    '099720109477',
    8,
    'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-DAY',
    'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-DAY',
  ],
  ['136693071363', 8, 'debian-13-amd64-DAY-2011', 'debian-13-arm64-DAY-2011'],
  ['136693071363', 8, 'debian-12-amd64-DAY-1917', 'debian-12-arm64-DAY-1917'],
  ['792107900819', 10, 'Rocky-9-EC2-Base-9.6-DAY.0.x86_64', 'Rocky-9-EC2-Base-9.6-DAY.0.aarch64'],
  ['137112412989', 8, 'al2023-ami-2023.8.DAY.0-kernel-6.1-x86_64', 'al2023-ami-2023.8.DAY.0-kernel-6.1-arm64'],
];
/** An older and a newer one of each; every region has its own ids. */
const DAYS = ['20260601', '20261012'];
export function imagesOf(region: string): PublicImage[] {
  const place = REGIONS.findIndex(({ id }) => id === region);
  return NAMES.flatMap(([owner, diskGb, x86, arm], row) =>
    DAYS.flatMap((day, age) =>
      [x86, arm].map((name, half) => ({
        id: `ami-0${String(place)}${String(row)}${String(age)}${String(half)}`.padEnd(21, '5'),
        owner,
        name: name.replace('DAY', day),
        architecture: half === 0 ? 'x86_64' : 'arm64',
        diskGb,
        created: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T08:00:00.000Z`,
      })),
    ),
  );
}

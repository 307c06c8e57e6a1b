/** Linode's catalogue as its API tells it: plans with the US prices of the public list, regions, images. */
import type { SimPlan, Times } from '../../../simulator/cloud/model.ts';

export type LinodeType = ReturnType<typeof make>;

/** id suffix, GB of memory, disk GB, vCPUs, transfer GB, Mbit/s out, USD per month. */
type Row = readonly [string, number, number, number, number, number, number];

const SHARED: readonly Row[] = [
  ['g6-standard-1', 2, 50, 1, 2000, 2000, 12],
  ['g6-standard-2', 4, 80, 2, 4000, 4000, 24],
  ['g6-standard-4', 8, 160, 4, 5000, 5000, 48],
  ['g6-standard-6', 16, 320, 6, 8000, 6000, 96],
  ['g6-standard-8', 32, 640, 8, 16000, 7000, 192],
  ['g6-standard-16', 64, 1280, 16, 20000, 9000, 384],
  ['g6-standard-20', 96, 1920, 20, 20000, 10000, 576],
  ['g6-standard-24', 128, 2560, 24, 20000, 11000, 768],
  ['g6-standard-32', 192, 3840, 32, 20000, 12000, 1152],
];
const DEDICATED: readonly Row[] = [
  ['g6-dedicated-2', 4, 80, 2, 4000, 4000, 36],
  ['g6-dedicated-4', 8, 160, 4, 5000, 5000, 72],
  ['g6-dedicated-8', 16, 320, 8, 6000, 6000, 144],
  ['g6-dedicated-16', 32, 640, 16, 7000, 7000, 288],
  ['g6-dedicated-32', 64, 1280, 32, 8000, 8000, 576],
  ['g6-dedicated-48', 96, 1920, 48, 9000, 9000, 864],
  ['g6-dedicated-50', 128, 2500, 50, 10000, 10000, 1152],
  ['g6-dedicated-56', 256, 5000, 56, 11000, 11000, 2304],
  ['g6-dedicated-64', 512, 7200, 64, 12000, 12000, 4608],
  ['g8-dedicated-4-2', 4, 40, 2, 0, 4000, 45],
  ['g8-dedicated-8-4', 8, 80, 4, 0, 5000, 90],
  ['g8-dedicated-16-8', 16, 160, 8, 0, 6000, 180],
  ['g8-dedicated-32-16', 32, 320, 16, 0, 7000, 360],
  ['g8-dedicated-64-32', 64, 640, 32, 0, 8000, 720],
];
const HIGHMEM: readonly Row[] = [
  ['g7-highmem-1', 24, 20, 2, 5000, 5000, 60],
  ['g7-highmem-2', 48, 40, 2, 6000, 6000, 120],
  ['g7-highmem-4', 90, 90, 4, 7000, 7000, 240],
  ['g7-highmem-8', 150, 200, 8, 8000, 8000, 480],
  ['g7-highmem-16', 300, 340, 16, 9000, 9000, 960],
];
/** The dedicated ones of the older generation, on newer hosts and a fifth dearer. */
const PREMIUM = DEDICATED.filter(([id]) => id.startsWith('g6')).map((row): Row => {
  const id = row[0].replace('g6-dedicated', 'g7-premium');
  return row.with(0, id).with(6, Math.round(row[6] * 1.2)) as unknown as Row;
});
const GPU: readonly Row[] = [
  ['g1-gpu-rtx6000-1', 32, 640, 8, 16000, 10000, 1000],
  ['g1-gpu-rtx6000-2', 64, 1280, 16, 20000, 10000, 2000],
  ['g1-gpu-rtx6000-3', 96, 1920, 20, 20000, 10000, 3000],
  ['g1-gpu-rtx6000-4', 128, 2560, 24, 20000, 10000, 4000],
  ['g2-gpu-rtx4000a1-s', 16, 500, 4, 0, 10000, 350],
  ['g2-gpu-rtx4000a1-m', 32, 500, 8, 0, 10000, 446],
  ['g2-gpu-rtx4000a1-l', 64, 500, 16, 0, 10000, 638],
  ['g2-gpu-rtx4000a1-xl', 128, 500, 32, 0, 10000, 1022],
  ['g2-gpu-rtx4000a2-s', 32, 1000, 8, 0, 10000, 700],
  ['g2-gpu-rtx4000a2-m', 64, 1000, 16, 0, 10000, 892],
  ['g2-gpu-rtx4000a2-hs', 128, 1000, 32, 0, 10000, 992],
  ['g2-gpu-rtx4000a4-s', 196, 2000, 48, 0, 10000, 1976],
  ['g2-gpu-rtx4000a4-m', 256, 2000, 52, 0, 10000, 2384],
];
const ACCELERATED: readonly Row[] = [
  ['g1-accelerated-netint-vpu-t1u1-s', 16, 300, 8, 0, 10000, 280],
  ['g1-accelerated-netint-vpu-t1u1-m', 24, 400, 12, 0, 10000, 420],
];

/** Jakarta and São Paulo cost more; the factors are those of the price list, rounded to whole dollars. */
const SURCHARGE: Readonly<Record<string, number>> = { 'id-cgk': 1.2, 'br-gru': 1.4 };

export const TYPES: readonly LinodeType[] = [
  make('nanode', 'Nanode', ['g6-nanode-1', 1, 25, 1, 1000, 1000, 5]),
  ...SHARED.map((row) => make('standard', 'Linode', row)),
  ...HIGHMEM.map((row) => make('highmem', 'Linode', row)),
  ...DEDICATED.map((row) => make('dedicated', 'Dedicated', row)),
  ...PREMIUM.map((row) => make('premium', 'Premium', row)),
  ...GPU.map((row) => make('gpu', 'Dedicated GPU', row)),
  ...ACCELERATED.map((row) => make('accelerated', 'Netint VPU', row)),
];

function make(kind: string, family: string, [id, memoryGb, diskGb, vcpus, transfer, out, monthly]: Row) {
  const price = priced(monthly);
  const backup = Math.max(2, Math.round(monthly / 5));
  return {
    id,
    label: `${family} ${memoryGb}GB`,
    class: kind,
    disk: diskGb * 1024,
    memory: memoryGb * 1024,
    vcpus,
    gpus: kind === 'gpu' ? Number(/(?:rtx6000-|rtx4000a)(\d)/.exec(id)?.[1] ?? 1) : 0,
    accelerated_devices: kind === 'accelerated' ? 1 : 0,
    network_out: out,
    transfer,
    successor: null,
    price,
    region_prices: surcharged(monthly),
    addons: { backups: { price: priced(backup), region_prices: surcharged(backup) } },
  };
}

/** An hour costs 0.15 % of a month, on every plan. */
function priced(monthly: number): { hourly: number; monthly: number } {
  return { hourly: Math.round(monthly * 15) / 10_000, monthly };
}

function surcharged(monthly: number): { id: string; hourly: number; monthly: number }[] {
  return Object.entries(SURCHARGE).map(([id, factor]) => ({ id, ...priced(Math.round(monthly * factor)) }));
}

export type LinodeRegion = (typeof REGIONS)[number];
export type LinodeImage = (typeof IMAGES)[number];

const BASE = [
  'Linodes',
  'Block Storage Encryption',
  'Backups',
  'NodeBalancers',
  'Block Storage',
  'Kubernetes',
  'Cloud Firewall',
  'Vlans',
  'VPCs',
  'Metadata',
  'Placement Group',
];

/** id, name, country, what it has beyond the base: p premium, g GPU, a accelerated, e disk encryption. */
const PLACES: readonly (readonly [string, string, string, string])[] = [
  ['ap-west', 'Mumbai, IN', 'in', 'g'],
  ['ca-central', 'Toronto, CA', 'ca', ''],
  ['ap-southeast', 'Sydney, AU', 'au', ''],
  ['us-iad', 'Washington, DC', 'us', 'pe'],
  ['us-ord', 'Chicago, IL', 'us', 'pgae'],
  ['fr-par', 'Paris, FR', 'fr', 'pge'],
  ['us-sea', 'Seattle, WA', 'us', 'pge'],
  ['br-gru', 'Sao Paulo, BR', 'br', 'pe'],
  ['nl-ams', 'Amsterdam, NL', 'nl', 'pe'],
  ['se-sto', 'Stockholm, SE', 'se', 'pe'],
  ['es-mad', 'Madrid, ES', 'es', 'pe'],
  ['in-maa', 'Chennai, IN', 'in', 'pe'],
  ['jp-osa', 'Osaka, JP', 'jp', 'pge'],
  ['it-mil', 'Milan, IT', 'it', 'pe'],
  ['us-mia', 'Miami, FL', 'us', 'pe'],
  ['id-cgk', 'Jakarta, ID', 'id', 'pe'],
  ['us-lax', 'Los Angeles, CA', 'us', 'pae'],
  ['gb-lon', 'London 2, UK', 'gb', 'pe'],
  ['au-mel', 'Melbourne, AU', 'au', 'pe'],
  ['in-bom-2', 'Mumbai 2, IN', 'in', 'pge'],
  ['de-fra-2', 'Frankfurt 2, DE', 'de', 'pge'],
  ['sg-sin-2', 'Singapore 2, SG', 'sg', 'pge'],
  ['jp-tyo-3', 'Tokyo 3, JP', 'jp', 'pe'],
  ['us-central', 'Dallas, TX', 'us', 'e'],
  ['us-west', 'Fremont, CA', 'us', ''],
  ['us-southeast', 'Atlanta, GA', 'us', 'g'],
  ['us-east', 'Newark, NJ', 'us', 'g'],
  ['eu-west', 'London, UK', 'gb', ''],
  ['ap-south', 'Singapore, SG', 'sg', 'g'],
  ['eu-central', 'Frankfurt, DE', 'de', 'g'],
  ['ap-northeast', 'Tokyo 2, JP', 'jp', ''],
];
const EXTRA: Readonly<Record<string, string>> = { p: 'Premium Plans', g: 'GPU Linodes', a: 'NETINT Quadra T1U', e: 'Disk Encryption' };

export const REGIONS = [
  ...PLACES.map(([id, label, country, extra], i) => ({
    id,
    label,
    country,
    capabilities: [...BASE, ...[...extra].map((letter) => EXTRA[letter]!)],
    status: 'ok',
    site_type: 'core',
    resolvers: { ipv4: `192.0.2.${i * 2},192.0.2.${i * 2 + 1}`, ipv6: `2001:db8:${i}::1,2001:db8:${i}::2` },
    placement_group_limits: { maximum_pgs_per_customer: 100, maximum_linodes_per_pg: 5 },
  })),
  {
    id: 'us-den-edge-1',
    label: 'Edge - Denver, CO',
    country: 'us',
    capabilities: ['Linodes', 'Cloud Firewall', 'Distributed Plans', 'Placement Group'],
    status: 'ok',
    site_type: 'distributed',
    resolvers: { ipv4: '192.0.2.250,192.0.2.251', ipv6: '2001:db8:fa::1,2001:db8:fa::2' },
    placement_group_limits: { maximum_pgs_per_customer: 100, maximum_linodes_per_pg: 5 },
  },
];

/** id, name, vendor, size in MB, end of life, marks: c cloud-init, d deprecated. */
const SYSTEMS: readonly (readonly [string, string, string, number, string | null, string])[] = [
  ['almalinux8', 'AlmaLinux 8', 'AlmaLinux', 2200, '2029-03-01', 'c'],
  ['almalinux9', 'AlmaLinux 9', 'AlmaLinux', 2200, '2032-05-31', 'c'],
  ['almalinux10', 'AlmaLinux 10', 'AlmaLinux', 2300, '2035-05-31', 'c'],
  ['alpine3.18', 'Alpine 3.18', 'Alpine', 300, '2025-05-09', 'd'],
  ['alpine3.19', 'Alpine 3.19', 'Alpine', 300, '2025-11-01', 'cd'],
  ['alpine3.20', 'Alpine 3.20', 'Alpine', 300, '2027-04-01', 'c'],
  ['alpine3.21', 'Alpine 3.21', 'Alpine', 300, '2027-11-01', 'c'],
  ['alpine3.22', 'Alpine 3.22', 'Alpine', 300, '2028-05-01', 'c'],
  ['arch', 'Arch Linux', 'Arch', 3000, null, 'c'],
  ['centos7', 'CentOS 7', 'CentOS', 1500, '2024-06-30', 'd'],
  ['centos-stream8', 'CentOS Stream 8', 'CentOS', 2000, '2024-05-31', 'd'],
  ['centos-stream9', 'CentOS Stream 9', 'CentOS', 2200, '2027-05-31', 'c'],
  ['centos-stream10', 'CentOS Stream 10', 'CentOS', 2300, '2030-01-01', 'c'],
  ['debian9', 'Debian 9', 'Debian', 1100, '2022-06-30', 'd'],
  ['debian10', 'Debian 10', 'Debian', 1500, '2024-06-30', 'd'],
  ['debian11', 'Debian 11', 'Debian', 1500, '2027-08-31', 'c'],
  ['debian12', 'Debian 12', 'Debian', 1800, '2028-06-30', 'c'],
  ['debian13', 'Debian 13', 'Debian', 1900, '2030-06-30', 'c'],
  ['fedora40', 'Fedora 40', 'Fedora', 2500, '2025-05-13', 'cd'],
  ['fedora41', 'Fedora 41', 'Fedora', 2500, '2027-11-19', 'c'],
  ['fedora42', 'Fedora 42', 'Fedora', 2500, '2028-05-13', 'c'],
  ['gentoo', 'Gentoo', 'Gentoo', 7000, null, ''],
  ['kali', 'Kali Linux', 'Kali', 2500, null, 'c'],
  ['opensuse15.5', 'openSUSE Leap 15.5', 'openSUSE', 2000, '2024-12-31', 'cd'],
  ['opensuse15.6', 'openSUSE Leap 15.6', 'openSUSE', 2000, '2027-12-31', 'c'],
  ['opensuse16.0', 'openSUSE Leap 16.0', 'openSUSE', 2100, '2029-10-31', 'c'],
  ['rocky8', 'Rocky Linux 8', 'Rocky', 2200, '2029-05-31', 'c'],
  ['rocky9', 'Rocky Linux 9', 'Rocky', 2200, '2032-05-31', 'c'],
  ['rocky10', 'Rocky Linux 10', 'Rocky', 2300, '2035-05-31', 'c'],
  ['slackware14.2', 'Slackware 14.2', 'Slackware', 6000, null, 'd'],
  ['slackware15.0', 'Slackware 15.0', 'Slackware', 8000, null, ''],
  ['ubuntu16.04lts', 'Ubuntu 16.04 LTS', 'Ubuntu', 2700, '2021-04-30', 'd'],
  ['ubuntu18.04', 'Ubuntu 18.04 LTS', 'Ubuntu', 2700, '2023-05-31', 'd'],
  ['ubuntu20.04', 'Ubuntu 20.04 LTS', 'Ubuntu', 2700, '2025-05-31', 'cd'],
  ['ubuntu22.04', 'Ubuntu 22.04 LTS', 'Ubuntu', 3000, '2027-04-01', 'c'],
  ['ubuntu24.04', 'Ubuntu 24.04 LTS', 'Ubuntu', 3500, '2029-04-25', 'c'],
  ['ubuntu25.04', 'Ubuntu 25.04', 'Ubuntu', 3500, '2026-01-15', 'cd'],
  ['ubuntu25.10', 'Ubuntu 25.10', 'Ubuntu', 3500, '2027-07-15', 'c'],
  ['ubuntu26.04', 'Ubuntu 26.04 LTS', 'Ubuntu', 3600, '2031-04-23', 'c'],
  ['ubuntu22.04-kube-v1.31.8', 'Kubernetes 1.31.8 on Ubuntu 22.04', 'Ubuntu', 3500, '2027-04-01', ''],
  ['ubuntu22.04-kube-v1.32.4', 'Kubernetes 1.32.4 on Ubuntu 22.04', 'Ubuntu', 3500, '2027-04-01', ''],
  ['debian11-kube-v1.29.5', 'Kubernetes 1.29.5 on Debian 11', 'Debian', 3500, '2025-06-30', 'd'],
  ['debian12-kube-v1.31.8', 'Kubernetes 1.31.8 on Debian 12', 'Debian', 3500, '2027-06-30', ''],
  ['fedora39', 'Fedora 39', 'Fedora', 2500, '2024-11-26', 'cd'],
];

export const IMAGES = SYSTEMS.map(([slug, label, vendor, size, eol, marks]) => ({
  id: `linode/${slug}`,
  label,
  vendor,
  size,
  eol: eol === null ? null : `${eol}T04:00:00`,
  deprecated: marks.includes('d'),
  cloudInit: marks.includes('c'),
}));

/** Realistic milliseconds of each job. */
export const TIMES: Times & { migrate: number; restore: number } = {
  create: 14_000,
  start: 26_000,
  stop: 9_000,
  reboot: 30_000,
  resize: 120_000,
  rebuild: 25_000,
  migrate: 180_000,
  remove: 6_000,
  snapshot: 140_000,
  restore: 60_000,
  small: 0,
  listLag: 0,
  itemLag: 0,
};

/** What a region must have for a class of plans; the plans of the others are everywhere. */
export const NEEDS: Readonly<Record<string, string>> = { gpu: 'GPU Linodes', premium: 'Premium Plans', accelerated: 'NETINT Quadra T1U' };

/** The plans as the world sells them. */
export const PLANS: readonly SimPlan[] = TYPES.map((type) => ({
  id: type.id,
  vcpus: type.vcpus,
  memoryMb: type.memory,
  diskGb: type.disk / 1024,
  regions: REGIONS.filter(({ site_type: site, capabilities }) =>
    capabilities.includes(site === 'distributed' ? 'Distributed Plans only' : (NEEDS[type.class] ?? 'Linodes')),
  ).map(({ id }) => id),
}));

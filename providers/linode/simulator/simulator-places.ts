/** Regions and images: ids, names and countries as Linode lists them. */
export interface SimRegion {
  readonly id: string;
  readonly label: string;
  readonly country: string;
  readonly capabilities: readonly string[];
  readonly status: 'ok' | 'outage';
  readonly site_type: 'core' | 'distributed';
  readonly resolvers: { ipv4: string; ipv6: string };
  readonly placement_group_limits: { maximum_pgs_per_customer: number; maximum_linodes_per_pg: number };
}

export interface SimImage {
  readonly id: string;
  readonly label: string;
  readonly vendor: string;
  readonly deprecated: boolean;
  readonly eol: string | null;
  readonly size: number;
  readonly cloudInit: boolean;
}

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
const REGIONS: readonly (readonly [string, string, string, string])[] = [
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

export const SIM_REGIONS: readonly SimRegion[] = [
  ...REGIONS.map(([id, label, country, extra], i): SimRegion => ({
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
const IMAGES: readonly (readonly [string, string, string, number, string | null, string])[] = [
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

export const SIM_IMAGES: readonly SimImage[] = IMAGES.map(([slug, label, vendor, size, eol, marks]) => ({
  id: `linode/${slug}`,
  label,
  vendor,
  size,
  eol: eol === null ? null : `${eol}T04:00:00`,
  deprecated: marks.includes('d'),
  cloudInit: marks.includes('c'),
}));

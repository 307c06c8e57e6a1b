/** What EC2 leaves to its users to know: which systems are whose, what a region is called, which types make a server. */

export interface System {
  readonly id: string;
  readonly name: string;
  readonly distribution: string;
  /** The publisher's account. */
  readonly owner: string;
  /** What its images are called; the newest of them is taken. */
  readonly pattern: (architecture: string) => string;
}

const CANONICAL = '099720109477';
const DEBIAN = '136693071363';
const AMAZON = '137112412989';
const ROCKY = '792107900819';
const short = (architecture: string): string => (architecture === 'x86_64' ? 'amd64' : architecture);
const ubuntu = (version: string, code: string, disk: string): System => ({
  id: `ubuntu-${version}`,
  name: `Ubuntu ${version} LTS`,
  distribution: 'ubuntu',
  owner: CANONICAL,
  pattern: (architecture) => `ubuntu/images/${disk}/ubuntu-${code}-${version}-${short(architecture)}-server-*`,
});
const debian = (version: number): System => ({
  id: `debian-${version}`,
  name: `Debian ${version}`,
  distribution: 'debian',
  owner: DEBIAN,
  pattern: (architecture) => `debian-${version}-${short(architecture)}-2*`,
});
const rocky = (version: number): System => ({
  id: `rocky-${version}`,
  name: `Rocky Linux ${version}`,
  distribution: 'rocky',
  owner: ROCKY,
  pattern: (architecture) => `Rocky-${version}-EC2-Base-${version}.*.${architecture === 'arm64' ? 'aarch64' : architecture}`,
});

export const IMAGES: readonly System[] = [
  ubuntu('24.04', 'noble', 'hvm-ssd-gp3'),
  ubuntu('22.04', 'jammy', 'hvm-ssd'),
  debian(13),
  debian(12),
  rocky(9),
  {
    id: 'amazon-linux-2023',
    name: 'Amazon Linux 2023',
    distribution: 'amazon-linux',
    owner: AMAZON,
    pattern: (architecture) => `al2023-ami-2023.*-kernel-*-${architecture}`,
  },
];

/** Families that make servers of a common kind; EC2 has a thousand types more. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  t3: ['nano', 'micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'],
  t3a: ['nano', 'micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'],
  t4g: ['nano', 'micro', 'small', 'medium', 'large', 'xlarge', '2xlarge'],
  m6i: ['large', 'xlarge', '2xlarge', '4xlarge'],
  m7g: ['medium', 'large', 'xlarge', '2xlarge', '4xlarge'],
  c6i: ['large', 'xlarge', '2xlarge', '4xlarge'],
  c7g: ['medium', 'large', 'xlarge', '2xlarge', '4xlarge'],
  r6i: ['large', 'xlarge', '2xlarge'],
  r7g: ['medium', 'large', 'xlarge', '2xlarge'],
};
export const TYPES: readonly string[] = Object.entries(FAMILIES).flatMap(([family, sizes]) => sizes.map((size) => `${family}.${size}`));

/** A type has no disk of its own: a server gets 10 GB for each GiB of memory, at least 20 and at most 400. */
export function diskGbFor(memoryMib: number): number {
  return Math.min(400, Math.max(20, Math.round((memoryMib / 1024) * 10)));
}

/** USD an hour for a public IPv4 address, in every region since 2024-02-01 (AWS's announcement of 2023-07-28). */
export const IPV4_HOURLY = 0.005;
export const HOURS_A_MONTH = 730;

/** By the names of AWS's own table, with a city there where a name is none; EC2 tells codes alone. */
export const REGIONS: Readonly<Record<string, readonly [name: string, country: string, city?: string]>> = {
  'us-east-1': ['N. Virginia', 'US', 'Ashburn'],
  'us-east-2': ['Ohio', 'US', 'Columbus'],
  'us-west-1': ['N. California', 'US', 'San Francisco'],
  'us-west-2': ['Oregon', 'US', 'Boardman'],
  'ca-central-1': ['Canada (Central)', 'CA', 'Montreal'],
  'sa-east-1': ['São Paulo', 'BR'],
  'eu-central-1': ['Frankfurt', 'DE'],
  'eu-west-1': ['Ireland', 'IE', 'Dublin'],
  'eu-west-2': ['London', 'GB'],
  'eu-west-3': ['Paris', 'FR'],
  'eu-north-1': ['Stockholm', 'SE'],
  'eu-south-1': ['Milan', 'IT'],
  'eu-south-2': ['Spain', 'ES', 'Zaragoza'],
  'eu-central-2': ['Zurich', 'CH'],
  'ap-south-1': ['Mumbai', 'IN'],
  'ap-southeast-1': ['Singapore', 'SG'],
  'ap-southeast-2': ['Sydney', 'AU'],
  'ap-northeast-1': ['Tokyo', 'JP'],
  'ap-northeast-2': ['Seoul', 'KR'],
  'ap-northeast-3': ['Osaka', 'JP'],
  'ap-east-1': ['Hong Kong', 'HK'],
  'af-south-1': ['Cape Town', 'ZA'],
  'me-south-1': ['Bahrain', 'BH', 'Manama'],
  'me-central-1': ['UAE', 'AE', 'Dubai'],
  'il-central-1': ['Tel Aviv', 'IL'],
};

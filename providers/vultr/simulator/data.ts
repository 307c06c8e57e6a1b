/**
 * Vultr's catalog as data: regions, systems with their real ids, plans in their real numbers and sizes.
 * Prices are list prices of 2024-2026 to the dollar; the newest promotions and GPU plans are left out.
 */
import type { SimPlan } from '../../../simulator/cloud/model.ts';

const REGIONS_TEXT = `
ams Amsterdam NL Europe|atl Atlanta US North_America|blr Bangalore IN Asia|bom Mumbai IN Asia|cdg Paris FR Europe
del Delhi_NCR IN Asia|dfw Dallas US North_America|ewr New_Jersey US North_America|fra Frankfurt DE Europe|hnl Honolulu US North_America
icn Seoul KR Asia|itm Osaka JP Asia|jnb Johannesburg ZA Africa|lax Los_Angeles US North_America|lhr London GB Europe
mad Madrid ES Europe|man Manchester GB Europe|mel Melbourne AU Australia|mex Mexico_City MX North_America|mia Miami US North_America
nrt Tokyo JP Asia|ord Chicago US North_America|sao São_Paulo BR South_America|scl Santiago CL South_America|sea Seattle US North_America
sgp Singapore SG Asia|sjc Silicon_Valley US North_America|sto Stockholm SE Europe|syd Sydney AU Australia|tlv Tel_Aviv IL Asia
waw Warsaw PL Europe|yto Toronto CA North_America`;

const OPTIONS = ['ddos_protection', 'block_storage_high_perf', 'block_storage_storage_opt', 'load_balancers', 'kubernetes'];

export const REGIONS = REGIONS_TEXT.trim()
  .split(/[|\n]/)
  .map((entry) => {
    const [id = '', city = '', country = '', continent = ''] = entry.split(' ');
    return { id, city: city.replaceAll('_', ' '), country, continent: continent.replaceAll('_', ' '), options: OPTIONS };
  });

const OS_TEXT = `
127 CentOS 6 x64 centos|159 Custom iso|164 Snapshot snapshot|167 CentOS 7 x64 centos|180 Backup backup|186 Application application
240 Windows 2016 Standard x64 windows|352 Debian 10 x64 (buster) debian|371 Windows 2019 Standard x64 windows|381 CentOS 7 SELinux x64 centos
387 Ubuntu 20.04 LTS x64 ubuntu|391 Fedora CoreOS Stable fedora-coreos|401 CentOS 8 Stream x64 centos|424 Fedora CoreOS Next fedora-coreos
425 Fedora CoreOS Testing fedora-coreos|447 FreeBSD 13 x64 freebsd|448 Rocky Linux x64 rockylinux|452 AlmaLinux x64 almalinux
477 Debian 11 x64 (bullseye) debian|501 Windows 2022 Standard x64 windows|521 Windows Core 2022 Standard x64 windows
522 Windows Core 2016 Standard x64 windows|523 Windows Core 2019 Standard x64 windows|535 Arch Linux x64 archlinux|542 CentOS 9 Stream x64 centos
1743 Ubuntu 22.04 LTS x64 ubuntu|1761 Windows Core 2019 Datacenter x64 windows|1762 Windows Core 2022 Datacenter x64 windows
1764 Windows 2019 Datacenter x64 windows|1765 Windows 2022 Datacenter x64 windows|1868 AlmaLinux 9 x64 almalinux|1869 Rocky Linux 9 x64 rockylinux
2075 Flatcar Container Linux LTS x64 flatcar|2076 Alpine Linux x64 alpinelinux|2077 Flatcar Container Linux Stable x64 flatcar
2078 Flatcar Container Linux Beta x64 flatcar|2079 Flatcar Container Linux Alpha x64 flatcar|2107 Fedora 38 x64 fedora
2136 Debian 12 x64 (bookworm) debian|2157 openSUSE Leap 15 x64 opensuse|2179 Ubuntu 23.10 x64 ubuntu|2180 Fedora 39 x64 fedora
2187 OpenBSD 7.4 x64 openbsd|2212 FreeBSD 14 x64 freebsd|2283 Fedora 40 x64 fedora|2284 Ubuntu 24.04 LTS x64 ubuntu|2286 OpenBSD 7.5 x64 openbsd`;

export const SYSTEMS = OS_TEXT.trim()
  .split(/[|\n]/)
  .map((entry) => {
    const words = entry.split(' ');
    return { id: Number(words[0]), name: words.slice(1, -1).join(' '), arch: 'x64', family: words.at(-1)! };
  });

export interface VultrPlan extends SimPlan {
  /** GB of transfer a month. */
  readonly bandwidth: number;
  readonly monthly: number;
  /** `vc2`, `vhf` and so on. */
  readonly type: string;
}

/** Type and suffix, then `cores-memory GB: disk GB, transfer TB, dollars a month`. */
const PLANS_TEXT = `
vc2|1c-0.5gb:10,0.5,3.5 1c-1gb:25,1,5 1c-2gb:55,2,10 2c-2gb:65,3,15 2c-4gb:80,3,20 4c-8gb:160,4,40 6c-16gb:320,5,80 8c-32gb:640,6,160 16c-64gb:1280,10,320 24c-96gb:1600,15,640
vhf|1c-1gb:32,1,6 1c-2gb:64,2,12 2c-2gb:80,3,18 2c-4gb:128,3,24 3c-8gb:256,4,48 4c-16gb:384,5,96 6c-24gb:448,6,144 8c-32gb:512,7,192 12c-48gb:768,8,256 16c-58gb:1024,10,320
vhp+amd|1c-1gb:25,2,6 1c-2gb:50,3,12 2c-2gb:60,4,18 2c-4gb:100,5,24 4c-8gb:180,6,48 4c-12gb:260,7,72 8c-16gb:350,8,96 12c-24gb:500,12,144
vhp+intel|1c-1gb:25,2,6 1c-2gb:50,3,12 2c-2gb:60,4,18 2c-4gb:100,5,24 4c-8gb:180,6,48 4c-12gb:260,7,72 8c-16gb:350,8,96 12c-24gb:500,12,144
vdc|2c-8gb:110,10,60 4c-16gb:110,20,120 6c-24gb:110,30,180 8c-32gb:110,40,240
voc-g+s-amd|1c-4gb:30,4,30 2c-8gb:50,5,60 4c-16gb:80,6,120 8c-32gb:160,7,240 16c-64gb:320,8,480 24c-96gb:480,9,720 32c-128gb:640,10,960 40c-160gb:768,10,1200 64c-192gb:960,11,1920 96c-256gb:1280,12,2880
voc-c+s-amd|1c-2gb:25,4,28 2c-4gb:50,5,40 2c-4gb:75,5,45 4c-8gb:75,6,80 4c-8gb:150,6,90 8c-16gb:150,7,160 8c-16gb:300,7,180 16c-32gb:300,8,320 16c-32gb:500,8,360 32c-64gb:500,9,640 32c-64gb:1000,9,720
voc-m+s-amd|1c-8gb:50,5,40 2c-16gb:100,6,80 2c-16gb:200,6,100 2c-16gb:400,6,125 4c-32gb:200,7,160 4c-32gb:400,7,195 4c-32gb:800,7,250 8c-64gb:400,8,325 8c-64gb:800,8,395 8c-64gb:1600,8,500 16c-128gb:800,9,650 16c-128gb:1600,9,790 16c-128gb:3200,9,1000 24c-192gb:1200,10,975 32c-256gb:1600,11,1300
voc-s+s-amd|1c-8gb:150,4,75 2c-16gb:320,5,150 2c-16gb:480,5,180 4c-32gb:640,6,300 4c-32gb:960,6,360 8c-64gb:1280,7,600 8c-64gb:1920,7,720 16c-128gb:2560,8,1200 16c-128gb:3840,8,1440 24c-192gb:3840,9,1800 24c-192gb:5760,9,2160`;

export const PLANS: readonly VultrPlan[] = PLANS_TEXT.trim()
  .split('\n')
  .flatMap((line) => {
    const [kind = '', sizes = ''] = line.split('|');
    const [family = '', suffix = ''] = kind.split('+');
    return sizes.split(' ').map((size, index) => plan(family, suffix, size, index));
  });

function plan(family: string, suffix: string, size: string, index: number): VultrPlan {
  const [shape = '', numbers = ''] = size.split(':');
  const [disk = 0, terabytes = 0, monthly = 0] = numbers.split(',').map(Number);
  const [cores = '', memory = ''] = shape.split('-');
  const tail = suffix === '' ? '' : suffix.startsWith('s-') ? `-${disk}${suffix}` : `-${suffix}`;
  // Big and special plans are in fewer places.
  const everywhere = family === 'vc2' && index > 0;
  const regions = REGIONS.map(({ id }) => id).filter((_, place) => everywhere || (place + index) % (family === 'vdc' ? 4 : 6) !== 0);
  return {
    id: `${family}-${shape}${tail}`,
    vcpus: Number.parseInt(cores, 10),
    memoryMb: Number.parseFloat(memory) * 1024,
    diskGb: disk,
    bandwidth: terabytes * 1024,
    monthly,
    type: family,
    regions: alwaysIn(family, index, regions),
  };
}

/** The desks' recommended regions have the recommended plans. */
function alwaysIn(family: string, index: number, regions: string[]): string[] {
  if (family !== 'vhf' || index > 3) return regions;
  return [...new Set([...regions, 'ewr', 'ord', 'lhr', 'fra', 'ams', 'sgp', 'nrt'])].sort();
}

export function planOf(id: string): VultrPlan {
  return PLANS.find((each) => each.id === id) ?? PLANS[0]!;
}

export function hourlyOf({ monthly }: VultrPlan): number {
  return Number((monthly / 730).toFixed(3));
}

export function isWindows(os: number): boolean {
  return SYSTEMS.find(({ id }) => id === os)?.family === 'windows';
}

/** Windows needs 2 GB of memory and room for its image. */
export function supportsWindows({ memoryMb, diskGb }: VultrPlan): boolean {
  return memoryMb >= 2048 && diskGb >= 32;
}

const application = (id: number, name: string, short_name: string, system: string) => {
  return { id, name, short_name, deploy_name: `${name} on ${system} x64`, type: 'one-click', vendor: 'vultr', image_id: '' };
};
export const APPLICATIONS = [
  application(1, 'LEMP', 'lemp', 'CentOS 7'),
  application(17, 'Docker', 'docker', 'CentOS 7'),
  application(37, 'Docker', 'docker', 'Ubuntu 22.04'),
  application(50, 'Pritunl', 'pritunl', 'Ubuntu 22.04'),
];

/** A part of the public ISO library, in the manner of its names. */
export const PUBLIC_ISOS = [
  { id: '5c6f4c5e-3c3a-4b84-a4b5-6c7b1b0d7f01', name: 'Debian 12', description: '12.5.0 x86_64 netinst', md5sum: '' },
  { id: '5c6f4c5e-3c3a-4b84-a4b5-6c7b1b0d7f02', name: 'SystemRescue', description: '9.06 x86_64', md5sum: '' },
  { id: '5c6f4c5e-3c3a-4b84-a4b5-6c7b1b0d7f03', name: 'SystemRescue', description: '11.00 x86_64', md5sum: '' },
  { id: '5c6f4c5e-3c3a-4b84-a4b5-6c7b1b0d7f04', name: 'GParted', description: '1.6.0 x86_64', md5sum: '' },
] as const;

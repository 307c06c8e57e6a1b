/** What Compute Engine leaves to its users to know. */

/** A type has no disk of its own: a server gets 10 GB for each GiB of memory, at least 20 and at most 400. */
export function diskGbFor(memoryMb: number): number {
  return Math.min(400, Math.max(20, Math.round((memoryMb / 1024) * 10)));
}

/** Families that make servers of a common kind, and how Google's price list calls their processor and memory. */
export const FAMILIES: Readonly<Record<string, { readonly core: string; readonly ram: string; readonly sizes: readonly string[] }>> = {
  e2: {
    core: 'E2 Instance Core running in',
    ram: 'E2 Instance Ram running in',
    sizes: ['micro', 'small', 'medium', 'standard-2', 'standard-4', 'standard-8', 'highmem-2', 'highmem-4', 'highcpu-2', 'highcpu-4'],
  },
  n2: {
    core: 'N2 Instance Core running in',
    ram: 'N2 Instance Ram running in',
    sizes: ['standard-2', 'standard-4', 'standard-8', 'highmem-2', 'highmem-4'],
  },
  n2d: {
    core: 'N2D AMD Instance Core running in',
    ram: 'N2D AMD Instance Ram running in',
    sizes: ['standard-2', 'standard-4', 'standard-8'],
  },
  t2d: {
    core: 'T2D AMD Instance Core running in',
    ram: 'T2D AMD Instance Ram running in',
    sizes: ['standard-1', 'standard-2', 'standard-4', 'standard-8'],
  },
};
export const TYPES: readonly string[] = Object.entries(FAMILIES).flatMap(([family, { sizes }]) => sizes.map((size) => `${family}-${size}`));
/** Of a shared processor, the part that is paid for; the type itself says two. */
export const SHARED: Readonly<Record<string, number>> = { 'e2-micro': 0.25, 'e2-small': 0.5, 'e2-medium': 1 };
export const DISK_SKU = 'Balanced PD Capacity';
export const ADDRESS_SKU = 'External IP Charge on a Standard VM';
export const HOURS_A_MONTH = 730;

/** Only systems that read cloud-init's user data: the others of Google's know its own scripts alone. */
export const SYSTEMS: readonly { readonly family: string; readonly name: string; readonly architecture: string }[] = [
  { family: 'ubuntu-2404-lts-amd64', name: 'Ubuntu 24.04 LTS', architecture: 'X86_64' },
  { family: 'ubuntu-2204-lts', name: 'Ubuntu 22.04 LTS', architecture: 'X86_64' },
  { family: 'ubuntu-minimal-2404-lts-amd64', name: 'Ubuntu 24.04 LTS minimal', architecture: 'X86_64' },
];
export const SYSTEMS_PROJECT = 'ubuntu-os-cloud';

/** Regions by Google's own table: where it is, in which country, and the city that the table names where the first is none. */
export const REGIONS: Readonly<Record<string, readonly [name: string, country: string, city?: string]>> = {
  'us-central1': ['Iowa', 'US', 'Council Bluffs'],
  'us-east1': ['South Carolina', 'US', 'Moncks Corner'],
  'us-east4': ['N. Virginia', 'US', 'Ashburn'],
  'us-east5': ['Columbus', 'US'],
  'us-south1': ['Dallas', 'US'],
  'us-west1': ['Oregon', 'US', 'The Dalles'],
  'us-west2': ['Los Angeles', 'US'],
  'us-west3': ['Salt Lake City', 'US'],
  'us-west4': ['Las Vegas', 'US'],
  'northamerica-northeast1': ['Montréal', 'CA'],
  'northamerica-northeast2': ['Toronto', 'CA'],
  'southamerica-east1': ['São Paulo', 'BR'],
  'southamerica-west1': ['Santiago', 'CL'],
  'europe-west1': ['Belgium', 'BE', 'Saint-Ghislain'],
  'europe-west2': ['London', 'GB'],
  'europe-west3': ['Frankfurt', 'DE'],
  'europe-west4': ['Netherlands', 'NL', 'Eemshaven'],
  'europe-west6': ['Zurich', 'CH'],
  'europe-west8': ['Milan', 'IT'],
  'europe-west9': ['Paris', 'FR'],
  'europe-west10': ['Berlin', 'DE'],
  'europe-west12': ['Turin', 'IT'],
  'europe-central2': ['Warsaw', 'PL'],
  'europe-north1': ['Finland', 'FI', 'Hamina'],
  'europe-southwest1': ['Madrid', 'ES'],
  'asia-east1': ['Taiwan', 'TW', 'Changhua'],
  'asia-east2': ['Hong Kong', 'HK'],
  'asia-northeast1': ['Tokyo', 'JP'],
  'asia-northeast2': ['Osaka', 'JP'],
  'asia-northeast3': ['Seoul', 'KR'],
  'asia-south1': ['Mumbai', 'IN'],
  'asia-southeast1': ['Singapore', 'SG'],
  'asia-southeast2': ['Jakarta', 'ID'],
  'australia-southeast1': ['Sydney', 'AU'],
  'me-west1': ['Tel Aviv', 'IL'],
  'africa-south1': ['Johannesburg', 'ZA'],
};

/**
 * Releases of operating systems: until when their makers mend what is found in them, and which one suits a new server. Providers
 * tell only names, so a release is read out of the name of its image.
 *
 * Days are those on which free security updates end: https://ubuntu.com/about/release-cycle, https://wiki.debian.org/LTS,
 * https://wiki.almalinux.org/release-notes, https://wiki.rockylinux.org/rocky/version, https://www.centos.org/cl-vs-cs,
 * https://docs.fedoraproject.org/en-US/releases/eol, https://en.opensuse.org/Lifetime, https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf,
 * https://docs.aws.amazon.com/linux/al2023/ug/release-cadence.html, https://www.freebsd.org/security, https://alpinelinux.org/releases,
 * https://learn.microsoft.com/en-us/lifecycle/products.
 */

export interface Release {
  /** Of the distribution, in lower case. */
  readonly family: string;
  readonly version: string;
  /** Kept up for years, so that a server can stay on it. */
  readonly longTerm: boolean;
  /** The last day with updates, as `2029-05-31`; null: not known. */
  readonly supportEnds: string | null;
}

interface Family {
  readonly name: string;
  /** Its group is the version. */
  readonly pattern: RegExp;
  /** How readily it is proposed; 0: never before another. */
  readonly rank: number;
  readonly longTerm: (version: string) => boolean;
  readonly ends: Readonly<Record<string, string>>;
}

const always = (): boolean => true;
const never = (): boolean => false;
/** Of ten years, like the release of Red Hat's that it is made from. */
const REBUILDS = { '8': '2029-05-31', '9': '2032-05-31', '10': '2035-05-31' };

const FAMILIES: readonly Family[] = [
  {
    name: 'ubuntu',
    pattern: /\bubuntu(?: linux)?[ -]?(\d\d\.\d\d)\b/i,
    rank: 3,
    // Those of April in even years are kept for five years, others for nine months.
    longTerm: (version) => /^\d[02468]\.04$/.test(version),
    ends: {
      '16.04': '2021-04-30',
      '18.04': '2023-05-31',
      '20.04': '2025-05-31',
      '22.04': '2027-04-30',
      '24.04': '2029-05-31',
      '24.10': '2025-07-10',
      '25.04': '2026-01-17',
      '25.10': '2026-07-01',
      '26.04': '2031-04-30',
    },
  },
  {
    name: 'debian',
    pattern: /\bdebian(?: gnu\/linux)?[ -]?(\d+)\b/i,
    rank: 2,
    longTerm: always,
    ends: { '9': '2022-07-01', '10': '2024-06-30', '11': '2026-08-31', '12': '2028-06-30', '13': '2030-06-30' },
  },
  { name: 'almalinux', pattern: /\balma ?linux(?: os)?[ -]?(\d+)/i, rank: 1, longTerm: always, ends: REBUILDS },
  { name: 'rocky', pattern: /\brocky(?: ?linux)?[ -]?(\d+)/i, rank: 1, longTerm: always, ends: REBUILDS },
  {
    name: 'centos-stream',
    pattern: /\bcentos(?: linux)?[ -]?(?:stream[ -]?(\d+)|(\d+)[ -]?stream)/i,
    rank: 0,
    longTerm: always,
    ends: { '8': '2024-05-31', '9': '2027-05-31', '10': '2030-05-31' },
  },
  {
    name: 'centos',
    pattern: /\bcentos(?: linux)?[ -]?(\d+)/i,
    rank: 0,
    longTerm: never,
    ends: { '6': '2020-11-30', '7': '2024-06-30', '8': '2021-12-31' },
  },
  {
    name: 'oracle',
    pattern: /\boracle(?: ?linux)?[ -]?(\d+)/i,
    rank: 0,
    longTerm: always,
    ends: { '7': '2024-12-31', '8': '2029-07-31', '9': '2032-06-30' },
  },
  { name: 'amazon', pattern: /\bamazon linux ?(\d+)\b/i, rank: 0, longTerm: always, ends: { '2': '2026-06-30', '2023': '2029-06-30' } },
  {
    name: 'fedora',
    pattern: /\bfedora(?: linux| server| cloud)?[ -]?(\d+)\b/i,
    rank: 0,
    longTerm: never,
    ends: { '39': '2024-11-26', '40': '2025-05-13', '41': '2025-12-15', '42': '2026-05-27', '43': '2026-12-09', '44': '2027-06-02' },
  },
  {
    name: 'opensuse',
    pattern: /\bopensuse(?: leap)?[ -]?(\d+\.\d+)\b/i,
    rank: 0,
    longTerm: never,
    ends: { '15.4': '2023-12-07', '15.5': '2024-12-31', '15.6': '2026-04-30', '16.0': '2027-10-31' },
  },
  {
    name: 'alpine',
    pattern: /\balpine(?: linux)?[ -]?(\d\.\d+)\b/i,
    rank: 0,
    longTerm: never,
    ends: {
      '3.19': '2025-11-01',
      '3.20': '2026-04-01',
      '3.21': '2026-11-01',
      '3.22': '2027-05-01',
      '3.23': '2027-11-01',
      '3.24': '2028-06-01',
    },
  },
  {
    name: 'freebsd',
    pattern: /\bfreebsd[ -]?(\d+)/i,
    rank: 0,
    longTerm: always,
    ends: { '12': '2023-12-31', '13': '2026-04-30', '14': '2028-11-30', '15': '2029-12-31' },
  },
  {
    name: 'windows-server',
    pattern: /\bwindows(?: server)?[ -]?(20(?:12|16|19|22|25))\b/i,
    rank: 0,
    longTerm: always,
    ends: { '2012': '2023-10-10', '2016': '2027-01-12', '2019': '2029-01-09', '2022': '2031-10-14', '2025': '2034-11-14' },
  },
];

interface Named {
  readonly name: string;
  readonly distribution?: string;
}

/** The release that an image has, as its name tells it; null where the name tells none. */
export function releaseOf(image: Named): Release | null {
  const [found] = lookUp(image);
  return found ? found.release : null;
}

function lookUp({ name, distribution = '' }: Named): { readonly family: Family; readonly release: Release; readonly isPlain: boolean }[] {
  return FAMILIES.flatMap((family) => {
    // Some providers tell the distribution beside a name that has the version alone.
    const match = family.pattern.exec(name) ?? family.pattern.exec(`${distribution} ${name}`);
    const version = match?.[1] ?? match?.[2];
    if (!match || version === undefined) return [];
    const release = { family: family.name, version, longTerm: family.longTerm(version), supportEnds: family.ends[version] ?? null };
    // "Docker on Ubuntu 24.04" is more than a system.
    return [{ family, release, isPlain: match.index === 0 }];
  });
}

/** True after the last day with updates. `today` as `2026-01-31`. */
export function isUnsupported({ supportEnds }: Release, today: string): boolean {
  return supportEnds !== null && supportEnds < today;
}

/** Better ones are larger; compared from left to right. */
type Rank = readonly [longTerm: number, family: number, version: number];
const UNKNOWN: Rank = [0, 0, 0];

function rankOf(image: Named, today: string): Rank {
  const [found] = lookUp(image);
  if (!found?.isPlain || isUnsupported(found.release, today)) return UNKNOWN;
  if (/\b(alpha|beta|rc\d*|preview|daily|minimal)\b/i.test(image.name)) return UNKNOWN;
  const { family, release } = found;
  return [release.longTerm && family.rank > 0 ? 1 : 0, family.rank, Number(release.version)];
}

function compare(a: Rank, b: Rank): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/**
 * What is proposed for a new server: the newest release that is kept up for long, of those that fit; undefined when there is no
 * Linux among them. `today` as `2026-01-31`; left out: as this machine has it.
 */
export function preferredImage<T extends Named & { readonly family: string }>(
  images: readonly T[],
  today = new Date().toISOString().slice(0, 10),
): T | undefined {
  const linux = images.filter(({ family }) => family === 'linux');
  return linux.toSorted((a, b) => compare(rankOf(b, today), rankOf(a, today)))[0];
}

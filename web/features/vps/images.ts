/** Which image is proposed for a new server: the newest release that is kept up for long. */
import type { Image } from '../../kit/api/catalog.ts';

/** Better ones are larger; compared from left to right. */
type Rank = readonly [longTerm: number, family: number, version: number];

/**
 * Ubuntu of April in even years is kept for five years, others for nine months (https://ubuntu.com/about/release-cycle); every
 * Debian for five (https://wiki.debian.org/LTS), Alma and Rocky for ten. Fedora and the like go after a year.
 */
const FAMILIES: readonly { readonly name: RegExp; readonly rank: number; readonly longTerm: (version: number) => boolean }[] = [
  { name: /^ubuntu(?: linux)? (\d\d\.\d\d)\b/i, rank: 3, longTerm: (version) => Math.floor(version) % 2 === 0 && version % 1 < 0.05 },
  { name: /^debian(?: gnu\/linux)? (\d+)\b/i, rank: 2, longTerm: () => true },
  { name: /^(?:almalinux|rocky ?linux|rockylinux) (\d+(?:\.\d+)?)\b/i, rank: 1, longTerm: () => true },
];

function rankOf({ name }: Pick<Image, 'name'>): Rank {
  if (/\b(alpha|beta|rc\d*|preview|daily)\b/i.test(name)) return [0, 0, 0];
  for (const { name: pattern, rank, longTerm } of FAMILIES) {
    const version = Number(pattern.exec(name)?.[1]);
    if (!Number.isNaN(version)) return [longTerm(version) ? 1 : 0, rank, version];
  }
  return [0, 0, 0];
}

/** The best of those that fit; undefined when none does. */
export function preferredImage<T extends Pick<Image, 'name' | 'family'>>(images: readonly T[]): T | undefined {
  const linux = images.filter(({ family }) => family === 'linux');
  return linux.toSorted((a, b) => compare(rankOf(b), rankOf(a)))[0];
}

function compare(a: Rank, b: Rank): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

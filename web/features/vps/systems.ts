/** Images by the system that they have, so that the system is chosen first and its version then. */
import { preferredImage, releaseOf } from '../../../contract/release.ts';

interface Named {
  readonly id: string;
  readonly name: string;
  readonly family: string;
}
export interface System<T extends Named> {
  /** As contract/release.ts names it, else by the first word of its name. */
  readonly key: string;
  readonly title: string;
  /** Newest first. */
  readonly images: readonly T[];
  /** What is taken when the system is chosen. */
  readonly best: T;
}

const TITLES: Readonly<Record<string, string>> = {
  almalinux: 'AlmaLinux',
  alpine: 'Alpine',
  amazon: 'Amazon Linux',
  centos: 'CentOS',
  'centos-stream': 'CentOS Stream',
  debian: 'Debian',
  fedora: 'Fedora',
  freebsd: 'FreeBSD',
  opensuse: 'openSUSE',
  oracle: 'Oracle Linux',
  rocky: 'Rocky Linux',
  ubuntu: 'Ubuntu',
  'windows-server': 'Windows Server',
};
/** What people look for first stands first. */
const FIRST = ['ubuntu', 'debian', 'almalinux', 'rocky', 'windows-server'];

const firstWord = (name: string): string => /^[\p{L}\p{N}]+/u.exec(name)?.[0] ?? name;

/** Each of the images in one system. Pure. */
export function systemsOf<T extends Named>(images: readonly T[]): System<T>[] {
  const keyOf = (image: T): string => releaseOf(image)?.family ?? firstWord(image.name).toLowerCase();
  const systems = [...Map.groupBy(images, keyOf)].map(([key, all]): System<T> => {
    const newestFirst = all.toSorted((a, b) => b.name.localeCompare(a.name, 'en', { numeric: true }));
    return { key, title: TITLES[key] ?? firstWord(all[0]!.name), images: newestFirst, best: preferredImage(all) ?? newestFirst[0]! };
  });
  const place = ({ key }: System<T>): number => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  return systems.toSorted((a, b) => place(a) - place(b) || a.title.localeCompare(b.title, 'en'));
}

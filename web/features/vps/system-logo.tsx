/** The mark of an operating system, beside its name. */
import {
  type SimpleIcon,
  siAlmalinux,
  siAlpinelinux,
  siArchlinux,
  siCentos,
  siDebian,
  siFedora,
  siFreebsd,
  siGentoo,
  siKalilinux,
  siNixos,
  siOpensuse,
  siRockylinux,
  siUbuntu,
} from 'simple-icons';
import { Icon } from '../../kit/ui/icon.tsx';

/** By the family of a release (contract/release.ts), else by the first word of a name. */
const MARKS: Readonly<Record<string, SimpleIcon>> = {
  almalinux: siAlmalinux,
  alpine: siAlpinelinux,
  arch: siArchlinux,
  centos: siCentos,
  'centos-stream': siCentos,
  debian: siDebian,
  fedora: siFedora,
  freebsd: siFreebsd,
  gentoo: siGentoo,
  kali: siKalilinux,
  nixos: siNixos,
  opensuse: siOpensuse,
  rocky: siRockylinux,
  ubuntu: siUbuntu,
};
/** Marks that nobody would see in the dark are drawn as the text is. */
const DARK: ReadonlySet<SimpleIcon> = new Set([siAlmalinux, siCentos, siGentoo]);

export function SystemLogo({ system }: { system: string }) {
  const mark = MARKS[system];
  if (!mark) return <Icon name="server" className="size-6 text-ink-2" />;
  const isDark = DARK.has(mark);
  return (
    <svg viewBox="0 0 24 24" className="size-6 shrink-0" aria-hidden="true" fill={isDark ? 'currentColor' : `#${mark.hex}`}>
      <path d={mark.path} />
    </svg>
  );
}

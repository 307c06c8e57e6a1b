/** The mark of an operating system, beside its name. */
import {
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
const MARKS: Readonly<Record<string, { readonly path: string; readonly hex: string }>> = {
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
/** Marks in black are drawn as the text is, so that they are seen in the dark. */
const BLACK = '000000';

export function SystemLogo({ system }: { system: string }) {
  const mark = MARKS[system];
  if (!mark) return <Icon name="server" className="size-6 text-ink-2" />;
  return (
    <svg viewBox="0 0 24 24" className="size-6 shrink-0" aria-hidden="true" fill={mark.hex === BLACK ? 'currentColor' : `#${mark.hex}`}>
      <path d={mark.path} />
    </svg>
  );
}

/** The image that is proposed lives long, whatever a provider calls it and in whatever order it lists. */
import { expect, it } from 'vitest';
import { preferredImage } from './images.ts';

const linux = (...names: string[]) => names.map((name) => ({ name, family: 'linux' as const }));

it.each([
  ['Ubuntu 24.04 (LTS) x64', ['Ubuntu 25.10 x64', 'Ubuntu 22.04 (LTS) x64', 'Ubuntu 24.04 (LTS) x64', 'Debian 13 x64', 'Fedora 42 x64']],
  ['Ubuntu 24.04 LTS', ['AlmaLinux 8', 'Ubuntu 25.04', 'Ubuntu 24.10', 'Ubuntu 24.04 LTS', 'Debian 12']],
  ['Debian 13 x64 (trixie)', ['Fedora 43 x64', 'Debian 11 x64 (bullseye)', 'Debian 13 x64 (trixie)', 'Ubuntu 25.10 x64']],
  ['Debian 12', ['Ubuntu 26.04 LTS beta', 'Debian 12', 'openSUSE Leap 15.6']],
  ['Rocky Linux 10', ['CentOS Stream 9', 'Rocky Linux 9', 'Rocky Linux 10']],
  ['Arch Linux', ['Arch Linux']],
])('%s', (best, names) => {
  expect(preferredImage(linux(...names))?.name).toBe(best);
  expect(preferredImage(linux(...names).toReversed())?.name).toBe(best);
});

it('proposes no Windows', () => {
  expect(preferredImage([{ name: 'Windows 2022 Standard', family: 'windows' as const }])).toBeUndefined();
});

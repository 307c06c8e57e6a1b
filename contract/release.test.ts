/** The image that is proposed lives long, whatever a provider calls it and in whatever order it lists. */
import { expect, it } from 'vitest';
import { isUnsupported, preferredImage, releaseOf } from './release.ts';

const TODAY = '2026-11-28';

const linux = (...names: string[]) => names.map((name) => ({ name, family: 'linux' as const }));

it.each([
  ['Ubuntu 24.04 (LTS) x64', ['Ubuntu 25.10 x64', 'Ubuntu 22.04 (LTS) x64', 'Ubuntu 24.04 (LTS) x64', 'Debian 13 x64', 'Fedora 42 x64']],
  ['Ubuntu 24.04 LTS', ['AlmaLinux 8', 'Ubuntu 25.04', 'Ubuntu 24.10', 'Ubuntu 24.04 LTS', 'Debian 12']],
  ['Debian 13 x64 (trixie)', ['Fedora 43 x64', 'Debian 11 x64 (bullseye)', 'Debian 13 x64 (trixie)', 'Ubuntu 25.10 x64']],
  ['Debian 12', ['Ubuntu 26.04 LTS beta', 'Debian 12', 'openSUSE Leap 15.6']],
  ['Rocky Linux 10', ['CentOS Stream 9', 'Rocky Linux 9', 'Rocky Linux 10']],
  ['Ubuntu 24.04 LTS', ['Ubuntu 24.04 LTS minimal', 'Docker on Ubuntu 26.04 x64', 'Ubuntu 24.04 LTS', 'Debian 13']],
  ['Debian 13', ['Ubuntu 20.04 LTS', 'Debian 13', 'Debian 11']],
  ['Ubuntu 28.04 LTS', ['Ubuntu 26.04 LTS', 'Ubuntu 28.04 LTS']],
  ['Arch Linux', ['Arch Linux']],
])('%s', (best, names) => {
  expect(preferredImage(linux(...names), TODAY)?.name).toBe(best);
  expect(preferredImage(linux(...names).toReversed(), TODAY)?.name).toBe(best);
});

it('proposes no Windows', () => {
  expect(preferredImage([{ name: 'Windows 2022 Standard', family: 'windows' as const }], TODAY)).toBeUndefined();
});

it.each([
  [{ name: '24.04 (LTS) x64', distribution: 'Ubuntu' }, ['ubuntu', '24.04', true, '2029-05-31']],
  [{ name: 'ubuntu-25.10' }, ['ubuntu', '25.10', false, '2026-07-01']],
  [{ name: 'Debian GNU/Linux 12 (bookworm)' }, ['debian', '12', true, '2028-06-30']],
  [{ name: 'AlmaLinux 9 x64' }, ['almalinux', '9', true, '2032-05-31']],
  [{ name: 'Rocky Linux 9.4' }, ['rocky', '9', true, '2032-05-31']],
  [{ name: 'CentOS 9 Stream x64' }, ['centos-stream', '9', true, '2027-05-31']],
  [{ name: 'CentOS Stream 10' }, ['centos-stream', '10', true, '2030-05-31']],
  [{ name: 'LEMP on CentOS 7 x64' }, ['centos', '7', false, '2024-06-30']],
  [{ name: 'Amazon Linux 2023' }, ['amazon', '2023', true, '2029-06-30']],
  [{ name: 'Windows Server 2022 Standard (Desktop)' }, ['windows-server', '2022', true, '2031-10-14']],
  [{ name: 'Windows 2019 Datacenter x64' }, ['windows-server', '2019', true, '2029-01-09']],
  [{ name: 'FreeBSD 14.3 x64' }, ['freebsd', '14', true, '2028-11-30']],
  [{ name: 'Ubuntu 30.04 LTS' }, ['ubuntu', '30.04', true, null]],
])('$name', (image, [family, version, longTerm, supportEnds]) => {
  expect(releaseOf(image)).toEqual({ family, version, longTerm, supportEnds });
});

it.each(['Arch Linux', 'Custom', 'WordPress', 'iPXE'])('tells no release of %s', (name) => {
  expect(releaseOf({ name })).toBeNull();
});

it('has its last day of support', () => {
  const release = releaseOf({ name: 'Debian 11' })!;
  expect([isUnsupported(release, '2026-08-31'), isUnsupported(release, '2026-09-01')]).toEqual([false, true]);
});

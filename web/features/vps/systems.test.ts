/** Systems to choose from, whatever order a provider lists its images in. */
import { expect, it } from 'vitest';
import { systemsOf } from './systems.ts';

const image = (name: string, family = 'linux') => ({ id: name.toLowerCase().replaceAll(' ', '-'), name, family });
const IMAGES = [
  image('Fedora 44'),
  image('Debian 12'),
  image('Windows Server 2022', 'windows'),
  image('Ubuntu 26.10'),
  image('Ubuntu 22.04 LTS'),
  image('Ubuntu 26.04 LTS'),
  image('Debian 13'),
  image('Arch Linux'),
  image('WordPress'),
];

it.each([
  ['as listed', IMAGES],
  ['the other way round', IMAGES.toReversed()],
] as const)('%s', (_, images) => {
  const shown = systemsOf(images).map(({ title, images: all, best }) => [title, all.map(({ name }) => name), best.name]);
  expect(shown).toEqual([
    ['Ubuntu', ['Ubuntu 26.10', 'Ubuntu 26.04 LTS', 'Ubuntu 22.04 LTS'], 'Ubuntu 26.04 LTS'],
    ['Debian', ['Debian 13', 'Debian 12'], 'Debian 13'],
    ['Windows Server', ['Windows Server 2022'], 'Windows Server 2022'],
    ['Arch', ['Arch Linux'], 'Arch Linux'],
    ['Fedora', ['Fedora 44'], 'Fedora 44'],
    ['WordPress', ['WordPress'], 'WordPress'],
  ]);
});

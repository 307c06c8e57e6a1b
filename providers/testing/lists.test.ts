/** A provider is its folder: the list, the plug-ins, the project file and the table of the README follow from the folders. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { simulations } from '../../simulator/list.ts';
import { providers } from '../list.ts';
import { capabilityTable } from './capability-table.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const folders = readdirSync(join(ROOT, 'providers'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, 'providers', entry.name, 'index.ts')))
  .map(({ name }) => name)
  .toSorted();
const packages = [...new Set(providers.map(({ descriptor }) => descriptor.pulumiPackage))].toSorted();

it('every folder is in the list, and nothing else', () => {
  const listed = providers.map(({ descriptor }) => descriptor.id);
  expect(listed.toSorted()).toEqual(folders);
});

it('every provider with an API is simulated', () => {
  const simulated = new Set(simulations.map(({ id }) => id));
  const named = providers.filter(
    ({ descriptor }) => descriptor.simulatorPath !== null && descriptor.roles.some((role) => role !== 'utility'),
  );
  expect(named.filter(({ descriptor }) => !simulated.has(descriptor.id)).map(({ descriptor }) => descriptor.id)).toEqual([]);
});

it('plain pulumi finds a plug-in for every package', () => {
  const named = [
    ...read('Pulumi.yaml')
      .split('providers:')[1]!
      .matchAll(/- name: (\S+)\n\s+path: \.\/bin\n/g),
  ].map(([, name]) => name!);
  expect(named.toSorted()).toEqual(packages);
  const links = readdirSync(join(ROOT, 'bin')).filter((name) => name.startsWith('pulumi-resource-') && name !== 'pulumi-resource-plugin');
  expect(links.toSorted()).toEqual(packages.map((name) => `pulumi-resource-${name}`));
  for (const link of links) expect([link, readlinkSync(join(ROOT, 'bin', link))]).toEqual([link, 'pulumi-resource-plugin']);
});

it('the README shows what each can do', () => {
  const [, shown] = /<!-- providers -->\n\n([\s\S]*?)\n\n<!-- \/providers -->/.exec(read('README.md')) ?? [];
  expect(plain(shown ?? ''), 'write it anew: node scripts/providers-table.ts').toEqual(plain(capabilityTable(providers)));
});

/** Without the spaces by which a formatter lines tables up. */
function plain(table: string): string[][] {
  return table.split('\n').map((line) => line.split('|').map((cell) => cell.trim().replace(/^-+$/, '-')));
}

/** Of those on the kit; what only tests read apart. A folder that grows beyond this has kept something that is not its own. */
const MOST_LINES = 1_850;
it.each(folders.filter((id) => linesOf(id).some((text) => text.includes("'../kit/server.ts'"))))('%s says its words in few lines', (id) => {
  expect(linesOf(id).reduce((sum, text) => sum + text.split('\n').length - 1, 0)).toBeLessThanOrEqual(MOST_LINES);
});

function linesOf(id: string): string[] {
  const files = readdirSync(join(ROOT, 'providers', id)).filter(
    (name) => name.endsWith('.ts') && !/test|simulator|api-deltas|schema-exceptions/.test(name),
  );
  return files.map((name) => read(join('providers', id, name)));
}

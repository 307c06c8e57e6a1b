/** README's tour names every route and every command that it claims, and nothing that is not there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../cli/registry.ts';
import { describedRoutes } from '../server/domains.ts';
import { ROOT } from './architecture/repository.ts';

/** On the machine itself rather than about what Plinth does. */
const OF_THE_MACHINE = new Set(['doctor', 'login', 'logout', 'serve', 'worker']);

it('leads past every route and along commands that exist', async () => {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const tour = /^## Tour\n(.*?)^## /ms.exec(readme)![1]!;
  const code = [...tour.matchAll(/`([^`]+)`/g)].map(([, text]) => text!);
  const told = code.filter((text) => /^(GET|POST|PUT|PATCH|DELETE) /.test(text));
  // Routes are data; nothing of a service is used to list them.
  const routes = describedRoutes().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(routes.length).toBeGreaterThan(80);
  expect([...new Set(told)].sort()).toEqual([...routes].sort());
  const known = commands.map(({ path }) => path.join(' '));
  const items = tour.split('\n').filter((line) => line.startsWith('- '));
  const named = items.flatMap((item) => [...item.matchAll(/`([a-z][^`]*)`/g)].map(([, text]) => text!));
  expect(named.length).toBeGreaterThan(50);
  for (const name of named) expect(known).toContain(name);
  const areas = new Set(named.map((name) => name.split(' ')[0]));
  const untold = known.map((name) => name.split(' ')[0]!).filter((area) => !areas.has(area) && !OF_THE_MACHINE.has(area));
  expect(untold).toEqual([]);
});

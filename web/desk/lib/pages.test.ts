/** The list of the desk's pages knows every address of it, and leads to no other. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PAGES, pageOf } from './pages.ts';

/** Before the sign-in: nobody goes there from within. */
const OUTSIDE = ['/sign-in', '/setup'];
const ROUTES = readFileSync(join(import.meta.dirname, '..', 'routes.tsx'), 'utf8');

it('has every page that needs no id, once, and every key once', () => {
  const paths = [...ROUTES.matchAll(/\bpath: '([^']+)'/g)].map(([, path = '']) => path);
  expect(paths.length).toBe(ROUTES.match(/createRoute\(\{/g)!.length - ROUTES.match(/\bid: '/g)!.length);
  const wanted = paths.filter((path) => !path.includes('$') && !OUTSIDE.includes(path));
  expect(PAGES.map(({ to }) => to).toSorted()).toEqual(wanted.toSorted());
  const keys = PAGES.flatMap(({ key }) => key ?? []);
  expect(keys.toSorted()).toEqual([...new Set(keys)].toSorted());
  // After the first g a second one begins anew.
  expect(keys).not.toContain('g');
});

it('gives a key to every place of the navigation', () => {
  expect(PAGES.filter(({ aside, key }) => aside === undefined && key === undefined)).toEqual([]);
});

it('knows where in the navigation each page is, an older system’s at itself', () => {
  const older = PAGES.filter((page) => page.older);
  expect(older.length).toBeGreaterThan(2);
  // Those whose addresses are not Plinth's own manner, in words and in depth.
  expect(older.map(({ to }) => to)).toEqual(PAGES.flatMap(({ to, aside }) => (aside && /[A-Z]|trading|\/.*\/.*\//.test(to) ? to : [])));
  for (const { to } of older) expect([to, pageOf(to)?.to, pageOf(`${to}/x`)?.to]).toEqual([to, to, to]);
  const of = ['/', '/vps', '/vps/new', '/vps/a', '/admin/providers/x', '/products/x', '/me', '/vpsx'].map((path) => pageOf(path)?.to);
  expect(of).toEqual(['/', '/vps', '/vps', '/vps', '/admin', '/products', undefined, undefined]);
});

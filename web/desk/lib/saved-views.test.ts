import { beforeEach, expect, it } from 'vitest';
import { writeStored } from '../../kit/lib/storage.ts';
import { forgetView, freeName, isShown, MOST_VIEWS, nameProblem, savedViews, saveView } from './saved-views.ts';

const KEY = 'plinth.vps-views';
beforeEach(() => writeStored(KEY, null));

it('keeps views by name, the last one of a name, and forgets them', () => {
  saveView({ name: 'stopped', search: { power: 'stopped' } });
  saveView({ name: 'broken', search: { status: 'error', sort: 'label' } });
  expect(saveView({ name: 'stopped', search: { power: 'stopped', provider: 'linode' } }).map(({ name }) => name)).toEqual([
    'broken',
    'stopped',
  ]);
  expect(savedViews()[1]!.search).toEqual({ power: 'stopped', provider: 'linode' });
  expect(forgetView('broken').map(({ name }) => name)).toEqual(['stopped']);
  expect(forgetView('stopped')).toEqual([]);
  expect(savedViews()).toEqual([]);
});

it('takes nothing of what it cannot read', () => {
  for (const text of ['{', '{}', '[{"name":""}]', '[{"name":"x","search":{"q":{}}}]', 'null']) {
    writeStored(KEY, text);
    expect(savedViews()).toEqual([]);
  }
});

it('keeps a bounded number of them', () => {
  for (let index = 0; index < MOST_VIEWS + 5; index++) saveView({ name: `view ${String(index).padStart(2, '0')}`, search: {} });
  expect(savedViews()).toHaveLength(MOST_VIEWS);
});

it('knows the view that is shown, and what a name must be', () => {
  const view = { name: 'x', search: { status: 'error', q: 'web' } };
  expect([isShown(view, { q: 'web', status: 'error' }), isShown(view, { q: 'web' })]).toEqual([true, false]);
  expect([nameProblem(' '), nameProblem('x'.repeat(41)), nameProblem('x')]).toEqual([expect.any(String), expect.any(String), null]);
});

it('finds another name for one that is moved where its name is taken', () => {
  expect([freeName('a', []), freeName('a', ['a']), freeName('a', ['a', 'a (2)'])]).toEqual(['a', 'a (2)', 'a (3)']);
  expect(nameProblem(freeName('x'.repeat(40), ['x'.repeat(40)]))).toBe(null);
});

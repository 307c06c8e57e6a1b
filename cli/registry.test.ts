import { expect, it } from 'vitest';
import { commands, renamed } from './registry.ts';

const known = new Set(commands.map(({ path }) => path.join(' ')));

it('knows commands by their former names, and says the present one', () => {
  expect(renamed(['vps', 'restore', 'web-1'])).toEqual({ words: ['vps', 'undo', 'web-1'], to: 'vps undo' });
  expect(renamed(['automation', 'show'])).toEqual({ words: ['kill-switch', 'show'], to: 'kill-switch show' });
  expect(renamed(['automation', 'policy', '--all'])).toEqual({ words: ['drift-policy', 'set', '--all'], to: 'drift-policy set' });
});

it.each([...known])('says nothing of another name for %s', (path) => {
  expect(renamed(path.split(' '))).toEqual({ words: path.split(' '), to: null });
});

it('leads from former names to commands that there are', () => {
  const formerly = ['vps restore', 'automation show', 'automation stop', 'automation start', 'automation policy', 'automation rules'];
  expect(formerly.filter((each) => known.has(each))).toEqual([]);
  expect(formerly.filter((each) => !known.has(renamed(each.split(' ')).to ?? ''))).toEqual([]);
});

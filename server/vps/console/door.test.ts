/** Which addresses of providers a console's line goes to, and how many lines there may be. */
import { afterAll, expect, test } from 'vitest';
import { Wall } from '../../kernel/http/safe-fetch.ts';
import type { Principal } from '../../kernel/services.ts';
import { lookupOf } from './door.ts';
import { OpenLines } from './open-lines.ts';

const wall = new Wall();
afterAll(() => wall.close());

test.each([
  ['wss://93.184.216.34/', true, true],
  ['wss://console.example:6083/?token=x', true, true],
  ['ws://93.184.216.34/', true, false],
  ['wss://10.0.0.7/', true, false],
  ['wss://[::ffff:127.0.0.1]/', true, false],
  ['ws://127.0.0.1:4100/', false, true],
])('%s of a real provider (%s): %s', (url, real, goes) => {
  const found = lookupOf({ wall }, { kind: 'vnc', url, password: null, subprotocol: null, real });
  expect(found !== null).toBe(goes);
  // What the simulator tells is on this machine; a real one's name is looked at whenever it is asked for.
  if (found) expect(found.lookup !== undefined).toBe(real);
});

test('a person has so many lines, whatever they come with, and a process so many', () => {
  const lines = new OpenLines({ perPerson: 2, perProcess: 3 });
  const by = (id: string, token: string): Principal =>
    ({ actor: { kind: 'token', id: token, name: token, onBehalfOf: { kind: 'user', id, name: id } } }) as unknown as Principal;
  const ended: string[] = [];
  const release = lines.add(by('ada', 'one'), (how) => ended.push(`one ${how}`));
  lines.add(by('ada', 'two'), (how) => ended.push(`two ${how}`));
  expect(lines.refusal(by('ada', 'three'))).toBe('many');
  expect(lines.refusal(by('otto', 'four'))).toBeNull();
  lines.add(by('otto', 'four'), (how) => ended.push(`four ${how}`));
  expect(lines.refusal(by('kim', 'five'))).toBe('full');
  release();
  expect(lines.refusal(by('ada', 'three'))).toBeNull();
  lines.endAll('stopping');
  expect(ended).toEqual(['two stopping', 'four stopping']);
});

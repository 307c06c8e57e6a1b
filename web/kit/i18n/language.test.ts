/** Numbers and dates are written in whatever a browser calls its language. */
import { afterEach, expect, it, vi } from 'vitest';
import { formatLocale } from './language.ts';

afterEach(() => void vi.unstubAllGlobals());

it.each([
  [['en-US@posix'], 'en-GB'],
  [['en-US@posix', 'en-AU'], 'en-AU'],
  [['C', 'de-AT', 'en'], 'en'],
  [[], 'en-GB'],
])('%j', (languages, expected) => {
  vi.stubGlobal('navigator', { languages });
  expect(formatLocale()).toBe(expected);
  expect(new Intl.NumberFormat(formatLocale()).format(1)).toBe('1');
});

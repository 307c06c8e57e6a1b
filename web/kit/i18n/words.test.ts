/** Every message of every part, in both languages: it parses, and takes the same values. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { expect, it } from 'vitest';
import './icu.ts';
import { defineWords, type Words } from './words.ts';

const WEB = join(import.meta.dirname, '..', '..');
const files = ['kit', 'features', 'desk', 'portal', 'console'].flatMap((part) =>
  readdirSync(join(WEB, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)(words\/\w+|words-\w+)\.ts$/.test(name) && !/\.test\.ts$|problems\.ts$/.test(name))
    .map((name) => `${part}/${name}`),
);

it('takes plurals and values', () => {
  const words = defineWords({ servers: '{n, plural, one {# server} other {# servers}} of {who}' }, { servers: '{n} Server von {who}' });
  expect(words.say('servers', { n: 2, who: 'Ada' })).toBe('2 servers of Ada');
});

it.each(files)('%s says everything in both languages, with the same values', async (name) => {
  const parts = Object.values((await import(join(WEB, name))) as Record<string, Partial<Words<string>>>).filter((each) => each.all);
  expect(parts.length).toBeGreaterThan(0);
  for (const { all } of parts as Words<string>[]) {
    for (const [key, english] of Object.entries(all.en)) {
      const german = all.de[key]!;
      expect(german, key).not.toBe('');
      expect(valuesOf(german, 'de'), key).toEqual(valuesOf(english, 'en'));
    }
    expect(Object.keys(all.de).toSorted()).toEqual(Object.keys(all.en).toSorted());
  }
});

interface Part {
  readonly type: number;
  readonly value?: string;
  readonly options?: Record<string, { value: Part[] }>;
}

function valuesOf(message: string, locale: string): string[] {
  const found = new Set<string>();
  const walk = (parts: readonly Part[]): void => {
    for (const { type, value, options } of parts) {
      // 0 is plain text, 7 a plural's number.
      if (type !== 0 && type !== 7 && value !== undefined) found.add(value);
      for (const option of Object.values(options ?? {})) walk(option.value);
    }
  };
  walk(new IntlMessageFormat(message, locale, undefined, { ignoreTag: true }).getAst() as Part[]);
  return [...found].toSorted();
}

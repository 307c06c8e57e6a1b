/** A value as a literal of a language, so that nothing in it is anything but the value. Pure. */
import type { FILE_FORMATS } from '../../contract/setup-profile.ts';

export type Format = (typeof FILE_FORMATS)[number];

/** @throws RangeError for what that language cannot hold */
export function literal(format: Format, value: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/\u0000/.test(value) || !value.isWellFormed()) throw new RangeError('holds a NUL character or half a character');
  switch (format) {
    case 'shell':
      return `'${value.replaceAll("'", `'\\''`)}'`;
    case 'powershell':
      // PowerShell takes these five for the same quote.
      return `'${value.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
    case 'json':
      return JSON.stringify(value);
    case 'toml':
    case 'yaml':
      return quoted(value);
    case 'plain':
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value)) throw new RangeError('is more than a word');
      return value;
  }
}

/**
 * JSON's escapes are TOML's basic strings and YAML's double-quoted ones but for characters that those two refuse, or take for
 * a line break, when they stand as they are.
 */
function quoted(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}

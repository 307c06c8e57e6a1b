/** Contents of records as zone files have them (RFC 1035, section 5.1): words in the order that a type asks for. */
import { isIPv4, isIPv6 } from 'node:net';

export type Part = 'name' | 'address4' | 'address6' | 1 | 2 | 'word' | 'rest' | 'texts';

/** In their order; numbers by how many bytes they have. */
export const PARTS: Readonly<Record<string, readonly Part[]>> = {
  A: ['address4'],
  AAAA: ['address6'],
  CNAME: ['name'],
  NS: ['name'],
  PTR: ['name'],
  MX: [2, 'name'],
  SRV: [2, 2, 2, 'name'],
  CAA: [1, 'word', 'rest'],
  TXT: ['texts'],
};

/** Content by its parts; undefined when a type has more or fewer. `type` is one of `PARTS`. */
export function wordsOf(type: string, content: string): { readonly part: Part; readonly word: string }[] | undefined {
  const parts = PARTS[type]!;
  const words = type === 'TXT' ? [content] : content.trim().split(/\s+/);
  // Its value may have blanks.
  if (type === 'CAA' && words.length > 3) words.splice(2, words.length, content.trim().replace(/^\S+\s+\S+\s+/, ''));
  return words.length === parts.length ? parts.map((part, place) => ({ part, word: words[place]! })) : undefined;
}

/** What is wrong with a content, as a sentence for whoever wrote it. Of other types than `PARTS` nothing is known. */
export function contentObjection(type: string, content: string): string | undefined {
  if (PARTS[type] === undefined) return undefined;
  const words = wordsOf(type, content);
  if (!words) return `"${content}" is no content of type ${type}: it has ${PARTS[type].length} parts.`;
  return words.map(({ part, word }) => objectionTo(part, word, type)).find((each) => each !== undefined);
}

function objectionTo(part: Part, word: string, type: string): string | undefined {
  if (typeof part === 'number')
    return /^\d+$/.test(word) && Number(word) < 2 ** (8 * part) ? undefined : `"${word}" is no number that ${type} can have.`;
  if (part === 'address4') return isIPv4(word) ? undefined : `"${word}" is not an IPv4 address.`;
  if (part === 'address6') return isIPv6(word) && !word.includes('%') ? undefined : `"${word}" is not an IPv6 address.`;
  if (part === 'name') return isName(word) ? undefined : `"${word}" is no name of at most 253 characters, 63 between two dots.`;
  return undefined;
}

function isName(word: string): boolean {
  // `\046` is one character.
  const bare = word.replaceAll(/\\\d{3}/g, '_').replace(/\.$/, '');
  return word === '.' || (bare.length <= 253 && bare.split('.').every((label) => label.length > 0 && label.length <= 63));
}

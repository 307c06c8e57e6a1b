/** Random text from the system's generator, without bias. */
import { randomBytes, randomInt } from 'node:crypto';
import { ADJECTIVES, ADVERBS, ANIMALS } from './pet-words.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const NUMERIC = '0123456789';
/** The vendor's set when `overrideSpecial` is absent or empty. */
const SPECIAL = '!@#$%&*()-_=+[]{}<>:?';

export interface PasswordRules {
  readonly length: number;
  readonly lower: boolean;
  readonly upper: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  readonly overrideSpecial?: string;
}

/** The characters a password may have beyond its minimums, '' when everything is switched off. */
export function alphabetOf(rules: PasswordRules): string {
  const special = rules.overrideSpecial || SPECIAL;
  return (rules.upper ? UPPER : '') + (rules.lower ? LOWER : '') + (rules.numeric ? NUMERIC : '') + (rules.special ? special : '');
}

/** The minimums of each kind, the rest from the whole alphabet, then shuffled: no place is a hint at its kind. */
export function generatePassword(rules: PasswordRules): string {
  const characters = [
    ...pick(rules.overrideSpecial || SPECIAL, rules.minSpecial),
    ...pick(NUMERIC, rules.minNumeric),
    ...pick(LOWER, rules.minLower),
    ...pick(UPPER, rules.minUpper),
  ];
  characters.push(...pick(alphabetOf(rules), rules.length - characters.length));
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return characters.join('');
}

/** `words` of them: an animal, before it an adjective, before that adverbs. */
export function generatePetName(words: number, separator: string): string {
  const adverbs = Array.from({ length: Math.max(0, words - 2) }, () => oneOf(ADVERBS));
  const adjective = words > 1 ? [oneOf(ADJECTIVES)] : [];
  return [...adverbs, ...adjective, oneOf(ANIMALS)].join(separator);
}

export function generateBytes(length: number): Buffer {
  return randomBytes(length);
}

/** `randomInt` rejects what would favour some of the choices; its range is below 2^48. */
function pick(alphabet: string, count: number): string[] {
  const choices = [...alphabet];
  return Array.from({ length: Math.max(0, count) }, () => oneOf(choices));
}

function oneOf(choices: readonly string[]): string {
  return choices[randomInt(choices.length)]!;
}

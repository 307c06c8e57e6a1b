/** A password by a provider's own rules, for a server that the engine does not make. */
import { randomInt } from 'node:crypto';
import type { PasswordPolicy } from '../../../providers/provider.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';

export function makePassword(policy: PasswordPolicy): string {
  const special = policy.minSpecial > 0 ? policy.overrideSpecial : '';
  const all = LOWER + UPPER + DIGITS + special;
  const required: [string, number][] = [
    [LOWER, policy.minLower],
    [UPPER, policy.minUpper],
    [DIGITS, policy.minNumeric],
    [special, policy.minSpecial],
  ];
  const characters = required.flatMap(([from, count]) => Array.from({ length: count }, () => pick(from)));
  while (characters.length < policy.length) characters.push(pick(all));
  // Fisher-Yates, so that the required ones stand anywhere.
  for (let i = characters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [characters[i], characters[j]] = [characters[j]!, characters[i]!];
  }
  return characters.join('');
}

function pick(from: string): string {
  return from[randomInt(from.length)]!;
}

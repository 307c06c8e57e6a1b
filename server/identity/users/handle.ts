/** A person's handle: the name of their personal organization, and a label that DNS takes. */
import { randomBytes } from 'node:crypto';
import type { Db } from '../../kernel/database.ts';
import { takenHandles } from './store.ts';

const LONGEST = 32;

/** `Ada Lovelace` → `ada-lovelace`; letters with marks lose them, others go. */
export function slugOf(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '');
}

/** Whether a list with `ns*` (a number, or none, in place of the star) holds a name. */
export function isReserved(reserved: readonly string[], name: string): boolean {
  return reserved.some((each) => (each.endsWith('*') ? name.replace(/\d+$/, '') === each.slice(0, -1) : name === each));
}

/** The first that is free: of the name, of the address, with a number, or by chance. */
export async function freeHandle(db: Db, reserved: readonly string[], email: string, name: string): Promise<string> {
  const bases = [slugOf(name), slugOf(email.split('@')[0] ?? '')].filter((each) => each.length >= 3 && !isReserved(reserved, each));
  const numbered = bases.flatMap((base) => [2, 3, 4, 5].map((n) => `${base}-${n}`));
  const tries = [...bases, ...numbered, `user-${randomBytes(5).toString('hex')}`];
  const taken = await takenHandles(db, tries);
  return tries.find((each) => !taken.has(each)) ?? `user-${randomBytes(10).toString('hex')}`;
}

/** The sheet of a kind, and the kinds of which something is true. */
import type { OperationKind } from '../../../contract/operation.ts';
import { SHEETS } from './list.ts';
import type { Sheet, Traits } from './sheet.ts';

const BY_KIND: ReadonlyMap<string, Sheet> = new Map(SHEETS.map((sheet) => [sheet.kind, sheet]));

/** @throws Error for a kind that this version does not have, as after a way back to an older one */
export function sheetOf(kind: string): Sheet {
  const sheet = BY_KIND.get(kind);
  if (!sheet) throw new Error(`There is no kind of operation "${kind}" in this version.`);
  return sheet;
}

/** Names of the kinds with a trait, for questions to the database. */
export function kindsThat(trait: keyof Traits): OperationKind[] {
  return SHEETS.filter(({ traits }) => traits[trait] === true).map(({ kind }) => kind);
}

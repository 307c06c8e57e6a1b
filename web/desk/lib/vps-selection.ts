/** Which VPSes are chosen in the list; kept while one of them is looked at, forgotten with the window. */
import { type SetStateAction, useSyncExternalStore } from 'react';

/** Ids of the chosen rows, each with `true`. */
export type RowSelection = Readonly<Record<string, boolean>>;

interface Selection {
  readonly rows: RowSelection;
  /** The filters of which all matches are chosen, loaded or not. */
  readonly allOf: string | null;
}
const NOTHING: Selection = { rows: {}, allOf: null };
let now = NOTHING;
const listeners = new Set<() => void>();

function change(next: Selection): void {
  now = next;
  for (const each of listeners) each();
}
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Choosing rows one by one ends the choice of all. */
export const selectRows = (rows: SetStateAction<RowSelection>): void =>
  change({ rows: typeof rows === 'function' ? rows(now.rows) : rows, allOf: null });
export const selectAllOf = (filter: string): void => change({ ...now, allOf: filter });
export const clearSelection = (): void => change(NOTHING);

export function useVpsSelection(): Selection {
  return useSyncExternalStore(subscribe, () => now);
}

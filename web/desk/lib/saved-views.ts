/**
 * Looks at the list of VPSes that somebody wants again: filters and order under a name. They are kept with the person; who signed in
 * with a token of nobody has them in this browser.
 */
import type { VpsSearch } from '../../kit/api/queries.ts';
import { readStored, writeStored } from '../../kit/lib/storage.ts';

const KEY = 'plinth.vps-views';
const LONGEST_NAME = 40;
export const MOST_VIEWS = 30;

export interface SavedView {
  readonly name: string;
  readonly search: VpsSearch;
}

/** Those of this browser, by name. What is kept there and is no view is left out. */
export function savedViews(): readonly SavedView[] {
  try {
    const kept: unknown = JSON.parse(readStored(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isView) : [];
  } catch {
    return [];
  }
}

export function isView(kept: unknown): kept is SavedView {
  const { name, search } = (kept ?? {}) as { readonly name?: unknown; readonly search?: unknown };
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) return false;
  if (typeof search !== 'object' || search === null) return false;
  return Object.values(search).every((value) => typeof value === 'string' || typeof value === 'boolean');
}

/** One of the same name is replaced. @returns all, as they are kept now */
export function saveView(view: SavedView): readonly SavedView[] {
  return keep([...savedViews().filter(({ name }) => name !== view.name), view]);
}

export function forgetView(gone: string): readonly SavedView[] {
  return keep(savedViews().filter(({ name }) => name !== gone));
}

function keep(views: readonly SavedView[]): readonly SavedView[] {
  const kept = views.toSorted((a, b) => a.name.localeCompare(b.name)).slice(0, MOST_VIEWS);
  writeStored(KEY, kept.length === 0 ? null : JSON.stringify(kept));
  return kept;
}

/** What a view's name must be, or null. */
export function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'Give it a name first.';
  return name.trim().length > LONGEST_NAME ? `At most ${LONGEST_NAME} characters.` : null;
}

/** Whether a list shows just what the view does, in whatever order its address says so. */
export function isShown({ search }: SavedView, now: VpsSearch): boolean {
  const words = (of: VpsSearch) => JSON.stringify(Object.entries(of).toSorted(([a], [b]) => a.localeCompare(b)));
  return words(search) === words(now);
}

/** How one that is moved is called where others have their names already. */
export function freeName(name: string, taken: readonly string[]): string {
  for (let n = 2; taken.includes(name); n += 1) name = `${name.replace(/ \(\d+\)$/, '').slice(0, LONGEST_NAME - 5)} (${n})`;
  return name;
}

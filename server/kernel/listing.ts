/** What all lists share: whose rows a caller may see, and where the next page begins. */

/** Where a request acts, and so whose rows it sees: one organization's, by its id; null = the platform, all of them. */
export type Scope = string | null;

export function scoped(scope: Scope): { organizationId?: string } {
  return scope === null ? {} : { organizationId: scope };
}

/** `[sort value, id]` of the last row of the page before. */
export type Place = readonly [value: string, id: string];

type Sorted = 'label' | 'createdAt';

/** Condition for the rows behind `place` in a list sorted by `column`, then by id. */
export function behind(place: Place | undefined, column: Sorted = 'createdAt', direction: 'asc' | 'desc' = 'desc') {
  if (place === undefined) return {};
  const [value, id] = place;
  const at = column === 'createdAt' ? new Date(value) : value;
  const beyond = direction === 'asc' ? 'gt' : 'lt';
  return { OR: [{ [column]: { [beyond]: at } }, { [column]: at, id: { [beyond]: id } }] };
}

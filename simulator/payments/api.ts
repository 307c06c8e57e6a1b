/** What every call of the simulated API is made of. */
import type { Collection, SimWorld } from '../../providers/simulation.ts';
import { invalid, missing, noSuch } from './errors.ts';
import { type FormObject, objectOf, textOf } from './form.ts';

export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly form: FormObject;
  /** Where the simulator's own pages are. */
  readonly base: string;
}
export interface Api {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly fields: readonly string[];
  readonly run: (world: SimWorld, asked: Asked) => unknown;
}

export const PAGE = ['limit', 'starting_after', 'ending_before', 'created'];

export function must<T extends { id: string }>(collection: Collection<T>, what: string, id: string): T {
  const found = collection.get(id);
  if (!found) throw noSuch(what, id);
  return found;
}

/** Newest first, in Stripe's pages. */
export function page<T extends { id: string; created: number }>(items: readonly T[], form: FormObject, url: string): unknown {
  const created = objectOf(form, 'created');
  const [from, below] = [Number(textOf(created, 'gte') ?? -Infinity), Number(textOf(created, 'lt') ?? Infinity)];
  const matching = items.filter((item) => item.created >= from && item.created < below).toReversed();
  const after = textOf(form, 'starting_after');
  const start = after === undefined ? 0 : matching.findIndex(({ id }) => id === after) + 1;
  const limit = Math.min(100, Number(textOf(form, 'limit') ?? 10));
  const data = matching.slice(start, start + limit);
  return { object: 'list', url, has_more: start + limit < matching.length, data };
}

export function positive(form: FormObject, name: string): number {
  const text = textOf(form, name);
  if (text === undefined) throw missing(name);
  if (!/^[1-9]\d{0,11}$/.test(text)) throw invalid('Invalid positive integer', name, 'parameter_invalid_integer');
  return Number(text);
}

/** Filters and pages as Compute Engine has them. */
import { Refusal } from '../../../simulator/cloud/model.ts';
import type { Call } from '../../../simulator/cloud/wire.ts';

/** `labels.key:*`, `labels.key=value`, `name=value`, `name eq (a|b)`. @throws Refusal `invalid` */
export function filterOf<T extends { readonly name?: string; readonly id?: string }>(
  call: Call,
  labelsOf: (item: T) => Readonly<Record<string, string>> = () => ({}),
): (item: T) => boolean {
  const filter = call.query('filter');
  if (filter === undefined) return () => true;
  const label = /^labels\.([a-z0-9_-]+)(:\*|=([a-z0-9_-]*))$/.exec(filter);
  if (label) return (item) => (label[2] === ':*' ? labelsOf(item)[label[1]!] !== undefined : labelsOf(item)[label[1]!] === label[3]);
  const name = /^name(?:=([a-z0-9-]+)| eq (\S+))$/.exec(filter);
  if (!name) throw new Refusal('invalid', `Invalid list filter expression: ${filter}`);
  const pattern = new RegExp(`^(?:${name[1] ?? name[2]})$`);
  return ({ name: own, id }) => pattern.test(own ?? id ?? '');
}

export function pageOf<T>(call: Call, items: readonly T[]): { items: T[]; nextPageToken?: string } {
  const size = Number(call.query('maxResults') ?? 500);
  if (!(size >= 0 && size <= 500)) throw new Refusal('invalid', `Invalid value for field 'maxResults': '${size}'.`);
  const from = Number(call.query('pageToken') ?? 0);
  return { items: items.slice(from, from + size), ...(from + size < items.length ? { nextPageToken: String(from + size) } : {}) };
}

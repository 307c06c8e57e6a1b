/**
 * The stable name of a route in the OpenAPI document and in every client made from it: `listVpses`, `createVps`,
 * `cancelOperation`. It follows from method and path, so a new route has one without asking; a route whose derived name
 * reads badly says its own.
 */
import type { Route } from './route.ts';

/** Words that end in `s` and mean one. */
const SINGULARS: ReadonlySet<string> = new Set(['vps', 'status', 'dns', 'dismiss']);
/** The word of the address that is not the product's word. */
const SYNONYMS: Readonly<Record<string, string>> = { providers: 'accounts' };
const PLURALS: Readonly<Record<string, string>> = { vps: 'vpses' };
/** Lists, though their word has no plural. */
const COLLECTIONS: ReadonlySet<string> = new Set(['vps', 'drift', 'audit', 'inventory']);

const words = (segment: string): string[] => segment.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
const camel = (list: readonly string[]): string =>
  list.map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1))).join('');
const isCollection = (segment: string): boolean => COLLECTIONS.has(segment) || (segment.endsWith('s') && !SINGULARS.has(segment));

function singular(segment: string): string {
  if (SINGULARS.has(segment)) return segment;
  if (segment.endsWith('ies')) return `${segment.slice(0, -3)}y`;
  return segment.replace(/(?<=(?:ss|x|ch|sh))es$|(?<!s)s$/, '');
}

/** @returns for example `getOperation` for `GET /api/operations/:id`, `runSweep` for `POST /api/admin/sweeps/:name/run`. */
export function operationIdOf({ id, method, path }: Pick<Route, 'id' | 'method' | 'path'>): string {
  if (id !== undefined) return id;
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== 'api' && segment !== 'admin');
  const fixed = segments.filter((segment) => !segment.startsWith(':')).map((segment) => SYNONYMS[segment] ?? segment);
  const last = fixed.at(-1) ?? 'api';
  const endsFixed = segments.at(-1)?.startsWith(':') === false;
  const above = fixed.slice(0, -1).flatMap((segment) => words(singular(segment)));
  const one = [...above, ...words(singular(last))];
  if (method === 'get' && endsFixed && isCollection(last)) return camel(['list', ...above, ...words(PLURALS[last] ?? last)]);
  if (method === 'get') return camel(['get', ...(endsFixed ? [...above, ...words(last)] : one)]);
  if (method === 'delete') return camel(['delete', ...one]);
  if (method === 'patch') return camel(['update', ...one]);
  if (method === 'put') return camel(['set', ...(endsFixed ? [...above, ...words(last)] : one)]);
  if (endsFixed && isCollection(last)) return camel(['create', ...one]);
  // What follows a thing is what is done to it: /vps/:id/restore, /vps/:id/reveal-password.
  const [verb = 'post', ...object] = words(last);
  return camel([verb, ...above, ...object]);
}

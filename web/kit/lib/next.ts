/** Where a person goes after signing in. */

const LONGEST = 2_000;

/**
 * @returns an address of this dashboard, or undefined for everything else: a link must not lead a person away, and signing in
 * must not lead to signing in.
 */
export function safeNext(next: unknown): string | undefined {
  if (typeof next !== 'string' || next.length > LONGEST || !next.startsWith('/')) return undefined;
  // As the browser reads it, which takes `\\` for `/` and leaves out tabs and line ends.
  const here = 'http://plinth.invalid';
  const url = URL.parse(next, here);
  if (url === null || url.origin !== here || /^\/(?:sign-in\b|\/)/.test(url.pathname) || url.href === `${here}/`) return undefined;
  return url.pathname + url.search + url.hash;
}

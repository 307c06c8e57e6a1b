/** A second factor as a person typed it: six digits are an authenticator's, all else is a recovery code. */
export function factorOf(typed: string): { readonly code: string; readonly kind: 'authenticator' | 'recovery' } {
  const code = typed.trim();
  return { code, kind: /^\d{6}$/.test(code) ? 'authenticator' : 'recovery' };
}

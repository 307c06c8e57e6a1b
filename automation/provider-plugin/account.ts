/**
 * Which of the seller's accounts a stack's resources live in. The stack's config says so (`<package>:plinthAccount`), but
 * the engine hands config to a provider only when that provider is new in the state: on a refresh, a destroy, or after the
 * service itself ran the stack, it does not. Then the service is asked.
 */
import { z } from 'zod';
import type { Login } from './login.ts';

const STACK = /^urn:pulumi:vps-([a-z0-9]+)::plinth::/;
const Answer = z.object({ config: z.record(z.string(), z.unknown()) });
const Problem = z.object({ detail: z.string() });
const ANSWER_MS = 30_000;

/** @throws Error with the service's own words, or naming what the URN lacks. */
export async function accountOfStack(login: Login, urn: string, pulumiPackage: string): Promise<string> {
  const id = STACK.exec(urn)?.[1];
  if (id === undefined)
    throw new Error(`The stack's config has no ${pulumiPackage}:plinthAccount, and ${urn} belongs to no VPS of Plinth.`);
  const headers = { authorization: `Bearer ${login.token}`, accept: 'application/json' };
  const response = await fetch(`${login.origin}/api/vps/${id}/stack`, {
    headers,
    signal: AbortSignal.timeout(ANSWER_MS),
    redirect: 'error',
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const detail = Problem.safeParse(body).data?.detail ?? `it answered ${response.status}`;
    throw new Error(`${login.origin} does not say which account VPS ${id} uses: ${detail}`);
  }
  const account = Answer.safeParse(body).data?.config[`${pulumiPackage}:plinthAccount`];
  if (typeof account === 'string') return account;
  throw new Error(`VPS ${id} uses no account of ${pulumiPackage}. Run plinth stack pull ${id} again.`);
}

/** Tokens that a worker's engine process uses for one operation on one stack; in memory, gone with the operation. */
import { createHash, randomBytes } from 'node:crypto';
import type { StatePrincipal } from './access.ts';

const PREFIX = 'plinth_op_';

export class WorkerTokens {
  readonly #principals = new Map<string, StatePrincipal>();

  issue(principal: StatePrincipal): string {
    const token = PREFIX + randomBytes(32).toString('base64url');
    this.#principals.set(digest(token), principal);
    return token;
  }

  revoke(token: string): void {
    this.#principals.delete(digest(token));
  }

  /** Looks up by digest, so comparing takes no time that depends on the secret. */
  find(token: string): StatePrincipal | null {
    return token.startsWith(PREFIX) ? (this.#principals.get(digest(token)) ?? null) : null;
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

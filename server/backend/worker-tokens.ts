/**
 * Tokens of this worker's engine processes: one for each time an operation opens a stack, good for that stack alone and only
 * until the operation closes it. In memory, gone with the process; a process's credentials file (automation/credentials.ts)
 * is the only other place.
 */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { StatePrincipal } from './access.ts';

interface Opened {
  readonly stack: string;
  readonly operationId: string;
  readonly stackId: string;
}

export class WorkerTokens {
  /** By the digest of the token, so that no comparison tells of the token itself. */
  readonly #open = new Map<string, Opened>();

  /** A token that lets `operationId` at `stack`, whose row is `stackId`, until `close` is called. */
  issue(stack: string, operationId: string, stackId: string): { readonly value: string; close(): void } {
    const value = `plinth_worker_${randomBytes(32).toString('base64url')}`;
    const key = digest(value);
    this.#open.set(key, { stack, operationId, stackId });
    return { value, close: () => void this.#open.delete(key) };
  }

  /** Who presents this token; `organization` is the default one of the command line. */
  find(token: string, organization: string): StatePrincipal | null {
    const opened = this.#open.get(digest(token));
    if (!opened) return null;
    const operationOn = (stack: string): string | undefined => (stack === opened.stack ? opened.operationId : undefined);
    const { stackId } = opened;
    return { person: null, name: `worker ${hostname()}`, organization, operationOn, stackId };
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/**
 * The token that this worker's engine processes use. It is one for the whole process and opens a stack only
 * while an operation has it open. Each engine reads it from a credentials file of its own
 * (automation/credentials.ts). Kept in memory here, gone with the process.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hostname } from 'node:os';
import type { StatePrincipal } from './access.ts';

export class WorkerToken {
  readonly value = `plinth_worker_${randomBytes(32).toString('base64url')}`;
  readonly #digest = digest(this.value);
  /** Operations by the stack they have open, newest last. */
  readonly #open = new Map<string, string[]>();

  /** Lets `operationId` at `stack` until the answered function is called. */
  admit(stack: string, operationId: string): () => void {
    this.#open.set(stack, [...(this.#open.get(stack) ?? []), operationId]);
    return () => {
      const left = (this.#open.get(stack) ?? []).filter((id) => id !== operationId);
      if (left.length > 0) this.#open.set(stack, left);
      else this.#open.delete(stack);
    };
  }

  /** Who presents this token; `organization` is the default one of the command line. */
  find(token: string, organization: string): StatePrincipal | null {
    if (!timingSafeEqual(this.#digest, digest(token))) return null;
    return { name: `worker ${hostname()}`, role: 'admin', organization, operationOn: (stack) => this.#open.get(stack)?.at(-1) };
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

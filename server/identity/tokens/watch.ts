/**
 * What stays open (a stream, a tunnel) ends with the rights of the token that opened it. One look per process every two
 * seconds, at all tokens that have something open: streams cost the database nothing of their own.
 */
import type { Logger } from 'pino';
import type { Db } from '../../kernel/database.ts';
import { presentPersons } from '../sign-in/principal.ts';
import { livingSessions } from '../sessions/store.ts';
import { principalsOfTokens } from './authenticate.ts';
import { livingIds } from '../impersonation/store.ts';
import { timeNow } from '../../kernel/clock.ts';
import type { Principal } from '../../kernel/services.ts';

const EVERY_MS = 2_000;
/** Looks that may fail in a row; with one more, nothing is known of anyone's rights any more. */
const FAILURES = 1;

interface Held {
  readonly principal: Principal;
  readonly ended: () => void;
}

function sameRights(now: Principal, then: Principal): boolean {
  return now.role === then.role && now.organizationId === then.organizationId && then.permissions.isSubsetOf(now.permissions);
}

export class TokenWatch {
  readonly #db: Db;
  readonly #log: Logger;
  readonly #held = new Set<Held>();
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(db: Db, log: Logger) {
    this.#db = db;
    this.#log = log;
  }

  /**
   * Calls `ended` once when the token is revoked, expired, gone, or its role or organization is another, and when the browser
   * has signed out. Answers the release.
   */
  hold(principal: Principal, ended: () => void): () => void {
    const held = { principal, ended };
    this.#held.add(held);
    this.#timer ??= setTimeout(() => void this.#look(), EVERY_MS).unref();
    return () => void this.#held.delete(held);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#held.clear();
  }

  async #look(): Promise<void> {
    const principals = [...this.#held].map(({ principal }) => principal);
    const tokenIds = [...new Set(principals.flatMap(({ tokenId }) => tokenId ?? []))];
    const ofTokens = principals.filter(({ tokenId }) => tokenId !== null);
    const sessionIds = [...new Set(ofTokens.flatMap(({ sessionId }) => sessionId ?? []))];
    const personIds = [...new Set(principals.flatMap(({ tokenId, sessionId }) => (tokenId === null ? (sessionId ?? []) : [])))];
    try {
      const rows = await principalsOfTokens(this.#db, tokenIds);
      const sessions = new Set(sessionIds.length > 0 ? await livingSessions(this.#db, sessionIds) : []);
      const persons = await presentPersons(this.#db, personIds);
      const acting = await livingIds(this.#db, [...new Set(principals.flatMap(({ actingId }) => actingId ?? []))], timeNow());
      this.#failures = 0;
      this.#end(({ principal }) => {
        const { tokenId, sessionId } = principal;
        const now = tokenId === null ? persons.get(sessionId ?? '') : rows.get(tokenId);
        // One that came while the others were looked up waits for the next look.
        if (!principals.includes(principal)) return false;
        if (tokenId !== null && sessionId !== undefined && !sessions.has(sessionId)) return true;
        if (principal.actingId !== undefined) return !acting.has(principal.actingId) || now === undefined || now.organizationId !== null;
        return now === undefined || !sameRights(now, principal);
      });
    } catch (error) {
      this.#failures += 1;
      this.#log.warn({ err: error }, 'cannot look whether the tokens of open streams still hold');
      if (this.#failures > FAILURES) this.#end(() => true);
    }
    this.#timer = this.#held.size === 0 ? undefined : setTimeout(() => void this.#look(), EVERY_MS).unref();
  }

  #end(isOver: (held: Held) => boolean): void {
    for (const held of [...this.#held].filter(isOver)) {
      this.#held.delete(held);
      held.ended();
    }
  }
}

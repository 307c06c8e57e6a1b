/**
 * Who may write now. A lease is held by one owner until a time on the database's clock; its holder renews it well before that, and
 * whoever takes it over has proof, or waits until then. Every write of a holder names what it claimed (its owner, fence or token),
 * so that who has lost a lease writes nothing any more: it gets LeaseLost, and stops.
 *
 * Four things are held so: an operation by a worker (its fence and heartbeat), a stack by an update (the update's token), a sweep
 * and a bulk run by a process (the columns `leaseOwner` and `leaseUntil`).
 */
import { Prisma } from '../../prisma/generated/client.ts';

/** Thrown by a write of who does not hold the lease any more. */
export class LeaseLost extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'LeaseLost';
  }
}

/** SQL: a lease that begins now ends then. */
export const leaseEnd = (ms: number): Prisma.Sql => Prisma.sql`clock_timestamp() + ${ms}::float8 * interval '1 ms'`;
/** SQL on `leaseOwner` and `leaseUntil`: nobody else holds the row; `owner` may hold it. */
export const leaseIsFree = (owner: string | null = null): Prisma.Sql =>
  Prisma.sql`("leaseOwner" IS NULL OR "leaseOwner" = ${owner} OR "leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp())`;
/** SQL on the same columns: `owner` holds the row, and its time is not over. */
export const leaseIsHeld = (owner: string): Prisma.Sql => Prisma.sql`("leaseOwner" = ${owner} AND "leaseUntil" > clock_timestamp())`;
/** What gives a row back, so that another need not wait for the lease's end. */
export const RELEASED = { leaseOwner: null, leaseUntil: null } as const;

/** The same for the tables of stacks' states, whose client takes text: `param` is a placeholder, in milliseconds. */
export const leaseEndText = (param: string): string => `clock_timestamp() + ${param}::float8 * interval '1 ms'`;
/** The update `u` is under way and its lease is not over. */
export const holdsText = (u: string): string => `${u}status = 'running' AND ${u}lease_expires_at > clock_timestamp()`;

export interface Kept {
  /** Aborted when the lease is lost. */
  readonly signal: AbortSignal;
  /** No more renewals. */
  stop(): void;
}

/**
 * Renews a lease while work goes on. A renewal that takes long is not overtaken by the next; one that fails is tried again, for
 * the lease may still be held: only its loss ends the work.
 * @param renew false, or LeaseLost, when another holds it now
 * @param failed told of what else went wrong, and for how long no renewal has succeeded
 */
export function keepLease(everyMs: number, renew: () => Promise<boolean | void>, failed: (error: unknown, silentMs: number) => void): Kept {
  const lost = new AbortController();
  let busy = false;
  let renewedAt = performance.now();
  const lose = (error: Error): void => {
    clearInterval(timer);
    lost.abort(error);
  };
  const beat = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const at = performance.now();
    try {
      if ((await renew()) === false) lose(new LeaseLost('Another one holds the lease now.'));
      else renewedAt = at;
    } catch (error) {
      if (error instanceof LeaseLost) lose(error);
      else failed(error, Math.round(performance.now() - renewedAt));
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void beat(), everyMs);
  return { signal: lost.signal, stop: () => clearInterval(timer) };
}

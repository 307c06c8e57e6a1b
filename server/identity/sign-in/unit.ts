/**
 * One request to the sign-in library is one transaction of ours: whatever the library writes by its adapter, what our hooks
 * add to it (organization, audit, mail) and the sealed entries stand or fall together.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Database, type Db, inTransaction } from '../../kernel/database.ts';

export interface Unit {
  readonly tx: Db;
  /** Where the request came from, and by what. */
  readonly address: string;
  readonly agent: string;
  /** The address of the dashboard, for links. */
  readonly base: string;
  readonly locale: string;
  /** Throws when nobody may be made of this address now. */
  readonly mayCreate: (email: string, isProved: boolean) => Promise<void>;
  /** The session that the library opened in this unit. */
  opened?: { readonly token: string; readonly userId: string; readonly secondFactor: boolean };
  /** A reset or a proof that the library made in this unit, for the caller. */
  provedUserId?: string;
}

const units = new AsyncLocalStorage<Unit>();

export function inUnit<T>(db: Database, parts: Omit<Unit, 'tx'>, work: (unit: Unit) => Promise<T>): Promise<T> {
  return inTransaction(db, (tx) => {
    const unit: Unit = { ...parts, tx };
    return units.run(unit, () => work(unit));
  });
}

/** @throws Error outside of one */
export function thisUnit(): Unit {
  const unit = units.getStore();
  if (!unit) throw new Error('The sign-in library was called outside of a unit.');
  return unit;
}

/** A client that writes into the transaction of the unit under way; what it tells of its models is there without one. */
export function clientOfUnit(db: Database): Database {
  return new Proxy(db, {
    get: (target, key) => {
      // A transaction has no `$transaction` of its own; the adapter then writes straight into it.
      if (key === '$transaction') return undefined;
      return Reflect.get(typeof key === 'symbol' || key.startsWith('_') ? target : thisUnit().tx, key);
    },
  });
}

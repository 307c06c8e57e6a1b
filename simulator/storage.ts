/**
 * Where the simulated clouds live: one SQLite file, written through on every change and read into
 * memory once, so that killing the process loses nothing and reads cost nothing.
 */
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Sqlite from 'node:sqlite';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Collection } from '../providers/simulation.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS documents (
    collection TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (collection, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
`;

export interface Storage {
  collection<T extends { id: string }>(name: string): Collection<T>;
  /** The counter's value after adding `by`; a counter starts so that its first value is `start`. */
  count(name: string, by?: number, start?: number): number;
  counter(name: string): number;
  /** Runs `work` as one transaction of the file; throws, with all as it was before, when it cannot be written. */
  atomically(work: () => void): void;
  /** Forgets everything. */
  clear(): void;
  close(): void;
}

/** Opens (or makes) the file; `:memory:` keeps nothing after close. */
export function openStorage(file: string): Storage {
  if (file !== ':memory:') makePrivate(file);
  const db = openDatabase(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
  db.exec(SCHEMA);
  const counters = new Map<string, number>();
  const loadCounters = (): void => {
    counters.clear();
    for (const row of db.prepare('SELECT name, value FROM counters').all()) counters.set(String(row['name']), Number(row['value']));
  };
  loadCounters();
  const saveCounter = db.prepare('INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value');
  const statements = prepareDocuments(db);
  const collections = new Map<string, DocumentCollection>();

  const count = (name: string, by = 1, start = 1): number => {
    const value = counters.has(name) ? counters.get(name)! + by : start;
    saveCounter.run(name, value);
    counters.set(name, value);
    return value;
  };
  return {
    collection<T extends { id: string }>(name: string): Collection<T> {
      let found = collections.get(name);
      if (!found) {
        found = new DocumentCollection(name, statements, (event) => count(`${event}:${name}`));
        collections.set(name, found);
      }
      return found as unknown as Collection<T>;
    },
    count,
    counter: (name) => counters.get(name) ?? 0,
    atomically(work) {
      db.exec('BEGIN');
      try {
        work();
        db.exec('COMMIT');
      } catch (error) {
        // On a full disk SQLite has rolled back already.
        if (db.isTransaction) db.exec('ROLLBACK');
        loadCounters();
        for (const collection of collections.values()) collection.reload();
        throw error;
      }
    },
    clear() {
      db.exec('DELETE FROM documents; DELETE FROM counters');
      counters.clear();
      for (const collection of collections.values()) collection.forget();
    },
    close: () => db.close(),
  };
}

interface DocumentStatements {
  readonly load: StatementSync;
  readonly save: StatementSync;
  readonly remove: StatementSync;
}

function prepareDocuments(db: DatabaseSync): DocumentStatements {
  return {
    load: db.prepare('SELECT id, body, seq FROM documents WHERE collection = ? ORDER BY seq'),
    save: db.prepare('INSERT INTO documents VALUES (?, ?, ?, ?) ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body'),
    remove: db.prepare('DELETE FROM documents WHERE collection = ? AND id = ?'),
  };
}

class DocumentCollection implements Collection<{ id: string }> {
  readonly #name: string;
  readonly #statements: DocumentStatements;
  readonly #counted: (event: 'created' | 'deleted') => void;
  readonly #documents = new Map<string, { id: string }>();
  #seq = 0;

  constructor(name: string, statements: DocumentStatements, counted: (event: 'created' | 'deleted') => void) {
    this.#name = name;
    this.#statements = statements;
    this.#counted = counted;
    this.reload();
  }
  reload(): void {
    this.#documents.clear();
    for (const row of this.#statements.load.all(this.#name)) {
      this.#documents.set(String(row['id']), JSON.parse(String(row['body'])) as { id: string });
      this.#seq = Math.max(this.#seq, Number(row['seq']));
    }
  }
  get(id: string): { id: string } | undefined {
    return this.#documents.get(id);
  }
  put(document: { id: string }): { id: string } {
    const isNew = !this.#documents.has(document.id);
    this.#statements.save.run(this.#name, document.id, isNew ? ++this.#seq : 0, JSON.stringify(document));
    this.#documents.set(document.id, document);
    if (isNew) this.#counted('created');
    return document;
  }
  delete(id: string): boolean {
    if (!this.#documents.has(id)) return false;
    this.#statements.remove.run(this.#name, id);
    this.#documents.delete(id);
    this.#counted('deleted');
    return true;
  }
  all(): { id: string }[] {
    return [...this.#documents.values()];
  }
  find(predicate: (document: { id: string }) => boolean): { id: string } | undefined {
    for (const document of this.#documents.values()) if (predicate(document)) return document;
    return undefined;
  }
  filter(predicate: (document: { id: string }) => boolean): { id: string }[] {
    return this.all().filter(predicate);
  }
  forget(): void {
    this.#documents.clear();
  }
}

/** SQLITE_FULL, SQLITE_IOERR, SQLITE_READONLY: the file, not what was asked, is the reason. */
export function isUnwritable(error: unknown): boolean {
  const { code, errcode } = error as { code?: string; errcode?: number };
  return code === 'ERR_SQLITE_ERROR' && [13, 10, 8].includes((errcode ?? 0) & 0xff);
}

/** It holds passwords. What SQLite makes beside it gets the file's own mode. */
function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  for (const each of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(each)) chmodSync(each, 0o600);
}

/** Loads `node:sqlite` without its one-time experimental warning, which says nothing to the person who starts a simulator. */
function openDatabase(file: string): DatabaseSync {
  const emit = process.emitWarning;
  process.emitWarning = (() => undefined) as typeof process.emitWarning;
  try {
    const sqlite = createRequire(import.meta.url)('node:sqlite') as typeof Sqlite;
    return new sqlite.DatabaseSync(file);
  } finally {
    process.emitWarning = emit;
  }
}

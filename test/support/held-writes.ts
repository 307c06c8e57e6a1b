/**
 * Stops a service at exactly one of its writes: triggers in the test's own database count the transactions that change an
 * account's VPS, its operation or its stack's state, and make the n-th wait for a lock that the test holds. `before`: nothing
 * of it is written; `after`: it waits in its commit, all checks done, and becomes durable when it is let go, whether its
 * client lives or not. Heartbeats, renewed leases and events tell nothing that is acted on; they are not counted, and neither
 * is what requests write: only an operation that runs.
 */
import { Client } from 'pg';
import { until } from './until.ts';

/** First key of the advisory locks, second is the account's number. */
const LOCKS = 70_701;

const INSTALL = `
CREATE TABLE held_write (account text PRIMARY KEY, number int NOT NULL, at bigint, moment text);

CREATE FUNCTION held_write_account(stack text) RETURNS text LANGUAGE sql STABLE AS
  $$ SELECT "accountId" FROM "vps" WHERE "id" = substr(stack, 5) $$;

CREATE FUNCTION held_write_count() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  row jsonb := to_jsonb(COALESCE(NEW, OLD));
  vps text;
  mine held_write;
  turn text;
  n bigint;
BEGIN
  vps := CASE TG_TABLE_NAME
    WHEN 'operation' THEN row->>'vpsId'
    WHEN 'vps' THEN row->>'id'
    WHEN 'state_stack' THEN substr(row->>'name', 5)
    WHEN 'state_journal' THEN (SELECT substr(s.name, 5) FROM state_stack s JOIN state_update u ON u.stack_id = s.id WHERE u.id = (row->>'update_id')::uuid)
    ELSE (SELECT substr(name, 5) FROM state_stack WHERE id = (row->>'stack_id')::uuid) END;
  SELECT h.* INTO mine FROM held_write h JOIN "vps" v ON v."accountId" = h.account WHERE v."id" = vps;
  IF mine.account IS NULL THEN RETURN COALESCE(NEW, OLD); END IF;
  IF TG_TABLE_NAME <> 'operation' AND NOT EXISTS (SELECT 1 FROM "operation" WHERE "vpsId" = vps AND "status" = 'running')
    THEN RETURN COALESCE(NEW, OLD); END IF;
  turn := pg_current_xact_id()::text;
  IF current_setting('held_write.turn', true) = turn THEN RETURN COALESCE(NEW, OLD); END IF;
  PERFORM set_config('held_write.turn', turn, true);
  n := nextval('held_write_' || mine.number);
  IF n = mine.at THEN
    PERFORM set_config('application_name', lower(TG_OP) || ' ' || TG_TABLE_NAME || COALESCE(' ' || (row->>'status'), ''), false);
    IF mine.moment = 'before' THEN PERFORM pg_advisory_xact_lock_shared(${LOCKS}, mine.number);
    ELSE PERFORM set_config('held_write.commit', mine.number::text, true); END IF;
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION held_write_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF COALESCE(current_setting('held_write.commit', true), '') <> '' THEN
    PERFORM pg_advisory_xact_lock_shared(${LOCKS}, current_setting('held_write.commit')::int);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER held_write_count BEFORE UPDATE ON "operation" FOR EACH ROW
  WHEN ((OLD."status", OLD."fence", OLD."enginePid", OLD."progress", OLD."finishedAt") IS DISTINCT FROM
        (NEW."status", NEW."fence", NEW."enginePid", NEW."progress", NEW."finishedAt")) EXECUTE FUNCTION held_write_count();
CREATE TRIGGER held_write_count BEFORE UPDATE ON "vps" FOR EACH ROW EXECUTE FUNCTION held_write_count();
CREATE TRIGGER held_write_count BEFORE INSERT OR UPDATE OR DELETE ON state_stack FOR EACH ROW EXECUTE FUNCTION held_write_count();
CREATE TRIGGER held_write_count BEFORE INSERT ON state_update FOR EACH ROW EXECUTE FUNCTION held_write_count();
CREATE TRIGGER held_write_status BEFORE UPDATE ON state_update FOR EACH ROW
  WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION held_write_count();
CREATE TRIGGER held_write_count BEFORE INSERT ON state_journal FOR EACH ROW EXECUTE FUNCTION held_write_count();
CREATE TRIGGER held_write_count BEFORE INSERT ON state_version FOR EACH ROW EXECUTE FUNCTION held_write_count();
${['operation', 'vps', 'state_stack', 'state_update', 'state_journal']
  .map(
    (table) => `CREATE CONSTRAINT TRIGGER held_write_commit AFTER INSERT OR UPDATE OR DELETE ON "${table}"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held_write_commit();`,
  )
  .join('\n')}`;

export type Moment = 'before' | 'after';

export class HeldWrites {
  readonly #client: Client;
  #last: Promise<unknown> = Promise.resolve();
  readonly #numbers = new Map<string, number>();

  private constructor(client: Client) {
    this.#client = client;
  }

  static async install(databaseUrl: string): Promise<HeldWrites> {
    const client = new Client({ connectionString: databaseUrl, application_name: 'held-writes' });
    await client.connect();
    await client.query(INSTALL);
    return new HeldWrites(client);
  }

  /** From now on the writes for this account's VPSes are counted. */
  async watch(account: string): Promise<void> {
    const number = this.#numbers.size + 1;
    this.#numbers.set(account, number);
    await this.query(`CREATE SEQUENCE held_write_${number}`);
    await this.query('INSERT INTO held_write (account, number) VALUES ($1, $2)', [account, number]);
  }

  /** Counts from zero, and holds the `at`-th write when one is given. */
  async arm(account: string, hold?: { at: number; moment: Moment }): Promise<void> {
    const number = this.#number(account);
    if (hold) await this.query('SELECT pg_advisory_lock($1, $2)', [LOCKS, number]);
    await this.query('UPDATE held_write SET at = $2, moment = $3 WHERE account = $1', [account, hold?.at ?? null, hold?.moment ?? null]);
    await this.query(`ALTER SEQUENCE held_write_${number} RESTART`);
  }

  /** How many writes there were since it was armed, the held one included. */
  async counted(account: string): Promise<number> {
    const rows = await this.query(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END::int AS n FROM held_write_${this.#number(account)}`,
    );
    return rows[0].n;
  }

  /** What each held write is about, by account. */
  async held(): Promise<Map<string, string>> {
    return new Map((await this.#waiting()).map(({ account, what }) => [account, what]));
  }

  /** Ends all holds: writes held before their time are undone with their connection, those held in their commit are made. */
  async settle(): Promise<void> {
    const rows = await this.query('SELECT account, moment FROM held_write WHERE at IS NOT NULL');
    const moments = new Map<string, Moment>(rows.map(({ account, moment }) => [account, moment]));
    await this.query('UPDATE held_write SET at = NULL');
    const waiting = await this.#waiting();
    for (const { pid, account } of waiting)
      if (moments.get(account) === 'before') await this.query('SELECT pg_terminate_backend($1)', [pid]);
    await until(async () => (await this.#waiting()).every(({ account }) => moments.get(account) === 'after'), {
      what: 'writes to be undone',
    });
    await this.query('SELECT pg_advisory_unlock_all()');
    const gone = async () =>
      (await this.query('SELECT 1 FROM pg_stat_activity WHERE pid = ANY($1)', [waiting.map(({ pid }) => pid)])).length === 0;
    await until(gone, { what: 'the connections of the dead to close' });
  }

  /** One after the other: the locks belong to one connection. */
  async query(statement: string, values: unknown[] = []): Promise<any[]> {
    const answer = this.#last.then(() => this.#client.query(statement, values));
    this.#last = answer.catch(() => undefined);
    return (await answer).rows;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #waiting(): Promise<{ account: string; pid: number; what: string }[]> {
    const rows = await this.query(
      `SELECT h.account, l.pid, a.application_name AS what FROM pg_locks l JOIN held_write h ON h.number = l.objid::int
       JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'advisory' AND l.classid = ${LOCKS} AND NOT l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows;
  }

  #number(account: string): number {
    const number = this.#numbers.get(account);
    if (number === undefined) throw new Error(`The writes of account ${account} are not watched.`);
    return number;
  }
}

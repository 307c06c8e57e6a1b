/** Checks of the service: API, token, database, migrations, workers, simulator, clock. */
import { join } from 'node:path';
import { Client } from 'pg';
import { readMigrations } from '../../prisma/migrate.ts';
import type { Config } from '../../server/kernel/config.ts';
import { findEmbeddedPostgres } from '../../server/kernel/postgres/embedded.ts';
import type { Connection } from '../connection.ts';
import { type Check, fail, ok, reason, warn } from './check.ts';

const ANSWER_MS = 5_000;
const CONNECT_MS = 5_000;
const OLDEST_POSTGRES = 140_000;
const SKEW_WARN_MS = 5_000;
const SKEW_FAIL_MS = 60_000;
/** As the worker: a holder silent for this long is presumed dead. */
const SILENT_S = 20;
/** A waiting operation that nobody took for this long: there is no worker. */
const WAITING_S = 30;
const MIGRATIONS = join(import.meta.dirname, '..', '..', 'prisma', 'migrations');

/** API, token and clock, over HTTP. */
export async function apiChecks({ url, token, tokenFrom }: Connection): Promise<Check[]> {
  const start = 'Start it with: plinth serve; or set PLINTH_URL to where it runs.';
  let answer: Response;
  try {
    answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
    await answer.arrayBuffer();
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    return [fail('api', `${url} does not answer (${reason(cause)})`, start)];
  }
  const api = answer.ok
    ? ok('api', `${url} is ready`)
    : fail(
        'api',
        `${url} answers ${answer.status} to /readyz`,
        'Look at the service’s log: it is starting, draining or without its database.',
      );
  return [api, clockCheck(answer.headers.get('date')), await tokenCheck(url, token, tokenFrom)];
}

async function tokenCheck(url: string, token: string | null, tokenFrom: string | null): Promise<Check> {
  if (token === null) return warn('token', 'not logged in', 'Run: plinth login, or set PLINTH_TOKEN.');
  try {
    const answer = await fetch(`${url}/api/vps?limit=1`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: 'error',
    });
    await answer.arrayBuffer();
    if (answer.ok) return ok('token', `from ${tokenFrom}`);
    return fail(
      'token',
      `the one from ${tokenFrom} is refused (${answer.status})`,
      'Run: plinth login, or set PLINTH_TOKEN to a valid one.',
    );
  } catch (error) {
    return fail('token', `could not be tried (${reason(error)})`, 'Look at the check of the API first.');
  }
}

/** Compares with the service's clock, which the HTTP date gives to the second. */
export function clockCheck(date: string | null, now = Date.now()): Check {
  if (date === null) return warn('clock', 'the service tells no date', 'Compare the clocks by hand: date -u');
  const skewMs = Math.max(0, Math.abs(now - Date.parse(date)) - 1_000);
  const detail = `${(skewMs / 1000).toFixed(0)} s from the service’s`;
  const remedy = 'Set the clocks with NTP: tokens, certificates and retries depend on them.';
  if (skewMs > SKEW_FAIL_MS) return fail('clock', detail, remedy);
  return skewMs > SKEW_WARN_MS ? warn('clock', detail, remedy) : ok('clock', detail);
}

/** Database, its migrations, and what the operations say about the workers. */
export async function databaseChecks(config: Config): Promise<Check[]> {
  const url = config.databaseUrl ?? (await findEmbeddedPostgres(join(config.dataDir, 'postgres')));
  if (url === undefined)
    return [warn('database', 'the embedded PostgreSQL does not run', 'plinth serve starts it; for your own PostgreSQL set DATABASE_URL.')];
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
    application_name: 'plinth doctor',
  });
  // A connection lost later ends the query in hand; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    return [
      fail(
        'database',
        `cannot connect (${reason(error)})`,
        'Check DATABASE_URL, that PostgreSQL runs, and that its user and password are right.',
      ),
    ];
  }
  try {
    return [await versionCheck(client), await migrationCheck(client), await workerCheck(client)];
  } catch (error) {
    return [fail('database', `does not answer as it should (${reason(error)})`, 'Look at PostgreSQL’s log.')];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function versionCheck(client: Client): Promise<Check> {
  const { rows } = await client.query<{ number: string; version: string }>(
    "SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS version",
  );
  const { number, version } = rows[0]!;
  if (Number(number) < OLDEST_POSTGRES) return fail('database', `PostgreSQL ${version} is too old`, 'Use PostgreSQL 14 or newer.');
  return ok('database', `PostgreSQL ${version}`);
}

async function migrationCheck(client: Client): Promise<Check> {
  const there = await client.query("SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there");
  const wanted = await readMigrations(MIGRATIONS);
  const rows = there.rows[0].there
    ? (
        await client.query<{ name: string; done: boolean }>(
          'SELECT migration_name AS name, finished_at IS NOT NULL AS done FROM _prisma_migrations WHERE rolled_back_at IS NULL',
        )
      ).rows
    : [];
  const broken = rows.find(({ done }) => !done);
  if (broken) return fail('migrations', `${broken.name} stopped half way`, 'Start plinth serve: it says how to repair it.');
  const missing = wanted.filter(({ name }) => !rows.some((row) => row.name === name));
  if (missing.length > 0)
    return warn(
      'migrations',
      `${missing.length} not applied yet: ${missing.map(({ name }) => name).join(', ')}`,
      'plinth serve applies them when it starts.',
    );
  const newer = rows.filter(({ name }) => !wanted.some((migration) => migration.name === name));
  if (newer.length > 0)
    return fail(
      'migrations',
      `the database is newer than this Plinth: ${newer.map(({ name }) => name).join(', ')}`,
      'Use the Plinth version that made them.',
    );
  return ok('migrations', `all ${wanted.length} are applied`);
}

/** Workers are seen by what they do: heartbeats of running operations, and nothing that waits for long. */
async function workerCheck(client: Client): Promise<Check> {
  const { rows } = await client.query<{ silent: number; running: number; waiting: number }>(
    `SELECT count(*) FILTER (WHERE status = 'running' AND "heartbeatAt" < now() - make_interval(secs => $1))::int AS silent,
            count(*) FILTER (WHERE status = 'running')::int AS running,
            count(*) FILTER (WHERE status = 'queued' AND coalesce("notBefore", "createdAt") < now() - make_interval(secs => $2))::int AS waiting
       FROM operation`,
    [SILENT_S, WAITING_S],
  );
  const { silent, running, waiting } = rows[0]!;
  if (silent > 0)
    return fail(
      'workers',
      `${silent} running operations had no heartbeat for ${SILENT_S} s`,
      'Their worker died and no other took over: start one with plinth worker.',
    );
  if (waiting > 0 && running === 0)
    return fail(
      'workers',
      `${waiting} operations wait and none runs`,
      'Start a worker: plinth worker, or plinth serve without --role http.',
    );
  if (waiting > 0)
    return warn(
      'workers',
      `${waiting} operations wait for more than ${WAITING_S} s while ${running} run`,
      'Start more workers, or raise PLINTH_CONCURRENCY.',
    );
  return ok('workers', running > 0 ? `${running} operations run, all with a heartbeat` : 'nothing waits for one');
}

export async function simulatorCheck({ simulator }: Config): Promise<Check | null> {
  if (!simulator.enabled) return null;
  try {
    const answer = await fetch(`http://127.0.0.1:${simulator.port}/_simulator`, { signal: AbortSignal.timeout(ANSWER_MS) });
    await answer.arrayBuffer();
    if (answer.ok) return ok('simulator', `runs on port ${simulator.port}`);
    return warn('simulator', `port ${simulator.port} answers ${answer.status}: another program?`, 'Set SIMULATOR_PORT to a free port.');
  } catch {
    return warn(
      'simulator',
      `does not run on port ${simulator.port}`,
      'plinth serve starts it in development mode; SIMULATOR=off if you want none.',
    );
  }
}

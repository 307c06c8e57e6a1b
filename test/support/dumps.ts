/** Backups by PostgreSQL's own tools, where the machine has a pg_dump; they refuse a server newer than themselves. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { access, chmod, chown, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { systemUser } from '../../server/rights.ts';
import { createTestDatabase } from './database.ts';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

const run = promisify(execFile);

export interface DumpedDatabase {
  /** The database that is backed up. */
  readonly url: string;
  /** How `restored` makes its copy, for the test's name or a warning. */
  readonly by: 'pg_dump' | 'a copy within the server';
  /** Backs up what is there now. Nothing may be connected. Answers what restores it into a new database. */
  backUp(): Promise<() => Promise<string>>;
  close(): Promise<void>;
}

/**
 * A server that the machine's pg_dump can read: the tests' own if it is not newer than pg_dump, else one of pg_dump's own
 * installation. Without pg_dump, a copy within the tests' server.
 */
export async function openDumpedDatabase(): Promise<DumpedDatabase> {
  const bin = await pgDumpFolder();
  if (bin === null) return await copiedDatabase();
  const server = await startServer(bin);
  const at = (name: string): string => server.url.replace(/postgres$/, name);
  await execute(server.url, 'CREATE DATABASE plinth');
  let copies = 0;
  return {
    url: at('plinth'),
    by: 'pg_dump',
    backUp: async () => {
      const file = join(server.directory, `plinth-${randomBytes(4).toString('hex')}.dump`);
      await run(join(bin, 'pg_dump'), ['--format=custom', '--no-owner', `--file=${file}`, at('plinth')]);
      return async () => {
        const name = `restored_${++copies}`;
        await execute(server.url, `CREATE DATABASE ${name}`);
        await run(join(bin, 'pg_restore'), ['--exit-on-error', '--no-owner', `--dbname=${at(name)}`, file]);
        return at(name);
      };
    },
    close: () => server.close(),
  };
}

async function copiedDatabase(): Promise<DumpedDatabase> {
  const original = await createTestDatabase();
  const made: string[] = [];
  const at = (name: string): string => original.url.replace(/[^/]*$/, name);
  const copy = async (from: string, kind: string): Promise<string> => {
    const name = `${kind}_${randomBytes(6).toString('hex')}`;
    made.push(name);
    await execute(at('postgres'), `CREATE DATABASE ${name} TEMPLATE ${from}`);
    return name;
  };
  return {
    url: original.url,
    by: 'a copy within the server',
    backUp: async () => {
      const kept = await copy(original.name, 'backup');
      return async () => at(await copy(kept, 'restored'));
    },
    close: async () => {
      for (const name of made) await execute(at('postgres'), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await original.drop();
    },
  };
}

/** Where pg_dump is with a server of its own version beside it. Debian's /usr/bin/pg_dump only leads there. */
async function pgDumpFolder(): Promise<string | null> {
  const { stdout } = await run('pg_config', ['--bindir']).catch(() => ({ stdout: '' }));
  for (const folder of [stdout.trim(), '/usr/lib/postgresql/15/bin', '/usr/local/pgsql/bin'].filter(Boolean)) {
    const whole = await Promise.all(['pg_dump', 'pg_restore', 'initdb', 'postgres'].map((name) => access(join(folder, name)))).then(
      () => true,
      () => false,
    );
    if (whole) return await realpath(folder);
  }
  return null;
}

async function startServer(bin: string): Promise<{ url: string; directory: string; close(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'plinth-dump-'));
  const data = join(directory, 'data');
  const password = randomBytes(12).toString('hex');
  await mkdir(data, { mode: 0o700 });
  await writeFile(join(directory, 'password'), password);
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? ((await systemUser('postgres')) ?? (await systemUser('nobody')))! : undefined;
  const identity = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  if (user) for (const path of [directory, data, join(directory, 'password')]) await chown(path, user.uid, user.gid);
  if (user) await chmod(directory, 0o755);
  const options = { ...identity, cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } };
  const cluster = ['-D', data, '-U', 'plinth', '-A', 'scram-sha-256', '-E', 'UTF8', `--pwfile=${join(directory, 'password')}`, '--no-sync'];
  await run(join(bin, 'initdb'), cluster, options);
  const port = await freePort();
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'];
  const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], { ...options, stdio: 'ignore' });
  const url = `postgresql://plinth:${password}@127.0.0.1:${port}/postgres`;
  await until(async () => (await execute(url, 'SELECT 1'), true), { timeoutMs: 30_000, everyMs: 100, what: 'PostgreSQL' });
  return {
    url,
    directory: dirname(data),
    async close() {
      child.kill('SIGINT');
      if (child.exitCode === null) await once(child, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

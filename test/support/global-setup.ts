/**
 * What the test files of one run share, started only when a test asks: one PostgreSQL with a migrated template database,
 * and the engine's binaries. Test files run in processes of their own, so they ask over a loopback socket.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT } from '../architecture/repository.ts';
import { killLeaked, leakedProcesses, MARK } from './processes.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Base URL of the broker, with its token. */
    broker: string;
  }
}

/** Name of the migrated database that test databases are copied from. */
const TEMPLATE = 'plinth_template';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const token = randomBytes(16).toString('hex');
  // Everything a test starts inherits the mark, so what outlives the run can be found.
  process.env[MARK] = token;
  // Hundreds of processes load the same modules; what one has compiled, the next one reads.
  process.env['NODE_COMPILE_CACHE'] ??= join(ROOT, 'node_modules', '.cache', 'compiled');
  const stops: (() => Promise<void>)[] = [];
  const services: Record<string, () => Promise<unknown>> = {
    '/postgres': remembered(() => startPostgres(stops)),
    '/engine': remembered(() => findEngine('engine')),
    '/engine+language': remembered(() => findEngine('engine+language')),
  };
  const server = createServer((request, response) => {
    const service = request.headers.authorization === token ? services[request.url ?? ''] : undefined;
    if (!service) return void response.writeHead(404).end();
    service().then(
      (value) => response.end(JSON.stringify({ value })),
      (error: Error) => response.writeHead(500).end(JSON.stringify({ error: error.message })),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  project.provide('broker', `http://${token}@127.0.0.1:${address.port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    for (const stop of stops.toReversed()) await stop();
    const leaked = await leakedProcesses(token, { withinMs: 3_000 });
    if (leaked.length === 0) return;
    killLeaked(leaked);
    process.exitCode = 1;
    throw new Error(`Tests left processes behind: ${leaked.map((each) => `${each.pid} (${each.command})`).join('; ')}`);
  };
}

function remembered<T>(start: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => (value ??= start());
}

async function startPostgres(stops: (() => Promise<void>)[]): Promise<{ url: string; template: string }> {
  const [{ startEmbeddedPostgres }, { migrate }, { Client }] = await Promise.all([
    import('../../server/kernel/postgres/embedded.ts'),
    import('../../prisma/migrate.ts'),
    import('pg'),
  ]);
  const directory = await mkdtemp(join(tmpdir(), 'plinth-test-'));
  await chmod(directory, 0o755);
  stops.push(() => rm(directory, { recursive: true, force: true }));
  const server = await startEmbeddedPostgres({
    dataDir: join(directory, 'postgres'),
    // Nothing here outlives the run, so nothing needs to survive a power cut.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400', autovacuum: 'off' },
  });
  stops.push(() => server.stop());
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  await migrate(withDatabaseName(server.url, TEMPLATE));
  return { url: server.url, template: TEMPLATE };
}

async function findEngine(need: 'engine' | 'engine+language'): Promise<unknown> {
  const { ensureToolchain } = await import('../../automation/toolchain.ts');
  return ensureToolchain({ need, onProgress: (line) => process.stderr.write(`${line}\n`) });
}

function withDatabaseName(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

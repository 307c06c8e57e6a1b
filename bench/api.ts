/**
 * Reads of the HTTP API against a bare Express route that fetches the same rows with pg and answers them as JSON, in the same
 * process and in turn, under the load of a client in another process. Four ratios of requests per second: one VPS and a page
 * of 50, with a platform's token and with an organization's; each alone and with 5 writes beside every 100 reads, which are
 * PATCHes of Plinth's for both. Then the connection count at which p99 passes 100 ms. Prints one JSON line.
 *
 *   node bench/api.ts [--quick] [--vpses=10000] [--rounds=3] [--connections=16] [--only=one] [--profile=file]
 *
 * `--profile` leaves a processor profile of Plinth's last lap.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import express from 'express';
import { Client, Pool } from 'pg';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { startEmbeddedPostgres } from '../server/kernel/postgres/embedded.ts';
import { median, progress, round } from './support/figures.ts';
import { treeCpuSeconds } from './support/processes.ts';
import { order, startService, type BenchService } from './support/service.ts';
import { wire, type WireFigures, type WireOptions } from './support/wire.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    vpses: { type: 'string' },
    rounds: { type: 'string' },
    connections: { type: 'string' },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});
const VPSES = Number(flags.vpses ?? (flags.quick ? 500 : 10_000));
const ROUNDS = Number(flags.rounds ?? (flags.quick ? 1 : 3));
const CONNECTIONS = Number(flags.connections ?? 16);
const FOR_MS = flags.quick ? 1_500 : 4_000;
const WRITES_PER_HUNDRED = 5;
const SLOW_MS = 100;
const MOST_CONNECTIONS = flags.quick ? 64 : 1_024;
/** How many different VPSes are asked for. */
const ASKED = 200;

/** What an answer about a VPS is made of. */
const ROWS = `SELECT v.*, a."endpointKind", a."serversSeenAt", g."name" AS "organizationName",
  (SELECT json_agg(d) FROM "drift" d WHERE d."vpsId" = v."id" AND d."resolvedAt" IS NULL) AS "drifts",
  (SELECT json_agg(o) FROM "operation" o WHERE o."vpsId" = v."id" AND o."status" IN ('queued', 'running')) AS "operations"
  FROM "vps" v JOIN "account" a ON a."id" = v."accountId" JOIN "organization" g ON g."id" = v."organizationId"`;
const ONE = { name: 'one', text: `${ROWS} WHERE v."id" = $1` };
const PAGE = { name: 'page', text: `${ROWS} WHERE v."deletedAt" IS NULL ORDER BY v."createdAt" DESC, v."id" DESC LIMIT 51` };

/** Copies one VPS's row, each with its own id, label and time. */
async function fill(databaseUrl: string, vpsId: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: columns } = await client.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'vps' AND table_schema = 'public'`,
    );
    const value: Record<string, string> = {
      id: `substr(md5(n::text), 1, 16)`,
      label: `'filler-' || n`,
      hostname: `'filler-' || n || '.example.com'`,
      status: `'active'`,
      createdAt: `v."createdAt" - make_interval(secs => n)`,
    };
    const names = columns.map(({ name }) => `"${name}"`).join(', ');
    const values = columns.map(({ name }) => value[name] ?? `v."${name}"`).join(', ');
    await client.query(`INSERT INTO vps (${names}) SELECT ${values} FROM vps v, generate_series(1, ${VPSES}) n WHERE v.id = $1`, [vpsId]);
    await client.query('ANALYZE');
    const { rows } = await client.query<{ id: string }>(`SELECT id FROM vps ORDER BY id LIMIT ${ASKED}`);
    return rows.map((row) => row.id);
  } finally {
    await client.end();
  }
}

/** The floor: Express and pg, and nothing else. */
async function bareService(databaseUrl: string): Promise<{ origin: string; close: () => Promise<void> }> {
  const pool = new Pool({ connectionString: databaseUrl, max: 12 });
  const app = express();
  app.get('/bare/:id', async (request, response) => {
    const { rows } = await pool.query({ ...ONE, values: [request.params.id] });
    response.json({ instance: rows[0] });
  });
  app.get('/bare', async (_request, response) => {
    const { rows } = await pool.query(PAGE);
    response.json({ instances: rows });
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await pool.end();
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

interface Contender {
  readonly origin: string;
  readonly paths: readonly string[];
  readonly token: string;
}

const optionsFor = ({ origin, paths, token }: Contender): WireOptions => ({
  origin,
  paths,
  headers: { authorization: `Bearer ${token}` },
  connections: CONNECTIONS,
  forMs: FOR_MS,
});

interface Lap extends WireFigures {
  /** Processor time of the service's process and of PostgreSQL, per request. The machine's other work does not change it much. */
  readonly cpuMs: number;
  readonly databaseCpuMs: number;
}

async function lap(options: WireOptions): Promise<Lap> {
  const [node, database] = [process.cpuUsage(), await treeCpuSeconds(postgres.pid)];
  const figures = await wire(options);
  const { user, system } = process.cpuUsage(node);
  const databaseCpuMs = ((await treeCpuSeconds(postgres.pid)) - database) * 1_000;
  const requests = figures.reads + figures.writes;
  return { ...figures, cpuMs: ((user + system) / 1_000 + databaseCpuMs) / requests, databaseCpuMs: databaseCpuMs / requests };
}

async function profiled<T>(work: () => Promise<T>): Promise<T> {
  if (flags.profile === undefined) return await work();
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 250 });
  await session.post('Profiler.start');
  const done = await work();
  const { profile } = await session.post('Profiler.stop');
  await writeFile(flags.profile, JSON.stringify(profile));
  session.disconnect();
  return done;
}

const show = (laps: readonly Lap[]): object => ({
  requests_per_second: Math.round(median(laps.map((each) => each.perSecond))),
  p50_ms: round(median(laps.map((each) => each.p50))),
  p99_ms: round(median(laps.map((each) => each.p99))),
  cpu_ms: round(median(laps.map((each) => each.cpuMs))),
  of_it_postgres_ms: round(median(laps.map((each) => each.databaseCpuMs))),
  bytes: laps[0]!.bytes,
});

async function compare(name: string, ours: Contender, bare: Contender, writes: WireOptions['writes']): Promise<object> {
  const [mine, floor]: [Lap[], Lap[]] = [[], []];
  const beside = writes ? { writes } : {};
  for (const contender of [ours, bare]) await wire({ ...optionsFor(contender), forMs: 500 });
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    mine.push(await profiled(() => lap({ ...optionsFor(ours), ...beside })));
    floor.push(await lap({ ...optionsFor({ ...bare, token: ours.token }), ...beside }));
    progress(`${name}${writes ? ' with writes' : ''}: ${mine[turn]!.perSecond.toFixed(0)}/s, bare ${floor[turn]!.perSecond.toFixed(0)}/s`);
    progress(`  processor ${mine[turn]!.cpuMs.toFixed(2)} ms, bare ${floor[turn]!.cpuMs.toFixed(2)} ms`);
  }
  const ratio = median(mine.map((each, index) => each.perSecond / floor[index]!.perSecond));
  const cpuRatio = median(mine.map((each, index) => floor[index]!.cpuMs / each.cpuMs));
  const written = writes
    ? { writes_per_hundred_reads: round((100 * mine[0]!.writes) / mine[0]!.reads), write_p50_ms: round(mine[0]!.writeP50) }
    : {};
  return { ratio: round(ratio), cpu_ratio: round(cpuRatio), ours: show(mine), bare: show(floor), ...written };
}

/** The first of 1, 2, 4, 8 … connections at which one in a hundred waits longer; null when none up to the most. */
async function slowAt(contender: Contender): Promise<number | null> {
  for (let connections = 8; connections <= MOST_CONNECTIONS; connections *= 2) {
    const { p99, perSecond } = await wire({ ...optionsFor(contender), connections, forMs: Math.min(FOR_MS, 2_000) });
    progress(`${connections} connections: p99 ${p99.toFixed(1)} ms, ${perSecond.toFixed(0)}/s`);
    if (p99 > SLOW_MS) return connections;
  }
  return null;
}

/** A document that never changes while the service runs. */
async function documented(service: BenchService, path: string): Promise<object> {
  const contender = { origin: service.origin, paths: [path], token: service.token };
  const plain = await lap(optionsFor(contender));
  const zipped = await lap({ ...optionsFor(contender), headers: { 'accept-encoding': 'gzip, br' } });
  return { plain: show([plain]), compressed: show([zipped]) };
}

const directory = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: directory });
try {
  const settings = { PLINTH_ROLE: 'http', PLINTH_LIMIT_ADDRESS: '1000000', PLINTH_LIMIT_TOKEN: '1000000' };
  const service = await startService({ DATABASE_URL: postgres.url, ...settings });
  const bare = await bareService(postgres.url);
  try {
    const body = [...(await service.orders()).values()][0];
    if (!body) throw new Error('the simulator offers no plan');
    const { vpsId } = await order(service, { ...body, label: 'bench-template' });
    const ids = await fill(postgres.url, vpsId);
    const { instance } = await service.call<{ instance: { organization_id: string } }>('GET', `/api/vps/${ids[0]}`);
    const scope = { name: 'bench', role: 'admin', organizationId: instance.organization_id, expiresAt: null } as const;
    const { secret } = await createToken(service.runtime.services.db, scope);
    const own = (paths: readonly string[], token: string): Contender => ({ origin: service.origin, paths, token });
    const floor = (paths: readonly string[]): Contender => ({ origin: bare.origin, paths, token: '' });
    const one = ids.map((id) => `/api/vps/${id}`);
    const bareOne = floor(ids.map((id) => `/bare/${id}`));
    const page = ['/api/vps?limit=50'];
    const barePage = floor(['/bare']);
    const writes = {
      perHundred: WRITES_PER_HUNDRED,
      origin: service.origin,
      paths: one.slice(0, 50),
      bodies: ['{"delete_protection":true}', '{"delete_protection":false}'],
    };
    const cases: Readonly<Record<string, () => Promise<unknown>>> = {
      one: () => compare('one VPS', own(one, service.token), bareOne, undefined),
      page_of_50: () => compare('a page of 50', own(page, service.token), barePage, undefined),
      one_with_writes: () => compare('one VPS', own(one, service.token), bareOne, writes),
      page_of_50_with_writes: () => compare('a page of 50', own(page, service.token), barePage, writes),
      one_of_an_organization: () => compare('one VPS of an organization', own(one, secret), bareOne, undefined),
      page_of_50_of_an_organization: () => compare('a page of 50 of an organization', own(page, secret), barePage, undefined),
      p99_over_100_ms_at_connections: async () => ({ one: await slowAt(own(one, service.token)), bare: await slowAt(bareOne) }),
      openapi: () => documented(service, '/api/openapi.json'),
    };
    const line: Record<string, unknown> = { bench: 'api', vpses: VPSES, connections: CONNECTIONS };
    for (const [name, measure] of Object.entries(cases)) if ([name, undefined].includes(flags.only)) line[name] = await measure();
    console.log(JSON.stringify(line));
  } finally {
    await bare.close();
    await service.stop();
  }
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

/**
 * Reads of the HTTP API with 10,000 VPSes in the database, against a bare Express route that answers the same bytes
 * without looking at anything, in the same process and in turn: ratios of the median time of one request after the
 * other, and of requests per second with 16 at once. Once as an admin, who sees every organization, and once as a
 * token of one organization. Prints one JSON line.
 *
 *   node bench/api.ts [VPSes] [rounds]
 */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { Client } from 'pg';
import { createToken } from '../server/auth/tokens.ts';
import { startEmbeddedPostgres } from '../server/embedded-postgres.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, progress, quantile, round } from './support/figures.ts';
import { load } from './support/load.ts';
import { order, startService, type BenchService } from './support/service.ts';

const AT_ONCE = 16;
const ALONE_MS = 1_500;
const CROWD_MS = 2_000;

interface Figures {
  readonly p50: number[];
  readonly p99: number[];
  readonly perSecond: number[];
}

/** Copies one VPS's row with its own id, label and time. */
async function fill(databaseUrl: string, vpsId: string, count: number): Promise<string[]> {
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
    await client.query(`INSERT INTO vps (${names}) SELECT ${values} FROM vps v, generate_series(1, ${count}) n WHERE v.id = $1`, [vpsId]);
    await client.query('ANALYZE vps');
    const { rows } = await client.query<{ id: string }>(`SELECT id FROM vps ORDER BY id LIMIT 50`);
    return rows.map((row) => row.id);
  } finally {
    await client.end();
  }
}

async function bareRoute(body: unknown): Promise<{ url: string; close: () => void }> {
  const app = express();
  app.get('/bare', (_request, response) => void response.json(body));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bare`, close };
}

async function measure(url: string, token: string, into: Figures): Promise<void> {
  const headers = { authorization: `Bearer ${token}` };
  const alone = await load({ url, headers, atOnce: 1, forMs: ALONE_MS });
  into.p50.push(median(alone.latencies));
  into.p99.push(quantile(alone.latencies, 0.99));
  into.perSecond.push((await load({ url, headers, atOnce: AT_ONCE, forMs: CROWD_MS })).perSecond);
}

const empty = (): Figures => ({ p50: [], p99: [], perSecond: [] });
const show = ({ p50, p99, perSecond }: Figures): object => ({
  p50_ms: round(median(p50)),
  p99_ms: round(median(p99)),
  requests_per_second: Math.round(median(perSecond)),
});

async function compare(service: BenchService, path: string, token: string, rounds: number): Promise<object> {
  const bare = await bareRoute(await service.call('GET', path));
  const [ours, floor] = [empty(), empty()];
  try {
    for (let turn = 0; turn < rounds; turn += 1) {
      await measure(service.origin + path, token, ours);
      await measure(bare.url, token, floor);
      progress(`${path.split('?')[0]}: ${median(ours.p50).toFixed(2)} ms, bare ${median(floor.p50).toFixed(2)} ms`);
    }
  } finally {
    bare.close();
  }
  return {
    p50_ratio: round(median(ours.p50) / median(floor.p50)),
    requests_per_second_ratio: round(median(ours.perSecond) / median(floor.perSecond)),
    ours: show(ours),
    bare: show(floor),
  };
}

const [count = 10_000, rounds = 3] = process.argv.slice(2).map(Number);
const directory = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: directory });
try {
  const service = await startService({ DATABASE_URL: postgres.url, PLINTH_ROLE: 'http' });
  try {
    const body = [...(await service.orders()).values()][0];
    if (!body) throw new Error('the simulator offers no plan');
    const { vpsId } = await order(service, { ...body, label: 'bench-template' });
    const ids = await fill(postgres.url, vpsId, count);
    const { instance } = await service.call<{ instance: { organization_id: string } }>('GET', `/api/vps/${ids[0]}`);
    const scope = { name: 'bench', role: 'viewer', organizationId: instance.organization_id, expiresAt: null } as const;
    const { secret } = await createToken(service.runtime.services.db, scope);
    const line = {
      bench: 'api',
      vpses: count,
      one_as_admin: await compare(service, `/api/vps/${ids[0]}`, service.token, rounds),
      page_of_50_as_admin: await compare(service, '/api/vps?limit=50', service.token, rounds),
      page_of_50_of_one_organization: await compare(service, '/api/vps?limit=50', secret, rounds),
      search_as_admin: await compare(service, '/api/vps?limit=50&q=filler-99', service.token, rounds),
    };
    console.log(JSON.stringify(line));
  } finally {
    await service.stop();
  }
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

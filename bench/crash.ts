/**
 * How soon, and whether always, everything comes right after a death. Servers at all simulated clouds go through provision,
 * resize, reinstall and terminate; meanwhile, at random moments, the whole service, one engine process or all program runners
 * are killed with SIGKILL (the service is started again at once, as a supervisor would). Of every operation that was under way
 * at a kill and needed another attempt: the time from the kill until that attempt began, and until the operation had
 * succeeded, its own work included. The next kill comes when all of them are over. At the end every server is terminated, and
 * whatever a provider still has counts as left behind. Prints one JSON line.
 *
 *   node bench/crash.ts [kills] [seed]
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import { startEmbeddedPostgres } from '../server/kernel/postgres/embedded.ts';
import { type Cluster, openCluster, type Service } from '../test/support/service.ts';
import { progress, quantile, round } from './support/figures.ts';
import { processTree } from './support/processes.ts';

/** A build takes some tenths of a second. */
const SPEED = 100;
const SERVERS_AT_ONCE = 4;
const VICTIMS = ['service', 'engine', 'runner'] as const;
type Victim = (typeof VICTIMS)[number];
/** Between the end of one recovery and the next kill. */
const LONGEST_CALM_MS = 2_500;
const GIVEN_UP_AFTER_MS = 300_000;

interface UnderWay {
  readonly id: string;
  readonly attempt: number;
  readonly enginePid: number | null;
}
interface Recovery {
  readonly victim: Victim;
  readonly converged: boolean;
  readonly nextAttemptS: number;
  readonly recoveryS: number;
}
interface Offer {
  readonly order: Record<string, unknown>;
  readonly larger: string;
}

const kills = Number(process.argv[2] ?? 30);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
let dice = seed || 1;
const random = (): number => (dice = (dice * 48_271) % 2_147_483_647) / 2_147_483_647;

class World {
  readonly cluster: Cluster;
  readonly db: Pool;
  service!: Service;
  operations = 0;
  readonly failures: string[] = [];

  constructor(cluster: Cluster, db: Pool) {
    this.cluster = cluster;
    this.db = db;
  }

  async start(): Promise<void> {
    this.service = await this.cluster.service('all', { PLINTH_CONCURRENCY: '4', PLINTH_CATALOG_TTL_SECONDS: '86400' });
  }

  /** Asked again, with the same key, until a living service answers. */
  async call(method: string, path: string, body?: unknown): Promise<any> {
    const headers = {
      authorization: `Bearer ${await this.cluster.token()}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    for (;;) {
      try {
        const response = await fetch(this.service.origin + path, {
          method,
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const answer: any = await response.json();
        // Another request with this key was under way when the service died.
        if (response.status === 409 && answer.code === 'idempotency_in_flight') throw new Error(answer.detail);
        if (response.ok) return answer;
        if (response.status < 500) throw Object.assign(new Error(`${method} ${path}: ${JSON.stringify(answer)}`), { final: true });
      } catch (error) {
        if ((error as { final?: boolean }).final) throw error;
      }
      await delay(100);
    }
  }

  async control(path: string): Promise<any> {
    return await (await fetch(`${this.cluster.simulator.origin}/_simulator${path}`)).json();
  }

  async underWay(): Promise<UnderWay[]> {
    return (await this.db.query(`SELECT "id", "attempt", "enginePid" FROM "operation" WHERE "status" = 'running'`)).rows;
  }

  /** The operation when it is over. */
  async over(id: string): Promise<{ status: string; attempt: number; finishedAt: Date | null; fault: unknown }> {
    const deadline = performance.now() + GIVEN_UP_AFTER_MS;
    for (;;) {
      const { rows } = await this.db.query('SELECT "status", "attempt", "finishedAt", "fault" FROM "operation" WHERE "id" = $1', [id]);
      if (!['queued', 'running'].includes(rows[0].status) || performance.now() > deadline) return rows[0];
      await delay(50);
    }
  }
}

async function offersOf(world: World): Promise<Map<string, Offer>> {
  const offers = new Map<string, Offer>();
  const { providers } = await world.call('GET', '/api/admin/providers');
  for (const account of providers) {
    const items = async (kind: string): Promise<any[]> =>
      (await world.call('GET', `/api/admin/upstream/${kind}?providerId=${account.id}`).catch(() => ({ items: [] }))).items;
    const [plans, images] = [await items('plans'), await items('images')];
    const kin = (id: string) => (id.includes('-') ? id.split('-')[0] : id.replace(/\d+$/, ''));
    const small = plans.find((plan) => plan.available && plan.regions.length > 0 && plan.memoryMb >= 1024 && plan.diskGb >= 25);
    if (!small) continue;
    const region = small.regions[0];
    const grown = (plan: any) => plan.diskGb > small.diskGb && plan.memoryMb > small.memoryMb && kin(plan.id) === kin(small.id);
    const larger = plans.find((plan) => plan.available && plan.regions.includes(region) && grown(plan)).id;
    const fits = (item: any) =>
      item.family === 'linux' && !item.deprecated && item.minDiskGb <= small.diskGb && (item.regions?.includes(region) ?? true);
    const order = { type: small.id, region, image: images.find(fits).id, provider_id: account.id, dns: { zone: 'plinth.test' } };
    offers.set(account.type, { order, larger });
  }
  return offers;
}

/** One server after the other through its whole life, until told to stop; the last one is ended, too. */
async function live(world: World, offers: readonly Offer[], name: string, stop: AbortSignal): Promise<void> {
  for (let turn = 1; !stop.aborted; turn++) {
    const offer = offers[Math.floor(random() * offers.length)]!;
    const done = async ({ operation }: any, what: string): Promise<boolean> => {
      world.operations += 1;
      const { status, fault } = await world.over(operation.id);
      if (status !== 'succeeded') world.failures.push(`${name}-${turn} ${what}: ${status} ${JSON.stringify(fault)}`);
      return status === 'succeeded';
    };
    const ordered = await world.call('POST', '/api/vps', { ...offer.order, label: `${name}-${turn}` });
    const path = `/api/vps/${ordered.instance.id}`;
    const act = async (body: Record<string, unknown>): Promise<boolean> =>
      await done(await world.call('POST', `${path}/actions`, body), String(body['action']));
    const whole =
      (await done(ordered, 'provision')) && (await act({ action: 'resize', plan: offer.larger })) && (await act({ action: 'reinstall' }));
    if (!whole) progress(world.failures.at(-1)!);
    await done(await world.call('DELETE', path), 'terminate');
  }
}

/** Kills and answers when, with what was under way then; null when there was nothing to kill. */
async function kill(world: World, victim: Victim): Promise<{ at: number; hit: UnderWay[] } | null> {
  const hit = await world.underWay();
  if (hit.length === 0) return null;
  const at = Date.now();
  if (victim === 'service') {
    await world.service.end('SIGKILL');
    await world.start();
    return { at, hit };
  }
  const engine = hit.find(({ enginePid }) => enginePid !== null);
  if (victim === 'engine') return engine && (await end([engine.enginePid!], 'pulumi')) ? { at, hit: [engine] } : null;
  return (await end(await processTree(world.service.pid), 'automation/runner.ts')) ? { at, hit } : null;
}

/** Kills those of the processes that run what is named; false when none did. */
async function end(pids: readonly number[], named: string): Promise<boolean> {
  let any = false;
  for (const pid of pids) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!command.includes(named)) continue;
    try {
      process.kill(pid, 'SIGKILL');
      any = true;
    } catch {
      // It ended by itself meanwhile.
    }
  }
  return any;
}

async function recoveriesOf(world: World, victim: Victim, at: number, hit: readonly UnderWay[]): Promise<Recovery[]> {
  const recoveries = await Promise.all(
    hit.map(async ({ id, attempt }): Promise<Recovery[]> => {
      const ended = await world.over(id);
      // It was done already, or the death of the runners did not touch it.
      if (ended.attempt === attempt && ended.status === 'succeeded') return [];
      const { rows } = await world.db.query(
        `SELECT min("at") AS "at" FROM "operation_event" WHERE "operationId" = $1 AND "type" = 'attempt-started' AND "at" > $2`,
        [id, new Date(at)],
      );
      const since = (time: Date | null): number => (time === null ? Number.NaN : (time.getTime() - at) / 1000);
      return [{ victim, converged: ended.status === 'succeeded', nextAttemptS: since(rows[0].at), recoveryS: since(ended.finishedAt) }];
    }),
  );
  return recoveries.flat();
}

function summary(recoveries: readonly Recovery[]): object {
  const times = (pick: 'nextAttemptS' | 'recoveryS') => recoveries.map((each) => each[pick]).filter((seconds) => !Number.isNaN(seconds));
  const at = (pick: 'nextAttemptS' | 'recoveryS', share: number) => round(quantile(times(pick), share));
  return {
    interrupted: recoveries.length,
    converged_share: round(recoveries.filter(({ converged }) => converged).length / recoveries.length),
    next_attempt_p50_s: at('nextAttemptS', 0.5),
    next_attempt_p95_s: at('nextAttemptS', 0.95),
    recovery_p50_s: at('recoveryS', 0.5),
    recovery_p95_s: at('recoveryS', 0.95),
  };
}

async function measure(world: World): Promise<void> {
  await world.start();
  const offers = [...(await offersOf(world)).values()];
  const stop = new AbortController();
  const lives = Promise.all(Array.from({ length: SERVERS_AT_ONCE }, (_, index) => live(world, offers, `life${index}`, stop.signal)));
  const recoveries: Recovery[] = [];
  const killed: Record<Victim, number> = { service: 0, engine: 0, runner: 0 };
  for (let turn = 0; turn < kills;) {
    await delay(random() * LONGEST_CALM_MS);
    const victim = VICTIMS[Math.floor(random() * VICTIMS.length)]!;
    const death = await kill(world, victim);
    if (!death) continue;
    turn += 1;
    killed[victim] += 1;
    const came = await recoveriesOf(world, victim, death.at, death.hit);
    recoveries.push(...came);
    progress(
      `kill ${turn} (${victim}): ${came.map(({ recoveryS }) => `${recoveryS.toFixed(1)} s`).join(', ') || 'nothing was interrupted'}`,
    );
  }
  stop.abort();
  await lives;
  const left = [...(await world.control('/instances')), ...(await world.control('/records')), ...(await world.control('/leftovers'))];
  const by = Object.fromEntries(VICTIMS.map((victim) => [victim, summary(recoveries.filter((each) => each.victim === victim))]));
  const figures = { operations: world.operations, failed: world.failures.length, left_behind: left.length, ...summary(recoveries), by };
  console.log(JSON.stringify({ bench: 'crash', seed, kills: killed, ...figures, goal: { converged_share: 1, recovery_p95_s: 30 } }));
}

const directory = await mkdtemp(join(tmpdir(), 'plinth-bench-crash-'));
// Its server runs as a user of its own.
await chmod(directory, 0o755);
const postgres = await startEmbeddedPostgres({ dataDir: join(directory, 'postgres'), onProgress: progress });
const cluster = await openCluster(postgres.url, SPEED);
const db = new Pool({ connectionString: postgres.url, max: 4 });
try {
  await measure(new World(cluster, db));
} finally {
  await cluster.close();
  await db.end();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

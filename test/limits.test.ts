/** Who asks too much is told so and held up; nobody else is. Over two processes, through proxies, on streams. */
import { mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { updateVps } from '../server/vps/store.ts';
import { readConfig } from '../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { ensureOrganization } from '../server/kernel/settings.ts';
import { withDatabase } from './support/database.ts';
import { seedVpses } from './support/seed-vpses.ts';
import { until } from './support/until.ts';

const SIGN_INS = 20;
const PER_TOKEN = 100;
const STREAMS = 30;
const ALL_STREAMS = 400;

const database = withDatabase();
/** Its one address is everybody's here. */
const apart = withDatabase();
const dirs: string[] = [];
const runtimes: Runtime[] = [];
/** Two behind a proxy of ours, and one that has none. */
let [first, second, bare] = [] as unknown as [Runtime, Runtime, Runtime];

async function start(settings: Record<string, string>): Promise<Runtime> {
  const dataDir = await mkdtemp(join(tmpdir(), 'plinth-limits-'));
  dirs.push(dataDir);
  const env = { DATABASE_URL: database.url, PLINTH_ROLE: 'http', PLINTH_DATA_DIR: dataDir, PORT: '0', PLINTH_LOG_LEVEL: 'silent' };
  const key = { PLINTH_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'), SIMULATOR_PORT: '0' };
  const limits = {
    PLINTH_LIMIT_SIGN_INS: String(SIGN_INS),
    PLINTH_LIMIT_TOKEN: String(PER_TOKEN),
    PLINTH_STREAMS_PER_TOKEN: String(STREAMS),
  };
  const runtime = await startRuntime(readConfig({ ...env, ...key, ...limits, ...settings }), () => undefined);
  runtimes.push(runtime);
  return runtime;
}

beforeAll(async () => {
  first = await start({ PLINTH_TRUST_PROXY: 'on' });
  second = await start({ PLINTH_TRUST_PROXY: 'on' });
  bare = await start({ DATABASE_URL: apart.url, PLINTH_LIMIT_ADDRESS: '200', PLINTH_LIMIT_SIGN_INS: '0' });
}, 120_000);
afterAll(async () => {
  for (const runtime of runtimes) await runtime.stop();
  for (const dir of dirs) await rm(dir, { recursive: true, force: true });
});

const fresh = async (): Promise<string> =>
  (await createToken(first.services.db, { name: 'fresh', role: 'admin', organizationId: null, expiresAt: null })).secret;
const wrong = (index: number): string => `plinth_aaaaaaaaaaaa_${String(index).padStart(43, 'x')}`;

interface Got {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

async function ask(runtime: Runtime, token: string, from?: string, path = '/api/vps?limit=1', scheme = 'Bearer'): Promise<Got> {
  const headers = { authorization: `${scheme} ${token}`, ...(from === undefined ? {} : { 'x-forwarded-for': from }) };
  const response = await fetch(runtime.origin + path, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const statuses = (got: readonly Got[]): number[] => [...new Set(got.map(({ status }) => status))].toSorted();

/** A stream of changes, and what it has told so far. */
const open = async (runtime: Runtime, token: string, stop: AbortSignal): Promise<{ status: number; told: () => string }> => {
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream', 'accept-encoding': 'gzip' };
  const response = await fetch(`${runtime.origin}/api/events`, { headers, signal: stop });
  let text = '';
  const reading = async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  };
  reading().catch(() => undefined);
  return { status: response.status, told: () => text };
};

describe('wrong tokens', { timeout: 60_000 }, () => {
  it('are refused by address, in every process and at every door, and shut out nobody who was good', async () => {
    const token = await fresh();
    expect((await ask(first, token, '198.51.100.1')).status).toBe(200);
    const guesses: Got[] = [];
    for (let index = 0; index < SIGN_INS; index++) guesses.push(await ask(first, wrong(index), '198.51.100.1'));
    expect(statuses(guesses)).toEqual([401]);
    const refused = async () => (await ask(first, wrong(1), '198.51.100.1')).status === 429;
    await until(refused, { what: 'the address to be refused' });
    const problem = await ask(first, wrong(2), '198.51.100.1');
    expect(problem.body).toMatchObject({ code: 'too_many_sign_ins', status: 429 });
    expect(Number(problem.headers.get('retry-after'))).toBeGreaterThan(0);
    // The other process learns it by its own first.
    await ask(second, wrong(3), '198.51.100.1');
    await until(async () => (await ask(second, wrong(4), '198.51.100.1')).status === 429, { what: 'the other process to refuse' });
    const cli = await ask(first, wrong(5), '198.51.100.1', '/api/user', 'token');
    expect([cli.status, cli.body.code]).toEqual([429, 429]);
    expect((await ask(first, token, '198.51.100.1')).status).toBe(200);
    expect((await ask(first, wrong(6), '198.51.100.2')).status).toBe(401);
  });

  it('are counted for the address that the nearest proxy saw, whatever else a caller writes', async () => {
    for (let index = 0; index < SIGN_INS + 1; index++) await ask(first, wrong(index), `203.0.113.${index}, 198.51.100.9`);
    await until(async () => (await ask(first, wrong(1), '192.0.2.77, 198.51.100.9')).status === 429, {
      what: 'the real address to be refused',
    });
    const others = await Promise.all([1, 2, 3].map((index) => ask(first, wrong(index), `203.0.113.${index}`)));
    expect(statuses(others)).toEqual([401]);
  });

  it('count for the whole network of an address of version 6', async () => {
    for (let index = 0; index < SIGN_INS + 1; index++) await ask(first, wrong(index), `2001:db8:1:2:${index.toString(16)}::1`);
    await until(async () => (await ask(first, wrong(1), '2001:db8:1:2:ffff::9')).status === 429, { what: 'the network to be refused' });
    expect((await ask(first, wrong(1), '2001:db8:1:3::1')).status).toBe(401);
  });
});

describe('requests', { timeout: 60_000 }, () => {
  it('of one token are limited over all processes, with headers that say so; another goes on', async () => {
    const [mine, other] = [await fresh(), await fresh()];
    for (const token of [mine, other]) for (const runtime of [first, second]) expect((await ask(runtime, token)).status).toBe(200);
    const got: Got[] = [];
    for (let index = 0; index < PER_TOKEN; index++) got.push(await ask(index % 2 ? first : second, mine));
    got.push(await ask(first, mine), await ask(second, mine));
    const refusedOnes = got.filter(({ status }) => status === 429);
    expect(refusedOnes.length).toBeGreaterThan(0);
    expect(statuses(got)).toEqual([200, 429]);
    expect(refusedOnes[0]!.body.code).toBe('too_many_requests');
    expect(Number(refusedOnes[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(got[1]!.headers.get('ratelimit-limit')).toBe(String(PER_TOKEN));
    expect(Number(got[1]!.headers.get('ratelimit-remaining'))).toBeLessThan(PER_TOKEN);
    expect((await ask(first, other)).status).toBe(200);
  });

  it('of one address are limited, and no forged header makes it another', async () => {
    const got: Got[] = [];
    for (let index = 0; index < 230; index++) got.push(await ask(bare, wrong(index), `203.0.113.${index}`));
    expect(statuses(got)).toEqual([401, 429]);
    expect((await fetch(`${bare.origin}/healthz`)).status).toBe(200);
  });
});

describe('limits of an organization', { timeout: 60_000 }, () => {
  const limited = async (kind: string, most: number): Promise<{ id: string; secret: string }> => {
    const { db } = first.services;
    const { id } = await ensureOrganization(db, `limited in ${kind}`);
    const { secret } = await createToken(db, { name: kind, role: 'admin', organizationId: id, expiresAt: null });
    const headers = { authorization: `Bearer ${await fresh()}`, 'content-type': 'application/json' };
    const path = `${first.origin}/api/admin/organizations/${id}/quotas`;
    expect((await fetch(path, { method: 'PUT', headers, body: JSON.stringify({ kind, most }) })).status).toBe(200);
    return { id, secret };
  };

  it('count its streams over all processes, and free what is closed or has died', async () => {
    const { id, secret } = await limited('streams', 3);
    const used = async (): Promise<number> =>
      (await ask(second, secret, undefined, '/api/organization/quotas')).body.quotas.find(({ kind }: any) => kind === 'streams').used;
    const [stop, other] = [new AbortController(), new AbortController()];
    for (const runtime of [first, second]) expect((await open(runtime, secret, stop.signal)).status).toBe(200);
    const many = await Promise.all([first, second, first, second].map((runtime) => open(runtime, secret, other.signal)));
    expect(many.map(({ status }) => status).toSorted()).toEqual([200, 429, 429, 429]);
    expect(await used()).toBe(3);
    const { secret: elsewhere } = await createToken(first.services.db, {
      name: 'elsewhere',
      role: 'viewer',
      organizationId: (await ensureOrganization(first.services.db, 'unlimited')).id,
      expiresAt: null,
    });
    expect((await open(first, elsewhere, other.signal)).status).toBe(200);
    other.abort();
    await until(async () => ((await used()) === 2 ? true : undefined), { what: 'the closed one to be free' });
    // As of a process that died: nobody says any more that they are open.
    await first.services.db
      .$executeRaw`UPDATE "rate_limit" SET "resetAt" = now() - interval '1 s' WHERE starts_with("key", ${`stream/${id}/`})`;
    expect(await used()).toBe(0);
    stop.abort();
  });

  it('bound its bodies, in every process, and nobody else’s', async () => {
    const { secret } = await limited('body_kilobytes', 2);
    const send = async (runtime: Runtime, token: string): Promise<[number, string]> => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ subject: 'A question', text: 'x'.repeat(3_000) });
      const response = await fetch(`${runtime.origin}/api/tickets`, { method: 'POST', headers, body });
      return [response.status, ((await response.json()) as any).code];
    };
    for (const runtime of [first, second]) expect(await send(runtime, secret)).toEqual([413, 'body_too_large']);
    const { id } = await ensureOrganization(first.services.db, 'unlimited');
    const other = await createToken(first.services.db, { name: 'large', role: 'admin', organizationId: id, expiresAt: null });
    expect((await send(first, other.secret))[0]).toBe(201);
  });
});

describe('answers', () => {
  const encodingOf = async (method: string, path: string, body?: unknown): Promise<string | undefined> => {
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    const headers = { authorization: `Bearer ${await fresh()}`, 'accept-encoding': 'gzip', 'content-type': 'application/json' };
    const request = httpRequest(first.origin + path, { method, headers }, (response) => {
      response.resume();
      expect(response.statusCode).toBeLessThan(300);
      resolve(response.headers['content-encoding']);
    });
    request.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    return await promise;
  };

  it('are compressed, but not those with a secret beside what a caller wrote', async () => {
    await seedVpses(first, 50);
    expect(await encodingOf('GET', '/api/vps?limit=50')).toBe('gzip');
    expect(await encodingOf('POST', '/api/tokens', { name: 'x'.repeat(100), role: 'viewer' })).toBeUndefined();
  });
});

describe('streams', { timeout: 120_000 }, () => {
  const changeThree = async (): Promise<void> => {
    const { db } = first.services;
    for (const { id } of await db.vps.findMany({ take: 3, orderBy: { id: 'asc' } })) await updateVps(db, id, { status: 'suspended' });
  };
  it('of one token are so many and no more, until one is closed', async () => {
    const token = await fresh();
    const stop = new AbortController();
    const streams = await Promise.all(Array.from({ length: STREAMS }, () => open(first, token, stop.signal)));
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    const more = await ask(first, token, undefined, '/api/vps?limit=1');
    expect(more.status).toBe(200);
    const refused = await fetch(`${first.origin}/api/events`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    });
    expect([refused.status, ((await refused.json()) as any).code]).toEqual([429, 'too_many_streams']);
    stop.abort();
    const again = new AbortController();
    await until(async () => (await open(first, token, again.signal)).status === 200, { what: 'a place to be free' });
    again.abort();
  });

  it('cost the database the same, one or hundreds, and every one is told every change once', async () => {
    const many = await start({ PLINTH_STREAMS_PER_TOKEN: '0', PLINTH_LIMIT_TOKEN: '0' });
    const token = await fresh();
    const stop = new AbortController();
    const committed = async (): Promise<number> => {
      const [row] = await first.services.db.$queryRaw<{ n: bigint }[]>`
        SELECT xact_commit AS n FROM pg_stat_database WHERE datname = current_database()`;
      return Number(row!.n);
    };
    /** Transactions in five seconds: a figure of time, so time must pass. */
    const overFive = async (): Promise<number> => {
      const before = await committed();
      await delay(5_000);
      return (await committed()) - before;
    };
    const single = await open(many, token, stop.signal);
    const one = await overFive();
    const streams = [single, ...(await Promise.all(Array.from({ length: ALL_STREAMS }, () => open(many, token, stop.signal))))];
    // Each of them reading for itself would be a thousand and more.
    // What opening them cost is counted late, so the first windows may hold some of it.
    await until(async () => (await overFive()) < one + ALL_STREAMS, { timeoutMs: 40_000, what: 'a window without a read per stream' });
    await changeThree();
    const ids = (text: string): string[] => [...text.matchAll(/^event: change\ndata: .*"vps_id":"([^"]+)"/gm)].map((match) => match[1]!);
    await until(() => streams.every(({ told }) => ids(told()).length >= 3), { timeoutMs: 60_000, what: 'all streams to be told' });
    const [told] = streams.map((each) =>
      each
        .told()
        .replace(/^id.*\nevent: (ready|reset)\ndata: \{\}\n\n/, '')
        .replaceAll(':\n\n', ''),
    );
    for (const stream of streams) expect(ids(stream.told())).toEqual(ids(told!));
    stop.abort();
  });
});

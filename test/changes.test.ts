/** The stream of all changes: nothing lost, nothing doubled, each to whom it belongs; with the real database and HTTP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createToken } from '../server/identity/tokens/authenticate.ts';
import { readConfig } from '../server/kernel/config.ts';
import { type Runtime, startRuntime } from '../server/runtime.ts';
import { pruneEvents } from '../server/kernel/events/event-store.ts';
import { ensureOrganization } from '../server/kernel/settings.ts';
import { revokeToken } from '../server/identity/tokens/store.ts';
import { requestSweep } from '../server/kernel/schedule/store.ts';
import { updateVps } from '../server/vps/store.ts';
import { withDatabase } from './support/database.ts';
import { seedVpses } from './support/seed-vpses.ts';
import { until } from './support/until.ts';

vi.setConfig({ testTimeout: 60_000 });
const PATIENCE = { timeoutMs: 20_000, what: 'the feed' };
const database = withDatabase();
let dataDir: string;
let runtime: Runtime;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'plinth-changes-'));
  const env = { DATABASE_URL: database.url, PLINTH_DATA_DIR: dataDir, PLINTH_ROLE: 'http', PLINTH_LOG_LEVEL: 'silent' };
  runtime = await startRuntime(readConfig({ ...env, PORT: '0', SIMULATOR_PORT: '0', SIMULATOR_SPEED: '1000' }), () => undefined);
  await seedVpses(runtime, 50);
}, 60_000);
afterAll(async () => {
  await runtime?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

interface Frame {
  readonly id: string;
  readonly event: string;
  readonly data: any;
}

/** Follows until `cut`; `frames` grows. */
async function follow(token: string, lastEventId?: string, query = '') {
  const stop = new AbortController();
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'text/event-stream',
    ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
  };
  const response = await fetch(`${runtime.origin}/api/events${query}`, { headers, signal: stop.signal });
  const frames: Frame[] = [];
  const reading = (async () => {
    let buffer = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      buffer += chunk;
      for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
        const fields = Object.fromEntries(
          buffer
            .slice(0, end)
            .split('\n')
            .map((line) => line.split(/: (.*)/).slice(0, 2)),
        ) as Record<string, string>;
        if (fields['data']) frames.push({ id: fields['id']!, event: fields['event']!, data: JSON.parse(fields['data']) });
        buffer = buffer.slice(end + 2);
      }
    }
  })().catch(() => undefined);
  await until(() => frames.length > 0, PATIENCE);
  return { status: response.status, frames, cut: async () => (stop.abort(), await reading) };
}

const admin = () => runtime.seeded.adminToken!;
const note = (n: number, text: string) => updateVps(runtime.services.db, n.toString(36).padStart(16, '0'), { notes: text });
const changes = (frames: readonly Frame[]) => frames.filter(({ event }) => event === 'change');

it('goes on after every cut, and tells each change once, whatever commits late', async () => {
  const { db } = runtime.services;
  const count = 120;
  const writing = (async () => {
    for (let from = 0; from < count; from += 10)
      await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          db.$transaction(async (tx) => {
            await updateVps(tx, (n % 50).toString(36).padStart(16, '0'), { notes: `${from + n}` });
            // Commits in another order than it wrote.
            await new Promise((done) => setTimeout(done, ((from + n) * 7) % 40));
          }),
        ),
      );
  })();
  const seen: Frame[] = [];
  let last: string | undefined;
  const progress = { finished: false };
  // The first position is taken before anything is written that the test counts.
  const first = await follow(admin());
  last = first.frames[0]!.id;
  await first.cut();
  const begun = await db.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM event WHERE position <= ${last}::text::bigint`;
  void writing.then(() => (progress.finished = true));
  while (!progress.finished) {
    const { frames, cut } = await follow(admin(), last);
    await new Promise((done) => setTimeout(done, 60));
    await cut();
    seen.push(...changes(frames));
    last = frames.at(-1)!.id;
  }
  const rest = await follow(admin(), last);
  const all = await db.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM event`;
  const expected = all[0]!.count - begun[0]!.count;
  await until(() => seen.length + changes(rest.frames).length >= expected, PATIENCE);
  await rest.cut();
  seen.push(...changes(rest.frames));
  expect(seen).toHaveLength(expected);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(expected);
});

it('takes any number as a position, also one that the database would read as octal', async () => {
  for (const position of ['09-08', '09', '0', '0-0', '99999999999999999999-1', 'x', '9223372036854775807', '9223372036854775808']) {
    const { status, frames, cut } = await follow(admin(), position);
    await cut();
    expect([status, frames.length > 0], position).toEqual([200, true]);
  }
});

it('waits for no transaction that began earlier, and loses nothing of it', async () => {
  const { db } = runtime.services;
  const { frames, cut } = await follow(admin());
  const release = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const slow = db.$transaction(
    async (tx) => {
      await updateVps(tx, '1'.padStart(16, '0'), { notes: 'slow' });
      began.resolve();
      await release.promise;
    },
    { timeout: 20_000 },
  );
  await began.promise;
  await note(2, 'quick');
  await until(() => changes(frames).length === 1, PATIENCE);
  release.resolve();
  await slow;
  await until(() => changes(frames).length === 2, PATIENCE);
  expect(changes(frames).map(({ data }) => data.vps_id)).toEqual(['2', '1'].map((id) => id.padStart(16, '0')));
  await cut();
});

it('shows an organization its own only, and both sides a VPS that changes hands', async () => {
  const { db } = runtime.services;
  const other = await ensureOrganization(db, 'other');
  const { secret, row } = await createToken(db, { name: 'other', role: 'viewer', organizationId: other.id, expiresAt: null });
  const theirs = await follow(secret);
  const ours = await follow(admin());
  await note(3, 'not theirs');
  await until(() => changes(ours.frames).length === 1, PATIENCE);
  expect(changes(theirs.frames)).toEqual([]);
  await updateVps(db, '4'.padStart(16, '0'), { organizationId: other.id });
  await until(() => changes(theirs.frames).length === 1 && changes(ours.frames).length === 3, PATIENCE);
  expect(changes(theirs.frames)[0]!.data).toMatchObject({ vps_id: '4'.padStart(16, '0'), kind: 'vps.received' });
  expect(changes(ours.frames).map(({ data }) => data.kind)).toEqual(['vps.changed', 'vps.given', 'vps.received']);
  await Promise.all([ours.cut(), theirs.cut()]);
  await revokeToken(db, row.id, new Date());
  expect((await fetch(`${runtime.origin}/api/events`, { headers: { authorization: `Bearer ${secret}` } })).status).toBe(401);
});

it('says when a position is lost, and answers the same as JSON', async () => {
  const page = async (query = ''): Promise<any> =>
    await (await fetch(`${runtime.origin}/api/events${query}`, { headers: { authorization: `Bearer ${admin()}` } })).json();
  const start = await page();
  expect(start).toMatchObject({ changes: [], reset: false });
  await note(5, 'as JSON');
  const next = await until(async () => {
    const answer = await page(`?after=${start.last}`);
    return answer.changes.length > 0 ? answer : null;
  }, PATIENCE);
  expect(next).toMatchObject({ changes: [{ vps_id: '5'.padStart(16, '0'), operation_id: null }], reset: false, last: next.changes[0].id });
  expect(await page(`?after=${next.last}`)).toMatchObject({ changes: [], last: next.last });
  await pruneEvents(runtime.services.db, new Date(Date.now() + 60_000));
  expect((await page(`?after=${next.last}`)).reset).toBe(false);
  expect((await page(`?after=${start.last}`)).reset).toBe(true);
  expect((await page('?after=9000000000000000000')).reset).toBe(true);
  const { frames, cut } = await follow(admin(), '99999999999999999999-1');
  expect(frames[0]!.event).toBe('reset');
  await cut();
});

it('tells topics to whoever asks for them and may see them', async () => {
  const { db } = runtime.services;
  const other = await ensureOrganization(db, 'curious');
  const bound = await createToken(db, { name: 'curious', role: 'admin', organizationId: other.id, expiresAt: null });
  const viewer = await createToken(db, { name: 'looker', role: 'viewer', organizationId: null, expiresAt: null });
  await db.$executeRaw`INSERT INTO "sweep" ("name", "nextRunAt") VALUES ('drift', now() + interval '1 year') ON CONFLICT DO NOTHING`;
  const query = '?topics=vps,sweep';
  const [seller, theirs, looker, usual] = await Promise.all([
    follow(admin(), undefined, query),
    follow(bound.secret, undefined, query),
    follow(viewer.secret, undefined, query),
    follow(admin(), undefined, '?topics=operation'),
  ]);
  await requestSweep(db, 'drift', 'the test');
  await note(6, 'behind the sweep');
  await until(() => [seller, looker].every(({ frames }) => changes(frames).length === 1), PATIENCE);
  expect(seller.frames.map(({ event }) => event)).toEqual(['ready', 'sweep', 'change']);
  expect(seller.frames[1]!.data).toMatchObject({ kind: 'sweep.requested', vps_id: null, data: { sweep: 'drift' } });
  expect(looker.frames.map(({ event }) => event)).toEqual(['ready', 'change']);
  expect([theirs, usual].map(({ frames }) => frames.length)).toEqual([1, 1]);
  const refused = await fetch(`${runtime.origin}/api/events?topics=secrets`, { headers: { authorization: `Bearer ${admin()}` } });
  expect([refused.status, (await refused.text()).includes('topics')]).toEqual([422, true]);
  await Promise.all([seller, theirs, looker, usual].map(({ cut }) => cut()));
});

/** Bulk runs with a real service, engine and simulated cloud: the first ones, the pace, errors, deaths, and who may see what. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { run as plinth } from '../cli/run.ts';
import { withDatabase } from './support/database.ts';
import { testEngine } from './support/engine.ts';
import { query } from './support/invariants.ts';
import { LONG } from './support/long.ts';
import { type Cluster, openCluster, type Service } from './support/service.ts';
import { Shop } from './support/shop.ts';
import { until } from './support/until.ts';

vi.setConfig({ testTimeout: 200_000 });
const COUNT = LONG ? 20 : 12;
const PROVIDER = 'digitalocean';
// As many engines at once as are best for two cores: more starve whatever runs beside.
const ENV = { PLINTH_ACCOUNT_CONCURRENCY: '20', PLINTH_CONCURRENCY: '4' };

const database = withDatabase();
let cluster: Cluster;
let service: Service;
let shop: Shop;
/** In the order of their labels, `bulk-00` first. */
let vpses: any[] = [];
const ids = (from = 0, to = COUNT): string[] => vpses.slice(from, to).map(({ id }) => id);

beforeAll(async () => {
  await testEngine();
  cluster = await openCluster(database.url, 2000);
  service = await cluster.service('all', ENV);
  shop = new Shop(() => service.origin, cluster.token, cluster.simulator.origin);
  const labels = Array.from({ length: COUNT }, (_, index) => `bulk-${String(index).padStart(2, '0')}`);
  const orders = await Promise.all(labels.map((label) => shop.order(PROVIDER, label)));
  for (const { operation } of orders) expect(await shop.ended(operation.id, 500_000)).toMatchObject({ status: 'succeeded' });
  vpses = await Promise.all(orders.map(({ instance }) => shop.vps(instance.id)));
});
afterEach(() => shop.clearFaults());
afterAll(() => cluster?.close());

const start = async (body: Record<string, unknown>, pace: Record<string, unknown> = {}): Promise<any> => {
  const answer = await shop.call('POST', '/api/bulk', { action: { action: 'reboot' }, pace, ...body });
  expect(answer, JSON.stringify(answer)).toMatchObject({ httpStatus: 202 });
  return answer.run;
};
const runOf = async (id: string): Promise<any> => (await shop.call('GET', `/api/bulk/${id}`)).run;
const itemsOf = async (id: string, more = ''): Promise<any[]> => (await shop.call('GET', `/api/bulk/${id}/items?limit=200${more}`)).items;
const reached = async (id: string, status: string, timeoutMs = 150_000): Promise<any> => {
  const look = async () => {
    const run = await runOf(id);
    return run.status === status && run.counts.ordered === 0 ? run : undefined;
  };
  return await until(look, { timeoutMs, everyMs: 50, what: `bulk run ${id} to be ${status}` }).catch(async (error: unknown) => {
    throw new Error(JSON.stringify([await runOf(id), service.output()]), { cause: error });
  });
};
/** The provider refuses to reboot these. */
const breakReboot = async (...indexes: number[]): Promise<void> => {
  for (const index of indexes) {
    const path = `droplets/${vpses[index].instance_id}/actions`;
    await shop.fault({ provider: PROVIDER, method: 'POST', path, kind: 'status', status: 422, times: null });
  }
};
const slowReboots = (ms: number): Promise<unknown> =>
  shop.fault({ provider: PROVIDER, method: 'POST', path: 'droplets/.*/actions', kind: 'delay', ms, times: null });
/** Operations that the run ordered, by VPS. */
const operationsOf = async (since: string): Promise<Map<string, number>> => {
  const rows = await query(database.url, `SELECT "vpsId", count(*)::int AS n FROM "operation" WHERE "createdAt" >= $1 GROUP BY "vpsId"`, [
    since,
  ]);
  return new Map(rows.map(({ vpsId, n }) => [vpsId, n]));
};
const everyoneOnce = async (run: any): Promise<void> => {
  const items = await itemsOf(run.id);
  expect(items.map(({ status, attempts }) => [status, attempts])).toEqual(items.map(() => ['succeeded', 1]));
  expect(new Set(items.map(({ operation_id: id }) => id)).size).toBe(COUNT);
  expect(await operationsOf(run.created_at)).toEqual(new Map(ids().map((id) => [id, 1])));
};

describe('the first ones', () => {
  it('fail: nobody else is touched, and somebody is told', async () => {
    await breakReboot(1);
    const run = await start({ selection: { ids: ids() } }, { canary: { count: 3 }, max_parallel: 10, max_failures: '100%' });
    const paused = await reached(run.id, 'paused');
    expect(paused).toMatchObject({
      canary: 'running',
      counts: { total: COUNT, succeeded: 1, failed: 1, pending: COUNT - 2 },
      reason: expect.stringContaining('1 of its first 3 failed'),
    });
    const failed = (await itemsOf(run.id, '&status=failed'))[0];
    expect(failed).toMatchObject({ vps_id: ids()[1], canary: true, fault: { kind: 'invalid' } });
    expect([...(await operationsOf(run.created_at)).keys()].sort()).toEqual(ids(0, 2).sort());
    const { alerts } = await shop.call('GET', '/api/admin/kill-switches');
    expect(alerts).toContainEqual(expect.objectContaining({ kind: 'bulk-paused', target: run.id }));
    expect(await shop.call('POST', `/api/bulk/${run.id}/cancel`, { reason: 'the kernel is broken' })).toMatchObject({
      run: { status: 'cancelled', reason: 'the kernel is broken', counts: { skipped: COUNT - 2 } },
    });
    expect((await shop.call('GET', '/api/admin/kill-switches')).alerts).toEqual([]);
  });

  it('succeed: they soak, then all others follow, and the trail says so', async () => {
    const run = await start(
      { selection: { filter: { q: 'bulk-' } }, note: 'kernel' },
      { canary: { count: 2, at_once: true, soak_seconds: 2 }, max_parallel: 10 },
    );
    const soaking = await until(async () => ((run) => run.canary === 'soaking' && run.waiting && run)(await runOf(run.id)), {
      timeoutMs: 20_000,
    });
    expect(soaking).toMatchObject({ counts: { succeeded: 2, pending: COUNT - 2 }, waiting: expect.stringContaining('looks on until') });
    expect(await reached(run.id, 'finished')).toMatchObject({ canary: 'passed', counts: { succeeded: COUNT } });
    await everyoneOnce(run);
    const { events } = await shop.call('GET', '/api/audit?limit=200');
    const mine = events.filter(({ target }: any) => target === run.id).map(({ action }: any) => action);
    expect(mine).toEqual(['bulk.finished', 'bulk.started']);
    const metrics = await (await fetch(`${service.origin}/metrics`)).text();
    expect(metrics).toMatch(/plinth_bulk_runs\{status="finished"\} 1/);
  });
});

describe('a person', () => {
  it('pauses and resumes; nothing is ordered in between', async () => {
    await slowReboots(150);
    const run = await start({ selection: { ids: ids() } }, { max_parallel: 2 });
    await until(async () => (await runOf(run.id)).counts.succeeded >= 3, { timeoutMs: 30_000 });
    const { run: paused } = await shop.call('POST', `/api/bulk/${run.id}/pause`, {});
    expect(paused).toMatchObject({ status: 'paused', reason: expect.stringContaining('paused it') });
    const before = (await operationsOf(run.created_at)).size;
    expect(before).toBeLessThan(COUNT);
    await reached(run.id, 'paused');
    // Looked at again and again by the worker meanwhile.
    const since = performance.now();
    await until(() => performance.now() - since > 1_500);
    expect((await operationsOf(run.created_at)).size).toBe(before);
    expect(await shop.call('POST', `/api/bulk/${run.id}/pause`, {})).toMatchObject({ httpStatus: 409, code: 'bulk_paused' });
    expect((await shop.call('POST', `/api/bulk/${run.id}/resume`)).run).toMatchObject({ status: 'running', reason: null });
    await shop.clearFaults();
    await reached(run.id, 'finished');
    await everyoneOnce(run);
  });

  it('stops what goes by itself: the run waits and says so, for all or for one account', async () => {
    const stop = (body: unknown) => shop.call('PUT', '/api/admin/kill-switches', body);
    const account = vpses[0].provider_id;
    for (const where of [{}, { account_id: account }]) {
      await stop({ ...where, stopped: true, reason: 'look first' });
      const run = await start({ selection: { ids: ids(0, 2) } });
      const waiting = await until(async () => ((run) => run.waiting && run)(await runOf(run.id)), { timeoutMs: 10_000 });
      expect(waiting).toMatchObject({ status: 'running', waiting: expect.stringMatching(/stopped: look first/), counts: { pending: 2 } });
      await stop({ ...where, stopped: false });
      expect(await reached(run.id, 'finished')).toMatchObject({ counts: { succeeded: 2 }, waiting: null });
    }
  });

  it('holds destructive work: no destroy is ordered', async () => {
    await shop.call('PUT', '/api/admin/kill-switches', { destructive_hold: true, reason: 'restored?' });
    const body = { action: { action: 'destroy', grace_hours: 1 }, selection: { ids: ids(0, 1) } };
    const { approval } = await shop.call('POST', '/api/bulk/preview', body);
    const run = await start({ ...body, approval });
    await until(async () => (await runOf(run.id)).waiting?.includes('held: restored?'), { timeoutMs: 10_000 });
    await shop.call('POST', `/api/bulk/${run.id}/cancel`, {});
    await shop.call('PUT', '/api/admin/kill-switches', { destructive_hold: false });
    expect((await shop.vps(ids()[0]!)).status).toBe('active');
  });
});

describe('errors', () => {
  it('pause the run at the right count, and those that failed are run again', async () => {
    const few = 12;
    await breakReboot(2, 4, 5, 9);
    const run = await start({ selection: { ids: ids(0, few) } }, { max_parallel: 1, max_failures: 2 });
    expect(await reached(run.id, 'paused')).toMatchObject({
      counts: { failed: 3, succeeded: 3, pending: few - 6 },
      reason: expect.stringContaining('3 failed'),
    });
    await shop.clearFaults();
    const { run: retried } = await shop.call('POST', `/api/bulk/${run.id}/retry-failed`, {});
    expect(retried).toMatchObject({ status: 'running', counts: { failed: 0, pending: few - 3 } });
    expect(await reached(run.id, 'finished')).toMatchObject({ counts: { succeeded: few } });
    const attempts = (await itemsOf(run.id)).map((item) => item.attempts);
    expect(attempts).toEqual(ids(0, few).map((_, index) => ([2, 4, 5].includes(index) ? 2 : 1)));
    expect(await shop.call('POST', `/api/bulk/${run.id}/retry-failed`, {})).toMatchObject({ httpStatus: 409, code: 'nothing_to_retry' });
  });

  it('of a revoked token: the run waits for somebody who answers for it', async () => {
    const made = await shop.call('POST', '/api/tokens', { name: 'leaver', role: 'operator' });
    const asLeaver = new Shop(
      () => service.origin,
      async () => made.secret,
      cluster.simulator.origin,
    );
    await shop.call('PUT', '/api/admin/kill-switches', { stopped: true, reason: 'wait' });
    const { run } = await asLeaver.call('POST', '/api/bulk', { action: { action: 'reboot' }, selection: { ids: ids(0, 2) } });
    await shop.call('DELETE', `/api/tokens/${made.token.id}`);
    await shop.call('PUT', '/api/admin/kill-switches', { stopped: false });
    expect(await reached(run.id, 'paused')).toMatchObject({ reason: expect.stringContaining('leaver'), counts: { pending: 2 } });
    await shop.call('POST', `/api/bulk/${run.id}/resume`);
    expect(await reached(run.id, 'finished')).toMatchObject({ started_by: 'leaver', counts: { succeeded: 2 } });
  });
});

describe('the dry run', () => {
  it('tells what it would cost; the approval does exactly that selection or nothing', async () => {
    const { items: plans } = await shop.call('GET', `/api/admin/upstream/plans?providerId=${vpses[0].provider_id}`);
    const now = plans.find(({ id }: any) => id === vpses[0].plan);
    const bigger = plans.find((plan: any) => plan.diskGb > now.diskGb && plan.available && plan.regions.includes(vpses[0].region));
    const body = { action: { action: 'resize', plan: bigger.id }, selection: { ids: ids(0, 3) } };
    const preview = await shop.call('POST', '/api/bulk/preview', body);
    const difference = (3 * (Number(bigger.priceMonthly) - Number(now.priceMonthly))).toFixed(2);
    expect(preview).toMatchObject({
      matched: 3,
      ready: 3,
      refused: 0,
      price: [{ servers: 3, difference: `+${difference}` }],
      price_unknown: 0,
    });
    await shop.call('PATCH', `/api/vps/${ids()[2]}`, { maintenance: 'a person looks at it' });
    const outdated = await shop.call('POST', '/api/bulk', { ...body, approval: preview.approval });
    expect(outdated).toMatchObject({ httpStatus: 409, code: 'preview_outdated' });
    const again = await shop.call('POST', '/api/bulk/preview', body);
    expect(again).toMatchObject({
      matched: 3,
      ready: 2,
      refused: 1,
      refusals: [{ vps_id: ids()[2], label: 'bulk-02', code: 'maintenance' }],
    });
    const run = await start({ ...body, approval: again.approval }, { canary: { count: 1 } });
    expect(await reached(run.id, 'finished')).toMatchObject({ counts: { succeeded: 2, refused: 1 } });
    await shop.call('PATCH', `/api/vps/${ids()[2]}`, { maintenance: null });
    const servers = await Promise.all(ids(0, 3).map((id) => shop.vps(id)));
    expect(servers.map(({ plan }) => plan)).toEqual([bigger.id, bigger.id, now.id]);
  });

  it('of a filter that matches nothing, of what loses data, and of what is refused to all', async () => {
    const nobody = { action: { action: 'reboot' }, selection: { filter: { q: 'nobody' } } };
    expect(await shop.call('POST', '/api/bulk/preview', nobody)).toMatchObject({ httpStatus: 200, matched: 0, ready: 0, price: [] });
    expect(await shop.call('POST', '/api/bulk', nobody)).toMatchObject({ httpStatus: 422, code: 'nothing_selected' });
    const destroy = { action: { action: 'destroy' }, selection: { filter: {} } };
    expect(await shop.call('POST', '/api/bulk/preview', destroy)).toMatchObject({
      matched: COUNT,
      approval_required: true,
      data_loss: true,
    });
    expect(await shop.call('POST', '/api/bulk', destroy)).toMatchObject({ httpStatus: 422, code: 'approval_required' });
    const unsuspend = { action: { action: 'unsuspend' }, selection: { filter: {} } };
    expect(await shop.call('POST', '/api/bulk', unsuspend)).toMatchObject({ httpStatus: 409, code: 'all_refused' });
  });

  it('and the same Idempotency-Key starts one run', async () => {
    const headers = {
      authorization: `Bearer ${await cluster.token()}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    const body = JSON.stringify({ action: { action: 'refresh' }, selection: { ids: ids(0, 1) } });
    const send = async (): Promise<any> => await (await fetch(`${service.origin}/api/bulk`, { method: 'POST', headers, body })).json();
    const [first, second] = await Promise.all([send(), send()]);
    expect(first.run.id).toBe(second.run.id);
    await reached(first.run.id, 'finished');
  });
});

it('destroys with a grace, and takes it back', async () => {
  const destroy = { action: { action: 'destroy', grace_hours: 24 }, selection: { ids: ids(0, 3) } };
  const { approval } = await shop.call('POST', '/api/bulk/preview', destroy);
  const ending = await start({ ...destroy, approval });
  expect(await reached(ending.id, 'finished')).toMatchObject({ counts: { succeeded: 3 } });
  expect(await shop.vps(ids()[0]!)).toMatchObject({ status: 'terminating' });
  expect(await shop.call('POST', '/api/bulk/preview', destroy)).toMatchObject({ refused_by: [{ code: 'vps_terminating', count: 3 }] });
  const back = await start({ action: { action: 'restore' }, selection: { filter: { status: 'terminating' } } });
  expect(await reached(back.id, 'finished')).toMatchObject({ counts: { total: 3, succeeded: 3 } });
  expect(await shop.vps(ids()[0]!)).toMatchObject({ status: 'active', terminate_due_at: null });
});

it('is steered from a terminal', async () => {
  const cli = async (...words: string[]) => {
    let [out, err] = ['', ''];
    const io = {
      out: (text: string) => void (out += text),
      err: (text: string) => void (err += text),
      outIsTty: false,
      errIsTty: false,
      columns: 80,
      env: { PLINTH_URL: service.origin, PLINTH_TOKEN: await cluster.token() },
      cwd: '/',
      stdin: Readable.from([]),
      signal: new AbortController().signal,
    };
    return { code: await plinth(['bulk', ...words], io), out, err };
  };
  expect(await cli('preview', 'reboot', '--search', 'bulk-0')).toMatchObject({ code: 0, out: expect.stringMatching(/ready +10\n/) });
  await breakReboot(1);
  const watched = await cli('start', 'reboot', '--vps', 'bulk-00', '--vps', 'bulk-01', '--parallel', '2', '--note', 'by hand', '--watch');
  expect(watched, watched.err).toMatchObject({
    code: 1,
    out: expect.stringContaining('finished, 1 succeeded, 1 failed'),
    err: expect.stringContaining('1 failed'),
  });
  const id = /reboot (\S+):/.exec(watched.out)![1]!;
  expect(await cli('items', id, '--status', 'failed')).toMatchObject({ out: expect.stringMatching(/bulk-01 +failed +1 /) });
  await shop.clearFaults();
  expect(await cli('retry', id, '--watch')).toMatchObject({ code: 0, out: expect.stringContaining('finished, 2 succeeded') });
  expect(await cli('show', id)).toMatchObject({ out: expect.stringMatching(/note +by hand/) });
  expect(await cli('list', '--status', 'finished')).toMatchObject({
    out: expect.stringMatching(new RegExp(`${id} +reboot +finished +2/2 +0 `)),
  });
  expect(await cli('pause', id)).toMatchObject({ code: 6, err: expect.stringContaining('finished') });
  expect(await cli('start', 'reboot')).toMatchObject({ code: 2, err: expect.stringContaining('say whom') });
  expect(await cli('start', 'destroy', '--all')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
});

it('is nothing that a foreign organization sees', async () => {
  const foreign = randomUUID();
  await query(database.url, `INSERT INTO "organization" ("id", "name") VALUES ($1, 'foreign')`, [foreign]);
  const made = await shop.call('POST', '/api/tokens', { name: 'foreign', role: 'admin', organization_id: foreign });
  const theirs = new Shop(
    () => service.origin,
    async () => made.secret,
    cluster.simulator.origin,
  );
  const run = await start({ selection: { ids: ids(0, 1) } });
  expect((await theirs.call('GET', '/api/bulk')).runs).toEqual([]);
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/items'],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['POST', '/cancel'],
    ['POST', '/retry-failed'],
  ] as const)
    expect(await theirs.call(method, `/api/bulk/${run.id}${path}`), path).toMatchObject({ httpStatus: 404 });
  const all = { action: { action: 'reboot' }, selection: { filter: {} } };
  expect(await theirs.call('POST', '/api/bulk/preview', all)).toMatchObject({ matched: 0 });
  expect(await theirs.call('POST', '/api/bulk', { ...all, selection: { ids: ids(0, 1) } })).toMatchObject({ httpStatus: 422 });
  expect(await theirs.call('POST', '/api/bulk/preview', { ...all, action: { action: 'drift-repair' } })).toMatchObject({ httpStatus: 403 });
  await reached(run.id, 'finished');
});

describe('the turn of an item', () => {
  it('waits while something else is under way on its VPS', async () => {
    await slowReboots(2_500);
    const { operation } = await shop.call('POST', `/api/vps/${ids()[0]}/actions`, { action: 'reboot' });
    const body = { action: { action: 'reboot' }, selection: { ids: ids(0, 2) } };
    expect(await shop.call('POST', '/api/bulk/preview', body)).toMatchObject({ ready: 2, busy: 1, refused: 0 });
    const run = await start(body);
    await until(async () => (await itemsOf(run.id))[0].waiting?.includes(operation.id), { timeoutMs: 10_000 });
    await shop.clearFaults();
    expect(await reached(run.id, 'finished')).toMatchObject({ counts: { succeeded: 2 } });
    expect(await operationsOf(run.created_at)).toEqual(new Map(ids(0, 2).map((id) => [id, 1])));
  });

  it('comes no sooner than the minute allows', async () => {
    const run = await start({ selection: { ids: ids(0, 3) } }, { max_per_minute: 2 });
    const waiting = await until(async () => ((run) => run.waiting?.includes('a minute') && run)(await runOf(run.id)), {
      timeoutMs: 20_000,
    });
    expect(waiting).toMatchObject({ counts: { pending: 1 } });
    await shop.call('POST', `/api/bulk/${run.id}/cancel`, {});
    const ended = await until(async () => ((run) => run.finished_at && run)(await runOf(run.id)), { timeoutMs: 20_000 });
    expect(ended).toMatchObject({ status: 'cancelled', counts: { succeeded: 2, skipped: 1 }, waiting: null });
  });

  it('repairs the drift that is known, and leaves the others alone', async () => {
    for (const index of [0, 1]) await shop.control('POST', `/instances/${PROVIDER}/${vpses[index].instance_id}/power`, { power: 'off' });
    await query(
      database.url,
      `UPDATE "operation" SET "finishedAt" = "finishedAt" - interval '1 hour', "createdAt" = "createdAt" - interval '1 hour'`,
      [],
    );
    await shop.call('POST', '/api/admin/sweeps/drift/run');
    const confirmed = async () => (await shop.call('GET', '/api/admin/drift?state=confirmed')).drifts.length === 2;
    await until(confirmed, { timeoutMs: 60_000, everyMs: 200, what: 'the drift to be confirmed' });
    const run = await start({ action: { action: 'drift-repair' }, selection: { ids: ids(0, 3) } });
    expect(await reached(run.id, 'finished')).toMatchObject({ counts: { succeeded: 2, refused: 1 } });
    expect((await itemsOf(run.id, '&status=refused'))[0]).toMatchObject({ vps_id: ids()[2], fault: { kind: 'no_drift' } });
    await until(async () => (await shop.call('GET', '/api/admin/drift')).drifts.length === 0, { timeoutMs: 20_000 });
  });
});

describe('a death', () => {
  it('of the service in the middle: its successor goes on, and every item is ordered once', async () => {
    await slowReboots(200);
    const run = await start({ selection: { ids: ids() } }, { max_parallel: 3 });
    await until(async () => (await runOf(run.id)).counts.succeeded >= 4, { timeoutMs: 30_000, everyMs: 5 });
    await service.end('SIGKILL');
    service = await cluster.service('successor', ENV);
    await shop.clearFaults();
    await reached(run.id, 'finished');
    await everyoneOnce(run);
  });

  it.runIf(LONG)('is not needed: two services share the work, and no item is ordered twice', async () => {
    const second = await cluster.service('second', { ...ENV, PLINTH_ROLE: 'worker' });
    const runs = await Promise.all(
      [0, 1].map((half) => start({ selection: { ids: ids(half * 10, half * 10 + 10) } }, { max_parallel: 6 })),
    );
    for (const { id } of runs) expect(await reached(id, 'finished')).toMatchObject({ counts: { succeeded: 10 } });
    expect(await operationsOf(runs[0].created_at)).toEqual(new Map(ids().map((id) => [id, 1])));
    expect(await second.end('SIGTERM')).toBe(0);
  });
});

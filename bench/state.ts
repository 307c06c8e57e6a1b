/**
 * The state store over HTTP, as an engine process uses it: one update that begins and ends a step for each of 10, 100
 * and 1,000 resources (create, start, journal in batches of 100, complete), the export of what came of it, the list of
 * 10,000 stacks, and 5,000 updates of one stack, after which an export should cost what the first one did.
 * Prints one JSON line; times in milliseconds, medians.
 *
 *   node bench/state.ts [updates of one stack] [stacks]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../prisma/migrate.ts';
import { startEmbeddedPostgres } from '../server/kernel/postgres/embedded.ts';
import { ORGANIZATION, startStateService, type StateService } from '../test/support/state-service.ts';
import { median, progress, round } from './support/figures.ts';

const BATCH = 100;
const REPEATS = 7;
const PROJECT = 'plinth';
const STACKS = `/api/stacks/${ORGANIZATION}/${PROJECT}`;

type Send = (method: string, path: string, body?: unknown, lease?: string) => Promise<any>;

function sender(service: StateService): Send {
  return async (method, path, body, lease) => {
    const headers = { authorization: lease ? `update-token ${lease}` : 'token token-admin', 'content-type': 'application/json' };
    const response = await fetch(service.origin + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
}

/** A state of the size that a server's has, about 1.5 kB. */
function resource(stack: string, index: number): object {
  const urn = `urn:pulumi:${stack}::${PROJECT}::bench:index:Thing::thing-${index}`;
  const properties = { label: `thing-${index}`, text: 'x'.repeat(600) };
  return { urn, type: 'bench:index:Thing', custom: true, id: String(index), inputs: properties, outputs: properties };
}

/** One update that creates `count` resources; 0 changes nothing. */
async function update(send: Send, stack: string, count: number): Promise<number> {
  const started = performance.now();
  const path = `${STACKS}/${stack}/update`;
  const { updateID } = await send('POST', path, { name: PROJECT, runtime: 'nodejs', options: {}, config: {}, metadata: {} });
  const { token } = await send('POST', `${path}/${updateID}`, { journalVersion: 1 });
  const entries: object[] = [];
  for (let index = 0; index < count; index += 1) {
    const state = resource(stack, index);
    const step = { version: 1, operationID: index + 1 };
    entries.push({ ...step, kind: 0, sequenceID: 2 * index + 1, operation: { resource: state, type: 'creating' } });
    entries.push({ ...step, kind: 1, sequenceID: 2 * index + 2, state });
  }
  for (let at = 0; at < entries.length; at += BATCH)
    await send('PATCH', `${path}/${updateID}/journalentries`, { entries: entries.slice(at, at + BATCH) }, token);
  await send('POST', `${path}/${updateID}/complete`, { status: 'succeeded' }, token);
  return performance.now() - started;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function repeated(work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let turn = 0; turn < REPEATS; turn += 1) times.push(await timed(work));
  return median(times);
}

async function bySize(send: Send): Promise<object> {
  const figures: Record<string, object> = {};
  for (const count of [10, 100, 1_000]) {
    const writes: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      await send('POST', STACKS, { stackName: `size-${count}-${turn}` });
      writes.push(await update(send, `size-${count}-${turn}`, count));
    }
    const read = await repeated(() => send('GET', `${STACKS}/size-${count}-0/export`));
    const idle = await repeated(() => update(send, `size-${count}-0`, 0));
    figures[count] = { create_all_ms: round(median(writes)), unchanged_update_ms: round(idle), export_ms: round(read) };
    progress(`${count} resources: ${JSON.stringify(figures[count])}`);
  }
  return figures;
}

async function list(send: Send, service: StateService, count: number): Promise<object> {
  await service.pool.query(
    `INSERT INTO state_stack (id, organization, project, name, tags, data_key, checkpoint, resource_count)
     SELECT gen_random_uuid(), organization, project, 'listed-' || n, tags, data_key, checkpoint, resource_count
     FROM state_stack, generate_series(1, $1::int) n WHERE name = 'size-10-0'`,
    [count],
  );
  await service.pool.query('ANALYZE state_stack');
  const page = await repeated(() => send('GET', `/api/user/stacks?organization=${ORGANIZATION}`));
  let pages = 0;
  const all = await timed(async () => {
    let token: string | undefined;
    do {
      const query = token === undefined ? '' : `&continuationToken=${encodeURIComponent(token)}`;
      token = (await send('GET', `/api/user/stacks?organization=${ORGANIZATION}${query}`)).continuationToken ?? undefined;
      pages += 1;
    } while (token !== undefined);
  });
  return { stacks: count, first_page_ms: round(page), all_ms: round(all), pages };
}

async function age(send: Send, updates: number): Promise<object> {
  const stack = 'aged';
  await send('POST', STACKS, { stackName: stack });
  await update(send, stack, 10);
  const measure = async () => ({
    export: await repeated(() => send('GET', `${STACKS}/${stack}/export`)),
    history: await repeated(() => send('GET', `${STACKS}/${stack}/updates?pageSize=10&page=1`)),
    update: await repeated(() => update(send, stack, 0)),
  });
  const young = await measure();
  for (let turn = 1; turn <= updates; turn += 1) {
    await update(send, stack, 0);
    if (turn % 500 === 0) progress(`${turn} of ${updates} updates`);
  }
  const old = await measure();
  return {
    updates,
    export_ratio: round(old.export / young.export),
    history_ratio: round(old.history / young.history),
    update_ratio: round(old.update / young.update),
    export_ms: [round(young.export), round(old.export)],
    history_ms: [round(young.history), round(old.history)],
    update_ms: [round(young.update), round(old.update)],
  };
}

const [updates = 5_000, stacks = 10_000] = process.argv.slice(2).map(Number);
const directory = await mkdtemp(join(tmpdir(), 'plinth-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir: directory });
try {
  await migrate(postgres.url);
  const service = await startStateService(postgres.url);
  const send = sender(service);
  try {
    const sizes = await bySize(send);
    const aged = await age(send, updates);
    console.log(JSON.stringify({ bench: 'state', sizes, aged, listed: await list(send, service, stacks) }));
  } finally {
    await service.close();
  }
} finally {
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}

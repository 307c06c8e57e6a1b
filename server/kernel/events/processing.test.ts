/** Events and what is made from them: nothing lost, nothing twice, each subject in order; with the real database. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { withDatabase } from '../../../test/support/database.ts';
import { until } from '../../../test/support/until.ts';
import { type Database, openDatabase } from '../database.ts';
import { emit, type NewEvent } from './emit.ts';
import { eventHead, eventsOfKinds, pruneEvents } from './event-store.ts';
import { startPlacing } from './placing.ts';
import { startProcessing } from './processing.ts';
import { type Processor, processor } from './processor.ts';
import { deadDeliveries, processorLag, reviveDelivery } from './processor-store.ts';
import { Signals } from './signals.ts';

const database = withDatabase();
const log = pino({ level: 'silent' });
let db: Database;
beforeAll(() => {
  db = openDatabase(database.url, 12);
});
afterAll(() => db?.$disconnect());

const running: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** What one process runs. */
async function start(processors: readonly Processor[] = []) {
  const own = openDatabase(database.url, 6);
  const signals = new Signals(database.url, log);
  const placing = startPlacing(own, signals, log);
  const processing = await startProcessing(own, log, signals, processors);
  await signals.start();
  const stop = async () => {
    await Promise.all([placing.stop(), processing.stop()]);
    await signals.close();
    await own.$disconnect();
  };
  running.push(stop);
}

const swept = (sweep: string, outcome: string): NewEvent => ({ kind: 'sweep.ended', organizationId: null, data: { sweep, outcome } });
const all = async () => await eventsOfKinds(db, ['sweep.ended'], '0', (await eventHead(db)).position, 10_000);
const outcomes = async (sweep: string) =>
  (await all()).flatMap((event) => (event.kind === 'sweep.ended' && event.data.sweep === sweep ? [event.data.outcome] : []));

/** Writes what it handles into a table, in its transaction. */
async function notes(name: string, run?: (outcome: string) => void, attempts = 10) {
  const table = `noted_${name}`;
  await db.$executeRawUnsafe(`CREATE TABLE IF NOT EXISTS ${table} ("seq" serial, "sweep" text, "outcome" text)`);
  const registered = processor({
    name,
    kinds: ['sweep.ended'],
    attempts,
    run: async ({ data }, tx) => {
      await tx.$executeRawUnsafe(`INSERT INTO ${table} ("sweep", "outcome") VALUES ($1, $2)`, data.sweep, data.outcome);
      run?.(data.outcome);
    },
  });
  const noted = async () =>
    (await db.$queryRawUnsafe<{ sweep: string; outcome: string }[]>(`SELECT "sweep", "outcome" FROM ${table} ORDER BY "seq"`)).map(
      ({ sweep, outcome }) => `${sweep} ${outcome}`,
    );
  return { registered, noted };
}

it('keeps an event with its cause, or neither', async () => {
  await start();
  const failing = db.$transaction(async (tx) => {
    await emit(tx, swept('kept', 'never'));
    throw new Error('undone');
  });
  await expect(failing).rejects.toThrow('undone');
  await db.$transaction((tx) => emit(tx, swept('kept', 'one'), swept('kept', 'two')));
  await until(async () => (await outcomes('kept')).length === 2);
  expect(await outcomes('kept')).toEqual(['one', 'two']);
});

it('tells later what commits later, and waits for nobody else', async () => {
  await start();
  await start();
  const release = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const slow = db.$transaction(
    async (tx) => {
      await emit(tx, swept('late', 'slow'));
      began.resolve();
      await release.promise;
    },
    { timeout: 20_000 },
  );
  await began.promise;
  await db.$transaction((tx) => emit(tx, swept('late', 'quick')));
  await until(async () => (await outcomes('late')).length === 1);
  expect(await outcomes('late')).toEqual(['quick']);
  release.resolve();
  await slow;
  await until(async () => (await outcomes('late')).length === 2);
  expect(await outcomes('late')).toEqual(['quick', 'slow']);
});

it('places every event once, without a gap, whoever is at it', async () => {
  for (let n = 0; n < 3; n++) await start();
  await Promise.all(Array.from({ length: 60 }, (_, n) => db.$transaction((tx) => emit(tx, swept('many', `${n}`), swept('many', `${n}+`)))));
  await until(async () => (await outcomes('many')).length === 120);
  const positions = (await all()).map(({ position }) => Number(position));
  expect(positions).toEqual(Array.from({ length: positions.length }, (_, n) => positions[0]! + n));
});

it('hands each event to a processor once, in order, with two processes at it', async () => {
  const { registered, noted } = await notes('twins');
  await start([registered]);
  await start([registered]);
  for (let n = 0; n < 30; n++) await db.$transaction((tx) => emit(tx, swept(`twin${n % 3}`, `${n}`)));
  await until(async () => (await noted()).length >= 30);
  const told = await noted();
  expect(new Set(told).size).toBe(30);
  for (const lane of ['twin0', 'twin1', 'twin2']) {
    const numbers = told.filter((line) => line.startsWith(lane)).map((line) => Number(line.split(' ')[1]));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
});

it('tries a failing one again, and holds back only its own subject', async () => {
  let broken = true;
  const { registered, noted } = await notes('patient', (outcome) => {
    if (outcome === 'bad' && broken) throw new Error('not yet');
  });
  await start([registered]);
  await db.$transaction((tx) => emit(tx, swept('a', 'bad'), swept('a', 'behind'), swept('b', 'free')));
  await until(async () => (await noted()).includes('b free'));
  await db.$transaction((tx) => emit(tx, swept('a', 'last')));
  await until(async () => (await processorLag(db)).find(({ name }) => name === 'patient')?.waiting === 3);
  expect(await noted()).toEqual(['b free']);
  broken = false;
  await until(async () => (await noted()).length === 4, { timeoutMs: 30_000 });
  expect(await noted()).toEqual(['b free', 'a bad', 'a behind', 'a last']);
});

it('gives one up in the end, tells a person, and goes on behind it', async () => {
  let broken = true;
  const { registered, noted } = await notes(
    'strict',
    (outcome) => {
      if (outcome === 'poison' && broken) throw new Error('never');
    },
    2,
  );
  await start([registered]);
  await db.$transaction((tx) => emit(tx, swept('c', 'poison'), swept('c', 'good')));
  await until(async () => (await noted()).length === 1, { timeoutMs: 30_000 });
  expect(await noted()).toEqual(['c good']);
  const [dead] = await deadDeliveries(db, 10);
  expect(dead).toMatchObject({ processor: 'strict', attempts: 2, error: 'never' });
  expect(await db.alert.count({ where: { kind: 'event-given-up', target: 'strict', resolvedAt: null } })).toBe(1);
  broken = false;
  expect(await reviveDelivery(db, 'strict', dead!.position)).toBe(true);
  expect(await db.alert.count({ where: { kind: 'event-given-up', target: 'strict', resolvedAt: null } })).toBe(0);
  await until(async () => (await noted()).length === 2, { timeoutMs: 30_000 });
  expect(await reviveDelivery(db, 'strict', dead!.position)).toBe(false);
});

it('begins now, or at the oldest, and goes on where it stopped', async () => {
  await start();
  const mark = randomUUID();
  await db.$transaction((tx) => emit(tx, swept('before', mark)));
  await until(async () => (await outcomes('before')).includes(mark));
  const fresh = await notes('fresh');
  const history = await notes('history');
  await start([fresh.registered, { ...history.registered, from: 'oldest' }]);
  await until(async () => (await history.noted()).includes(`before ${mark}`));
  await running.pop()!();
  await db.$transaction((tx) => emit(tx, swept('while', 'stopped')));
  await start([fresh.registered, history.registered]);
  await until(async () => (await fresh.noted()).length === 1 && (await history.noted()).includes('while stopped'));
  expect(await fresh.noted()).toEqual(['while stopped']);
});

it('forgets old events, but none that a processor has still to see', async () => {
  await db.$executeRaw`DELETE FROM "event_processor"`;
  const { registered } = await notes('reader');
  await start([registered]);
  await db.$transaction((tx) => emit(tx, swept('old', 'one')));
  await until(async () => (await outcomes('old')).length === 1);
  const { position } = await eventHead(db);
  await until(async () => (await processorLag(db)).every(({ behind }) => behind === 0));
  await running.pop()!();
  await start();
  await db.$transaction((tx) => emit(tx, swept('old', 'two')));
  await until(async () => (await outcomes('old')).length === 2);
  await pruneEvents(db, new Date(Date.now() + 60_000));
  expect(await outcomes('old')).toEqual(['two']);
  expect((await eventHead(db)).pruned).toBe(position);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from '../../../test/support/database.ts';
import { seedRow } from '../../../test/support/seed-row.ts';
import { writeSetting } from '../../kernel/kill-switches/store.ts';
import { type Database, openDatabase } from '../../kernel/database.ts';
import { eventsAfter } from '../../kernel/events/store.ts';
import { insertOperation, operationById } from './store.ts';
import { isHeld } from './hold.ts';

const database = withDatabase();
let db: Database;

beforeAll(async () => {
  db = openDatabase(database.url, 3);
  const { id: vpsId, organizationId } = await seedRow(db, 'abcd1234');
  for (const id of ['retried', 'waiting', 'fresh'])
    await insertOperation(db, { id, kind: 'refresh', organizationId, vpsId, actor: 'somebody', request: {} });
  await writeSetting(db, 'automation.stopped', { reason: 'an outage', by: 'somebody', at: new Date().toISOString() });
});
afterAll(() => db?.$disconnect());

const told = async (id: string) => (await eventsAfter(db, id, 0, 10)).map(({ type }) => type);
const notBefore = async (id: string) => (await operationById(db, null, id))!.notBefore!.getTime();
const retriedAt = (id: string, time: number) => db.operation.update({ where: { id }, data: { attempt: 1, notBefore: new Date(time) } });

it('says once why a retry that has become due waits', async () => {
  for (let look = 0; look < 2; look++) {
    await retriedAt('retried', Date.now() - 1000);
    expect(await isHeld({ db }, 'retried')).toBe(true);
    expect(await notBefore('retried')).toBeGreaterThan(Date.now());
  }
  expect(await told('retried')).toEqual(['held']);
});

it('lets a retry wait for its own time', async () => {
  const due = Date.now() + 300_000;
  await retriedAt('waiting', due);
  expect(await isHeld({ db }, 'waiting')).toBe(false);
  expect([await notBefore('waiting'), await told('waiting')]).toEqual([due, []]);
});

it('does not hold what a person has just ordered', async () => {
  expect(await isHeld({ db }, 'fresh')).toBe(false);
});

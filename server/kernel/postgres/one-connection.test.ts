/** Work in a transaction asks its pool for no second connection; with the real database. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from '../../../test/support/database.ts';
import { type Database, inTransaction, openDatabase } from '../database.ts';

const database = withDatabase();
let db: Database;
beforeAll(() => {
  db = openDatabase(database.url, 2);
});
afterAll(() => db.$disconnect());

const count = (of: Pick<Database, 'setting'>): Promise<number> => of.setting.count();

it('refuses one, whoever asks and however, and takes the transaction', async () => {
  await expect(inTransaction(db, async () => await count(db))).rejects.toThrow('A second connection');
  await expect(inTransaction(db, async () => await db.$queryRaw`SELECT 1`)).rejects.toThrow('A second connection');
  await expect(inTransaction(db, async () => await inTransaction(db, count))).rejects.toThrow('A second connection');
  expect(await inTransaction(db, async (tx) => [await count(tx), await inTransaction(tx, count)])).toEqual([0, 0]);
});

it('leaves nothing held by a refusal', async () => {
  for (let i = 0; i < 5; i++) await expect(inTransaction(db, async () => await count(db))).rejects.toThrow();
  expect(await Promise.all([count(db), count(db), inTransaction(db, count)])).toEqual([0, 0, 0]);
});

it('lets go on what a transaction began, once it has ended, and asks another pool', async () => {
  const other = openDatabase(database.url, 1);
  try {
    const ended = Promise.withResolvers<void>();
    let later: Promise<number> | undefined;
    const seen = await inTransaction(db, async () => {
      later = ended.promise.then(() => count(db));
      return await count(other);
    });
    ended.resolve();
    expect([seen, await later]).toEqual([0, 0]);
  } finally {
    await other.$disconnect();
  }
});

it('tells whoever would rather hear of it, and goes on', async () => {
  const told: string[] = [];
  const tolerant = openDatabase(database.url, 2, 'web', ({ name }) => void told.push(name));
  try {
    expect(await inTransaction(tolerant, async () => await count(tolerant))).toBe(0);
    expect(told).toEqual(['SecondConnection']);
  } finally {
    await tolerant.$disconnect();
  }
});

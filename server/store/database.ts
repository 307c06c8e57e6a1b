/** The one Prisma client of a process, and its transaction type. */
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../../prisma/generated/client.ts';

export type Database = PrismaClient;
/** What every store function takes: the client or a transaction of it. */
export type Db = Prisma.TransactionClient;
export type Json = Prisma.InputJsonValue;
export const DbNull = Prisma.DbNull;
export type { Account, ApiToken, Operation, OperationEvent, Organization, Snapshot, Vps } from '../../prisma/generated/client.ts';

/** Opens a pool of at most `connections`. Close with `$disconnect()`. */
export function openDatabase(url: string, connections = 20): Database {
  return new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: connections, application_name: 'plinth' }) });
}

/** One transaction; statements see each other's writes, and nothing is kept when `work` throws. */
export function inTransaction<T>(db: Database, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.$transaction(work, { maxWait: 15_000, timeout: 30_000 });
}

/** Which unique rule a write broke, or null when it failed for another reason. */
export function brokenUnique(error: unknown): string | null {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002') return null;
  return JSON.stringify(error.meta ?? {});
}

/** The one Prisma client of a process, and its transaction type. */
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../../prisma/generated/client.ts';
import { connectionConfig, type ConnectionKind } from './postgres/connections.ts';
import { holding, MindfulPool } from './postgres/one-connection.ts';
import { besideWall } from './wall/standing.ts';

export type Database = PrismaClient;
/** What every store function takes: the client or a transaction of it. */
export type Db = Prisma.TransactionClient;
export type Json = Prisma.InputJsonValue;
export const DbNull = Prisma.DbNull;
export const PrismaDecimal = Prisma.Decimal;
export type { Prisma };
export type {
  Account,
  ApiToken,
  AuditEvent,
  BrowserSession,
  CompatInstance,
  Operation,
  OperationEvent,
  Organization,
  MovedRow,
  Moving,
  Order,
  OrderItem,
  PersonTask,
  PriceRule,
  Product,
  ProductCandidate,
  ProductPrice,
  Quote,
  StockItem,
  StockReservation,
  Subscription,
  SubscriptionChange,
  SubscriptionPeriod,
  SubscriptionSegment,
  TestClock,
  SetupProfile,
  SetupVersion,
  Snapshot,
  Vps,
  VpsSetup,
} from '../../prisma/generated/client.ts';

const pools = new WeakMap<Database, MindfulPool>();

function refuse(error: Error): never {
  throw error;
}

/**
 * Opens a pool of at most `connections`. Close with `$disconnect()`.
 * @param onSecond who is told when work in a transaction asks for another connection; without it that work fails
 */
export function openDatabase(
  url: string,
  connections = 20,
  kind: ConnectionKind = 'web',
  onSecond: (error: Error) => void = refuse,
): Database {
  const pool = new MindfulPool({ ...connectionConfig(url, kind), max: connections }, onSecond);
  const client = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) });
  pools.set(client, pool);
  return client;
}

/**
 * One transaction; statements see each other's writes, and nothing is kept when `work` throws. Given the transaction of a caller
 * (`within`), the work is part of that.
 */
export function inTransaction<T>(db: Database | Db, work: (tx: Db) => Promise<T>): Promise<T> {
  if (!('$transaction' in db) || typeof db.$transaction !== 'function') return work(db);
  const owner = owners.get(db as Database) ?? (db as Database);
  const pool = pools.get(owner) ?? owner;
  return besideWall(() => owner.$transaction((tx) => holding(pool, () => work(tx)), { maxWait: 15_000, timeout: 30_000 }));
}

/** By the client that only reads, in an organization's name: the one that writes. */
const owners = new WeakMap<Database, Database>();

export function isWalled(reader: Database, owner: Database): void {
  owners.set(reader, owner);
}

/** What is left of a change when all that takes long or asks a provider is done: it records the change in that transaction. */
export type Commit<T> = (tx: Db) => Promise<T>;

/** The same for who may already be in one: the transaction of the caller, or one of its own. */
export async function atomically<T>(db: Database | Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return await inTransaction(db, work);
}

/** Something else refers to what a write would take away. */
export function brokenForeignKey(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && ['P2003', 'P2014'].includes(error.code);
}

/** Which unique rule a write broke, or null when it failed for another reason. */
export function brokenUnique(error: unknown): string | null {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002') return null;
  return JSON.stringify(error.meta ?? {});
}

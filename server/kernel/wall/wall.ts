/**
 * Reading behind the second wall (install.ts): while a request of one organization is answered, what its stores read is read by a
 * role that sees that organization's rows only. A statement whose filter was forgotten finds nothing.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { type Prisma, PrismaClient } from '../../../prisma/generated/client.ts';
import { type Database, isWalled } from '../database.ts';
import type { ScopedPool } from './scoped-pool.ts';
import { besideWall, standsFor } from './standing.ts';

/** What changes rows, by Prisma's names. */
const WRITES = /^(create|update|upsert|delete)/;
type Delegate = Readonly<Record<string, (args: unknown) => Promise<never>>>;

/** For reads; what changes rows, and transactions, go to `owner`. Closing the pool is its maker's. */
export function readingClient(pool: ScopedPool, owner: Database): Database {
  const plain = new PrismaClient({ adapter: new PrismaPg(pool as never) });
  const client = plain.$extends({
    query: {
      $allModels: {
        async $allOperations({ model, operation, args, query }) {
          if (WRITES.test(operation)) return await besideWall(() => delegateOf(owner, model)[operation]!(args));
          // Prisma asks for several unique rows at once, whoever wants them; here each asks for itself.
          if (operation.startsWith('findUnique')) {
            const unique = args as { where: object };
            return await delegateOf(plain, model)[operation.replace('Unique', 'First')]!({ ...unique, where: flat(unique.where) });
          }
          return await query(args);
        },
      },
      $executeRaw: ({ args }) => besideWall(async () => await owner.$executeRaw(args as Prisma.Sql)),
    },
  });
  isWalled(client as unknown as Database, owner);
  return client as unknown as Database;
}

/** One client for both: at each call it is the one that the request under way reads with. Whoever holds it holds both. */
export function whoeverReads(owner: Database, reading: Database): Database {
  const either = new Proxy(owner, {
    get: (_owner, name) => {
      const client = standsFor() === null ? owner : reading;
      const value: unknown = Reflect.get(client, name);
      return typeof value === 'function' ? (value.bind(client) as unknown) : value;
    },
  });
  isWalled(either, owner);
  return either;
}

function delegateOf(client: PrismaClient, model: string): Delegate {
  return (client as unknown as Record<string, Delegate>)[model[0]!.toLowerCase() + model.slice(1)]!;
}

/** A key of several columns is named by all of them, which only a unique search understands. */
function flat(where: object): object {
  return Object.fromEntries(
    Object.entries(where).flatMap(([name, value]: [string, unknown]) =>
      name.includes('_') && value !== null && typeof value === 'object' ? Object.entries(value) : [[name, value] as const],
    ),
  );
}

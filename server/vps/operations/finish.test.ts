import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDatabase } from '../../../test/support/database.ts';
import { seedRow } from '../../../test/support/seed-row.ts';
import { until } from '../../../test/support/until.ts';
import type { Engine } from '../../../automation/types.ts';
import type { Services } from '../../kernel/services.ts';
import { type Database, inTransaction, openDatabase } from '../../kernel/database.ts';
import { operationById, requestCancel } from './store.ts';
import { lockVps, updateVps, vpsById } from '../store.ts';
import { finishOperation } from './finish.ts';

const database = withDatabase();
let db: Database;
/** Of somebody else, who orders meanwhile. */
let other: Database;
let services: Services;

beforeAll(() => {
  db = openDatabase(database.url, 5);
  other = openDatabase(database.url, 1);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  services = { db, log, enqueue: async () => {} } as unknown as Services;
});
afterAll(() => Promise.all([db?.$disconnect(), other?.$disconnect()]));

async function running(id: string, kind: string) {
  const { organizationId, id: vpsId } = await seedRow(db, id, { status: 'provisioning' });
  const held = { status: 'running', fence: 1, attempt: 1, leaseOwner: 'this worker', actor: 'somebody', request: {} };
  return await db.operation.create({ data: { id: `operation-${id}`, kind, organizationId, vpsId, ...held } });
}

const waits = () =>
  until(
    async () => {
      const [row] = await db.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return row!.n > 0n ? true : undefined;
    },
    { timeoutMs: 10_000, everyMs: 10, what: 'the end to wait for the order' },
  );

it('sees a termination that is ordered while an operation ends, and does not undo it', async () => {
  const operation = await running('ordered', 'provision');
  const done = { ok: true, changes: {}, steps: [], durationMs: 1 };
  let end: Promise<string> | undefined;
  await inTransaction(other, async (tx) => {
    await lockVps(tx, null, operation.vpsId);
    end = finishOperation(services, {} as Engine, operation, done);
    await waits();
    await updateVps(tx, operation.vpsId, { status: 'terminating', formerStatus: 'provisioning' });
  });
  expect(await end).toBe('succeeded');
  expect(await vpsById(db, null, operation.vpsId)).toMatchObject({ status: 'terminating', formerStatus: 'active' });
});

it('sees a cancel that is ordered while an attempt fails', async () => {
  const operation = await running('cancelled', 'provision');
  const fault = { kind: 'timeout', message: 'It took too long.', retryable: true } as const;
  let end: Promise<string> | undefined;
  await inTransaction(other, async (tx) => {
    await lockVps(tx, null, operation.vpsId);
    end = finishOperation(services, {} as Engine, operation, { ok: false, fault, changes: {}, steps: [], durationMs: 1 });
    await waits();
    await requestCancel(tx, operation.id);
  });
  expect(await end).toBe('cancelled');
  expect(await operationById(db, null, operation.id)).toMatchObject({ status: 'cancelled' });
  expect(await vpsById(db, null, operation.vpsId)).toMatchObject({ status: 'error' });
});

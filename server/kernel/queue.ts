/**
 * The queue: pg-boss in the same PostgreSQL, one FIFO per stack. A job is only a wake-up that carries an operation's id;
 * the operation's row decides what happens, so a lost or repeated job changes nothing.
 */
import { fromPrisma, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { connectionConfig } from './postgres/connections.ts';
import type { Db } from './database.ts';

export const OPERATION_QUEUE = 'operation';
const DEAD_QUEUE = 'operation-dead';
const HEARTBEAT_S = 30;
/** An engine run may last hours (a slow snapshot restore); the heartbeat, not this, finds dead workers. */
const EXPIRE_S = 12 * 3600;

export interface Wake {
  readonly operationId: string;
}

export async function openQueue(url: string, log: Logger): Promise<PgBoss> {
  const boss = new PgBoss({
    ...connectionConfig(url, 'queue'),
    max: 6,
    useListenNotify: true,
    superviseIntervalSeconds: 10,
  });
  boss.on('error', (error) => log.warn({ err: error }, 'queue'));
  await boss.start();
  await boss.createQueue(DEAD_QUEUE);
  await boss.createQueue(OPERATION_QUEUE, {
    policy: 'key_strict_fifo',
    deadLetter: DEAD_QUEUE,
    heartbeatSeconds: HEARTBEAT_S,
    expireInSeconds: EXPIRE_S,
    retryLimit: 100,
    retryDelay: 1,
    notify: true,
  });
  return boss;
}

/** Inside the caller's transaction: no job without its operation, no operation without its job. */
export async function enqueueOperation(boss: PgBoss, tx: Db, operation: { id: string; vpsId: string; accountId: string }): Promise<void> {
  const data: Wake = { operationId: operation.id };
  await boss.send(OPERATION_QUEUE, data, {
    db: fromPrisma(tx),
    singletonKey: `vps-${operation.vpsId}`,
    group: { id: operation.accountId },
  });
}

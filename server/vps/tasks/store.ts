/** Steps that wait for a person. */
import { timeNow } from '../../kernel/clock.ts';
import type { Db, Json, PersonTask } from '../../kernel/database.ts';
import { behind, type Place } from '../../kernel/listing.ts';

/** With what people call its VPS, and the kind of its operation. */
export type TaskWithVps = PersonTask & { vps: { label: string }; operation: { kind: string } };
const WITH = { vps: { select: { label: true } }, operation: { select: { kind: true } } } as const;

export async function insertTask(
  db: Db,
  task: Pick<PersonTask, 'id' | 'operationId' | 'vpsId' | 'step' | 'title' | 'text'> & { form: Json },
): Promise<void> {
  await db.personTask.create({ data: { ...task, status: 'waiting', createdAt: timeNow() } });
}

export async function taskOf(db: Db, operationId: string, step: string): Promise<PersonTask | null> {
  return await db.personTask.findUnique({ where: { operationId_step: { operationId, step } } });
}

export async function taskById(db: Db, id: string): Promise<TaskWithVps | null> {
  return await db.personTask.findUnique({ where: { id }, include: WITH });
}

/** What was answered of a VPS, oldest first. */
export async function answeredTasks(db: Db, vpsId: string): Promise<PersonTask[]> {
  return await db.personTask.findMany({ where: { vpsId, status: 'answered' }, orderBy: { answeredAt: 'asc' } });
}

/** False when it does not wait any more. */
export async function recordAnswer(db: Db, id: string, answers: string, by: string): Promise<boolean> {
  const data = { status: 'answered', answers, answeredBy: by, answeredAt: timeNow() };
  return (await db.personTask.updateMany({ where: { id, status: 'waiting' }, data })).count === 1;
}

/** Nobody needs to do them any more. */
export async function withdrawTasks(db: Db, operationId: string): Promise<void> {
  await db.personTask.updateMany({ where: { operationId, status: 'waiting' }, data: { status: 'withdrawn' } });
}

/** The end of a VPS: what was answered of it is nobody's any more. */
export async function forgetAnswers(db: Db, vpsId: string): Promise<void> {
  await db.personTask.updateMany({ where: { vpsId, answers: { not: null } }, data: { answers: null } });
}

export interface TaskFilter {
  readonly status?: string;
  readonly vpsId?: string;
  readonly limit: number;
  readonly after?: Place;
}

/** Newest first; one more than `limit` when there is a next page. */
export async function listTasks(db: Db, { status, vpsId, limit, after }: TaskFilter): Promise<TaskWithVps[]> {
  return await db.personTask.findMany({
    where: {
      ...(status === undefined ? {} : { status }),
      ...(vpsId === undefined ? {} : { vpsId }),
      ...behind(after),
    },
    include: WITH,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
}

/** Another living VPS in the same world that has the address. */
export async function addressTaken(db: Db, vpsId: string, world: string, address: string): Promise<boolean> {
  const other = { id: { not: vpsId }, deletedAt: null, account: { endpointKind: world } };
  return (await db.vps.count({ where: { ...other, OR: [{ ipv4: address }, { ipv6: address }] } })) > 0;
}

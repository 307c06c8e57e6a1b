/** Answering the task of an operation that waits for a person. */
import { appendAudit } from '../../kernel/audit.ts';
import { mustCan } from '../../kernel/can.ts';
import { timeNow } from '../../kernel/clock.ts';
import { inTransaction, type Operation } from '../../kernel/database.ts';
import { notFound, Refusal, refuseField } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { appendEvents, mustOperation, resumeWaiting } from '../operations/store.ts';
import { lockVps, type VpsWithAccount } from '../store.ts';
import { ANSWERS, Form } from './ask.ts';
import { addressesIn, fittingAnswers } from './check.ts';
import { addressTaken, recordAnswer, type TaskWithVps, taskById } from './store.ts';

export interface Answered {
  readonly task: TaskWithVps;
  readonly operation: Operation;
  readonly vps: VpsWithAccount;
}

export async function mustTask(services: Pick<Services, 'db'>, id: string): Promise<TaskWithVps> {
  const task = await taskById(services.db, id);
  if (!task) throw notFound('task', id);
  return task;
}

/**
 * Keeps what was answered, sealed, and lets the operation go on where a worker is free.
 * @throws Refusal 409 when nobody waits for it any more or an address is another VPS's, 422 when the form is not filled in
 */
export async function answerTask(
  services: Services,
  principal: Principal,
  id: string,
  given: Readonly<Record<string, string>>,
): Promise<Answered> {
  mustCan(principal, 'task:answer');
  const { vpsId, operationId, form: stored } = await mustTask(services, id);
  const form = Form.parse(stored);
  const values = fittingAnswers(form, given);
  return await inTransaction(services.db, async (tx) => {
    const vps = await lockVps(tx, null, vpsId);
    if (!vps) throw notFound('task', id);
    for (const { field, address } of addressesIn(form, values))
      if (await addressTaken(tx, vpsId, vps.account.endpointKind, address))
        throw refuseField(field, 'another VPS has this address', 'Look which server it is.', 409, 'address_taken');
    const sealed = ANSWERS.seal(services.secrets, id, JSON.stringify(values));
    if (!(await recordAnswer(tx, id, sealed, principal.name)) || !(await resumeWaiting(tx, operationId)))
      throw new Refusal(409, 'task_settled', 'Nobody waits for this task any more: it was answered, or its operation has ended.');
    const told = { task: id, by: principal.name, fields: Object.keys(values) };
    await appendEvents(tx, operationId, null, [{ type: 'person-answered', data: told, at: timeNow() }]);
    await services.enqueue(tx, { id: operationId, vpsId, accountId: vps.accountId });
    await appendAudit(tx, {
      actor: principal.name,
      action: 'task.answered',
      target: vpsId,
      organizationId: vps.organizationId,
      data: { task: id, operation: operationId, fields: Object.keys(values) },
    });
    const task = await taskById(tx, id);
    return { task: task!, operation: await mustOperation(tx, operationId), vps };
  });
}

/** Tasks to their wire shape. What was answered is never read here. */
import type { PersonTask as Wire } from '../../../contract/person-task.ts';
import { Form } from './ask.ts';
import type { TaskWithVps } from './store.ts';

export function presentTask(task: TaskWithVps): Wire {
  return {
    id: task.id,
    status: task.status,
    operation_id: task.operationId,
    kind: task.operation.kind,
    vps_id: task.vpsId,
    vps_label: task.vps.label,
    title: task.title,
    text: task.text,
    form: Form.parse(task.form),
    asked_at: task.createdAt.toISOString(),
    answered_at: task.answeredAt?.toISOString() ?? null,
    answered_by: task.answeredBy,
  } as Wire;
}

/** Takes over an older system's rows: each by itself, so that one that cannot be keeps no other from it. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { MovingAnswer, MovingRequest, MovingUndone } from '../../../contract/compat/moving.ts';
import { isProviderError } from '../../../providers/errors.ts';
import { appendAudit } from '../../kernel/audit.ts';
import { timeNow } from '../../kernel/clock.ts';
import { inTransaction } from '../../kernel/database.ts';
import { notFound, Refusal } from '../../kernel/problem.ts';
import type { Principal, Services } from '../../kernel/services.ts';
import { type Kind, KINDS, type Moving, type System } from './kinds.ts';
import { forgetMoved, insertMoving, movedBy, movedTo, movingById, noteMoved, setMoving } from './store.ts';

type Answer = z.input<typeof MovingAnswer>;
type Row = Answer['rows'][number];

export async function moveRows(services: Services, principal: Principal, { system, rows, preview }: MovingRequest): Promise<Answer> {
  const moving: Moving = { services, principal, system };
  const id = randomUUID();
  if (!preview) await insertMoving(services.db, { id, system, by: principal.name, rows: 0, createdAt: timeNow() });
  const told: Row[] = [];
  const seen = new Set<string>();
  for (const [index, row] of rows.entries()) told.push(await moveRow(moving, preview ? null : id, index + 1, row, seen));
  const count = (outcome: Row['outcome']): number => told.filter((each) => each.outcome === outcome).length;
  const summary = { created: count('created'), known: count('known'), refused: count('refused') };
  if (!preview) {
    await setMoving(services.db, id, { rows: summary.created });
    const entry = { actor: principal.name, action: 'import.taken-over', target: id, organizationId: null };
    await inTransaction(services.db, (tx) => appendAudit(tx, { ...entry, data: { system, ...summary } }));
  }
  return { id: preview ? null : id, system, preview, summary, rows: told };
}

async function moveRow(
  moving: Moving,
  movingId: string | null,
  position: number,
  given: Record<string, unknown>,
  seen: Set<string>,
): Promise<Row> {
  const { services, system } = moving;
  const { name, kind } = kindOf(system, given['kind']);
  const refused = (reason: string, key = ''): Row => ({ row: position, kind: name, key, outcome: 'refused', target_id: null, reason });
  if (!kind) return refused(`kind: must be one of ${Object.keys(KINDS[system]).join(', ')}`);
  const parsed = kind.schema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refused(`${issue!.path.join('.') || 'row'}: ${issue!.message}`);
  }
  const key = kind.key(parsed.data);
  const told = { row: position, kind: name, key, reason: null };
  const place = `${name}/${key}`;
  try {
    const known = (await movedTo(services.db, system, name, key)) ?? (await kind.find(moving, parsed.data));
    if (known !== null || seen.has(place)) return { ...told, outcome: 'known', target_id: known };
    seen.add(place);
    await kind.check?.(moving, parsed.data);
    if (movingId === null) return { ...told, outcome: 'created', target_id: null };
    const targetId = await kind.make(moving, parsed.data);
    await noteMoved(services.db, { system, kind: name, key, movingId, position, targetId });
    return { ...told, outcome: 'created', target_id: targetId };
  } catch (error) {
    if (error instanceof Refusal) return refused(error.message, key);
    if (isProviderError(error)) return refused(error.detail.message, key);
    services.log.error({ err: error, row: position }, 'a row could not be taken over');
    return refused('It could not be taken over; the log of the service says why.', key);
  }
}

/** The one that a row names, else the system's first. */
function kindOf(system: System, named: unknown): { name: string; kind: Kind | undefined } {
  const name = typeof named === 'string' && named !== '' ? named : Object.keys(KINDS[system])[0]!;
  return { name, kind: Object.hasOwn(KINDS[system], name) ? KINDS[system][name] : undefined };
}

/** Takes back what it made and nothing here needs; the rest stays and is told. Safe to repeat. */
export async function undoMoving(services: Services, principal: Principal, id: string): Promise<z.input<typeof MovingUndone>> {
  const found = await movingById(services.db, id);
  if (!found) throw notFound('import', id);
  const system = found.system as System;
  const moving: Moving = { services, principal, system };
  const kept: z.input<typeof MovingUndone>['kept'] = [];
  let removed = 0;
  for (const row of await movedBy(services.db, id)) {
    const reason = await KINDS[system][row.kind]!.undo(moving, row.targetId).catch((error: unknown) => {
      if (error instanceof Refusal) return error.status === 404 ? null : error.message;
      throw error;
    });
    if (reason === null) {
      await forgetMoved(services.db, row);
      removed++;
    } else kept.push({ kind: row.kind, key: row.key, reason });
  }
  if (kept.length === 0) await setMoving(services.db, id, { undoneAt: timeNow() });
  const entry = { actor: principal.name, action: 'import.undone', target: id, organizationId: null };
  await inTransaction(services.db, (tx) => appendAudit(tx, { ...entry, data: { removed, kept: kept.length } }));
  return { removed, kept };
}

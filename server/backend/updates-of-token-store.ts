/** Which update of a stack the holder of a token runs at this moment, for whoever acts in that update's name. */
import type { Db } from '../kernel/database.ts';

export interface RunningUpdate {
  readonly id: string;
  readonly stackId: string;
  readonly kind: string;
  readonly dryRun: boolean;
  /** The stack's version that the update began from. */
  readonly from: number;
}

/** One that writes before one that only looks; null when its lease has run out, it has ended, or another token holds the stack. */
export async function runningUpdateOf(
  db: Db,
  stack: { readonly organization: string; readonly project: string; readonly name: string },
  tokenId: string,
): Promise<RunningUpdate | null> {
  const [row] = await db.$queryRaw<RunningUpdate[]>`
    SELECT u.id::text AS "id", u.stack_id::text AS "stackId", u.kind, u.dry_run AS "dryRun", s.version AS "from"
    FROM state_update u JOIN state_stack s ON s.id = u.stack_id
    WHERE s.organization = ${stack.organization} AND s.project = ${stack.project} AND s.name = ${stack.name}
      AND u.token_id = ${tokenId} AND u.status = 'running' AND u.lease_expires_at > clock_timestamp()
      AND (u.dry_run OR s.active_update = u.id)
    ORDER BY u.dry_run, u.started_at DESC LIMIT 1`;
  return row ?? null;
}

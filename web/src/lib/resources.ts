/** The resources of a VPS's stack, told from what its ended operations did; newest operation first, as the API lists them. */
import type { Operation } from '../api/client.ts';

export interface StackResource {
  readonly name: string;
  readonly type: string;
  /** The operation that made or last changed it. */
  readonly by: string;
  readonly at: string;
}
interface ResultStep {
  readonly op: string;
  readonly name: string;
  readonly resourceType: string;
}
const MAKES: ReadonlySet<string> = new Set(['create', 'update', 'create-replacement', 'import']);
const REMOVES: ReadonlySet<string> = new Set(['delete', 'discard']);
/** These look only. */
const LOOKS: ReadonlySet<string> = new Set(['preview', 'drift-check']);

export function stackResources(operations: readonly Operation[]): StackResource[] {
  const found = new Map<string, StackResource>();
  for (const operation of operations.toReversed()) {
    if (LOOKS.has(operation.kind)) continue;
    for (const step of stepsOf(operation)) {
      const key = `${step.resourceType} ${step.name}`;
      if (REMOVES.has(step.op)) found.delete(key);
      if (MAKES.has(step.op))
        found.set(key, { name: step.name, type: step.resourceType, by: operation.id, at: operation.finished_at ?? operation.created_at });
    }
  }
  return [...found.values()];
}

function stepsOf(operation: Operation): readonly ResultStep[] {
  const result = operation.result as { steps?: unknown } | null;
  return Array.isArray(result?.steps) ? (result.steps as ResultStep[]) : [];
}

/** What a resource stands on, for drawing: keys and password come first, then the server, then what points at it. */
export function rankOf(resource: StackResource): 0 | 1 | 2 {
  if (resource.name.includes('-dns')) return 2;
  return resource.name === 'vps-instance' ? 1 : 0;
}

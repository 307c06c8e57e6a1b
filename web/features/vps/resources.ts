/** The resources of a VPS's stack as the page draws them, and which operation last changed each. */
import type { Operation, StackResource } from '../../kit/api/client.ts';

export interface DrawnResource {
  readonly urn: string;
  readonly name: string;
  readonly type: string;
  /** The provider's own id, where it has one. */
  readonly providerId: string | null;
  readonly protect: boolean;
  /** 0: the server stands on it. 1: the server. 2: stands on the server. */
  readonly rank: 0 | 1 | 2;
}
const INSTANCE = 'vps-instance';

/** What exists or stands for something; frames that only hold others are left out. */
export function drawn(resources: readonly StackResource[]): DrawnResource[] {
  const parents = new Set(resources.map(({ parent }) => parent));
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const server = resources.find(({ name }) => name === INSTANCE)?.urn;
  const standsOn = (urn: string, wanted: string | undefined): boolean =>
    byUrn.get(urn)?.dependencies.some((each) => each === wanted || standsOn(each, wanted)) ?? false;
  return resources
    .filter(({ urn, provider_id }) => provider_id !== null || !parents.has(urn))
    .map(({ urn, name, type, provider_id, protect }) => ({
      urn,
      name,
      type,
      providerId: provider_id,
      protect,
      rank: urn === server ? 1 : standsOn(urn, server) ? 2 : 0,
    }));
}

interface ResultStep {
  readonly op: string;
  readonly name: string;
  readonly resourceType: string;
}
const MAKES: ReadonlySet<string> = new Set(['create', 'update', 'create-replacement', 'import']);
/** These look only. */
const LOOKS: ReadonlySet<string> = new Set(['preview', 'drift-check']);

export interface LastChange {
  readonly operation: string;
  readonly at: string;
}

/** By type and name; newest operation first, as the API lists them. */
export function lastChanges(operations: readonly Operation[]): Map<string, LastChange> {
  const found = new Map<string, LastChange>();
  for (const operation of operations.toReversed()) {
    if (LOOKS.has(operation.kind)) continue;
    for (const step of stepsOf(operation))
      if (MAKES.has(step.op))
        found.set(changeKey(step.resourceType, step.name), { operation: operation.id, at: operation.finished_at ?? operation.created_at });
  }
  return found;
}
export const changeKey = (type: string, name: string): string => `${type} ${name}`;

function stepsOf(operation: Operation): readonly ResultStep[] {
  const result = operation.result as { steps?: unknown } | null;
  return Array.isArray(result?.steps) ? (result.steps as ResultStep[]) : [];
}

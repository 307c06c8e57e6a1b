/**
 * What a stack's next state may not do, whatever writes it: a checkpoint, a journal, an import, a rollback. A server that is
 * known stays in it, and nothing gets into it that would let the stack reach what is not its own.
 */
import { type Deployment, integrityError, liveResources } from '../kernel/deployment.ts';
import { isPassword, isServer, serverOf } from '../vps/server-of.ts';

export interface StateChange {
  readonly stack: { readonly project: string; readonly name: string };
  /** Before; null where there was no stack yet. */
  readonly base: Deployment | null;
  readonly next: Deployment;
  /** The provider's id of the server that the VPS has, by its own record. */
  readonly instanceId: string | null;
  /** The server's password is one that the stack generated, and stands nowhere else to be made from. */
  readonly generatedPassword?: boolean;
  /** A permitted destroy: the server may go. */
  readonly mayEnd?: boolean;
  /** Who writes reaches no provider, so cannot have made anything. */
  readonly makesNothing?: boolean;
}

export interface StateProblem {
  readonly kind: 'unsound' | 'foreign-urn' | 'server-lost' | 'not-its-own';
  readonly reason: string;
}

/** The first reason against it, or null. */
export function stateProblem(change: StateChange): StateProblem | null {
  return unsound(change) ?? foreignUrn(change) ?? lostServer(change) ?? lostPassword(change) ?? otherObjects(change);
}

function unsound({ base, next }: StateChange): StateProblem | null {
  if (next.manifest.magic === '' && !next.resources?.length) return null;
  const reason = integrityError(next);
  // What was broken before may be mended step by step.
  if (reason === null || (base !== null && base.manifest.magic !== '' && integrityError(base) !== null)) return null;
  return { kind: 'unsound', reason: `This deployment is not valid: ${reason}. Nothing was changed.` };
}

function foreignUrn({ stack, next }: StateChange): StateProblem | null {
  const prefix = `urn:pulumi:${stack.name}::${stack.project}::`;
  const foreign = (next.resources ?? []).find((resource) => !resource.urn.startsWith(prefix));
  if (!foreign) return null;
  const reason = `Resource ${foreign.urn} belongs to another stack; this one is ${stack.name} of project ${stack.project}.`;
  return { kind: 'foreign-urn', reason };
}

function lostServer({ base, next, instanceId, mayEnd }: StateChange): StateProblem | null {
  const recorded = base && serverOf(base);
  const known = [...new Set([instanceId, recorded?.id].filter((id) => id != null))];
  if (known.length === 0) return null;
  const named = known.join(' or ');
  const other = liveResources(next).find((resource) => isServer(resource) && !known.includes(resource.id ?? ''));
  if (other) return lost(`This state names the server ${other.id || '(without an id)'}; the VPS has server ${named}.`);
  return mayEnd || serverOf(next) !== null ? null : lost(`This state has no server; the VPS has server ${named}.`);
}

function lost(what: string): StateProblem {
  const remedy = 'Only a termination or an ordered reinstall in Plinth may end that record. Nothing was changed.';
  return { kind: 'server-lost', reason: `${what} ${remedy}` };
}

/** The next update would generate another, which the record would show and the server would not know. */
function lostPassword({ base, next, mayEnd, generatedPassword }: StateChange): StateProblem | null {
  if (mayEnd || generatedPassword !== true || !base?.resources?.some(isPassword) || next.resources?.some(isPassword)) return null;
  return lost('This state has no password of the server; the stack generated the one it has.');
}

/** Objects of others could be named as the stack's own, and be deleted with it; its own could be forgotten, and stay for ever. */
function otherObjects({ base, next, mayEnd, makesNothing }: StateChange): StateProblem | null {
  if (makesNothing !== true) return null;
  const key = ({ urn, id }: { urn: string; id?: string }): string => `${urn} ${id ?? ''}`;
  const [before, after] = [base ? liveResources(base) : [], liveResources(next)];
  const [own, kept] = [before, after].map((resources) => new Set(resources.map(key))) as [Set<string>, Set<string>];
  const added = after.find((resource) => resource.id !== 'none' && !own.has(key(resource)));
  const dropped = mayEnd ? undefined : before.find((resource) => !kept.has(key(resource)));
  const changed = added ?? dropped;
  if (!changed) return null;
  const what = added ? 'names an object that this stack did not have' : 'is not in this state any more';
  const reason = `${changed.urn} (${changed.id || 'without an id'}) ${what}. A token of an organization reaches no provider, so it can neither add nor drop one.`;
  return { kind: 'not-its-own', reason };
}

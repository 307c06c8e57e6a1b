/**
 * Takes a server that is there already into its VPS's stack, or gives that up.
 *
 * The engine reads the server and records it; afterwards it updates whatever the program has otherwise. So the same run is
 * previewed first, and goes on only when nothing but the identity tag would change. A failed import is undone: the tag goes,
 * and the stack forgets the server without deleting it. So does every end of a VPS whose import has not succeeded.
 */
import { fault } from '../../../automation/faults.ts';
import type { EngineFault, EngineResult } from '../../../automation/types.ts';
import { identityTag, isOwnTag, PLINTH_TAG } from '../../../providers/identity.ts';
import type { InstanceSummary } from '../../../providers/provider.ts';
import { stackName, VpsSpec } from '../../../stacks/spec.ts';
import { factsOf, nameOf, tagsOf } from '../import/import.ts';
import { type Importing, importingOf } from '../import/claim.ts';
import { mustCompute, providerOf } from '../../accounts/accounts.ts';
import { prove } from '../termination/proof.ts';
import { operationById } from './store.ts';
import { LeaseLost } from '../../kernel/lease.ts';
import type { VpsWithAccount } from '../store.ts';
import { isLastAttempt } from './attempts.ts';
import { INSTANCE, isServer } from '../server-of.ts';
import type { Work } from './sheet.ts';
import { noteProgress, recordProof } from './work.ts';
import { faultFrom, faultOf, reasonOf, WorkFailed, withoutSteps } from './work-fault.ts';

/** The undo runs on its own time: the operation's may have been ended by a cancel. */
const UNDO_TIMEOUT_MS = 120_000;

/** Whether this destroy ends only the record: the server was never this VPS's. */
export function isForgetting({
  request,
  vps,
}: {
  readonly request: { readonly forget?: boolean | undefined };
  readonly vps: VpsWithAccount;
}): boolean {
  return vps.importing !== null || request.forget === true;
}

/** Decided when the end is asked for: a takeover that still succeeds meanwhile does not turn it into a deletion. */
export function forgettingOf(vps: Pick<VpsWithAccount, 'importing'>): { readonly forget?: true } {
  return vps.importing === null ? {} : { forget: true };
}

/** @throws LeaseLost */
export async function runImport(work: Work): Promise<EngineResult> {
  const result = await takeOver(work);
  if (result.ok || !(await endsNow(work, reasonOf(result)))) return result;
  try {
    await undo(work, AbortSignal.timeout(UNDO_TIMEOUT_MS));
    return result;
  } catch (error) {
    if (error instanceof LeaseLost) throw error;
    const cause = reasonOf(result);
    const message = `${cause.message} It could not be undone either; terminating the VPS does that, and leaves the server.`;
    work.services.log.warn({ err: error, operation: work.operation.id }, 'a failed import could not be undone');
    return { ...result, fault: { ...cause, message } };
  }
}

/** Ends the record of a VPS whose server is not its own: tag, names and stack go, the server stays. @throws LeaseLost */
export async function runForget(work: Work): Promise<EngineResult> {
  const { services, vps, signal } = work;
  const started = performance.now();
  const found = await faultOf(work, async () => {
    await undo(work, signal);
    const evidence = await prove(services, vps, signal, true);
    await recordProof(work, evidence);
    if (evidence.clean) return;
    const left = evidence.checks
      .filter(({ result }) => result === 'found' || result === 'unread')
      .map(({ what, detail }) => `${what}: ${detail}`);
    throw new WorkFailed(fault('provider_down', `DNS records are left, or could not be read: ${left.join('; ')}. They are tried again.`));
  });
  return withoutSteps(started, found);
}

async function takeOver(work: Work): Promise<EngineResult> {
  const { services, vps, writer, signal, drive } = work;
  const started = performance.now();
  try {
    const importing = mustImport(vps);
    const seen = await mustCompute(services, vps.account).getInstance(importing.objectId, { signal });
    if (!seen) throw new WorkFailed(fault('not_found', `The provider has no server ${importing.objectId} any more. Terminate the VPS.`));
    const moved = movedSince(VpsSpec.parse(vps.spec), seen, nameOf(providerOf(services, vps.account), seen));
    if (moved.length > 0) throw new WorkFailed(changedMeanwhile(importing, moved));
    writer.say(`server ${importing.objectId} is as it was; asking the engine what would change`);
    const preview = await drive('preview', signal);
    if (!preview.ok) return preview;
    const foreign = beyondImport(preview, providerOf(services, vps.account).recordedAs?.instance?.mark ?? 'tags');
    if (foreign.length > 0) throw new WorkFailed(changesMore(importing, foreign));
    await noteProgress(work, { power: seen.status === 'stopped' ? 'stopped' : 'running' });
    const taken = await drive('up', signal);
    if (!taken.ok) return taken;
    // What an import records lacks the generation that a later reinstall compares with; any further run notes it.
    const noted = await drive('up', signal);
    return noted.ok ? { ...noted, changes: taken.changes, steps: taken.steps } : noted;
  } catch (error) {
    return withoutSteps(started, faultFrom(work, error));
  }
}

function mustImport(vps: VpsWithAccount): Importing {
  const importing = importingOf(vps);
  if (importing === null) throw new Error(`VPS ${vps.id} has nothing to import.`);
  return importing;
}

/** What is otherwise than when the import was ordered, in words. */
function movedSince(spec: VpsSpec, seen: InstanceSummary, name: string): string[] {
  const wanted: Record<string, unknown> = { ...factsOf(seen), label: name };
  const known: Record<string, unknown> = { ...spec.compute, label: spec.compute.imported?.label };
  const moved = Object.keys(wanted).filter((key) => wanted[key] !== known[key]);
  const tags = new Set(tagsOf(seen));
  const same = tags.size === spec.tags.length && spec.tags.every((tag) => tags.has(tag));
  const own = identityTag(spec.vpsId, spec.generation);
  const stranger = seen.tags.some((tag) => isOwnTag(tag) && tag !== PLINTH_TAG && tag !== own);
  return [...moved, ...(same ? [] : ['tags']), ...(stranger ? ['identity'] : [])];
}

function changedMeanwhile({ objectId }: Importing, moved: readonly string[]): EngineFault {
  const remedy = 'Nothing was changed. Terminate this VPS, which leaves the server alone, and import it as it is now.';
  return fault('invalid', `The server ${objectId} was changed since its import was ordered (${moved.join(', ')}). ${remedy}`);
}

/** Steps that an import must not take. */
function beyondImport({ steps }: EngineResult, mark: string): string[] {
  return steps.flatMap(({ op, name, changed }) => {
    if (op === 'import' || op === 'read') return [];
    if (name !== INSTANCE) return op === 'create' || op === 'update' ? [] : [`${op} ${name}`];
    if (op !== 'update') return [`${op} the server`];
    return changed.map(({ path }) => path).filter((path) => path.split(/[.[]/)[0] !== mark);
  });
}

function changesMore({ objectId }: Importing, foreign: readonly string[]): EngineFault {
  const what = `Taking over server ${objectId} would also change ${foreign.join(', ')}.`;
  return fault('invalid', `${what} Nothing was changed. Make it ordinary in that at the provider, or leave it unmanaged.`);
}

async function endsNow({ services, operation }: Work, found: EngineFault): Promise<boolean> {
  const cancelled = (await operationById(services.db, null, operation.id))?.cancelRequested === true;
  return isLastAttempt(operation, found, cancelled);
}

/** The server as it was, the stack empty. Safe to repeat. */
async function undo({ services, engine, vps, writer, drive }: Work, signal: AbortSignal): Promise<void> {
  const importing = importingOf(vps);
  if (importing !== null && !importing.tagged) {
    const compute = mustCompute(services, vps.account);
    if (!compute.removeTag) throw new Error(`The provider of VPS ${vps.id} takes no tags off.`);
    writer.say(`taking the tag of the VPS off server ${importing.objectId}`);
    await compute.removeTag(importing.objectId, identityTag(vps.id, vps.generation), { signal });
  }
  if (!(await keepServer(engine, stackName(vps.id)))) return;
  writer.say('forgetting what the stack recorded; the server stays');
  const result = await drive('destroy', signal, true);
  if (!result.ok) throw new WorkFailed(reasonOf(result));
}

interface Checkpoint {
  readonly deployment?: { readonly resources?: readonly { readonly urn: string; readonly retainOnDelete?: boolean }[] };
}

/** Marks the server in the state as one that a destroy leaves alone. False when the stack holds nothing. */
async function keepServer(engine: Work['engine'], stack: string): Promise<boolean> {
  const checkpoint = (await engine.export(stack)) as Checkpoint | null;
  const resources = checkpoint?.deployment?.resources ?? [];
  if (resources.length === 0) return false;
  const kept = resources.map((resource) => (isServer(resource) ? { ...resource, retainOnDelete: true } : resource));
  if (kept.some((resource, index) => resource.retainOnDelete !== resources[index]!.retainOnDelete))
    await engine.import(stack, { ...checkpoint, deployment: { ...checkpoint!.deployment, resources: kept } });
  return true;
}
